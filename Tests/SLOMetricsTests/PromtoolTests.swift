import Foundation
import SLOMetrics
import Testing

/// Prometheus' own linter. Needed where `CI` is set, used elsewhere if it is there.
@Suite(.enabled(if: Promtool.path != nil || Promtool.isRequired)) struct PromtoolTests {
    @Test func `promtool finds nothing in a registry without data`() throws {
        #expect(try Promtool.complaints(about: Samples.registry().text()) == "")
    }

    @Test func `promtool finds nothing in a registry with data`() throws {
        #expect(try Promtool.complaints(about: Samples.busy().text()) == "")
    }

    @Test func `promtool finds nothing in the deterministic part`() throws {
        #expect(try Promtool.complaints(about: Samples.busy().text(include: .deterministic)) == "")
    }

    @Test func `promtool does find something in a bad text`() throws {
        let complaints = try Promtool.complaints(about: "# TYPE packit_hours counter\npackit_hours 1\n")
        #expect(complaints.contains("packit_hours"))
    }
}

private enum Promtool {
    struct Missing: Error {}

    static let isRequired = ProcessInfo.processInfo.environment["CI"] != nil

    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { $0 + "/promtool" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// All that `promtool check metrics` prints.
    static func complaints(about text: String) throws -> String {
        guard let path else { throw Missing() }
        let input = FileManager.default.temporaryDirectory.appending(path: "exposition-\(UUID()).prom")
        try Data(text.utf8).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = ["check", "metrics"]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: printed, as: UTF8.self)
    }
}
