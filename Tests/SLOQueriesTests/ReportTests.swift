import SLOCore
import SLOMetrics
import SLOStore
import Testing

@testable import SLOQueries
import SLOService

/// What a report makes of judgements (docs/reports.md).
@Suite struct ReportTests {
    private static let prod = Deployment("prod")
    private static let noon = Timestamp(seconds: 1_795_348_800)

    private var builder = ReportBuilder(settings: LedgerSettings(), at: noon + .minutes(30), looksBack: true)
    private var nextEntity: Int64 = 1

    private mutating func add(
        _ verdict: ObjectiveJudgement.Verdict, _ count: Int = 1, of objective: Objective.Name = .initialStatus,
        in repository: String? = "acme/rocket", chroot: String? = nil, branch: String? = nil, check: String? = nil,
        at: Timestamp = noon, change: Verdict? = nil, run: RunEnd? = nil
    ) {
        let subject = ObjectiveSelection.Subject(repository: repository, branch: branch, chroot: chroot, name: check)
        for _ in 0..<count {
            builder.add(
                StoredJudgement(
                    ObjectiveJudgement(
                        objective: objective, deployment: Self.prod, entity: EntityID(nextEntity),
                        subject: subject, verdict: verdict, at: at),
                    changeVerdict: change, runEnd: run))
            nextEntity += 1
        }
    }

    private var report: Report { builder.report(basis: .database, blindIntervals: [], openWorkOf: nil) }

    private func standing(_ objective: Objective.Name = .initialStatus) throws -> Report.Standing {
        try #require(report.standings.first { $0.objective.name == objective && $0.deployment == Self.prod })
    }

    @Test func withoutEventsThereIsNoCompliance() throws {
        let standing = try standing()
        #expect(standing.counts.compliance == nil)
        #expect(standing.counts.complianceBounds == nil)
        #expect(standing.budgetRemaining == nil)
        #expect(report.standings.count == 6)
        #expect(!report.json.contains("compliance"))
        #expect(!report.json.contains("nan"))
    }

    @Test mutating func complianceAndBudgetAreThoseOfTheSeries() throws {
        add(.good, 98)
        add(.bad, 2)
        let standing = try standing()
        #expect(standing.counts.compliance == 0.98)
        // Two of the one that a hundred allow: the budget is spent twice.
        #expect(standing.budgetRemaining == -1)
        #expect(standing.counts.complianceBounds == nil)
    }

    @Test mutating func complianceIsToldWithAndWithoutWhatNotesTouch() throws {
        func note(_ from: TimeSpan, _ to: TimeSpan) -> TimeNoteSnapshot {
            TimeNoteSnapshot(id: 1, kind: .incident, from: Self.noon - from, to: Self.noon - to, words: "workers stood")
        }
        builder = ReportBuilder(
            settings: LedgerSettings(), at: Self.noon + .minutes(30), looksBack: true,
            timeNotes: [note(.hours(2), .hours(1)), note(.minutes(90), .minutes(50)), note(.days(90), .days(80))])
        add(.good, 90)
        add(.good, 5, at: Self.noon - .minutes(55))
        // Before, between its beginning and its judgement, and after.
        add(.bad, 1, at: Self.noon - .hours(3))
        add(.bad, 2, at: Self.noon - .minutes(50) + .minutes(5))
        add(.bad, 1, at: Self.noon)
        let standing = try standing()
        #expect(standing.counts.tally == ObjectiveTally(good: 95, bad: 4))
        #expect(standing.withoutNotes?.tally == ObjectiveTally(good: 90, bad: 2))
        #expect(report.timeNotes.count == 2)
        #expect(report.json.contains("\"without_notes\""))
        // A run that was bad began when it was queued.
        let run = RunEnd(
            outcome: .error, queuedAt: Self.noon - .minutes(55), finishedAt: Self.noon, countedAt: Self.noon,
            isRevised: false)
        add(.bad, of: .builds, run: run)
        #expect(try self.standing(.builds).withoutNotes?.tally == ObjectiveTally())
    }

