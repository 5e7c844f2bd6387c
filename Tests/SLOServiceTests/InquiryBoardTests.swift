import SLOCore
import SLOMetrics
import Testing

@testable import SLOService

@Suite struct InquiryBoardTests {
    private static func inquiries(_ builds: Range<Int>) -> [Inquiry] {
        let now = Timestamp(seconds: 1_795_341_600)
        return builds.map {
            Inquiry(
                subject: .build(id: Int64($0), chroot: "fedora-rawhide-x86_64"), owner: "acme/rocket", queuedAt: now,
                deadlineAt: now, isUrgent: true)
        }
    }

    @Test func beyondTheLimitWhatComesIsCountedAndNotTaken() {
        let metrics = MetricsRegistry(settings: LedgerSettings(), version: "0", upstreams: [.copr])
        let board = InquiryBoard(for: [.copr], metrics: metrics)
        board.post(Self.inquiries(0..<InquiryBoard.limit + 3))
        // What is there already is there once.
        board.post(Self.inquiries(0..<10))
        #expect(metrics.value(of: .lookupsLeftOut(.copr)) == 3)
        #expect(board.take(.copr).count == InquiryBoard.limit)
        board.post(Self.inquiries(0..<10))
        #expect(board.take(.copr).count == 10)
        #expect(metrics.value(of: .lookupsLeftOut(.copr)) == 3)
    }
}
