import SLOConfiguration
import SLOCore

@testable import SLOConditions

/// Series by the minute, in which things go wrong one after the other. What is not said is as usual.
struct World {
    static let minutes = 30 * 60

    /// The value of each series at each minute from 1970 on.
    private(set) var series: [String: [Double]] = [:]

    init() {
        for deployment in ["prod", "stg"] {
            addPackit(deployment, isBroken: deployment == "prod")
        }
        addObserver()
    }

    var history: SampleHistory {
        var history = SampleHistory(for: Condition.all(ConditionSettings(Configuration())))
        for minute in 0..<Self.minutes { _ = history.record(values(at: minute), at: Self.moment(minute)) }
        return history
    }

    func values(at minute: Int) -> [(series: String, value: Double)] {
        series.map { ($0.key, $0.value[minute]) }
    }

    static func moment(_ minute: Int) -> Timestamp { Timestamp(seconds: Int64(minute) * 60) }

    // MARK: Making series

    private mutating func gauge(_ name: String, _ value: (Int) -> Double) {
        series[name] = (0..<Self.minutes).map(value)
    }

    /// - Parameter rise: of each minute.
    private mutating func counter(_ name: String, _ rise: (Int) -> Double) {
        var sum = 10.0
        series[name] = (0..<Self.minutes).map { minute in
            sum += rise(minute)
            return sum
        }
    }

    private static func hours(_ from: Double, _ to: Double) -> (Int) -> Bool {
        { minute in (from * 60..<to * 60).contains(Double(minute)) }
    }

    private static func every(_ interval: Int, _ minute: Int) -> Double { minute % interval == 0 ? 1 : 0 }

    private mutating func addPackit(_ deployment: String, isBroken: Bool) {
        let prefix = "deployment=\"\(deployment)\""
        let (silent, slow, dead) = (Self.hours(3, 5), Self.hours(8, 9.5), Self.hours(11, 19))
        // Packit answers nobody, later a few.
        counter("packit_initial_status_deadlines_missed_total{\(prefix),eligibility=\"learned\"}") { minute in
            isBroken && (silent(minute) || slow(minute)) ? 2 : Self.every(100, minute)
        }
        counter("packit_pull_request_changes_total{\(prefix),verdict=\"on_time\",eligibility=\"learned\"}") { minute in
            isBroken && silent(minute) ? 0 : isBroken && slow(minute) ? Self.every(5, minute) : 2
        }
        // Testing Farm is dead; three test runs wait, of builds many.
        for (noun, waiting) in [("builds", 40.0), ("test_runs", 3.0)] {
            gauge("packit_\(noun)_unfinished{\(prefix)}") { isBroken && dead($0) ? waiting : 4 }
            gauge("packit_\(noun)_overdue{\(prefix)}") { isBroken && Self.hours(20, 21)($0) ? 6 : 0 }
            counter("packit_\(noun)_finished_total{\(prefix),outcome=\"success\"}") {
                isBroken && dead($0) ? 0 : Self.every(10, $0)
            }
            // What pushes supersede has not finished.
            counter("packit_\(noun)_finished_total{\(prefix),outcome=\"superseded\"}") { Self.every(45, $0) }
        }
        for (objective, target) in [("initial_status", 0.99), ("builds", 0.98), ("test_runs", 0.95)] {
            let labels = "\(prefix),objective=\"\(objective)\""
            gauge("packit_objective_target_ratio{\(labels)}") { _ in target }
            counter("packit_objective_events_total{\(labels),verdict=\"good\"}") { _ in 1 }
            // All bad for two hours, a tenth for six.
            counter("packit_objective_events_total{\(labels),verdict=\"bad\"}") { minute in
                guard isBroken else { return 0 }
                return Self.hours(4, 6)(minute) ? 20 : Self.hours(14, 20)(minute) ? Self.every(2, minute) : 0
            }
            let spent = Self.hours(7, 10)
            gauge("packit_objective_error_budget_remaining_ratio{\(labels)}") { isBroken && spent($0) ? -0.2 : 0.5 }
            gauge("packit_objective_window_events{\(labels),verdict=\"bad\"}") { _ in 400 }
        }
    }

    private mutating func addObserver() {
        let silent = Self.hours(1, 29)
        gauge("packit_slo_last_delivery_timestamp_seconds{source=\"copr\"}") {
            Double(silent($0) ? 3600 : $0 * 60)
        }
        for (result, when) in [
            ("accepted", Self.hours(0, 0)), ("bad_signature", Self.hours(2, 4)), ("overloaded", Self.hours(5, 5.5)),
            ("unstored", Self.hours(7, 7.1)), ("processing_failed", Self.hours(9, 9.1)),
        ] {
            counter("packit_slo_deliveries_total{source=\"github\",result=\"\(result)\"}") { minute in
                result == "accepted" ? Self.every(2, minute) : when(minute) ? 3 : 0
            }
        }
        counter("packit_slo_malformed_events_total{source=\"copr\",event=\"build\"}") {
            Self.hours(6, 7)($0) ? Self.every(5, $0) : 0
        }
        let late = Self.hours(10, 11)
        counter("packit_slo_delivery_lag_seconds_count{source=\"github\"}") { _ in 1 }
        counter("packit_slo_delivery_lag_seconds_bucket{source=\"github\",le=\"300.0\"}") { late($0) ? 0 : 1 }
        counter("packit_slo_blind_seconds_total") { Self.hours(12, 12.1)($0) ? 20 : 0 }
        gauge("packit_slo_blind") { Self.hours(12, 12.2)($0) ? 1 : 0 }
        gauge("packit_slo_database_free_bytes") { Self.hours(23, 24)($0) ? 5e8 : 5e10 }
        gauge("packit_slo_queue_deliveries") { Self.hours(13, 14)($0) ? 1500 : 2 }
        for (histogram, when) in [
            ("packit_slo_delivery_ack_duration_seconds", Self.hours(15, 15.5)),
            ("packit_slo_deadline_lateness_seconds", Self.hours(16, 16.5)),
        ] {
            counter(histogram + "_count") { _ in 2 }
            counter(histogram + "_bucket{le=\"5.0\"}") { when($0) ? 1 : 2 }
        }
        gauge("process_start_time_seconds") { _ in 0 }
        gauge("packit_slo_build_info{version=\"1\"}") { _ in 1 }
        counter("packit_slo_limit_reached_total{kind=\"change\"}") { Self.hours(18, 18.1)($0) ? 1 : 0 }
        counter("packit_slo_invariant_violations_total{invariant=\"runs\"}") { Self.hours(22, 22.02)($0) ? 1 : 0 }
        gauge("packit_slo_fedora_messaging_connected") { Self.hours(17, 18)($0) ? 0 : 1 }
        counter("packit_slo_fedora_messaging_queue_losses_total") { $0 == 1080 ? 1 : 0 }
        gauge("packit_slo_delivery_completeness_ratio{source=\"github\"}") { Self.hours(24, 25)($0) ? 0.97 : 1 }
        gauge("packit_slo_upstream_breaker_open{upstream=\"copr\"}") { Self.hours(26, 27)($0) ? 1 : 0 }
    }
}
