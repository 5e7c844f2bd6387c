import Foundation
import SLOCore

/// A small world for the rules' tests: says what happens and when, in seconds since an agreed moment, and reads the
/// series that come of it.
struct World {
    static let epoch = Timestamp(seconds: 1_762_768_800)
    static let prod = Deployment("prod")
    static let stg = Deployment("stg")
    static let chroot = "fedora-rawhide-x86_64"

    private(set) var timeline: Timeline
    private(set) var counters: [Counter: Int64] = [:]
    /// Who decided the latest of each.
    private(set) var decisions: [Counter: Decision] = [:]
    private(set) var hidesRepositories = false
    private(set) var gauges: [Gauge: Int64] = [:]
    /// Of whose delivery the next observations are.
    var delivery: DeliveryID?
    private(set) var observations: [HistogramObservation] = []
    private(set) var changeRecords: [ChangeRecord] = []
    private(set) var runRecords: [RunRecord] = []
    private(set) var withdrawnRuns: [EntityID] = []
    private(set) var judgements: [ObjectiveJudgement] = []
    private(set) var lookupRequests: [LookupRequest] = []
    private var lastCheckID: Int64 = 1000
    private(set) var stored: [StateKey: [UInt8]] = [:]
    private var now = World.epoch
    private var isUndoing = false

    /// With this variable set, the ledger is stored and taken up again after every single input: no rule may notice.
    private static let restartsAlways = ProcessInfo.processInfo.environment["PACKIT_SLO_RESTART_ALWAYS"] != nil

    init(_ change: (inout LedgerSettings) -> Void = { _ in }) {
        var settings = LedgerSettings()
        change(&settings)
        timeline = Timeline(ledger: Ledger(settings: settings), at: Moment(virtual: Self.epoch))
    }

    static func at(_ seconds: Double) -> Timestamp {
        epoch + .milliseconds(Int64((seconds * 1000).rounded()))
    }

    // MARK: - What happens

    mutating func observe(_ observation: Observation, receivedAt seconds: Double) {
        now = Self.at(seconds)
        timeline.observe(observation, of: delivery, at: Moment(virtual: now))
        take()
    }

    mutating func wait(until seconds: Double) {
        now = Self.at(seconds)
        timeline.fireDeadlines(through: Moment(virtual: now))
        take()
    }

    /// What was due before a moment is decided, and nothing yet that is due at it: what may still be received then
    /// comes first.
    mutating func wait(toBefore seconds: Double) {
        now = Self.at(seconds)
        timeline.fireDeadlines(before: Moment(virtual: now))
        take()
    }

    /// The observer missed something, as it now knows.
    mutating func wasBlind(from: Double, to: Double, excludes: Bool = true) {
        timeline.wasBlind(from: Self.at(from), to: Self.at(to), excludes: excludes)
        take()
    }

    /// The service begins to observe, or to observe again.
    mutating func restartService(at seconds: Double) {
        now = Self.at(seconds)
        timeline.started(at: Moment(virtual: now))
        take()
    }

    mutating func caughtUp(blindSince from: Double) {
        timeline.caughtUp(blindSince: Self.at(from))
        take()
    }

    /// What happens in one batch that cannot be stored, and so never happened.
    mutating func undo(_ happening: (inout World) -> Void) {
        isUndoing = true
        happening(&self)
        isUndoing = false
        _ = timeline.drain()
        timeline.rollback()
    }

    mutating func erase(_ erasure: Erasure, at seconds: Double? = nil) -> Ledger.Erased {
        var erasure = erasure
        if let seconds { now = Self.at(seconds) }
        let erased = timeline.erase(&erasure, at: Moment(virtual: now))
        take()
        return erased
    }

    mutating func waitForTheEnd() {
        while timeline.ledger.hasOpenWork,
            timeline.fireNextVirtually(by: Timestamp(milliseconds: .max)) != nil
        { take() }
    }

