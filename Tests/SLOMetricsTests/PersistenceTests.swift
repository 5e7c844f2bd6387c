import SLOCore
@testable import SLOMetrics
import Testing

/// What a store does with what it is given.
private struct Disk {
    var stored = PersistentDeltas()
    var hours: [HourTally] = []

    /// One commit that holds.
    mutating func commit(_ change: MetricsChange, of registry: MetricsRegistry) {
        write(change, of: registry)
        registry.publish(change)
    }

    mutating func write(_ change: MetricsChange, of registry: MetricsRegistry) {
        stored.merge(registry.resolve(change).deltas)
        stored.merge(registry.takeUnpersisted())
        hours += HourTally.summing(change.judgements)
    }
}

@Suite struct PersistenceTests {
    /// The lines of what goes on across restarts.
    private func persistentLines(_ registry: MetricsRegistry) -> [Substring] {
        registry.text().split(separator: "\n").filter { line in
            let name = line.prefix { $0 != "{" && $0 != " " }
            return ["_total", "_bucket", "_sum", "_count"].contains { name.hasSuffix($0) }
        }
    }

    @Test func `everything that was committed is there after a restart`() {
        let registry = Samples.busy()
        var disk = Disk()
        disk.write(Samples.decided(), of: registry)
        let restarted = Samples.registry()
        #expect(restarted.restore(disk.stored, hours: disk.hours) == RestoreReport())
        #expect(persistentLines(restarted) == persistentLines(registry))
        #expect(restarted.tallies(at: Samples.now) == registry.tallies(at: Samples.now))
    }

    @Test func `counters go on where they were`() {
        var disk = Disk()
        for run in 1...3 {
            let registry = Samples.registry()
            _ = registry.restore(disk.stored, hours: disk.hours)
            registry.count(.deliveries(.copr, .overloaded), by: 2)
            registry.observe(.journalCommitDuration, .milliseconds(3))
            disk.commit(Samples.decided(), of: registry)
            #expect(registry.value(of: .runsQueued(.build, Samples.prod)) == Int64(5 * run))
            #expect(registry.value(of: .deliveries(.copr, .overloaded)) == Int64(2 * run))
            #expect(registry.count(of: .initialStatusDuration(Samples.prod)) == Int64(3 * run))
            #expect(registry.printed("packit_slo_journal_commit_duration_seconds_sum") == "0.00\(3 * run)")
        }
    }

    @Test func `what was counted before the restore is not lost`() {
        let registry = Samples.registry()
        registry.count(.deliveries(.github, .stopping))
        _ = registry.restore(PersistentDeltas(counters: [ServiceCounter.deliveries(.github, .stopping).series.key: 5]))
        #expect(registry.value(of: .deliveries(.github, .stopping)) == 6)
        #expect(registry.takeUnpersisted().counters == [ServiceCounter.deliveries(.github, .stopping).series.key: 1])
    }

    @Test func `what was restored or taken is not handed out again`() {
        let registry = Samples.busy()
        #expect(!registry.takeUnpersisted().isEmpty)
        #expect(registry.takeUnpersisted().isEmpty)
        var disk = Disk()
        disk.write(Samples.decided(), of: registry)
        let restarted = Samples.registry()
        _ = restarted.restore(disk.stored)
        #expect(restarted.takeUnpersisted().isEmpty)
    }

    @Test func `when a source last sent something is known after a restart`() {
        let last = ServiceGauge.lastDeliveryMilliseconds(.copr)
        let registry = Samples.registry()
        #expect(registry.takeUnpersisted().gauges.isEmpty)
        registry.set(last, to: 5000)
        let taken = registry.takeUnpersisted()
        #expect(taken.gauges == [last.series.key: 5000])
        #expect(registry.takeUnpersisted().gauges.isEmpty)
        registry.giveBack(taken)
        // The next commit stores it, however soon it comes.
        #expect(registry.takeUnstoredGauges() == taken)
        registry.set(last, to: 6000)
        #expect(registry.takeUnstoredGauges().isEmpty)
        #expect(registry.takeUnpersisted().gauges == [last.series.key: 6000])
        let restarted = Samples.registry()
        _ = restarted.restore(taken)
        #expect(restarted.value(of: last) == 5000)
        #expect(restarted.takeUnpersisted().isEmpty)
        restarted.set(.queueBytes, to: 7)
        #expect(restarted.takeUnpersisted().isEmpty)
    }

    /// Otherwise an alert on an upstream that is down would end with each restart.
    @Test func `that an upstream rests is known after a restart`() {
        let rests = ServiceGauge.upstreamBreakerOpen(.copr)
        func registry() -> MetricsRegistry {
            MetricsRegistry(settings: LedgerSettings(), version: "1", upstreams: [.copr])
        }
        let before = registry()
        #expect(before.takeUnpersisted().gauges.isEmpty)
        before.set(rests, to: 1)
        let taken = before.takeUnpersisted()
        #expect(taken.gauges == [rests.series.key: 1])
        let restarted = registry()
        _ = restarted.restore(taken)
        #expect(restarted.value(of: rests) == 1)
        restarted.set(rests, to: 0)
        #expect(restarted.takeUnpersisted().gauges == [rests.series.key: 0])
    }

