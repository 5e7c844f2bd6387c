/// All checks of one name that one event at Packit posted on one commit: a chain of runs, one after the other.
struct Lane: Equatable, Sendable {
    let id: EntityID
    let deployment: Deployment
    let head: HeadKey
    let externalID: String
    /// As it is read on its commit, where it can be read in two ways.
    var name: CheckName
    /// `nil` until a fact tells, for names that no rule knows; and for checks that have no runs.
    var kind: RunKind?
    /// In the order in which Packit posted them: by check-run id, statuses between them by their time.
    var facts: [Fact] = []
    /// Runs in the order of their openings.
    var runs: [EntityID] = []
    var touchedAt: Timestamp
    var armedFor: Timestamp?
    /// Up to where its facts have been forgotten.
    var closing: Closing?
    /// Whether its kind is the one that its name had elsewhere in the repository, and not shown by its own facts.
    var isKindLearned = false

    /// What lies at or before this was decided for good, and is kept no more: GitHub ends checks that Packit left
    /// behind two weeks later, and none of them may open a run.
    struct Closing: Equatable, Sendable {
        /// The highest check-run id.
        let checkRun: Int64
        /// The latest provider time, for statuses without an id that rises.
        let time: Timestamp?
        /// What its details linked to, the latest last: these jobs are over.
        private(set) var jobs: [JobLink]

        /// More jobs of one lane than this are forgotten, the oldest first.
        static let jobsLimit = 64

        init(checkRun: Int64, time: Timestamp?, jobs: [JobLink]) {
            self.checkRun = checkRun
            self.time = time
            self.jobs = jobs
        }

        /// Of a lane that may have been forgotten whole: with what is heard of it first, which is not new.
        init(by report: StatusReported) {
            let id: Int64? = if case .checkRun(let id) = report.carrier { id } else { nil }
            self.init(
                checkRun: id ?? 0, time: report.postedAt?.flooredToSecond, jobs: [report.job].compactMap { $0 })
        }

        fileprivate init(_ earlier: Closing?, and forgotten: [Fact]) {
            let ids = forgotten.compactMap(\.checkRunID) + [earlier?.checkRun].compactMap { $0 }
            let times = forgotten.map(\.startedAt) + [earlier?.time]
            var jobs = earlier?.jobs ?? []
            for job in forgotten.compactMap(\.job) where !jobs.contains(job) { jobs.append(job) }
            self.init(
                checkRun: ids.max() ?? 0, time: times.compactMap { $0 }.max(), jobs: jobs.suffix(Self.jobsLimit))
        }
    }
}

/// What identifies a lane (docs/counting.md, lanes).
struct LaneKey: Hashable, Sendable {
    let deployment: Deployment
    let head: HeadKey
    let externalID: String
    let name: String
}

extension Lane {
    /// Whether its latest check has ended, as far as GitHub shows.
    var hasEnded: Bool { facts.last.map { !$0.isPending } ?? false }

    /// From when on the kind of its name is learned: the time of its latest check, which showed it, or its receipt if
    /// that was earlier (docs/counting.md, rule 39).
    var toldAt: Timestamp { facts.map { min($0.postedAt, $0.receivedAt) }.max() ?? touchedAt }

    /// For when it takes the kind of its name.
    var beganAt: Timestamp { min(firstSeenAt, facts.map(\.receivedAt).min() ?? touchedAt) }

    /// The earliest provider time of its checks.
    var firstSeenAt: Timestamp {
        facts.compactMap { fact in
            (fact.startedAt ?? fact.completedAt).map { Ledger.effective($0, receivedAt: fact.receivedAt) }
        }.min() ?? touchedAt
    }

    /// Forgets facts, and remembers that they were there.
    mutating func close(_ isForgotten: (Fact) -> Bool) {
        closing = Closing(closing, and: facts.filter(isForgotten))
        facts.removeAll(where: isForgotten)
    }