    static func repository(_ id: RepositoryID = 1, _ name: String = "acme/rocket") -> Repository {
        Repository(id: id, fullName: name)
    }

    /// A push to a pull request, received a second after it happened unless said otherwise.
    mutating func push(
        _ sha: String = "a", at start: Double = 0, receivedAt: Double? = nil, number: Int = 1,
        action: ChangePushed.Action = .opened, base: String = "main", repository: Repository = World.repository(),
        fork: String? = "someone/rocket", addressee: Deployment? = nil
    ) {
        let fact = ChangePushed(
            repository: repository, number: number, action: action, headSHA: sha, headRepository: fork,
            baseRef: base, startedAt: Self.at(start), addressee: addressee)
        observe(.changePushed(fact), receivedAt: receivedAt ?? start + 1)
    }

    /// An event of a repository that changes nothing else.
    mutating func note(_ repository: Repository, at time: Double) {
        observe(.branchPushed(BranchPushed(repository: repository, ref: "refs/heads/main", sha: "f")), receivedAt: time)
    }

    /// - Parameter head: what the closing says that the head is, if it does.
    mutating func close(
        at closing: Double, receivedAt: Double? = nil, number: Int = 1, head: String? = nil, createdAt: Double = 0
    ) {
        let fact = ChangeClosed(
            repository: Self.repository(), number: number, closedAt: Self.at(closing),
            pullRequest: head.map {
                ClosedPullRequest(
                    headSHA: $0, headRepository: "someone/rocket", baseRef: "main", createdAt: Self.at(createdAt))
            })
        observe(.changeClosed(fact), receivedAt: receivedAt ?? closing + 1)
    }

    /// The state of a check, posted at a provider time.
    struct Check {
        var name = CheckName(text: "rpm-build:\(World.chroot)", subject: .build, chroot: World.chroot)
        var sha = "a"
        var deployment = World.prod
        var externalID = "e1"
        var pullRequests: [Int] = []
        var job: JobLink?
        var requestID: String?
        var id: Int64?
        var isCommitStatus = false
        var hasTime = true
        var repository = World.repository()

        static let build = Check()
        static let test = Check(
            name: CheckName(
                text: "testing-farm:\(World.chroot)", subject: .testRun, chroot: World.chroot))

        static let job = Check(
            name: CheckName(text: "koji-build:f42", subject: .job, jobKind: JobKind("koji-build")))

        func with(_ change: (inout Check) -> Void) -> Check {
            var copy = self
            change(&copy)
            return copy
        }
    }

    /// - Parameter asTest: what it means if it is of a test, where that is something else.
    mutating func check(
        _ check: Check = .build, _ step: Step, asTest: Step? = nil, state: String? = nil, at time: Double,
        receivedAt: Double? = nil
    ) {
        lastCheckID += 1
        let id = check.id ?? lastCheckID
        let stamp = check.hasTime ? Self.at(time) : nil
        var isTerminal = false
        if case .finished = step { isTerminal = true }
        let fact = StatusReported(
            repository: check.repository, sha: check.sha, deployment: check.deployment,
            carrier: check.isCommitStatus ? .commitStatus(id: id) : .checkRun(id: id), name: check.name,
            externalID: check.externalID, pullRequests: check.pullRequests, startedAt: stamp,
            completedAt: isTerminal ? stamp : nil, state: state ?? Self.state(of: step), title: "",
            job: check.job, requestID: check.requestID, asBuild: check.name.subject == .job ? .unclear : step,
            asTestRun: check.name.subject == .job ? .unclear : asTest ?? step,
            asJob: check.name.subject == .job ? step : .unclear)
        observe(.statusReported(fact), receivedAt: receivedAt ?? time + 1)
    }

    private static func state(of step: Step) -> String {
        switch step {
        case .unclear, .accepted, .waiting, .queued: "queued"
        case .started: "in_progress"
        case .finished(.success, _): "success"
        case .finished(.skipped, _), .finished(.canceled, _): "neutral"
        case .finished: "failure"
        }
    }

