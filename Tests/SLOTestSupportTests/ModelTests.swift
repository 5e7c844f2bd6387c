import SLOCore
import SLOTestSupport
import Testing

/// Small histories whose counts were worked out by hand.
@Suite("The reference model: changes")
struct ModelTests {
    @Test("A delivery that names nobody makes the primary deployment owner, and one that answers within its wait")
    func owners() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.check(2, "accepted", by: .stg, at: 20)
        #expect(told.counters(at: 400)[.changesSeen(.prod)] == 1)
        #expect(told.counters(at: 400)[.changesJudged(.stg, .late, .learned)] == 1)
        #expect(told.counters(at: 19)[.changesSeen(.stg)] == nil)
    }

    @Test("A delivery that names an app makes its deployment owner, and nobody else")
    func addressed() {
        var told = ManualHistory()
        told.push(at: 0, addressee: .stg)
        told.check(1, "accepted", at: 5)
        #expect(told.counters(at: 400)[.changesSeen(.stg)] == 1)
        #expect(told.counters(at: 400)[.changesSeen(.prod)] == nil)
    }

    @Test("An answer to one change of a commit makes its deployment owner of the others at once")
    func ownersOfOneCommit() {
        var told = ManualHistory()
        told.push(at: 500, receivedAt: 0)
        told.push(1, "aaa", .synchronize, at: 8)
        told.check(1, "accepted", by: .stg, at: 10)
        #expect(told.counters(at: 10)[.changesSeen(.stg)] == 2)
        #expect(told.counters(at: 15)[.deadlinesMissed(.stg, .learned)] == 1)
    }

    @Test("A branch that was answered is learned, another one is assumed and outside the objective")
    func eligibility() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.push(2, "bbb", at: 100)
        told.push(3, "ccc", base: "other", at: 100)
        let counters = told.counters(at: 1000)
        #expect(counters[.changesJudged(.prod, .never, .learned)] == 1)
        #expect(counters[.changesJudged(.prod, .never, .assumed)] == 1)
        #expect(counters[.objectiveEvents(.initialStatus, .prod, isGood: false)] == 1)
    }

    @Test("The same change delivered again is one change, and one of a deleted fork is none")
    func identity() {
        var told = ManualHistory()
        told.push(at: 0)
        told.push(at: 0, receivedAt: 3)
        told.push(2, "bbb", at: 10, isForkDeleted: true)
        #expect(told.counters(at: 1000)[.changesSeen(.prod)] == 1)
    }

    @Test("What was posted two seconds before the start answers with 0 s, earlier it answers nothing")
    func earlyAnswers() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 8, receivedAt: 9)
        told.push(at: 10)
        #expect(told.last(at: 1000).durations[.initialStatusDuration(.prod)] == [0])
        told = ManualHistory()
        told.check(1, "accepted", at: 7, receivedAt: 9)
        told.push(at: 10)
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .never, .assumed)] == 1)
    }

    @Test("An event first seen while one pull request had the commit as head answers only that")
    func sharedCommit() {
        var told = ManualHistory()
        told.push(1, at: 0)
        told.check(1, "accepted", at: 5, event: "e1")
        told.push(2, at: 10)
        told.check(2, "started", at: 12, event: "e1")
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .onTime, .learned)] == 1)
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .never, .learned)] == 1)
        told.check(3, "accepted", at: 13, event: "e2")
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .onTime, .learned)] == 2)
    }

    @Test("Fifteen seconds are on time and sixteen late", arguments: [(Int64(15), Verdict.onTime), (16, .late)])
    func deadline(seconds: Int64, verdict: Verdict) {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: seconds)
        let last = told.last(at: 1000)
        #expect(last.counters[.changesJudged(.prod, verdict, .learned)] == 1)
        #expect(last.durations[.initialStatusDuration(.prod)] == [seconds])
        #expect(last.counters[.objectiveEvents(.initialStatus, .prod, isGood: verdict == .onTime)] == 1)
    }

    @Test("A change closed or superseded by a push before the deadline is excluded, at the deadline it is missed")
    func excluded() {
        var told = ManualHistory()
        told.push(1, at: 0)
        told.close(1, at: 14)
        told.push(2, "bbb", at: 0)
        told.close(2, at: 15)
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .excluded, .assumed)] == 1)
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .never, .assumed)] == 1)
    }

    @Test("A verdict on time is given at the deadline, another a grace later; what comes then is late evidence")
    func whenJudged() {
        var told = ManualHistory()
        told.push(1, at: 0)
        told.check(1, "accepted", at: 5)
        told.push(2, "bbb", at: 0)
        #expect(told.counters(at: 14)[.changesJudged(.prod, .onTime, .learned)] == nil)
        #expect(told.counters(at: 15)[.changesJudged(.prod, .onTime, .learned)] == 1)
        #expect(told.counters(at: 314)[.changesJudged(.prod, .never, .learned)] == nil)
        #expect(told.counters(at: 315)[.changesJudged(.prod, .never, .learned)] == 1)
        told.check(2, "accepted", sha: "bbb", at: 14, receivedAt: 400)
        #expect(told.counters(at: 400)[.lateEvidence(.onTime)] == 1)
        #expect(told.counters(at: 400)[.changesJudged(.prod, .never, .learned)] == 1)
    }

    @Test("The gauge holds a change from its deadline until it is answered, whatever the verdict")
    func withoutStatus() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 500)
        let gauge = Gauge.changesWithoutStatus(.prod, .assumed)
        #expect(told.gauges(at: 14)[gauge] == nil)
        #expect(told.gauges(at: 15)[gauge] == 1)
        #expect(told.gauges(at: 499)[gauge] == 1)
        #expect(told.gauges(at: 500)[gauge] == nil)
        #expect(told.counters(at: 500)[.deadlinesMissed(.prod, .assumed)] == 1)
    }

    @Test("A deadline in a blind interval is excluded, a grace after the start")
    func blindness() {
        var told = ManualHistory()
        told.push(at: 0)
        told.start(blindSince: 10, at: 400)
        #expect(told.counters(at: 399)[.deadlinesMissed(.prod, .assumed)] == nil)
        #expect(told.counters(at: 400)[.deadlinesMissed(.prod, .assumed)] == 1)
        #expect(told.counters(at: 699)[.changesJudged(.prod, .excluded, .assumed)] == nil)
        #expect(told.counters(at: 700)[.changesJudged(.prod, .excluded, .assumed)] == 1)
    }

    @Test("An answer older than the window teaches nothing")
    func forgotten() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        let month: Int64 = 30 * 86_400
        told.push(2, "bbb", at: month + 5)
        told.push(3, "ccc", at: month + 6)
        let counters = told.counters(at: month + 1000)
        #expect(counters[.changesJudged(.prod, .never, .learned)] == 1)
        #expect(counters[.changesJudged(.prod, .never, .assumed)] == 1)
    }
}
