import SLOCore
import SLOTestSupport
import Testing

@Suite("The reference model: reports of ends")
struct ModelReportTests {
    private static let reports = Objective.Name(rawValue: "reports")!

    /// With a deadline of ten minutes.
    private func told(_ indicator: Objective.Indicator = .buildReport) -> ManualHistory {
        var settings = LedgerSettings()
        settings.objectives.append(
            Objective(Self.reports, indicator, target: 0.9, deadline: .minutes(10), grace: .zero))
        return ManualHistory(settings: settings)
    }

    private func build() -> ManualHistory {
        var told = told()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.copr(.started, at: 50)
        return told
    }

    private func events(_ told: ManualHistory, at seconds: Int64) -> [Bool: Int64] {
        let counters = told.counters(at: seconds)
        return [true, false].reduce(into: [:]) {
            $0[$1] = counters[.objectiveEvents(Self.reports, .prod, isGood: $1)]
        }
    }

    private func times(_ told: ManualHistory, _ kind: RunKind = .build) -> [Int64]? {
        told.last(at: 100_000).durations[.runReportDuration(kind, .prod)]
    }

    @Test(
        "An end counts from the backend's, up to two seconds before it as 0",
        arguments: [(600, true, 500), (700, true, 600), (701, false, 601), (99, true, 0), (98, true, 0)])
    func shown(at seconds: Int64, isGood: Bool, time: Int64) {
        var told = build()
        told.copr(.succeeded, at: 100)
        told.check(2, "success", at: seconds)
        #expect(events(told, at: 100_000) == [isGood: 1])
        #expect(times(told) == [time])
    }

    @Test("An end that was shown sooner reports something else")
    func before() {
        var told = build()
        told.copr(.succeeded, at: 100)
        told.check(2, "success", at: 97)
        #expect(events(told, at: 100_000).isEmpty)
        #expect(times(told) == nil)
    }

    @Test("A missing end is bad a settling after the deadline, and its time counts when it is shown")
    func missing() {
        var told = build()
        told.copr(.succeeded, at: 100)
        #expect(events(told, at: 819).isEmpty)
        #expect(events(told, at: 820) == [false: 1])
        told.check(2, "success", at: 900)
        #expect(events(told, at: 100_000) == [false: 1])
        #expect(times(told) == [800])
    }

    @Test("What the backend tells after the deadline is judged a grace later")
    func heardLate() {
        var told = build()
        told.copr(.succeeded, at: 100, receivedAt: 2000)
        #expect(events(told, at: 2299).isEmpty)
        #expect(events(told, at: 2300) == [false: 1])
    }

    @Test("A missing end is doubtful around a blind interval")
    func blind() {
        var told = build()
        told.copr(.succeeded, at: 100)
        told.start(blindSince: 200, at: 250)
        let judgements = told.last(at: 2000).judgements.keys.filter { $0.objective == Self.reports }
        #expect(judgements.map(\.verdict) == [.doubtful])
    }

    @Test("Neither a canceled build nor an end in GitHub's own words is an event", arguments: ["canceled", "stale"])
    func noEvent(word: String) {
        var told = build()
        told.copr(.failed, at: 100)
        told.check(2, word, at: 150)
        #expect(events(told, at: 100_000).isEmpty)
        #expect(times(told) == nil)
    }

    @Test("A superseded build is no event")
    func superseded() {
        var told = build()
        told.copr(.succeeded, at: 100)
        told.push(1, "bbb", .synchronize, at: 300)
        #expect(events(told, at: 100_000).isEmpty)
    }

    @Test("Without an end at the backend there is no event")
    func unheard() {
        var told = build()
        told.check(2, "success", at: 300)
        #expect(events(told, at: 100_000).isEmpty)
        told.copr(.succeeded, at: 100, receivedAt: 400)
        #expect(events(told, at: 399).isEmpty)
        #expect(events(told, at: 400) == [true: 1])
    }

    @Test("The report of a test counts from the end of its request")
    func test() {
        var told = told(.testRunReport)
        told.push(at: 0)
        told.test(1, "queued", at: 5)
        told.request(.finished(.success, .stated), createdAt: 6, finishedAt: 100, at: 101)
        told.test(2, "success", at: 130)
        #expect(events(told, at: 100_000) == [true: 1])
        #expect(times(told, .testRun) == [30])
    }
}

@Suite("The reference model: builds that were never submitted")
struct ModelSubmissionTests {
    private func counts(_ told: ManualHistory) -> [SubmissionObstacle: Int64] {
        let counters = told.counters(at: 100_000)
        return SubmissionObstacle.allCases.reduce(into: [:]) { $0[$1] = counters[.buildsNotSubmitted(.prod, $1)] }
    }

    @Test(
        "An end before Copr has the build counts by its reason",
        arguments: [
            ("no source", SubmissionObstacle.srpm), ("not submitted", .submit), ("unsupported", .config),
            ("error", .other), ("refused", .refused),
        ])
    func reason(word: String, obstacle: SubmissionObstacle) {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.check(2, word, at: 60)
        #expect(counts(told) == [obstacle: 1])
    }

    @Test("A refusal that is no run counts, too")
    func refused() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "refused", at: 5)
        #expect(counts(told) == [.refused: 1])
    }

    @Test("A further refusal or end of the same build adds nothing", arguments: ["refused", "not submitted"])
    func again(word: String) {
        var told = ManualHistory()
        told.check(1, "refused", at: 5)
        told.check(2, word, at: 60)
        #expect(counts(told) == [.refused: 1])
    }

    @Test("A build that a check links at Copr was submitted")
    func linked() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 5)
        told.check(2, "error", at: 60, job: 7)
        #expect(counts(told).isEmpty)
    }

    @Test("A build that Copr tells of was submitted")
    func joined() {
        var told = ManualHistory()
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.copr(.started, at: 30)
        told.check(2, "error", at: 60)
        #expect(counts(told).isEmpty)
    }

    @Test("Neither a failure nor an end in GitHub's own words says anything of it", arguments: ["failure", "stale"])
    func saysNothing(word: String) {
        var told = ManualHistory()
        told.check(1, "accepted", at: 5)
        told.check(2, word, at: 60)
        #expect(counts(told).isEmpty)
    }

    @Test("A build that started and erred says nothing of it")
    func started() {
        var told = ManualHistory()
        told.check(1, "accepted", at: 5)
        told.check(2, "started", at: 30)
        told.check(3, "error", at: 60)
        #expect(counts(told).isEmpty)
    }
}
