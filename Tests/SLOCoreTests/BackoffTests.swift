import SLOCore
import Testing

@Suite struct BackoffTests {
    @Test func eachPauseIsTwiceTheOneBeforeUpToTheLongest() {
        let backoff = Backoff(first: .seconds(1), longest: .seconds(10))
        #expect((0...6).map { backoff.pause(after: $0).wholeSeconds } == [1, 1, 2, 4, 8, 10, 10])
    }

    @Test(arguments: [64, 1000, .max]) func manyFailuresGiveTheLongestPause(failures: Int) {
        let backoff = Backoff(first: .days(30), longest: .days(300))
        #expect(backoff.pause(after: failures) == .days(300))
    }

    @Test func noPauseIsLongerThanTheLongest() {
        #expect(Backoff(first: .days(9), longest: .days(1)).pause(after: 1) == .days(1))
        #expect(Backoff(first: TimeSpan(milliseconds: .max), longest: .days(1)).pause(after: 5) == .days(1))
    }
}
