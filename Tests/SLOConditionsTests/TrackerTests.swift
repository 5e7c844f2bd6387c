import SLOConfiguration
import SLOCore
import Testing

@testable import SLOConditions

/// Conditions from their beginning to their end.
@Suite struct TrackerTests {
    private static let settings = ConditionSettings(Configuration())
    private static let start = Timestamp(seconds: 1_795_341_600)

    /// A small server: three test runs wait, and Testing Farm ends one every twenty minutes until it dies. Pushes go on
    /// to supersede some.
    private static func values(dead: Bool, minute: Int, finished: inout Double) -> [(series: String, value: Double)] {
        if !dead, minute % 20 == 0 { finished += 1 }
        return [
            (#"packit_test_runs_unfinished{deployment="prod"}"#, dead ? 3 : 1),
            (#"packit_test_runs_overdue{deployment="prod"}"#, 0),
            (#"packit_test_runs_finished_total{deployment="prod",outcome="success"}"#, finished),
            (#"packit_test_runs_finished_total{deployment="prod",outcome="error"}"#, 0),
            (#"packit_test_runs_finished_total{deployment="prod",outcome="superseded"}"#, Double(minute / 30)),
        ]
    }

    @Test func `Testing Farm is dead for five hours, and a few test runs wait`() throws {
        var tracker = ConditionTracker(Self.settings)
        var history = tracker.emptyHistory
        var finished = 40.0
        var (began, fired, ended): (Int?, Int?, Int?)
        var told: HoldingCondition?
        for minute in 0..<12 * 60 {
            let at = Self.start + .minutes(Int64(minute))
            let dead = (360..<660).contains(minute)
            _ = history.record(Self.values(dead: dead, minute: minute, finished: &finished), at: at)
            let (now, changes) = tracker.evaluate(history, at: at)
            let stalled = now.holding.first { $0.incident.condition == "PackitRunsStalled" }
            if began == nil, stalled != nil { began = minute }
            if fired == nil, stalled?.isFiring == true { fired = minute }
            if let end = changes.incidents.first(where: { $0.endedAt != nil }) {
                ended = minute
                #expect(end.firedAt == Self.start + .minutes(Int64(fired ?? 0)))
            }
            told = stalled ?? told
        }
        // A third of the deadline later it holds, half an hour later the alert fires: within the five hours.
        #expect(began == 599)
        #expect(fired == 629)
        #expect(ended == 660)
        let condition = try #require(told)
        #expect(condition.incident.since == Self.start + .minutes(340))
        #expect(condition.waiting == 3)
        #expect(condition.incident.party == .testingFarm)
        #expect(condition.incident.severity == .critical)
        #expect(condition.incident.summary == "Test runs of Packit prod: none finishes")
        #expect(condition.page == .waiting)
    }

    @Test func `It is so since work waits, if none did when the last run ended`() throws {
        var tracker = ConditionTracker(Self.settings)
        var history = tracker.emptyHistory
        var told: HoldingCondition?
        for minute in 0..<600 {
            let at = Self.start + .minutes(Int64(minute))
            _ = history.record(
                [
                    (#"packit_test_runs_unfinished{deployment="prod"}"#, (60..<300).contains(minute) ? 0 : 4),
                    (#"packit_test_runs_overdue{deployment="prod"}"#, 0),
                    (#"packit_test_runs_finished_total{deployment="prod",outcome="success"}"#, minute < 60 ? 0 : 4),
                    (
                        #"packit_initial_status_deadlines_missed_total{deployment="prod",eligibility="learned"}"#,
                        minute < 100 ? 0 : minute < 400 ? 7 : 9
                    ),
                    (#"packit_pull_request_changes_total{deployment="prod",verdict="on_time"}"#, minute < 150 ? 0 : 5),
                ], at: at)
            let (now, _) = tracker.evaluate(history, at: at)
            told = now.holding.first { $0.incident.condition == "PackitRunsStalled" }
            let silent = now.holding.first { $0.incident.condition == "PackitAnswersNobodyInTime" }
            // It was missed before it was answered, too.
            if minute == 405 { #expect(silent?.incident.since == Self.start + .minutes(400)) }
        }
        #expect(told?.incident.since == Self.start + .minutes(300))
    }

    @Test func `An incident that was open goes on after a restart`() throws {
        var tracker = ConditionTracker(Self.settings)
        let queue = [(series: "packit_slo_queue_deliveries", value: 2000.0)]
        var history = tracker.emptyHistory
        _ = history.record(queue, at: Self.start)
        let (_, changes) = tracker.evaluate(history, at: Self.start)
        let begun = try #require(changes.incidents.first)
        #expect(begun.firedAt == nil)
        var next = ConditionTracker(Self.settings, continuing: [begun])
        _ = history.record(queue, at: Self.start + .minutes(5))
        let (now, fired) = next.evaluate(history, at: Self.start + .minutes(5))
        #expect(now.holding.map(\.incident.beganAt) == [Self.start])
        #expect(fired.incidents.map(\.firedAt) == [Self.start + .minutes(5)])
    }

    @Test func `What ends before it fires leaves no trace`() {
        var tracker = ConditionTracker(Self.settings)
        var history = tracker.emptyHistory
        _ = history.record([("packit_slo_queue_deliveries", 2000)], at: Self.start)
        let (_, begun) = tracker.evaluate(history, at: Self.start)
        _ = history.record([("packit_slo_queue_deliveries", 0)], at: Self.start + .minutes(1))
        let (now, changes) = tracker.evaluate(history, at: Self.start + .minutes(1))
        #expect(now.holding.isEmpty)
        #expect(changes.incidents.isEmpty)
        #expect(changes.withdrawn.map(\.key) == begun.incidents.map(\.key))
    }

    @Test func `Only the deployment that ranks first is critical`() {
        let condition = Condition.all(Self.settings).first { $0.name == "PackitAnswersNobodyInTime" }
        #expect(condition?.severity(of: Labels(["deployment": "prod"]), Self.settings) == .critical)
        #expect(condition?.severity(of: Labels(["deployment": "stg"]), Self.settings) == .warning)
    }

    @Test func `A sentence is told to Prometheus and to people`() {
        let sentence: Sentence = """
            \(label: "source") sent \(value: .plain), \(value: .percentage), \(value: .duration), \
            \(value: .oneDecimal), \(.aboutSoMany).
            """
        #expect(
            sentence.template == """
                {{ $labels.source }} sent {{ $value }}, {{ $value | humanizePercentage }}, \
                {{ $value | humanizeDuration }}, {{ $value | printf "%.1f" }}, About {{ $value | printf "%.0f" }}.
                """)
        #expect(
            sentence.text(Labels(["source": "copr"]), value: 90061.26)
                == "Copr sent 90061.26, 9006126%, 1d 1h 1m 1s, 90061.3, About 90061.")
    }
}
