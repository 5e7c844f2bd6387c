import SLOCore
import Testing

@testable import SLOMetrics

/// What a cluster's processes show of themselves, and of all.
@Suite struct ClusterExpositionTests {
    private let now = Timestamp(seconds: 1_795_341_600)

    private func families(_ registry: MetricsRegistry, _ scope: ExpositionScope) -> Set<String> {
        let text = String(decoding: registry.render(format: .text, now: now, include: scope), as: UTF8.self)
        return Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.map { String($0.split(separator: " ")[2]) })
    }

    /// A sum over both counts nothing twice, and nothing is left out.
    @Test func everyFamilyIsOfTheProcessOrOfTheCluster() {
        let registry = MetricsRegistry(settings: LedgerSettings(), version: "test", upstreams: Upstream.allCases)
        registry.set(.deciding, to: 1)
        registry.set(.leaseEpoch, to: 3)
        registry.set(.spooledDeliveries, to: 6)
        let (process, cluster) = (families(registry, .process), families(registry, .cluster))
        #expect(process.union(cluster) == families(registry, .all))
        // Whether it is refused or decided, a delivery is counted by one of them.
        #expect(process.intersection(cluster) == ["packit_slo_deliveries_total"])
        #expect(process.isSuperset(of: ["packit_slo_deciding", "packit_slo_lease_epoch", "packit_slo_build_info"]))
    }

    @Test func theGaugesThatADeciderStoresAreShownByAnother() {
        let (decider, other) = (MetricsRegistry.sample, MetricsRegistry.sample)
        let waiting = Gauge.changesOpen(Deployment("prod"))
        decider.publish(MetricsChange(), gauges: [waiting: 2])
        let change = decider.gaugeValues(after: [waiting: 3], all: false)
        #expect(change == [waiting.series.key: 5])
        decider.publish(MetricsChange(), gauges: [waiting: 3])
        other.setGauges(stored: decider.gaugeValues(after: [:], all: true))
        #expect(other.value(of: waiting) == 5)
        #expect(
            other.render(format: .text, now: now, include: .cluster)
                == decider.render(format: .text, now: now, include: .cluster))
    }

    @Test func aStoredGaugeOfAnotherVersionIsPassedOver() {
        let registry = MetricsRegistry.sample
        let before = registry.render(format: .text, now: now, include: .cluster)
        registry.setGauges(stored: ["packit_unknown": 4, "packit_builds_queued_total{deployment=\"prod\"}": 4])
        #expect(registry.render(format: .text, now: now, include: .cluster) == before)
    }
}

extension MetricsRegistry {
    fileprivate static var sample: MetricsRegistry { MetricsRegistry(settings: LedgerSettings(), version: "test") }
}
