import SLOCore
import SLOTestSupport
import Testing

/// What real traffic showed (docs/counting.md, rules 27 to 42), in stories whose counts were worked out by hand.
@Suite("The reference model: what real traffic adds")
struct ModelTrafficTests {
    private static let template = CheckName(text: "ci / functional", subject: .unknown)
    private static let branch = CheckName(
        text: "rpm-build:main:" + ManualHistory.chroot, subject: .build, event: "main", chroot: ManualHistory.chroot)

    private func copr(_ id: Int64) -> JobLink { JobLink(job: .copr, id: id) }
    private func farm(_ id: Int64) -> JobLink { JobLink(job: .testingFarm, id: id) }

    // MARK: Rule 27

    @Test("A change received an hour late is on time if its answer was, else judged a grace after its receipt")
    func lateChange() {
        var told = ManualHistory()
        told.push(at: 0, receivedAt: 3600)
        #expect(told.gauges(at: 3614)[.changesWithoutStatus(.prod, .assumed)] == nil)
        #expect(told.counters(at: 3615)[.deadlinesMissed(.prod, .assumed)] == 1)
        #expect(told.counters(at: 3899)[.changesJudged(.prod, .never, .assumed)] == nil)
        #expect(told.counters(at: 3900)[.changesJudged(.prod, .never, .assumed)] == 1)
        told.check(1, "accepted", at: 4, receivedAt: 3603)
        #expect(told.counters(at: 3603)[.changesJudged(.prod, .onTime, .learned)] == 1)
        #expect(told.counters(at: 9000)[.deadlinesMissed(.prod, .learned)] == nil)
    }

    @Test("An owner that a late delivery names waits from its receipt on")
    func lateOwner() {
        var told = ManualHistory()
        told.push(at: 0, addressee: .prod)
        told.check(1, "accepted", at: 4)
        told.push(at: 0, receivedAt: 1000, addressee: .stg)
        #expect(told.counters(at: 1014)[.deadlinesMissed(.stg, .assumed)] == nil)
        #expect(told.counters(at: 1015)[.deadlinesMissed(.stg, .assumed)] == 1)
        #expect(told.counters(at: 1300)[.changesJudged(.stg, .never, .assumed)] == 1)
        #expect(told.counters(at: 1300)[.changesJudged(.prod, .onTime, .learned)] == 1)
    }