    @Test mutating func aRunThatDidNotStartInTimeSpendsTheBudgetOfItsStart() throws {
        var settings = LedgerSettings()
        let name = try #require(Objective.Name(rawValue: "build_start"))
        settings[name] = Objective(name, .buildStart, target: 0.9, deadline: .minutes(10))
        builder = ReportBuilder(settings: settings, at: Self.noon + .minutes(30), looksBack: false)
        add(.bad, of: name)
        #expect(try standing(name).counts.costs == [.unstarted: 1])
    }

    @Test mutating func aChangeThatWasOnTimeIsLateForAnObjectiveWithAShorterDeadline() throws {
        var settings = LedgerSettings()
        let name = try #require(Objective.Name(rawValue: "fast_status"))
        settings[name] = Objective(name, .initialStatus, target: 0.9, deadline: .seconds(5))
        builder = ReportBuilder(settings: settings, at: Self.noon + .minutes(30), looksBack: false)
        add(.bad, of: name, change: .onTime)
        #expect(try standing(name).counts.costs == [.late: 1])
    }

    @Test mutating func doubtfulIsBadAtWorstAndGoodAtBestAndUnknownIsNotCounted() throws {
        add(.good, 6)
        add(.bad, 1)
        add(.doubtful, 1)
        add(.unknown, 2)
        let counts = try standing().counts
        #expect(counts.compliance == 0.75)
        let bounds = try #require(counts.complianceBounds)
        #expect(bounds.worst == 0.6)
        #expect(bounds.best == 0.9)
        #expect(counts.tally == ObjectiveTally(good: 6, bad: 2))
    }

    @Test mutating func whereAllIsUnknownAnythingMayBeTrue() throws {
        add(.unknown, 3)
        let counts = try standing().counts
        #expect(counts.compliance == nil)
        let bounds = try #require(counts.complianceBounds)
        #expect(bounds == (0, 1))
        #expect(try standing().budgetRemaining == nil)
    }

    @Test mutating func `rule 22: the window is of whole hours and ends when it is asked for`() throws {
        // 12:30 less 28 days lies in an hour that is out as a whole.
        add(.bad, at: Self.noon - .days(28) + .minutes(59))
        add(.good, at: Self.noon - .days(28) + .minutes(60))
        add(.good, at: Self.noon + .minutes(30))
        add(.bad, at: Self.noon + .minutes(30) + .milliseconds(1))
        #expect(try standing().counts.good == 2)
        #expect(try standing().counts.tally.bad == 0)
        #expect(report.beginsAt == Self.noon - .days(28) + .hours(1))
    }

    @Test mutating func theWindowBeforeEndsWhereThisOneBegins() throws {
        #expect(report.before == nil)
        add(.good, 3)
        add(.bad, at: report.beginsAt - .milliseconds(1), change: .late)
        add(.good, at: report.beginsAt - .days(28))
        add(.bad, at: report.beginsAt - .days(28) - .milliseconds(1), change: .never)
        let before = try #require(report.before)
        #expect(before.beginsAt == report.beginsAt - .days(28))
        #expect(before.firstJudgedAt == before.beginsAt)
        let counts = try #require(before.standings.like(try standing())).counts
        #expect((counts.good, counts.bad) == (1, 1))
        #expect(counts.costs == [.late: 1])
        #expect(try standing().counts.tally == ObjectiveTally(good: 3, bad: 0))
        #expect(report.parts(by: .repository).map(\.counts.all) == [3])
        #expect(report.json.contains("\"window_before\""))
    }

    @Test mutating func whoDoesNotLookBackSeesNothingOfIt() {
        builder = ReportBuilder(settings: LedgerSettings(), at: Self.noon, looksBack: false)
        #expect(builder.readsFrom == builder.beginsAt)
        add(.bad, at: builder.beginsAt - .hours(1))
        #expect(report.before == nil)
    }