    mutating func copr(
        _ event: BuildReported.Event, build: Int64 = 77, chroot: String? = World.chroot,
        project: String = "acme-rocket-1", owner: String = "packit", deployment: Deployment = World.prod,
        sentAt: Double?, receivedAt: Double? = nil, version: String? = nil
    ) {
        let fact = BuildReported(
            deployment: deployment, buildID: build, chroot: chroot, owner: owner, project: project, event: event,
            sentAt: sentAt.map(Self.at), version: version)
        observe(.buildReported(fact), receivedAt: receivedAt ?? (sentAt ?? 0) + 1)
    }

    mutating func testingFarm(
        _ step: Step, request: String = "r1", deployment: Deployment? = World.prod, created: Double,
        started: Double? = nil, finished: Double? = nil, sha: String? = nil, chroot: String? = World.chroot,
        buildID: Int64? = nil, receivedAt: Double
    ) {
        let fact = TestRunReported(
            deployment: deployment, requestID: request, step: step, createdAt: Self.at(created),
            startedAt: started.map(Self.at), finishedAt: finished.map(Self.at),
            repositoryName: sha == nil ? nil : "acme/rocket", sha: sha, chroot: chroot, buildID: buildID)
        observe(.testRunReported(fact), receivedAt: receivedAt)
    }

    private mutating func take() {
        if isUndoing { return }
        let effects = timeline.drain().effects
        timeline.confirm()
        counters.merge(effects.increments) { $0 + $1 }
        for counter in effects.increments.keys { decisions[counter] = effects.decisions[counter] }
        hidesRepositories = effects.hidesRepositories
        gauges.merge(effects.gauges) { $0 + $1 }
        observations += effects.observations
        changeRecords += effects.changeRecords
        runRecords += effects.runRecords
        withdrawnRuns += effects.withdrawnRuns
        judgements += effects.judgements
        lookupRequests += effects.lookupRequests
        for change in effects.state { stored[change.key] = change.value }
        if Self.restartsAlways { restart() }
    }

    /// Ends the process and starts another on what was stored.
    /// - Parameters:
    ///   - row: what of a table's row another version had stored.
    ///   - change: the other settings of the new process.
    mutating func restart(
        _ row: (_ table: UInt8, [UInt8]) -> [UInt8] = { $1 }, with change: (inout LedgerSettings) -> Void = { _ in }
    ) {
        var settings = timeline.ledger.settings
        change(&settings)
        do {
            let ledger = try Ledger(
                settings: settings, restoring: stored.map { ($0.key, row($0.key.table, $0.value)) })
            timeline = Timeline(ledger: ledger, at: Moment(virtual: now))
        } catch {
            fatalError("what was stored cannot be taken up: \(error)")
        }
    }

    /// The gauges as the ledger counts them from nothing.
    var recountedGauges: [Gauge: Int64] { timeline.ledger.gauges.filter { $0.value != 0 } }

    /// What all that is tracked takes in memory, as the ledger estimates it.
    var trackedBytes: Int {
        var timeline = timeline
        return timeline.trackedBytes()
    }

    // MARK: - What comes of it

    func queued(_ group: RunGroup = .build, _ deployment: Deployment = World.prod) -> Int64 {
        counters[.runsQueued(group, deployment)] ?? 0
    }

    func started(_ group: RunGroup = .build, _ deployment: Deployment = World.prod) -> Int64 {
        counters[.runsStarted(group, deployment)] ?? 0
    }

    func finished(_ outcome: Outcome, _ group: RunGroup = .build, _ deployment: Deployment = World.prod) -> Int64 {
        counters[.runsFinished(group, deployment, outcome)] ?? 0
    }

