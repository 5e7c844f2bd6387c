import LongComputations
import SLOCore
import SLOTestSupport
import Testing

/// Small histories whose counts were worked out by hand.
@Suite("The reference model: runs", .computes)
struct ModelRunTests {
    @Test("A test that only waits for a build that fails is in no series")
    func waitingTest() {
        var told = ManualHistory()
        told.test(1, "accepted", at: 0)
        told.test(2, "waiting", at: 10)
        told.test(3, "build failed", at: 20)
        #expect(told.last(at: 900_000) == Indicators())
        told.test(4, "queued", at: 30)
        #expect(told.counters(at: 30)[.runsQueued(.testRun, .prod)] == 1)
    }

    @Test("A duration begins with the earliest evidence of the queue, however late it is heard")
    func duration() {
        var told = ManualHistory()
        told.check(2, "started", at: 50)
        told.check(1, "accepted", at: 10, receivedAt: 60)
        told.check(3, "success", at: 100)
        #expect(told.last(at: 100).durations[.runDuration(.build, .prod, .success)] == [90])
        #expect(told.counters(at: 100)[.runsQueued(.build, .prod)] == 1)
    }

    @Test("Without evidence of the queue there is no duration, but an objective")
    func noQueueTime() {
        var told = ManualHistory()
        told.check(1, "success", at: 100)
        #expect(told.last(at: 100).durations.isEmpty)
        #expect(told.counters(at: 100)[.runsStarted(.build, .prod)] == 1)
        #expect(told.counters(at: 100)[.objectiveEvents(.builds, .prod, isGood: true)] == 1)
    }

