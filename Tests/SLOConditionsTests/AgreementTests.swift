import Foundation
import SLOConfiguration
import SLOCore
import SLORules
import Testing

@testable import SLOConditions

/// That Prometheus and the server see the same: both evaluate the same samples, minute by minute.
@Suite(.enabled(if: Promtool.path != nil || Promtool.isRequired)) struct AgreementTests {
    /// One scrape and one evaluation.
    private static let tolerance = 2

    @Test func `Alerts fire when the server says so, within a scrape and an evaluation`() throws {
        let world = World()
        let firing = Self.firing(in: world)
        let names = Set(firing.flatMap { $0.map(\.condition) })
        // Almost every condition holds at some time: the test is not of silence.
        let seen = Set(Condition.all(ConditionSettings(Configuration())).filter(\.isSeenByServer).map(\.name))
        #expect(seen.subtracting(names).isEmpty)
        var expectations: [String] = []
        for minute in stride(from: 10, to: World.minutes - Self.tolerance, by: 7) {
            let around = firing[(minute - Self.tolerance)...(minute + Self.tolerance)]
            let ever = around.reduce(Set()) { $0.union($1) }
            let always = around.reduce(ever) { $0.intersection($1) }
            let unsettled = Set(ever.subtracting(always).map(\.condition))
            for name in seen.subtracting(unsettled).sorted() {
                expectations.append(
                    Self.expectation(name, firing[minute].filter { $0.condition == name }, at: minute))
            }
        }
        #expect(expectations.count > 5000)
        #expect(try Promtool.complaints(Self.file(world, expectations)) == "")
    }

    /// What fires at each minute.
    private struct Fired: Hashable {
        let condition: String
        let subject: String
    }

    private static func firing(in world: World) -> [Set<Fired>] {
        var tracker = ConditionTracker(ConditionSettings(Configuration()))
        var history = tracker.emptyHistory
        return (0..<World.minutes).map { minute in
            _ = history.record(world.values(at: minute), at: World.moment(minute))
            let (now, _) = tracker.evaluate(history, at: World.moment(minute))
            return Set(
                now.holding.filter(\.isFiring).map {
                    Fired(condition: $0.incident.condition, subject: $0.incident.subject)
                })
        }
    }

    private static func expectation(_ name: String, _ fired: Set<Fired>, at minute: Int) -> String {
        let labels = "deployment, objective, source, kind, event, upstream, invariant"
        let samples = fired.map(\.subject).sorted().map { "{labels: '{\($0)}', value: 1}" }
        return """
                  - expr: 'count by (\(labels)) (ALERTS{alertname="\(name)",alertstate="firing"})'
                    eval_time: \(minute)m
                    exp_samples: [\(samples.joined(separator: ", "))]

            """
    }

    private static func file(_ world: World, _ expectations: [String]) -> String {
        let series = world.series.sorted { $0.key < $1.key }.map { name, values in
            """
                  - series: '\(name)'
                    values: '\(values.map(\.decimal).joined(separator: " "))'

            """
        }
        return """
            rule_files: [rules.yml]
            evaluation_interval: 1m
            group_eval_order: [packit-slo-recordings, packit-slo-objectives, packit-slo-observer]
            tests:
              - interval: 1m
                input_series:
            \(series.joined())
                promql_expr_test:
            \(expectations.joined())
            """
    }
}

private enum Promtool {
    struct Missing: Error {}

    static let isRequired = ProcessInfo.processInfo.environment["CI"] != nil

    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { $0 + "/promtool" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// What `promtool test rules` prints if it fails; shortened.
    static func complaints(_ cases: String) throws -> String {
        guard let path else { throw Missing() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "packit-slo-agreement-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = Rules.prometheus.text(RuleSettings(Configuration(), options: RuleOptions()))
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yml"))
        try Data(cases.utf8).write(to: folder.appending(path: "cases.yml"))
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = ["test", "rules", "cases.yml"]
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? "" : String(decoding: printed.prefix(4000), as: UTF8.self)
    }
}