    /// Whether a fact belongs to what has been forgotten: it lies before its end, is of a job that is over, or says
    /// nothing that opens a run after it.
    func isForgotten(_ fact: Fact) -> Bool {
        guard let closing else { return false }
        let number = hasOwnNumber(fact) ? fact.job : nil
        if let number {
            if facts.contains(where: { $0.job == number }) { return false }
            if closing.jobs.contains(number) { return true }
        }
        switch fact.carrier {
        case .checkRun(let id) where id <= closing.checkRun: return true
        case .commitStatus:
            if let time = fact.startedAt, let last = closing.time, time <= last { return true }
        case .checkRun: break
        }
        guard facts.isEmpty, number == nil, fact.step(as: kind ?? .build) != .accepted else { return false }
        return fact.isTerminal || !closing.jobs.isEmpty
    }

    private func hasOwnNumber(_ fact: Fact) -> Bool {
        RunKind.allCases.contains { (kind == nil || kind == $0) && fact.jobID(as: $0) != nil }
    }

    var event: EventKey { EventKey(head: head, deployment: deployment, externalID: externalID) }

    var key: LaneKey { LaneKey(deployment: deployment, head: head, externalID: externalID, name: name.text) }
}

/// One state of one check in a lane.
struct Fact: Equatable, Sendable {
    let carrier: StatusReported.Carrier
    let startedAt: Timestamp?
    let completedAt: Timestamp?
    let receivedAt: Timestamp
    /// The number of the input that brought it.
    let input: Int64
    let state: String
    let asBuild: Step
    let asTestRun: Step
    var asJob = Step.unclear
    let job: JobLink?
    let requestID: String?
    /// The run it belongs to as the facts known so far are divided.
    var run: EntityID?
    /// The run that it was part of when that was decided for good. What is heard later, and may belong to it too, was
    /// not.
    var decidedRun: EntityID?

    var isTerminal: Bool {
        if case .finished = asBuild { return true }
        if case .finished = asTestRun { return true }
        if case .finished = asJob { return true }
        return false
    }

    /// An end in GitHub's own words.
    var isEndedByGitHub: Bool { state == "stale" || state == "cancelled" || state == "timed_out" }

    var isPending: Bool { ["queued", "in_progress", "pending"].contains(state) }

    func step(as kind: RunKind) -> Step {
        switch kind {
        case .build: asBuild
        case .testRun: asTestRun
        case .job: asJob
        }
    }

    /// Whether a run exists from it on (docs/counting.md, rule 10).
    func isFirstStep(as kind: RunKind) -> Bool {
        switch step(as: kind) {
        case .unclear, .waiting: false
        case .accepted: kind != .testRun
        case .queued, .started: true
        case .finished(let outcome, let reason): !isRefusal(outcome) && reason != .build
        }
    }

    /// Whether it ends a run. The end of a build ends no test that was submitted.
    func isEnd(as kind: RunKind) -> Bool {
        guard case .finished(_, let reason) = step(as: kind) else { return false }
        return kind != .testRun || reason != .build
    }

    /// The provider's time of the state: when it ended for a terminal one, else when it began.
    func time(as kind: RunKind) -> Timestamp? {
        if case .finished = step(as: kind) { return completedAt ?? startedAt }
        return startedAt ?? completedAt
    }

    /// What deadlines count from (docs/counting.md, rule 39).
    func clockStart(as kind: RunKind) -> Timestamp { min(time(as: kind) ?? receivedAt.flooredToSecond, receivedAt) }

    /// Its time wherever it supersedes.
    func effectiveTime(as kind: RunKind) -> Timestamp {
        time(as: kind).map { Ledger.effective($0, receivedAt: receivedAt) } ?? receivedAt
    }

    /// The run of the lane's own kind that the details link names. None of another job: not all links to these are
    /// unique for a run (docs/counting.md, rule 49).
    func jobID(as kind: RunKind) -> Int64? {
        switch (kind, job?.job) {
        case (.build, .copr), (.testRun, .testingFarm): job?.id
        default: nil
        }
    }

    /// A neutral end without a Testing Farm link: permission, a merge conflict. No first step (docs/counting.md,
    /// rule 10). Nor is one whose title says that nothing was submitted, whatever carries it (rule 42). A commit status
    /// has no word for either but "error".
    private func isRefusal(_ outcome: Outcome) -> Bool {
        guard requestID == nil, job?.job != .testingFarm else { return false }
        if outcome == .skipped { return true }
        switch carrier {
        case .checkRun: return state == "neutral"
        case .commitStatus: return state == "error" && outcome == .canceled
        }
    }
}