    /// What the disk lacks after a commit of unknown fate is stored with the next.
    @Test(arguments: [true, false]) func `a gauge outlasts a commit of unknown fate`(_ didHold: Bool) {
        let last = ServiceGauge.lastDeliveryMilliseconds(.copr)
        let registry = Samples.registry()
        registry.set(last, to: 5000)
        let taken = registry.takeUnpersisted()
        _ = registry.reload(didHold ? taken : PersistentDeltas(), hours: [])
        #expect(registry.value(of: last) == 5000)
        #expect(registry.takeUnpersisted().gauges == (didHold ? [:] : taken.gauges))
    }

    @Test func `what a failed commit had taken is handed out with the next`() {
        let registry = Samples.busy()
        let taken = registry.takeUnpersisted()
        registry.giveBack(taken)
        registry.count(.deliveries(.github, .badSignature))
        var expected = taken
        expected.counters[ServiceCounter.deliveries(.github, .badSignature).series.key, default: 0] += 1
        #expect(registry.takeUnpersisted() == expected)
    }

    @Test(arguments: [true, false])
    func `after a commit of unknown fate nothing is lost or counted twice`(_ didHold: Bool) {
        let registry = Samples.registry()
        var disk = Disk()
        registry.count(.deliveries(.github, .badSignature), by: 3)
        disk.commit(Samples.decided(), of: registry)
        let before = disk

        registry.count(.deliveries(.github, .badSignature), by: 4)
        registry.observe(.deliveryAckDuration, .milliseconds(1))
        disk.write(Samples.decided(), of: registry)
        if !didHold { disk = before }
        #expect(registry.reload(disk.stored, hours: disk.hours) == RestoreReport())

        #expect(registry.value(of: .runsQueued(.build, Samples.prod)) == (didHold ? 10 : 5))
        #expect(registry.count(of: .initialStatusDuration(Samples.prod)) == (didHold ? 6 : 3))
        #expect(registry.tallies(at: Samples.now)[DeploymentObjective(.builds, Samples.prod)]?.bad == (didHold ? 6 : 3))
        #expect(registry.value(of: .deliveries(.github, .badSignature)) == 7)
        disk.stored.merge(registry.takeUnpersisted())
        #expect(disk.stored.counters[ServiceCounter.deliveries(.github, .badSignature).series.key] == 7)
        #expect(disk.stored.histograms["packit_slo_delivery_ack_duration_seconds"]?.count == 1)
    }

    @Test func `a deployment that is no longer configured goes on`() {
        var disk = Disk()
        disk.commit(Samples.decided(), of: Samples.registry())
        let restarted = Samples.registry { $0.deployments = [Samples.stg] }
        #expect(restarted.restore(disk.stored).unknownKeys == [])
        #expect(restarted.printed(#"packit_builds_queued_total{deployment="prod"}"#) == "5")
        #expect(restarted.printed(#"packit_initial_status_duration_seconds_count{deployment="prod"}"#) == "3")
        var more = Effects()
        more.increments = [.runsQueued(.build, Samples.prod): 1]
        restarted.publish(MetricsChange(more))
        #expect(restarted.printed(#"packit_builds_queued_total{deployment="prod"}"#) == "6")
    }

    @Test func `series that join later stand behind the configured ones, sorted`() {
        let registry = Samples.registry { $0.deployments = [Samples.stg] }
        let names = ["zeta", "alpha", "mid"]
        _ = registry.restore(
            PersistentDeltas(
                counters: Dictionary(
                    uniqueKeysWithValues: names.map { (Counter.runsQueued(.build, Deployment($0)).series.key, 1) })))
        let lines = registry.text().split(separator: "\n").filter { $0.hasPrefix("packit_builds_queued_total{") }
        #expect(
            lines
                == ["stg\"} 0", "alpha\"} 1", "mid\"} 1", "zeta\"} 1"].map {
                    "packit_builds_queued_total{deployment=\"" + $0
                })
    }

    @Test func `stored keys that nothing knows are reported and left alone`() {
        let registry = Samples.registry()
        let report = registry.restore(
            PersistentDeltas(
                counters: ["packit_old_total": 1, "packit_builds_queued_total{x=\"y\"}": 1],
                histograms: ["packit_old_seconds": PersistentHistogram(bounds: "1.0", buckets: [0, 1], sum: 2)]))
        #expect(
            report.unknownKeys == ["packit_builds_queued_total{x=\"y\"}", "packit_old_seconds", "packit_old_total"])
        #expect(registry.text() == Samples.registry().text())
    }
}