    @Test mutating func whatCostTheBudgetIsToldApart() throws {
        add(.bad, 2, change: .late)
        add(.doubtful, 1, change: .never)
        add(.good, 1, change: .onTime)
        #expect(try standing().counts.costs == [.late: 2, .never: 1])

        func end(_ outcome: Outcome, after: TimeSpan, counted: Timestamp = Self.noon, revised: Bool = false) -> RunEnd {
            RunEnd(
                outcome: outcome, queuedAt: Self.noon - .hours(13), finishedAt: Self.noon - .hours(13) + after,
                countedAt: counted, isRevised: revised)
        }
        add(.bad, of: .builds, run: end(.error, after: .hours(1)))
        add(.bad, of: .builds, run: end(.error, after: .hours(1), counted: Self.noon + .hours(1), revised: true))
        add(.bad, of: .builds, run: nil)
        add(.bad, of: .builds, run: end(.success, after: .hours(13)))
        add(.bad, of: .builds, run: end(.error, after: .hours(13)))
        #expect(try standing(.builds).counts.costs == [.error: 2, .unfinished: 3])
    }

    @Test func anErrorAfterTheVerdictDidNotSpendTheBudget() {
        let judged = ObjectiveJudgement(
            objective: .testRuns, deployment: Self.prod, entity: EntityID(1), subject: .init(), verdict: .bad,
            at: Self.noon)
        let end = RunEnd(
            outcome: .error, queuedAt: nil, finishedAt: Self.noon + .hours(2), countedAt: Self.noon + .hours(2),
            isRevised: false)
        let cost = BudgetCost(StoredJudgement(judged, runEnd: end), of: .testRuns)
        #expect(cost == .unfinished)
    }

