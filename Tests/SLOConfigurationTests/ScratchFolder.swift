import Foundation

/// A folder of its own for one test, gone with it.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "packit-slo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // Left behind in the system's temporary folder at worst.
        try? FileManager.default.removeItem(at: url)
    }

    /// Writes a file that only its owner can read, and returns its path.
    func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = url.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