    @Test("A run first received after its twelve hours is judged a grace after that")
    func lateRun() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0, receivedAt: 50_000)
        #expect(told.gauges(at: 50_299)[.runsOverdue(.build, .prod)] == nil)
        #expect(told.counters(at: 50_299)[.objectiveEvents(.builds, .prod, isGood: false)] == nil)
        #expect(told.counters(at: 50_300)[.objectiveEvents(.builds, .prod, isGood: false)] == 1)
        told.check(2, "success", at: 60, receivedAt: 50_100)
        #expect(told.counters(at: 60_000)[.objectiveEvents(.builds, .prod, isGood: true)] == 1)
    }

    // MARK: Rule 28

    @Test("A state of a job that has ended opens nothing")
    func sameJob() {
        var told = ManualHistory()
        told.check(2, "success", at: 10, job: 77)
        told.check(3, "started", at: 11, job: 77)
        #expect(told.counters(at: 100)[.runsQueued(.build, .prod)] == 1)
        #expect(told.gauges(at: 100).isEmpty)
    }

    @Test("Two jobs of a lane interleave, and each ends as its number says")
    func interleaved() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "accepted", at: 10)
        told.check(3, "started", at: 20, job: 1)
        told.check(4, "started", at: 30, job: 2)
        told.check(5, "success", at: 100, job: 1)
        told.check(6, "failure", at: 200, job: 2)
        let last = told.last(at: 1000)
        #expect(last.counters[.runsQueued(.build, .prod)] == 2)
        #expect(last.durations[.runDuration(.build, .prod, .success)] == [100])
        #expect(last.durations[.runDuration(.build, .prod, .failure)] == [190])
        #expect(last.counters[.runsFinished(.build, .prod, .superseded)] == nil)
    }

    @Test("The second of two that never gets further is unfinished and overdue")
    func secondIsStuck() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "accepted", at: 10)
        told.check(3, "started", at: 20, job: 1)
        told.check(4, "success", at: 100, job: 1)
        let last = told.last(at: 44_000)
        #expect(last.counters[.runsFinished(.build, .prod, .success)] == 1)
        #expect(last.gauges[.runsOverdue(.build, .prod)] == 1)
        #expect(last.counters[.objectiveEvents(.builds, .prod, isGood: false)] == 1)
    }

    @Test("What has no number does not go to what a number has closed")
    func history() {
        var told = ManualHistory()
        told.check(1, "started", at: 0, job: 1)
        told.check(2, "success", at: 10, job: 1)
        told.check(3, "failure", at: 20)
        told.check(4, "waiting", at: 30)
        let counters = told.counters(at: 1000)
        #expect(counters[.outcomesRevised] == nil)
        #expect(counters[.runsQueued(.build, .prod)] == 1)
    }

    // MARK: Rule 29

    @Test("A templated test that mirrors its build is a test, and no build")
    func templatedTest() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.show(2, "queued", build: .accepted, test: .accepted, name: Self.template, at: 4)
        told.show(3, "in_progress", build: .started, test: .waiting, name: Self.template, job: copr(77), at: 100)
        told.show(4, "queued", build: .queued, test: .waiting, name: Self.template, job: copr(77), at: 300)
        told.check(5, "success", at: 300, job: 77)
        told.show(6, "in_progress", build: .unclear, test: .queued, name: Self.template, at: 305)
        told.show(7, "in_progress", build: .unclear, test: .started, name: Self.template, job: farm(9), at: 360)
        told.show(
            8, "success", build: .unclear, test: .finished(.success, .stated), name: Self.template, job: farm(9),
            at: 900)
        let last = told.last(at: 2000)
        #expect(last.counters[.runsQueued(.build, .prod)] == 1)
        #expect(last.durations[.runDuration(.testRun, .prod, .success)] == [595])
        #expect(last.gauges.isEmpty)
    }

    @Test("A templated build is none until it ends, or is overdue")
    func templatedBuild() {
        var told = ManualHistory()
        told.show(1, "queued", build: .accepted, test: .accepted, name: Self.template, at: 0)
        told.show(2, "in_progress", build: .started, test: .waiting, name: Self.template, job: copr(7), at: 50)
        #expect(told.counters(at: 43_200).isEmpty)
        #expect(told.gauges(at: 43_200) == [.unclassifiedChecks: 1])
        #expect(told.gauges(at: 43_201)[.runsOverdue(.build, .prod)] == 1)
        told.show(
            3, "success", build: .finished(.success, .stated), test: .finished(.skipped, .build), name: Self.template,
            job: copr(7), at: 90)
        #expect(told.last(at: 90).durations[.runDuration(.build, .prod, .success)] == [90])
        told.show(
            4, "queued", build: .accepted, test: .accepted, name: Self.template, sha: "bbb", event: "f", at: 100)
        #expect(told.counters(at: 100)[.runsQueued(.build, .prod)] == 2)
    }

    // MARK: Rules 31 and 32

    private func twoPushes() -> ManualHistory {
        var told = ManualHistory()
        for (id, sha) in [(Int64(1), "aaa"), (2, "bbb")] {
            told.show(
                id, "queued", build: .accepted, test: .accepted, name: Self.branch, sha: sha, event: sha, at: id * 30)
        }
        return told
    }

    private func show(
        _ id: Int64, _ word: Step, _ sha: String, job: Int64?, at seconds: Int64, in told: inout ManualHistory
    ) {
        var state = "in_progress"
        if case .finished(let outcome, _) = word { state = outcome == .success ? "success" : "failure" }
        told.show(
            id, state, build: word, test: .waiting, name: Self.branch, sha: sha, event: sha, job: job.map(copr),
            at: seconds)
    }

    @Test("Builds of two pushes are not swapped, and neither changes what the other's check says")
    func swapped() {
        var told = twoPushes()
        told.copr(.started, of: 101, in: "a-b-main", at: 180)
        show(3, .started, "aaa", job: 11, at: 185, in: &told)
        told.copr(.started, of: 102, in: "a-b-main", at: 210)
        show(4, .started, "bbb", job: 12, at: 215, in: &told)
        told.copr(.succeeded, of: 101, in: "a-b-main", at: 470)
        show(5, .finished(.success, .stated), "aaa", job: 11, at: 480, in: &told)
        told.copr(.failed, of: 102, in: "a-b-main", at: 530)
        show(6, .finished(.failure, .stated), "bbb", job: 12, at: 540, in: &told)
        let counters = told.counters(at: 900)
        #expect(counters[.runsFinished(.build, .prod, .success)] == 1)
        #expect(counters[.runsFinished(.build, .prod, .failure)] == 1)
        #expect(counters[.outcomesRevised] == nil)
        #expect(counters[.runsQueued(.build, .prod)] == 2)
    }

    @Test("A proposed join hides no error")
    func hiddenError() {
        var told = twoPushes()
        told.copr(.started, of: 101, in: "a-b-main", at: 180)
        told.copr(.succeeded, of: 101, in: "a-b-main", at: 470)
        show(3, .finished(.success, .stated), "aaa", job: 11, at: 480, in: &told)
        show(4, .finished(.error, .stated), "bbb", job: nil, at: 540, in: &told)
        let counters = told.counters(at: 900)
        #expect(counters[.runsFinished(.build, .prod, .success)] == 1)
        #expect(counters[.runsFinished(.build, .prod, .error)] == 1)
        #expect(counters[.objectiveEvents(.builds, .prod, isGood: true)] == 1)
        #expect(counters[.objectiveEvents(.builds, .prod, isGood: false)] == 1)
    }

    @Test("A proposed join whose sides have different outcomes is counted once")
    func conflict() {
        var told = twoPushes()
        told.copr(.started, of: 101, in: "a-b-main", at: 180)
        told.copr(.succeeded, of: 101, in: "a-b-main", at: 470)
        show(3, .finished(.error, .stated), "aaa", job: 11, at: 480, in: &told)
        #expect(told.counters(at: 599)[.joinConflicts] == nil)
        show(4, .finished(.error, .stated), "aaa", job: 11, at: 700, in: &told)
        #expect(told.counters(at: 900)[.joinConflicts] == 1)
    }

    @Test("A run that is stuck does not make later builds count twice")
    func stuck() {
        var told = twoPushes()
        told.copr(.started, of: 102, in: "a-b-main", at: 5000)
        show(3, .started, "bbb", job: 12, at: 5005, in: &told)
        told.copr(.succeeded, of: 102, in: "a-b-main", at: 6000)
        show(4, .finished(.success, .stated), "bbb", job: 12, at: 6010, in: &told)
        #expect(told.counters(at: 8000)[.runsQueued(.build, .prod)] == 2)
    }

    @Test("A build in a project that nobody knows is never counted by itself")
    func customProject() {
        var told = ManualHistory()
        told.check(1, "started", at: 0, job: 77)
        told.copr(.started, of: 5, in: "nightly", owner: "@acme", at: 2)
        told.copr(.succeeded, of: 5, in: "nightly", owner: "@acme", at: 50)
        told.check(2, "success", at: 53, job: 77)
        let last = told.last(at: 20_000)
        #expect(last.counters[.runsQueued(.build, .prod)] == 1)
        #expect(last.gauges[.unjoinedRuns] == 1)
    }

    @Test("The commit and pull request in Copr's version prove whose a build is")
    func version() {
        var told = ManualHistory()
        told.push(1, "abcdef1234", at: 0)
        told.check(1, "accepted", sha: "abcdef1234", at: 5)
        told.check(2, "failure", sha: "abcdef1234", at: 60)
        told.copr(.succeeded, of: 5, in: "nightly", owner: "@acme", version: "1.2-1.20261101.pr1.4.gabcdef1", at: 50)
        let last = told.last(at: 1000)
        #expect(last.gauges[.unjoinedRuns] == nil)
        #expect(last.counters[.runsFinished(.build, .prod, .success)] == 1)
    }

    // MARK: Rules 34, 35, 39 and 42

    @Test("A close that comes before its late opening tells the head")
    func closeFirst() {
        var told = ManualHistory()
        told.close(1, of: "aaa", at: 10)
        told.check(1, "accepted", at: 20)
        told.copr(.started, at: 60)
        told.check(2, "started", at: 70, job: 11)
        told.push(at: 0, receivedAt: 120)
        told.copr(.succeeded, at: 300)
        told.check(3, "success", at: 310, job: 11)
        #expect(told.counters(at: 1000)[.runsQueued(.build, .prod)] == 1)
        #expect(told.counters(at: 1000)[.runsFinished(.build, .prod, .success)] == 1)
    }

    @Test("An unbound run ends with the push after which no open pull request has its commit")
    func unbound() {
        var told = ManualHistory()
        told.push(1, at: 0)
        told.push(2, at: 1)
        told.check(1, "accepted", at: 4)
        told.push(1, "bbb", .synchronize, at: 2000)
        told.close(2, at: 3000)
        told.push(1, "ccc", .synchronize, at: 4000)
        #expect(told.last(at: 5000).durations[.runDuration(.build, .prod, .superseded)] == [3996])
    }

    @Test("A close from the future closes when it is received")
    func future() {
        var told = ManualHistory()
        told.push(at: 5000, receivedAt: 0)
        #expect(told.counters(at: 315)[.changesJudged(.prod, .never, .assumed)] == 1)
        #expect(told.counters(at: 315)[.futureTimes(.github)] == 1)
    }

    @Test("A test that is ended without having been submitted is no run, whatever says so")
    func refused() {
        let name = CheckName(
            text: "testing-farm:" + ManualHistory.chroot, subject: .testRun, chroot: ManualHistory.chroot)
        var told = ManualHistory()
        told.show(1, "queued", build: .accepted, test: .accepted, name: name, at: 0)
        told.show(2, "failure", build: .unclear, test: .finished(.skipped, .stated), name: name, at: 10)
        #expect(told.counters(at: 100_000).isEmpty)
    }

    // MARK: Late proofs and waiting tests

    private static let test = CheckName(
        text: "testing-farm:" + ManualHistory.chroot, subject: .testRun, chroot: ManualHistory.chroot)

    @Test("Rule 27: an end that came after the settling, had both been heard in time, is later evidence")
    func lateEnd() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "failure", at: 100, receivedAt: 2000)
        told.check(3, "error", at: 300, receivedAt: 2001)
        let counters = told.counters(at: 3000)
        #expect(counters[.runsFinished(.build, .prod, .failure)] == 1)
        #expect(counters[.outcomesRevised] == 1)
    }

    @Test("Rule 28: GitHub's end of a check says nothing where Packit had posted a later one before")
    func leftBehind() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "success", at: 60, job: 7)
        told.show(
            1, "cancelled", build: .finished(.canceled, .stated), test: .unclear, name: Self.build, at: 5000)
        let counters = told.counters(at: 10_000)
        #expect(counters[.runsQueued(.build, .prod)] == 1)
        #expect(counters[.outcomesRevised] == nil)
    }

    private static let build = CheckName(
        text: "rpm-build:" + ManualHistory.chroot, subject: .build, chroot: ManualHistory.chroot)

    @Test("Rule 29: what was taken for a build is a test once that shows, and ends as superseded")
    func testAfterAll() {
        var told = ManualHistory()
        told.show(1, "in_progress", build: .started, test: .waiting, name: Self.template, job: copr(7), at: 0)
        #expect(told.counters(at: 43_201)[.runsQueued(.build, .prod)] == 1)
        told.show(2, "in_progress", build: .unclear, test: .queued, name: Self.template, job: farm(9), at: 50_000)
        let last = told.last(at: 50_000)
        #expect(last.counters[.runsFinished(.build, .prod, .superseded)] == 1)
        #expect(last.counters[.runsQueued(.testRun, .prod)] == 1)
    }

    @Test("Rule 31: a later proof moves a request that was counted alone, and what was counted stays counted")
    func provenLater() {
        var told = ManualHistory()
        told.show(
            1, "in_progress", build: .unclear, test: .queued, name: Self.test, job: farm(1), request: "other", at: 0)
        told.show(2, "in_progress", build: .unclear, test: .queued, name: Self.test, job: farm(2), at: 50)
        told.request(.queued, sha: "unknown", createdAt: 40, at: 60)
        #expect(told.counters(at: 60)[.runsQueued(.testRun, .prod)] == 3)
        told.show(
            3, "in_progress", build: .unclear, test: .started, name: Self.test, job: farm(2), request: "r", at: 100)
        let last = told.last(at: 100)
        #expect(last.counters[.runsQueued(.testRun, .prod)] == 3)
        #expect(last.counters[.runsFinished(.testRun, .prod, .superseded)] == 1)
        #expect(last.counters[.joins(.proven)] == 1)
        #expect(last.gauges[.unjoinedRuns] == nil)
    }

    @Test("Rule 41: a test that was accepted waits until it is submitted")
    func waiting() {
        var told = ManualHistory()
        told.show(1, "queued", build: .accepted, test: .accepted, name: Self.test, at: 0)
        #expect(told.gauges(at: 10) == [.testRunsWaiting(.prod): 1])
        #expect(told.gauges(at: 7 * 86_400).isEmpty)
        told.show(2, "in_progress", build: .unclear, test: .queued, name: Self.test, at: 100)
        #expect(told.gauges(at: 100) == [.runsUnfinished(.testRun, .prod): 1])
    }
}
