internal import SLOCore

/// A build or test run, with its final decisions.
final class Run {
    let kind: RunKind
    let deployment: Deployment
    /// `nil` if only a backend shows it.
    unowned let lane: CheckLane?
    /// When it was first known as a run of its own.
    let knownSince: Timestamp
    /// How many entries had been received when it became known.
    var number: Int
    /// As its lane divides now.
    private(set) var facts: [Fact] = []
    unowned var backend: Backend?
    /// Whether it was a backend's alone, until the run of a check claimed it.
    var isClaimed = false
    /// The backend's end with which it was final before its check claimed it.
    var endBeforeClaim: Evidence?
    /// Whether it turned out to be part of another run of its lane.
    var isUndone = false

    /// When it was first counted.
    var countedSince: Timestamp?
    var isStartedCounted = false
    /// The objectives that have judged it, whether or not they count it (rule 44).
    var judgedBy: Set<Objective.Name> = []
    var final: Final?
    var isRevisionCounted = false
    /// Whether the time of the report of its end was observed, or is none (rule 50).
    var isReportObserved = false
    /// Whether it was counted as never submitted (rule 53).
    var isUnsubmittedCounted = false
    /// The push that left its commit without an open pull request (rule 35).
    var unboundEnd: KnownPullRequest.Push?
    /// Since when its lane is known to have a newer run.
    var newerSince: Timestamp?
    /// By what it was first seen, if the rest turned out to be another's.
    private var sight: (time: Timestamp, receipt: Timestamp)?
    /// Since when a push is known to have superseded it, unless that was revised.
    var pushedOverSince: Timestamp?
    /// Whether it has been checked that its commit was still a head when it opened.
    var isOpeningJudged = false

    struct Final {
        let outcome: Outcome
        /// When it ended; `nil` if nobody reported that.
        let time: Timestamp?
        /// The same, or when it was received.
        let ended: Timestamp
        /// When it was decided.
        let at: Timestamp
        /// How many entries had been received then: what follows is later evidence.
        let receivedCount: Int
        /// Until when evidence must be received to count, with everything received in time.
        let until: Timestamp
        /// Whether its check told the outcome.
        let isOfCheck: Bool
        /// The facts that it had then.
        let facts: Set<Fact.ID>
    }

    init(_ kind: RunKind, _ deployment: Deployment, in lane: CheckLane?, knownSince: Timestamp, _ now: Now) {
        self.kind = kind
        self.deployment = deployment
        self.lane = lane
        self.knownSince = knownSince
        number = now.receivedCount
    }

    /// The runs that have their series in common.
    var group: RunGroup { RunGroup(kind, job: lane?.name.jobKind) }

    /// All known evidence, that of its check in the order of the lane.
    var evidence: [Evidence] {
        facts.compactMap { $0.evidence(of: kind) } + (backend?.evidence ?? [])
    }

    /// Its facts; of a final run those that it had then.
    var ownFacts: [Fact] {
        facts.filter { final?.facts.contains($0.id) ?? true }
    }

    func become(_ facts: [Fact]) {
        self.facts = facts
    }

    /// The fact by which it is recognised however its lane divides: the first one received of those that show the
    /// highest counted step; for a final run, of those that it had then.
    var mark: Fact? {
        let known = ownFacts.sorted { $0.receipt.order < $1.receipt.order }.map { ($0, $0.evidence(of: kind)) }
        return (known.first { $0.1?.says == .started } ?? known.first { $0.1?.isFirstStep ?? false } ?? known.first)?.0
    }

    /// Rule 10.
    var exists: Bool {
        evidence.contains(where: \.isFirstStep)
    }

    /// Rule 11: the earliest time of all evidence for it.
    var queuedAt: Timestamp? {
        evidence.filter { $0.says == .queued }.compactMap(\.time).min()
    }

    /// The earliest time of all evidence for its start.
    var startedAt: Timestamp? {
        evidence.filter { $0.says == .started }.compactMap(\.time).min()
    }

    /// Rule 11: what stands in for the queue time if there is none: the earliest time of all evidence that it exists,
    /// by the provider, otherwise by receipt.
    var base: Timestamp {
        queuedAt ?? firstSight ?? sight?.time ?? knownSince.flooredToSecond
    }

    private var firstSight: Timestamp? {
        evidence.filter(\.isFirstStep).map { $0.time ?? $0.receipt.at.flooredToSecond }.min()
    }

    /// A run that was counted for what turned out to be another's keeps by what it was first seen.
    func noteSight() {
        if let firstSight { sight = (firstSight, firstReceivedAt) }
    }

    /// When the first evidence that it exists was received.
    var firstReceivedAt: Timestamp {
        evidence.filter(\.isFirstStep).map(\.receipt.at).min() ?? sight?.receipt ?? knownSince
    }

    /// The time from which its deadlines count: the earlier of its queue time and the receipt of what first showed it
    /// (rule 39).
    var dueBase: Timestamp { min(base, firstReceivedAt) }

    /// Its beginning for comparison with what supersedes it: the receipt replaces a time in the future.
    var beganAt: Timestamp { base > firstReceivedAt + .minutes(10) ? firstReceivedAt.flooredToSecond : base }

    /// The id of its first check; 0 if there is none.
    var firstCheck: Int64 {
        facts.compactMap(\.checkID).first ?? 0
    }

    /// Rule 14: a run that a check shows is finished by the check only, one that only a backend knows by the backend.
    /// In order of receipt.
    var ends: [Evidence] {
        evidence.filter { $0.end != nil && $0.isOfCheck == (lane != nil) }.sorted {
            $0.receipt.order < $1.receipt.order
        }
    }

    /// The provider's time of the earliest end, in any order of receipt.
    var endedAt: Timestamp? { ends.compactMap(\.time).min() }

    /// The best evidence of the outcome; of equal ones the highest check counts.
    func best(_ isTimely: (Evidence) -> Bool) -> Evidence? {
        best(of: (endsOfChecks + [deciding?.end].compactMap { $0 }).filter(isTimely))
    }

    /// The backend run that may decide the outcome: none if it is only proposed (rule 31).
    private var deciding: Backend? {
        lane == nil || backend?.proof == .proven ? backend : nil
    }

    /// The best of the evidence received after that, including withdrawals of a success.
    func best(after final: Final, _ isTimely: (Evidence) -> Bool) -> Evidence? {
        best(
            of: (endsOfChecks + [deciding?.ends.last].compactMap { $0 }).filter {
                $0.receipt.order > final.receivedCount || !isTimely($0)
            })
    }

    private var endsOfChecks: [Evidence] {
        facts.compactMap { $0.evidence(of: kind) }.filter { $0.end != nil }
    }

    private func best(of ends: [Evidence]) -> Evidence? {
        ends.enumerated().max { left, right in
            (left.element.weight.rawValue, left.offset) < (right.element.weight.rawValue, right.offset)
        }?.element
    }

    /// Rule 15: whether no better evidence is possible: an explicit success, or the best evidence says success.
    func isSurelySuccess(_ isTimely: (Evidence) -> Bool) -> Bool {
        ends.contains { $0.end?.outcome == .success && isTimely($0) } || best(isTimely)?.end?.outcome == .success
    }
}
