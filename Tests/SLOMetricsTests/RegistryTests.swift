import SLOCore
@testable import SLOMetrics
import Testing

@Suite struct RegistryTests {
    @Test func `counting from many threads loses nothing`() async {
        let registry = Samples.registry()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for step in 0..<2_000 {
                        registry.count(.deliveries(.github, .accepted))
                        registry.count(.events(.github, event: step % 2 == 0 ? "check_run" : "unheard of"))
                        registry.observe(.deliveryAckDuration, .microseconds(task))
                        registry.adjust(.queueBytes, by: step % 2 == 0 ? 5 : -5)
                        if step % 500 == 0 { _ = registry.text() }
                    }
                }
            }
        }
        #expect(registry.value(of: .deliveries(.github, .accepted)) == 16_000)
        #expect(registry.value(of: .events(.github, event: "check_run")) == 8_000)
        #expect(registry.value(of: .events(.github, event: "other")) == 8_000)
        #expect(registry.printed("packit_slo_delivery_ack_duration_seconds_count") == "16000")
        #expect(registry.printed("packit_slo_delivery_ack_duration_seconds_sum") == "0.056")
        #expect(registry.printed("packit_slo_queue_bytes") == "0")
    }

    @Test func `what is taken while others count adds up`() async {
        let registry = Samples.registry()
        let taken = await withTaskGroup(of: PersistentDeltas.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<2_000 {
                        registry.count(.deliveries(.github, .accepted))
                        registry.observe(.deadlineLateness, .milliseconds(2))
                    }
                    return PersistentDeltas()
                }
            }
            group.addTask {
                var sum = PersistentDeltas()
                for _ in 0..<200 { sum.merge(registry.takeUnpersisted()) }
                return sum
            }
            return await group.reduce(into: PersistentDeltas()) { $0.merge($1) }
        }
        var all = taken
        all.merge(registry.takeUnpersisted())
        #expect(all.counters == [ServiceCounter.deliveries(.github, .accepted).series.key: 8_000])
        #expect(all.histograms["packit_slo_deadline_lateness_seconds"]?.count == 8_000)
        #expect(all.histograms["packit_slo_deadline_lateness_seconds"]?.sum == 16_000_000)
    }

    @Test func `events that nobody listed count as other`() {
        let registry = Samples.registry()
        registry.count(.events(.copr, event: "copr.something.new"))
        registry.count(.malformedEvents(.copr, event: "copr.something.new"))
        var change = MetricsChange()
        change.count(.events(.copr, event: "another"))
        #expect(
            registry.resolve(change).deltas.counters
                == [ServiceCounter.events(.copr, event: "other").series.key: 1])
        registry.publish(change)
        #expect(registry.value(of: .events(.copr, event: "other")) == 2)
        #expect(registry.value(of: .malformedEvents(.copr, event: "other")) == 1)
        #expect(!registry.text().contains("something.new"))
    }

    @Test func `unknown gauges are absent until they are set`() {
        let registry = Samples.registry()
        #expect(registry.printed("packit_slo_database_bytes") == nil)
        registry.set(.databaseBytes, to: 0)
        #expect(registry.printed("packit_slo_database_bytes") == "0")
        registry.adjust(.databaseBytes, by: 5)
        #expect(registry.printed("packit_slo_database_bytes") == "0")
    }

    @Test func `setting the gauges zeroes those that are not named`() {
        let registry = Samples.busy()
        registry.setGauges([.unjoinedRuns: 2])
        #expect(registry.value(of: .unjoinedRuns) == 2)
        #expect(registry.value(of: .runsUnfinished(.build, Samples.prod)) == 0)
        #expect(registry.printed("packit_slo_queue_deliveries") == "12")
    }

    @Test func `two deployments of one name are one`() {
        let registry = Samples.registry { $0.deployments = [Samples.prod, Samples.prod] }
        let lines = registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(Set(lines).count == lines.count)
    }

    @Test(arguments: [
        (0, "0"), (1, "0.000001"), (1_000_000, "1"), (1_500_000, "1.5"), (-1_500_000, "-1.5"), (10, "0.00001"),
        (Int64.max, "9223372036854.775807"), (Int64.min, "-9223372036854.775808"),
    ])
    func `fractions are printed exactly`(_ millionths: Int64, _ text: String) {
        var bytes: [UInt8] = []
        bytes.append(millionths, .millionths)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [Duration.seconds(-5), .seconds(Int64.min), .zero])
    func `no duration is below zero`(_ duration: Duration) {
        let registry = Samples.registry()
        registry.observe(.deadlineLateness, duration)
        #expect(registry.printed(#"packit_slo_deadline_lateness_seconds_bucket{le="0.001"}"#) == "1")
        #expect(registry.printed("packit_slo_deadline_lateness_seconds_sum") == "0")
    }

    @Test func `durations of any length end nothing`() {
        let registry = Samples.registry()
        for _ in 0..<3 { registry.observe(.deadlineLateness, .seconds(Int64.max)) }
        #expect(registry.printed("packit_slo_deadline_lateness_seconds_count") == "3")
    }
}