    func finishedInAll(_ group: RunGroup = .build, _ deployment: Deployment = World.prod) -> Int64 {
        Outcome.allCases.map { finished($0, group, deployment) }.reduce(0, +)
    }

    func judged(
        _ verdict: Verdict, _ eligibility: Eligibility = .learned, _ deployment: Deployment = World.prod
    ) -> Int64 {
        counters[.changesJudged(deployment, verdict, eligibility)] ?? 0
    }

    func judgedInAll(_ deployment: Deployment = World.prod) -> Int64 {
        Verdict.allCases.flatMap { verdict in Eligibility.allCases.map { judged(verdict, $0, deployment) } }
            .reduce(0, +)
    }

    func missed(_ eligibility: Eligibility, _ deployment: Deployment = World.prod) -> Int64 {
        counters[.deadlinesMissed(deployment, eligibility)] ?? 0
    }

    func good(_ objective: Objective.Name, _ deployment: Deployment = World.prod) -> Int64 {
        counters[.objectiveEvents(objective, deployment, isGood: true)] ?? 0
    }

    func bad(_ objective: Objective.Name, _ deployment: Deployment = World.prod) -> Int64 {
        counters[.objectiveEvents(objective, deployment, isGood: false)] ?? 0
    }

    func verdicts(_ objective: Objective.Name) -> [ObjectiveJudgement.Verdict] {
        judgements.filter { $0.objective == objective }.map(\.verdict)
    }

    func seen(_ deployment: Deployment = World.prod) -> Int64 { counters[.changesSeen(deployment)] ?? 0 }
    func broken(_ invariant: Invariant) -> Int64 { counters[.invariantViolations(invariant)] ?? 0 }

    func lateEvidence(_ verdict: Verdict) -> Int64 { counters[.lateEvidence(verdict)] ?? 0 }
    func futureTimes(_ source: Source) -> Int64 { counters[.futureTimes(source)] ?? 0 }
    var revised: Int64 { counters[.outcomesRevised] ?? 0 }

    func gauge(_ gauge: Gauge) -> Int64 { gauges[gauge] ?? 0 }

    func withoutStatus(_ eligibility: Eligibility, _ deployment: Deployment = World.prod) -> Int64 {
        gauge(.changesWithoutStatus(deployment, eligibility))
    }

    func unfinished(_ group: RunGroup = .build, _ deployment: Deployment = World.prod) -> Int64 {
        gauge(.runsUnfinished(group, deployment))
    }

    func settling(_ kind: RunKind = .build) -> Int64 { gauge(.runsSettling(kind, World.prod)) }
    func overdue(_ group: RunGroup = .build) -> Int64 { gauge(.runsOverdue(group, World.prod)) }

    func durations(_ outcome: Outcome, _ group: RunGroup = .build, _ deployment: Deployment = World.prod) -> [Int64] {
        observations.filter { $0.histogram == .runDuration(group, deployment, outcome) }.map(\.seconds)
    }

    func startDurations(_ kind: RunKind = .build, _ deployment: Deployment = World.prod) -> [Int64] {
        observations.filter { $0.histogram == .runStartDuration(kind, deployment) }.map(\.seconds)
    }

    func reportTimes(_ kind: RunKind = .build, _ deployment: Deployment = World.prod) -> [Int64] {
        observations.filter { $0.histogram == .runReportDuration(kind, deployment) }.map(\.seconds)
    }

    func allStatusesTimes(_ deployment: Deployment = World.prod) -> [Int64] {
        observations.filter { $0.histogram == .allStatusesDuration(deployment) }.map(\.seconds)
    }

    func initialStatusTimes(_ deployment: Deployment = World.prod) -> [Int64] {
        observations.filter { $0.histogram == .initialStatusDuration(deployment) }.map(\.seconds)
    }
}

let hour = 3600.0
let success = Step.finished(.success, .stated)
let failure = Step.finished(.failure, .stated)
let error = Step.finished(.error, .stated)
