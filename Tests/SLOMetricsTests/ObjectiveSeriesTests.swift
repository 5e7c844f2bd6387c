import SLOCore
import Testing

@testable import SLOMetrics

@Suite struct ObjectiveSeriesTests {
    private let builds = DeploymentObjective(.builds, Samples.prod)

    @Test func `the budget of the exposition follows the window`() {
        let registry = Samples.registry()
        var effects = Effects()
        effects.judgements = Samples.judgements(.builds, good: 3, bad: 1)
        registry.publish(MetricsChange(effects))
        let series = #"packit_objective_compliance_ratio{deployment="prod",objective="builds"}"#
        #expect(registry.printed(series) == "0.75")
        #expect(registry.printed(series, now: Samples.now + .days(29)) == nil)
        #expect(registry.tallies(at: Samples.now)[builds] == ObjectiveTally(good: 3, bad: 1))
    }
}
