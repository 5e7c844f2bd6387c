import Foundation
import SLOMetrics
import Testing

/// The exposition as it is kept in `Golden/`. `UPDATE_GOLDEN=1 swift test` writes it anew: read the difference.
@Suite struct GoldenTests {
    @Test(arguments: [("prom", ExpositionFormat.text), ("openmetrics", .openMetrics)])
    func `a registry without data shows every configured series at zero`(
        _ suffix: String, _ format: ExpositionFormat
    ) throws {
        try expectGolden("empty." + suffix, Samples.registry().text(format))
    }

    @Test(arguments: [("prom", ExpositionFormat.text), ("openmetrics", .openMetrics)])
    func `a registry with data shows it`(_ suffix: String, _ format: ExpositionFormat) throws {
        try expectGolden("busy." + suffix, Samples.busy().text(format))
    }

    @Test func `OpenMetrics shows exemplars`() throws {
        try expectGolden("exemplars.openmetrics", ExemplarTests.registry().text(.openMetrics))
    }

    @Test func `the deterministic part has nothing of this host`() throws {
        try expectGolden("replay.prom", Samples.busy().text(include: .deterministic))
    }

    private func expectGolden(_ name: String, _ text: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/" + name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        let printed = text.split(separator: "\n", omittingEmptySubsequences: false)
        let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
        for change in printed.difference(from: expected) {
            switch change {
            case .insert(let offset, let line, _): Issue.record("\(name) line \(offset + 1) is new: \(line)")
            case .remove(let offset, let line, _): Issue.record("\(name) line \(offset + 1) is missing: \(line)")
            }
        }
    }
}
