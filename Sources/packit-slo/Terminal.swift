import ArgumentParser
import SLOConfiguration

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard error, for people.
enum Terminal {
    static let showsProgress = isatty(STDERR_FILENO) == 1

    /// A line on standard error with the program's name.
    static func complain(_ message: String) {
        note("packit-slo: " + message)
    }

    static func note(_ line: String) {
        write(PlainText.lines([Disclosure.withoutUserInfo(line)]))
    }

    /// Exits as ArgumentParser would, with help or with an error message that repeats the arguments.
    static func exit(withParserError error: any Error) -> Never {
        let code = PackitSLO.exitCode(for: error)
        guard !code.isSuccess else { PackitSLO.exit(withError: error) }
        let lines = PackitSLO.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
        write(PlainText.lines(lines.map { Disclosure.withoutUserInfo(String($0)) }))
        PackitSLO.exit(withError: code)
    }

    static func exit(_ code: CommandFailure.Code) -> Never {
        #if canImport(Glibc)
        Glibc.exit(code.rawValue)
        #elseif canImport(Musl)
        Musl.exit(code.rawValue)
        #else
        Darwin.exit(code.rawValue)
        #endif
    }

    fileprivate static func write(_ text: String) {
        // There is no way to report that standard error is closed.
        try? Output.standardError.write(Array(text.utf8))
    }
}

/// A line on standard error that is overwritten, at most ten times a second; nothing if it is not a terminal.
struct Progress {
    private let clock = ContinuousClock()
    private var shownAt: ContinuousClock.Instant?

    mutating func show(_ line: @autoclosure () -> String) {
        guard Terminal.showsProgress else { return }
        let now = clock.now
        if let shownAt, now - shownAt < .milliseconds(100) { return }
        shownAt = now
        Terminal.write("\r\u{1B}[K" + PlainText.line(line()))
    }

    /// Removes the line.
    mutating func clear() {
        guard shownAt != nil else { return }
        shownAt = nil
        Terminal.write("\r\u{1B}[K")
    }
}

/// Writes all bytes to a file descriptor.
struct Output {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let standardOutput = Output(descriptor: STDOUT_FILENO, name: "standard output")
    static let standardError = Output(descriptor: STDERR_FILENO, name: "standard error")

    let descriptor: Int32
    let name: String

    /// A new file that only its owner can read.
    static func newFile(_ path: String) throws -> Output {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(description: "cannot create \(path): \(String(cString: strerror(errno)))")
        }
        return Output(descriptor: descriptor, name: path)
    }

    /// Escapes each line.
    func write(lines: [String]) throws {
        try write(Array(PlainText.lines(lines).utf8))
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Self.write(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    throw Failure(description: "cannot write to \(name): \(String(cString: strerror(errno)))")
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Makes sure that the file is on disk.
    func finish() throws {
        guard fsync(descriptor) == 0, close(descriptor) == 0 else {
            throw Failure(description: "cannot write to \(name): \(String(cString: strerror(errno)))")
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
