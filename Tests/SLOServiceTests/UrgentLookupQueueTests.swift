import SLOCore
import SLOMetrics
import Testing

@testable import SLOService

@Suite struct UrgentLookupQueueTests {
    private static func lookupRequests(_ builds: Range<Int>) -> [LookupRequest] {
        let now = Timestamp(seconds: 1_795_341_600)
        return builds.map {
            LookupRequest(
                subject: .build(id: Int64($0), chroot: "fedora-rawhide-x86_64"), owner: "acme/rocket", queuedAt: now,
                deadlineAt: now, isUrgent: true)
        }
    }

    @Test func lookupsAboveTheLimitAreDroppedAndCounted() {
        let metrics = MetricsRegistry(settings: LedgerSettings(), version: "0", upstreams: [.copr])
        let urgentLookups = UrgentLookupQueue(for: [.copr], metrics: metrics)
        urgentLookups.post(Self.lookupRequests(0..<UrgentLookupQueue.limit + 3))
        // What is there already is there once.
        urgentLookups.post(Self.lookupRequests(0..<10))
        #expect(metrics.value(of: .lookupsLeftOut(.copr)) == 3)
        #expect(urgentLookups.take(.copr).count == UrgentLookupQueue.limit)
        urgentLookups.post(Self.lookupRequests(0..<10))
        #expect(urgentLookups.take(.copr).count == 10)
        #expect(metrics.value(of: .lookupsLeftOut(.copr)) == 3)
    }
}
