import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads small files, with errors in words.
enum TextFile {
    struct Unreadable: Error {
        /// Continues a sentence that begins with the file's path: `does not exist`.
        let reason: String
    }

    static func read(_ path: String, maxBytes: Int) throws(Unreadable) -> String {
        if let reason = whyUnreadable(path) { throw Unreadable(reason: reason) }
        let bytes = try bytes(path, atMost: maxBytes + 1)
        guard bytes.count <= maxBytes else { throw Unreadable(reason: "is larger than \(maxBytes) bytes") }
        guard let text = String(bytes: bytes, encoding: .utf8) else { throw Unreadable(reason: "is not UTF-8") }
        return text
    }

    /// Stops at the limit, because some files, such as devices, have no end.
    private static func bytes(_ path: String, atMost limit: Int) throws(Unreadable) -> [UInt8] {
        guard let file = fopen(path, "re") else { throw unreadable() }
        defer { fclose(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = fread(buffer.baseAddress, 1, limit, file)
        }
        guard ferror(file) == 0 else { throw unreadable() }
        return bytes
    }

    private static func unreadable() -> Unreadable {
        Unreadable(reason: "cannot be read: \(String(cString: strerror(errno)))")
    }

    /// - Returns: `nil` if the file can be read.
    static func whyUnreadable(_ path: String) -> String? {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return "does not exist" }
        if isFolder { return "is a folder, not a file" }
        return access(path, R_OK) == 0 ? nil : "cannot be read by this user"
    }

    static func isReadableByEveryone(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
    }
}
