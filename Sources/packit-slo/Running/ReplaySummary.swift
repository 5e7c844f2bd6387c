import SLOCore
import SLOMetrics
import SLOService
import SLOReplay

/// The results of a replay, the most important ones first.
struct ReplaySummary {
    private let replay: SLOReplay.Replay
    private let settings: LedgerSettings

    init(_ replay: SLOReplay.Replay, _ settings: LedgerSettings) {
        self.replay = replay
        self.settings = settings
    }

    private struct Row {
        let name: String
        let values: [(column: String, value: Int64)]
    }

    private var metrics: MetricsRegistry { replay.metrics }

    // MARK: - Table

    var table: String {
        var lines = ["\(replay.deliveries) deliveries, judged until \(replay.now.rfc3339)"]
        lines += results.map { source, results in
            Self.padded("  " + source.rawValue, to: 18) + results.map { "\($1) \($0.rawValue)" }.joined(separator: ", ")
        }
        for deployment in settings.deployments {
            lines += ["", deployment.label]
            lines += objectiveLines(deployment)
            lines += Self.table(of: rows(deployment))
        }
        return PlainText.lines(lines)
    }

    private func objectiveLines(_ deployment: Deployment) -> [String] {
        let tallies = metrics.tallies(at: replay.now)
        return settings.objectives.map { objective in
            let name = Self.padded("  " + objective.name.rawValue, to: 18)
            guard let tally = tallies[DeploymentObjective(objective.name, deployment)],
                let compliance = tally.compliance
            else { return name + "nothing to judge" }
            let budget = tally.errorBudgetRemaining(target: objective.target)
                .map { ", error budget left \(Formatting.percent($0))" }
            return name + "\(Formatting.percent(compliance)) of \(tally.good + tally.bad) good, "
                + "target \(Formatting.percent(objective.target))" + (budget ?? "")
        }
    }

    /// Rows with the names of their columns above; rows with the same columns share one line of names.
    private static func table(of rows: [Row]) -> [String] {
        var lines: [String] = []
        var columns: [String] = []
        for row in rows {
            if row.values.map(\.column) != columns {
                columns = row.values.map(\.column)
                lines += ["", padded("", to: 12) + columns.map { aligned($0, under: $0) }.joined()]
            }
            let values = row.values.map { aligned(String($0.value), under: $0.column) }.joined()
            lines.append(padded("  " + row.name, to: 12) + values)
        }
        return lines
    }

    /// Right-aligned in a column as wide as its name, and wide enough for large counts.
    private static func aligned(_ text: String, under column: String) -> String {
        String(repeating: " ", count: max(2, max(column.count, 6) + 2 - text.count)) + text
    }

    // MARK: - JSON

    var json: String {
        let tallies = metrics.tallies(at: replay.now)
        let deployments = settings.deployments.map { deployment in
            let objectives = settings.objectives.map { objective in
                let tally = tallies[DeploymentObjective(objective.name, deployment)] ?? ObjectiveTally()
                let compliance = tally.compliance.map { "\($0)" } ?? "null"
                let budget =
                    tally.errorBudgetRemaining(target: objective.target).map { "\($0)" } ?? "null"
                return "\"\(objective.name.rawValue)\":{\"good\":\(tally.good),\"bad\":\(tally.bad),"
                    + "\"compliance\":\(compliance),\"error_budget_remaining\":\(budget)}"
            }
            let counts = rows(deployment).map { row in
                "\"\(row.name.replacing(" ", with: "_"))\":{"
                    + row.values.map { "\"\($0.column.replacing(" ", with: "_"))\":\($0.value)" }
                    .joined(separator: ",") + "}"
            }
            return "{\"deployment\":\"\(deployment.label)\",\"objectives\":{" + objectives.joined(separator: ",")
                + "}," + counts.joined(separator: ",") + "}"
        }
        let results = results.map { source, results in
            "\"\(source.rawValue)\":{" + results.map { "\"\($0.rawValue)\":\($1)" }.joined(separator: ",") + "}"
        }
        return "{\"deliveries\":\(replay.deliveries),\"results\":{\(results.joined(separator: ","))},"
            + "\"until\":\"\(replay.now.rfc3339)\",\"deployments\":["
            + deployments.joined(separator: ",") + "]}\n"
    }

    // MARK: - Both

    /// The outcomes of deliveries by source; those that did not occur are left out.
    private var results: [(Source, [(DeliveryOutcome, Int64)])] {
        Source.allCases.compactMap { source in
            let counts = DeliveryOutcome.allCases.map { ($0, metrics.value(of: .deliveries(source, $0))) }
                .filter { $0.1 > 0 }
            return counts.isEmpty ? nil : (source, counts)
        }
    }

    /// A warning about deliveries that do not count, although they were meant to; `nil` if there are none.
    var complaint: String? {
        let lost = [DeliveryOutcome.malformed, .badSignature, .conflicting].compactMap { result -> String? in
            let count = Source.allCases.map { metrics.value(of: .deliveries($0, result)) }.reduce(0, +)
            return count == 0 ? nil : "\(count) \(result.rawValue)"
        }
        guard !lost.isEmpty else { return nil }
        return "not all deliveries count: \(lost.joined(separator: ", "))"
    }

    private func rows(_ deployment: Deployment) -> [Row] {
        let verdicts = Verdict.allCases.map { verdict in
            let count = Eligibility.allCases.map { metrics.value(of: .changesJudged(deployment, verdict, $0)) }
            return (verdict.rawValue, count.reduce(0, +))
        }
        let waiting = Eligibility.allCases.map { metrics.value(of: .changesWithoutStatus(deployment, $0)) }
        let changes = Row(name: "changes", values: verdicts + [("without status", waiting.reduce(0, +))])
        return [
            changes, runs(.build, "builds", deployment), runs(.testRun, "test runs", deployment),
            runs(.job, "other jobs", deployment),
        ]
    }

    private func runs(_ kind: RunKind, _ name: String, _ deployment: Deployment) -> Row {
        let groups = metrics.groups(of: kind)
        func count(_ counter: (RunGroup) -> Counter) -> Int64 {
            groups.reduce(0) { $0 + metrics.value(of: counter($1)) }
        }
        func number(_ gauge: (RunGroup) -> Gauge) -> Int64 {
            groups.reduce(0) { $0 + metrics.value(of: gauge($1)) }
        }
        var values: [(String, Int64)] = [
            ("queued", count { .runsQueued($0, deployment) }), ("started", count { .runsStarted($0, deployment) }),
        ]
        values += Outcome.allCases.map { outcome in
            (outcome.rawValue, count { .runsFinished($0, deployment, outcome) })
        }
        values += [
            ("unfinished", number { .runsUnfinished($0, deployment) }),
            ("settling", metrics.value(of: .runsSettling(kind, deployment))),
            ("overdue", number { .runsOverdue($0, deployment) }),
        ]
        return Row(name: name, values: values)
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