    @Test("Another acceptance and another job open further runs, a state of a job that has ended opens none")
    func divisions() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "started", at: 10, job: 7)
        told.check(3, "success", at: 20, job: 7)
        told.check(4, "started", at: 30, job: 7)
        told.check(5, "started", at: 40, job: 8)
        told.check(6, "accepted", at: 50)
        told.check(7, "accepted", at: 50)
        #expect(told.counters(at: 50)[.runsQueued(.build, .prod)] == 3)
    }

    @Test("A start is counted when it is seen, or with the end that implies it")
    func steps() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "failure", at: 100)
        #expect(told.counters(at: 200)[.runsStarted(.build, .prod)] == nil)
        #expect(told.counters(at: 220)[.runsStarted(.build, .prod)] == 1)
        #expect(told.counters(at: 220)[.runsFinished(.build, .prod, .failure)] == 1)
    }

    @Test("Copr's end does not finish a run that a check shows, and classifies it when the check does")
    func finishOfCheck() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.copr(.started, at: 10)
        told.copr(.succeeded, at: 20)
        #expect(told.gauges(at: 1000)[.runsUnfinished(.build, .prod)] == 1)
        told.check(2, "failure", at: 2000)
        #expect(told.counters(at: 2000)[.runsFinished(.build, .prod, .success)] == 1)
        #expect(told.counters(at: 2000)[.runsQueued(.build, .prod)] == 1)
    }

    @Test("What is no success settles; the finish time stays the first end's, later evidence revises once")
    func settling() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "failure", at: 100)
        told.check(3, "error", at: 150)
        #expect(told.gauges(at: 219)[.runsSettling(.build, .prod)] == 1)
        #expect(told.last(at: 220).durations[.runDuration(.build, .prod, .error)] == [100])
        told.check(4, "success", at: 300)
        told.check(5, "failure", at: 310)
        #expect(told.counters(at: 310)[.outcomesRevised] == 1)
        #expect(told.counters(at: 310)[.runsFinished(.build, .prod, .success)] == nil)
    }

    @Test("A newer run and a push each end an open run after the settling, unless its end is received first")
    func superseded() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.check(2, "accepted", at: 50)
        #expect(told.counters(at: 43_204)[.runsFinished(.build, .prod, .superseded)] == nil)
        #expect(told.last(at: 43_205).durations[.runDuration(.build, .prod, .superseded)] == [45])
        told.push(1, "bbb", .synchronize, at: 200)
        #expect(told.last(at: 320).durations[.runDuration(.build, .prod, .superseded)] == [45, 150])
        told.check(3, "success", at: 250)
        #expect(told.counters(at: 320)[.runsFinished(.build, .prod, .superseded)] == 1)
    }

    @Test("Closing a pull request ends no run")
    func closing() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.close(1, at: 100)
        #expect(told.gauges(at: 10_000)[.runsUnfinished(.build, .prod)] == 1)
    }

    @Test("Twelve hours to the second are good", arguments: [(Int64(43_200), true), (43_201, false)])
    func twelveHours(seconds: Int64, isGood: Bool) {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "success", at: seconds)
        let counters = told.counters(at: 50_000)
        #expect(counters[.objectiveEvents(.builds, .prod, isGood: isGood)] == 1)
        #expect(counters[.objectiveEvents(.builds, .prod, isGood: !isGood)] == nil)
    }

    @Test("A run without an end is overdue after twelve hours, bad when they have settled, an error at the horizon")
    func horizon() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        #expect(told.gauges(at: 43_200)[.runsOverdue(.build, .prod)] == nil)
        #expect(told.gauges(at: 43_201)[.runsOverdue(.build, .prod)] == 1)
        #expect(told.counters(at: 43_319)[.objectiveEvents(.builds, .prod, isGood: false)] == nil)
        #expect(told.counters(at: 43_320)[.objectiveEvents(.builds, .prod, isGood: false)] == 1)
        let week: Int64 = 7 * 86_400
        #expect(told.gauges(at: week - 1)[.runsUnfinished(.build, .prod)] == 1)
        #expect(told.last(at: week).durations[.runDuration(.build, .prod, .error)] == [week])
        #expect(told.gauges(at: week).isEmpty)
        #expect(told.counters(at: week)[.objectiveEvents(.builds, .prod, isGood: false)] == 1)
    }

    @Test("An error of configuration is an error that spends no budget")
    func configurationError() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "unsupported", at: 10)
        #expect(told.counters(at: 1000)[.runsFinished(.build, .prod, .error)] == 1)
        #expect(told.counters(at: 1000)[.objectiveEvents(.builds, .prod, isGood: false)] == nil)
    }

    @Test("A build that no check shows is counted at once, and a check that comes later claims it")
    func claiming() {
        var told = ManualHistory()
        told.push(at: 0)
        told.copr(.started, at: 10)
        #expect(told.counters(at: 10)[.runsQueued(.build, .prod)] == 1)
        #expect(told.gauges(at: 10)[.unjoinedRuns] == 1)
        told.check(1, "accepted", at: 5, receivedAt: 20)
        told.check(2, "success", at: 60)
        #expect(told.gauges(at: 20)[.unjoinedRuns] == nil)
        #expect(told.counters(at: 60)[.runsQueued(.build, .prod)] == 1)
        #expect(told.last(at: 60).durations[.runDuration(.build, .prod, .success)] == [55])
    }

    @Test("A build that fits two open runs waits for the choice to clear, then counts alone")
    func joinWait() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 1, event: "e1")
        told.check(2, "accepted", at: 2, event: "e2")
        told.copr(.started, at: 10)
        #expect(told.counters(at: 10)[.runsQueued(.build, .prod)] == 2)
        #expect(told.gauges(at: 10)[.unjoinedRuns] == 1)
        #expect(told.counters(at: 909)[.runsQueued(.build, .prod)] == 2)
        #expect(told.counters(at: 910)[.runsQueued(.build, .prod)] == 3)
        told.check(3, "success", at: 100, event: "e1")
        #expect(told.gauges(at: 100)[.unjoinedRuns] == nil)
        #expect(told.counters(at: 910)[.runsQueued(.build, .prod)] == 2)
        #expect(told.counters(at: 910)[.runsStarted(.build, .prod)] == 2)
    }

    @Test("A failed source ends the chroots that are known, and no others")
    func sourceBuild() {
        var told = ManualHistory()
        told.copr(.started, at: 10)
        told.copr(.failed, chroot: nil, at: 20)
        told.copr(.started, chroot: "fedora-43-x86_64", at: 30)
        #expect(told.counters(at: 1000)[.runsFinished(.build, .prod, .failure)] == 1)
        #expect(told.gauges(at: 1000)[.runsUnfinished(.build, .prod)] == 1)
    }

    @Test("A request is the submission of the test that waits for it")
    func request() {
        var told = ManualHistory()
        told.test(1, "accepted", at: 0)
        told.request(.queued, createdAt: 30, at: 40)
        told.test(2, "success", at: 90)
        #expect(told.counters(at: 40)[.runsQueued(.testRun, .prod)] == 1)
        #expect(told.last(at: 90).durations[.runDuration(.testRun, .prod, .success)] == [60])
        #expect(told.counters(at: 90)[.runsQueued(.testRun, .prod)] == 1)
    }

    @Test("The end of a build does not end a test that was submitted, and its beginning opens one that waits")
    func buildInTestLane() {
        var told = ManualHistory()
        told.test(1, "queued", at: 0)
        told.test(2, "build failed", at: 10)
        #expect(told.gauges(at: 1000)[.runsUnfinished(.testRun, .prod)] == 1)
        told.test(3, "waiting", at: 2000)
        #expect(told.counters(at: 40_000)[.runsFinished(.testRun, .prod, .superseded)] == nil)
        told.test(4, "queued", at: 2500)
        told.test(5, "success", at: 3000)
        #expect(told.counters(at: 3119)[.runsFinished(.testRun, .prod, .superseded)] == nil)
        #expect(told.last(at: 3120).durations[.runDuration(.testRun, .prod, .superseded)] == [2500])
        #expect(told.counters(at: 3120)[.runsQueued(.testRun, .prod)] == 2)
    }

    @Test("A success is final at once, whatever was said before it, and only what is heard later revises it")
    func successAtOnce() {
        var told = ManualHistory()
        told.test(1, "queued", at: 0)
        told.request(.finished(.failure, .stated), createdAt: 1, at: 50)
        told.test(2, "success", at: 60)
        told.push(at: 70)
        #expect(told.counters(at: 60)[.runsFinished(.testRun, .prod, .success)] == 1)
        #expect(told.counters(at: 70)[.outcomesRevised] == nil)
        told.request(.finished(.error, .stated), createdAt: 1, at: 80)
        #expect(told.counters(at: 80)[.outcomesRevised] == 1)
    }

    @Test("Testing Farm's word counts more than a title, and a title more than Copr's failure")
    func evidence() {
        var told = ManualHistory()
        told.test(1, "queued", at: 0)
        told.test(2, "failure", at: 60)
        told.request(.finished(.error, .stated), createdAt: 1, at: 70)
        #expect(told.counters(at: 180)[.runsFinished(.testRun, .prod, .error)] == 1)
        told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.copr(.failed, at: 50)
        told.check(2, "error", at: 60)
        #expect(told.counters(at: 180)[.runsFinished(.build, .prod, .error)] == 1)
    }

    @Test("A state of an older check that comes late is of the older run")
    func lateState() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(5, "accepted", at: 100)
        told.check(2, "success", at: 50, receivedAt: 150)
        #expect(told.last(at: 150).durations[.runDuration(.build, .prod, .success)] == [50])
        #expect(told.gauges(at: 1000)[.runsUnfinished(.build, .prod)] == 1)
        #expect(told.counters(at: 1000)[.runsQueued(.build, .prod)] == 2)
    }

    @Test("What ends while the process is down ends a grace after the start")
    func endsAfterStart() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 0)
        told.check(2, "failure", at: 100)
        told.start(blindSince: 150, at: 400)
        #expect(told.gauges(at: 699)[.runsSettling(.build, .prod)] == 1)
        #expect(told.last(at: 700).durations[.runDuration(.build, .prod, .failure)] == [100])
    }

    @Test("A hint changes nothing")
    func hint() {
        var told = ManualHistory()
        told.ingest(.testRunHinted(requestID: "r"), at: 5)
        #expect(told.last(at: 1000) == Indicators())
    }

    @Test("Made-up histories leave nothing open when all is over, and every run and change in one state")
    func conservation() {
        for seed: UInt64 in 0..<80 {
            let history = HistoryGenerator(seed: seed, shape: seed < 40 ? .small : .traffic).history()
            guard let end = history.entries.last?.receivedAt else { continue }
            let last = ReferenceModel(history).indicators(at: [end + .days(9)]).last ?? Indicators()
            // What never shows its kind waits for it until it is forgotten.
            #expect(last.gauges.filter { $0.key != .unclassifiedChecks }.isEmpty, "seed \(seed)")
            for group in [RunGroup.build, .testRun] {
                for deployment in history.settings.deployments {
                    let finished = Outcome.allCases.compactMap {
                        last.counters[.runsFinished(group, deployment, $0)]
                    }
                    #expect(finished.reduce(0, +) == last.counters[.runsQueued(group, deployment)] ?? 0, "seed \(seed)")
                }
            }
        }
    }

    @Test("What comes due while the process is down is decided as of then, but waits a grace after the start")
    func dueWhileDown() {
        let name = CheckName(text: "ci", subject: .unknown)
        let copr = JobLink(job: .copr, id: 5)
        var told = ManualHistory()
        told.push(at: 0)
        told.show(1, "queued", build: .accepted, test: .accepted, name: name, at: 1)
        told.push(1, "bbb", .synchronize, at: 10)
        told.show(
            2, "failure", build: .finished(.failure, .stated), test: .finished(.skipped, .build), name: name,
            sha: "bbb", event: "f", job: copr, at: 100)
        told.start(blindSince: 150, at: 1000)
        #expect(told.counters(at: 1299)[.runsFinished(.build, .prod, .superseded)] == nil)
        #expect(told.counters(at: 1300)[.runsFinished(.build, .prod, .superseded)] == 1)
    }
}