    @Test mutating func theWorstRepositoryComesFirst() {
        add(.good, 9, in: "acme/good")
        add(.bad, 1, in: "acme/good")
        add(.bad, 1, in: "acme/bad")
        add(.bad, 3, in: "acme/worst")
        add(.unknown, 1, in: "acme/unseen")
        add(.good, 1, in: nil)
        #expect(
            report.parts(by: .repository).map(\.name) == [
                .known("acme/worst"), .known("acme/bad"), .known("acme/good"), .unknown, .known("acme/unseen"),
            ])
    }

    @Test mutating func whatSpentMostOfTheBudgetComesFirstInEachDimension() throws {
        let check = "rpm-build:fedora-40-s390x"
        add(.good, 95, of: .builds, chroot: "fedora-40-x86_64", branch: "main", check: "rpm-build:fedora-40-x86_64")
        add(.bad, 1, of: .builds, chroot: "fedora-40-x86_64", branch: "main", check: "rpm-build:fedora-40-x86_64")
        add(.bad, 3, of: .builds, chroot: "fedora-40-s390x", branch: "main", check: check)
        add(.doubtful, 1, of: .builds, chroot: "epel-9-s390x", branch: "f40", check: "rpm-build:epel-9-s390x")
        // Of a hundred, two may be bad.
        let chroots = report.parts(by: .chroot)
        #expect(
            chroots.map(\.name) == [
                .known("fedora-40-s390x"), .known("epel-9-s390x"), .known("fedora-40-x86_64"),
            ])
        #expect(chroots.first?.budgetSpent.map { abs($0 - 1.5) < 1e-9 } == true)
        #expect(report.parts(by: .architecture).map(\.name) == [.known("s390x"), .known("x86_64")])
        #expect(report.parts(by: .architecture).map(\.counts.tally.bad) == [4, 1])
        #expect(report.parts(by: .branch).map(\.name) == [.known("main"), .known("f40")])
        #expect(report.parts(by: .checkName).first?.name == .known(check))
        #expect(report.json.contains("\"check_name\": \"\(check)\""))
    }

    @Test mutating func anObjectiveWhoseEventsHaveNoChrootIsNotToldByChroot() {
        add(.good, 1, branch: "main")
        #expect(report.parts(by: .chroot).isEmpty)
        #expect(report.parts(by: .branch).map(\.name) == [.known("main")])
    }

    @Test mutating func strangersDoNotMakeMoreBranchesThanAreTold() {
        for number in 0..<PartTally.namesLimit(.branch) + 10 { add(.bad, 1, branch: "flood-\(number)") }
        #expect(report.parts(by: .branch).count == PartTally.namesLimit(.branch) + 1)
        #expect(report.parts(by: .branch).first { $0.name == .unknown }?.counts.bad == 10)
        #expect(report.listsAllRepositories)
    }

    @Test mutating func oneRepositoryCanBeToldOfAlone() throws {
        add(.good, 3, in: "acme/rocket")
        add(.bad, 5, in: "acme/probe")
        let one = try #require(report.filtered(to: "ACME/Rocket"))
        #expect(one.parts(by: .repository).map(\.name) == [.known("acme/rocket")])
        #expect(one.standings.first?.counts.good == 3)
        #expect(one.standings.first?.counts.bad == 0)
        #expect(report.filtered(to: "acme")?.standings.allSatisfy { $0.counts == JudgementCounts() } == true)
    }

    @Test mutating func ofMoreRepositoriesThanTheLimitTheRestAreToldTogether() throws {
        for number in 0..<PartTally.namesLimit(.repository) + 10 { add(.bad, 1, in: "flood/r\(number)") }
        #expect(!report.listsAllRepositories)
        #expect(report.parts(by: .repository).count == PartTally.namesLimit(.repository) + 1)
        #expect(report.parts(by: .repository).first { $0.name == .unknown }?.counts.bad == 10)
        #expect(try standing().counts.bad == Int64(PartTally.namesLimit(.repository) + 10))
        #expect(report.filtered(to: "flood/r0")?.standings.first?.counts.bad == 1)
        #expect(report.filtered(to: "flood/r\(PartTally.namesLimit(.repository))") == nil)
    }

    private mutating func addPrivate() {
        add(.good, 3, in: "acme/rocket", chroot: "fedora-40-x86_64", branch: "main")
        add(.bad, 5, in: "acme/secret", chroot: "fedora-40-x86_64", branch: "secret-plan")
        add(.bad, 1, in: "acme/hidden")
        add(.good, 1, in: nil)
    }

    @Test mutating func namesThatMustNotBeToldAreTakenTogether() {
        addPrivate()
        let telling = report
        builder = ReportBuilder(
            settings: LedgerSettings(), at: Self.noon + .minutes(30), looksBack: true,
            isShown: { $0 == "acme/rocket" })
        addPrivate()
        let shown = report
        #expect(shown.parts(by: .repository).map(\.name) == [.hidden, .known("acme/rocket"), .unknown])
        #expect(shown.parts(by: .repository).first?.counts.bad == 6)
        #expect(shown.standings == telling.standings)
        // What is named in a private repository is as private as its own name.
        #expect(shown.parts(by: .branch).map(\.name) == [.hidden, .unknown, .known("main")])
        #expect(shown.parts(by: .chroot).first?.name == .hidden)
        #expect(!shown.json.contains("secret"))
        #expect(shown.json.contains("\"is_private\": true"))
    }

    @Test func onlyBlindIntervalsOfTheWindowAreReported() {
        func interval(_ from: TimeSpan, _ to: TimeSpan) -> BlindInterval {
            BlindInterval(startedAt: Self.noon + from, cause: "down", endedAt: Self.noon + to)
        }
        let inside = [
            interval(.days(-28), .days(-27)), interval(.hours(-1), .zero), interval(.minutes(30), .hours(9)),
        ]
        let outside = [interval(.days(-30), .days(-29)), interval(.minutes(31), .hours(9))]
        let report = builder.report(basis: .database, blindIntervals: inside + outside, openWorkOf: nil)
        #expect(report.blindIntervals == inside)
    }

    @Test mutating func aDeploymentThatIsNoLongerConfiguredIsStillToldOf() {
        builder.add(
            StoredJudgement(
                ObjectiveJudgement(
                    objective: .builds, deployment: Deployment("old"), entity: EntityID(1), subject: .init(),
                    verdict: .good, at: Self.noon)))
        let labels = report.standings.map(\.deployment.label)
        #expect(labels == ["prod", "prod", "prod", "stg", "stg", "stg", "old", "old", "old"])
    }
}
