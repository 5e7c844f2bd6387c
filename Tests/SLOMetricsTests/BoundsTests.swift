import SLOCore
@testable import SLOMetrics
import Testing

@Suite struct BoundsTests {
    @Test func `a configured deadline is a bound of its histogram`() {
        let registry = Samples.registry {
            $0[.initialStatus]?.deadline = .milliseconds(12_500)
            $0[.builds]?.deadline = .hours(5)
            $0[.testRuns]?.deadline = .hours(48)
            $0[.commandAnswer] = Objective(.commandAnswer, .commandAnswer, target: 0.9, deadline: .seconds(45))
            $0.objectives.append(Objective(.allStatuses, .allStatuses, target: 0.9, deadline: .seconds(45)))
            $0.objectives.append(Objective(.jobs, .jobs, target: 0.9, deadline: .hours(2)))
        }
        var effects = Effects()
        effects.observations = [HistogramObservation(.runDuration(Samples.koji, Samples.prod, .error), seconds: 9)]
        registry.publish(MetricsChange(effects))
        let text = registry.text()
        #expect(text.contains(#"packit_command_answer_duration_seconds_bucket{deployment="prod",le="45.0"}"#))
        #expect(text.contains(#"packit_initial_status_duration_seconds_bucket{deployment="prod",le="12.5"}"#))
        #expect(text.contains(#"packit_build_duration_seconds_bucket{deployment="prod",outcome="error",le="18000.0"}"#))
        #expect(
            text.contains(#"packit_test_run_duration_seconds_bucket{deployment="prod",outcome="error",le="172800.0"}"#))
        #expect(text.contains(#"packit_all_statuses_duration_seconds_bucket{deployment="prod",le="45.0"}"#))
        let koji = #"deployment="prod",kind="koji-build",outcome="error""#
        #expect(text.contains(#"packit_job_duration_seconds_bucket{\#(koji),le="7200.0"} 1"#))
        #expect(
            !text.contains(#"packit_build_duration_seconds_bucket{deployment="prod",outcome="error",le="172800.0"}"#))
    }

    @Test func `an observation on a bound is within it`() {
        let registry = Samples.registry { $0[.initialStatus]?.deadline = .milliseconds(12_500) }
        var effects = Effects()
        effects.observations = [12, 13, 15, 16].map {
            HistogramObservation(.initialStatusDuration(Samples.prod), seconds: $0)
        }
        registry.publish(MetricsChange(effects))
        let bounds = ["10.0", "12.5", "15.0", "20.0", "+Inf"]
        let buckets = bounds.map { bound in
            registry.printed("packit_initial_status_duration_seconds_bucket{deployment=\"prod\",le=\"\(bound)\"}")
        }
        #expect(buckets == ["0", "1", "3", "4", "4"])
    }

    @Test func `changed bounds restart a histogram, and only that`() {
        let registry = Samples.registry()
        var stored = registry.resolve(Samples.decided()).deltas
        let restarted = Samples.registry { $0[.initialStatus]?.deadline = .seconds(7) }
        let report = restarted.restore(stored)
        #expect(report.restartedHistograms == ["packit_initial_status_duration_seconds"])
        #expect(restarted.count(of: .initialStatusDuration(Samples.prod)) == 0)
        #expect(restarted.count(of: .runDuration(.build, Samples.prod, .success)) == 2)
        #expect(restarted.value(of: .changesJudged(Samples.prod, .onTime, .learned)) == 3)

        stored.merge(restarted.resolve(Samples.decided()).deltas)
        let again = Samples.registry { $0[.initialStatus]?.deadline = .seconds(7) }
        #expect(again.restore(stored) == RestoreReport())
        #expect(again.count(of: .initialStatusDuration(Samples.prod)) == 3)
    }

    @Test func `stored buckets that do not fit their bounds restart the histogram`() {
        let registry = Samples.registry()
        let report = registry.restore(
            PersistentDeltas(histograms: [
                "packit_slo_journal_commit_duration_seconds": PersistentHistogram(
                    bounds: MetricsCatalogue.journalCommitDuration.bounds.map(\.description).joined(separator: " "),
                    buckets: Array(repeating: 1, count: 99), sum: 3)
            ]))
        #expect(report.restartedHistograms == ["packit_slo_journal_commit_duration_seconds"])
    }

    @Test func `empty buckets at the end of a stored histogram may be missing`() throws {
        let registry = Samples.registry()
        var stored = registry.resolve(Samples.decided()).deltas
        let key = Histogram.runDuration(.build, Samples.prod, .success).series.key
        while stored.histograms[key]?.buckets.last == 0 { stored.histograms[key]?.buckets.removeLast() }
        #expect(stored.histograms[key]?.buckets == [1, 1])
        stored.merge(registry.resolve(Samples.decided()).deltas)
        #expect(stored.histograms[key]?.buckets.prefix(3) == [2, 2, 0])
        stored.histograms[key]?.buckets.removeLast(5)
        #expect(registry.restore(stored) == RestoreReport())
        #expect(registry.count(of: .runDuration(.build, Samples.prod, .success)) == 4)
    }
}
