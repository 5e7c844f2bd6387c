import SLOCore
import SLOStore
import Testing

@testable import SLOService

@Suite struct CoverageTests {
    private func coverage(_ lives: [(Int64, Int64)]) -> Coverage {
        Coverage(
            lives.enumerated().map { index, life in
                var receiver = ReceiverLife(
                    stream: StreamID(Int64(index)), node: "", startedAt: Timestamp(seconds: life.0),
                    seenAt: Timestamp(seconds: life.1))
                receiver.through = Timestamp(seconds: life.1)
                return receiver
            })
    }

    @Test func livesThatOverlapLeaveNoGap() {
        let coverage = coverage([(30, 60), (0, 20), (10, 40)])
        #expect(coverage.beginning == Timestamp(seconds: 0))
        #expect(coverage.reach(from: Timestamp(seconds: 5)) == Timestamp(seconds: 60))
        #expect(coverage.gap(after: Timestamp(seconds: 5)) == nil)
    }

    @Test func aGapLastsFromTheLastWatermarkToTheNextStart() {
        let coverage = coverage([(0, 20), (5, 25), (30, 60), (40, 70)])
        #expect(coverage.reach(from: Timestamp(seconds: 5)) == Timestamp(seconds: 25))
        let gap = coverage.gap(after: Timestamp(seconds: 5))
        #expect(gap == Coverage.Gap(from: Timestamp(seconds: 25), to: Timestamp(seconds: 30)))
    }

    @Test func withoutASuccessorNothingIsConcluded() {
        #expect(coverage([(0, 20)]).gap(after: Timestamp(seconds: 5)) == nil)
        #expect(coverage([]).beginning == nil)
    }
}
