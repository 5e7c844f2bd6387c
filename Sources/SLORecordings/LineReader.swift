#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
import SLOJSON
#endif
import SLOJSON

/// Reads a file line by line through one buffer that grows up to the longest line.
final class LineReader {
    /// A line may contain the largest body, with every byte escaped, and its headers.
    static let maxLineBytes = 64 << 20

    let path: String
    /// The number of the last line, from 1.
    private(set) var lineNumber = 0

    private let descriptor: Int32
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    init(path: String) throws(RecordingError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // A class whose `init` throws still runs `deinit`, which needs a buffer to free.
            buffer = .allocate(byteCount: 1, alignment: 8)
            throw RecordingError(file: path, line: nil, reason: String(cString: strerror(errno)))
        }
        buffer = .allocate(byteCount: 1 << 20, alignment: 8)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        buffer.deallocate()
    }

    /// 0 if the size is unavailable: reading the file reports the error.
    static func size(ofFile path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Reads the next line that is not empty. The bytes are valid only inside the closure.
    /// - Returns: `nil` at the end of the file.
    func next<Value>(
        _ read: (UnsafeRawBufferPointer) throws(JSONFault) -> Value
    ) throws(RecordingError) -> Value? {
        while let line = try nextLine() {
            lineNumber += 1
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[line])
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            do {
                return try read(bytes)
            } catch {
                throw RecordingError(file: path, line: lineNumber, reason: error.reason)
            }
        }
        return nil
    }

    /// The range of the next line in the buffer, without its line feed.
    private func nextLine() throws(RecordingError) -> Range<Int>? {
        var searched = start
        while true {
            if let feed = lineFeed(from: searched) {
                defer { start = feed + 1 }
                return start..<feed
            }
            if isAtEnd {
                defer { start = end }
                return start < end ? start..<end : nil
            }
            searched = end - start
            try fill()
        }
    }

    private func lineFeed(from offset: Int) -> Int? {
        guard offset < end, let base = buffer.baseAddress else { return nil }
        return memchr(base + offset, 0x0A, end - offset).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
    }

    /// Moves the rest of the buffer to its front and reads more after it.
    private func fill() throws(RecordingError) {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        end -= start
        start = 0
        if end == buffer.count {
            guard buffer.count < Self.maxLineBytes else {
                throw RecordingError(
                    file: path, line: lineNumber + 1, reason: "is longer than \(Self.maxLineBytes >> 20) MiB")
            }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 8)
            larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
            buffer.deallocate()
            buffer = larger
        }
        let count = read(descriptor, buffer.baseAddress.map { $0 + end }, buffer.count - end)
        guard count >= 0 else {
            throw RecordingError(file: path, line: nil, reason: String(cString: strerror(errno)))
        }
        end += count
        isAtEnd = count == 0
    }
}
