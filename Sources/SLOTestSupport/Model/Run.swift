internal import SLOCore

/// A build or test run, with what was decided on it for good.
final class Run {
    let kind: RunKind
    let deployment: Deployment
    /// `nil` for what only a backend shows.
    unowned let lane: CheckLane?
    /// When it was first known to be a run of its own.
    let knownSince: Timestamp
    /// How much had been heard when it became known.
    var number: Int
    /// As its lane divides now.
    private(set) var facts: [Fact] = []
    unowned var backend: Backend?
    /// Whether it was a backend's alone, until the run of a check claimed it.
    var isClaimed = false
    /// The backend's end for which it was counted for good before its check claimed it.
    var endBeforeClaim: Evidence?
    /// Whether it turned out to be part of another run of its lane.
    var isUndone = false

    /// When it first was something to count.
    var countedSince: Timestamp?
    var isStartedCounted = false
    /// Whether its objective was judged (rule 18).
    var isJudged = false
    var final: Final?
    var isRevisionCounted = false
    /// The push that left its commit without a pull request to belong to (rule 35).
    var unboundEnd: KnownPullRequest.Push?
    /// Since when it is known that its lane has a newer one.
    var newerSince: Timestamp?
    /// What it was first seen by, when something was left of that.
    private var sight: (time: Timestamp, heard: Timestamp)?
    /// Since when it is known that a push superseded it, and was not found to be otherwise.
    var pushedOverSince: Timestamp?
    /// Whether it was asked if its commit was still a head when it opened.
    var isOpeningJudged = false

    struct Final {
        let outcome: Outcome
        /// When it ended in the world; `nil` where nobody told.
        let time: Timestamp?
        /// The same, or when it was heard of.
        let ended: Timestamp
        /// When it was decided.
        let at: Timestamp
        /// How much had been heard then: what was heard from then on is later evidence.
        let heardCount: Int
        /// Until when something had to be heard of to count, had all been received in time.
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
        number = now.heardCount
    }

    /// All that is known of it, of its check in the order of the lane.
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

    /// The fact by which it is the same run however its lane divides: the first heard of, of those on which the highest
    /// step rests that was counted of it; what a final run is, it is by what it had then.
    var mark: Fact? {
        let known = ownFacts.sorted { $0.heard.order < $1.heard.order }.map { ($0, $0.evidence(of: kind)) }
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

    /// Rule 11, fine print to 18: what stands in for the queue time where there is none: the earliest time of all that
    /// shows that it exists, each by the provider, else by its receipt.
    var base: Timestamp {
        queuedAt ?? firstSight ?? sight?.time ?? knownSince.flooredToSecond
    }

    private var firstSight: Timestamp? {
        evidence.filter(\.isFirstStep).map { $0.time ?? $0.heard.at.flooredToSecond }.min()
    }

    /// What was counted for what turned out to be another's keeps what it was first seen by.
    func noteSight() {
        if let firstSight { sight = (firstSight, firstHeard) }
    }

    /// When the first of what makes it exist was received.
    var firstHeard: Timestamp { evidence.filter(\.isFirstStep).map(\.heard.at).min() ?? sight?.heard ?? knownSince }

    /// From when its deadlines run: the earlier of its queue time and the receipt of what first showed it (rule 39).
    var dueBase: Timestamp { min(base, firstHeard) }

    /// When it began, where that is compared with what supersedes it: a time of the future stands for the receipt.
    var beganAt: Timestamp { base > firstHeard + .minutes(10) ? firstHeard.flooredToSecond : base }

    /// The id of its first check; 0 where there is none.
    var firstCheck: Int64 {
        facts.compactMap(\.checkID).first ?? 0
    }

    /// Rule 14: a run that a check shows is finished by the check alone, one that only a backend knows by the backend.
    /// In the order of hearing.
    var ends: [Evidence] {
        evidence.filter { $0.end != nil && $0.isOfCheck == (lane != nil) }.sorted { $0.heard.order < $1.heard.order }
    }

    /// The provider's time of the earliest end, in whatever order they are heard of.
    var endedAt: Timestamp? { ends.compactMap(\.time).min() }

    /// The best evidence of the outcome; among equals the highest check counts.
    func best(_ isTimely: (Evidence) -> Bool) -> Evidence? {
        best(of: (endsOfChecks + [deciding?.end].compactMap { $0 }).filter(isTimely))
    }

    /// What a backend says of the outcome: nothing, of a run that is only proposed to be its own (rule 31).
    private var deciding: Backend? {
        lane == nil || backend?.proof == .proven ? backend : nil
    }

    /// The best of what was heard later than so many things: what takes a success back, too.
    func best(after final: Final, _ isTimely: (Evidence) -> Bool) -> Evidence? {
        best(
            of: (endsOfChecks + [deciding?.ends.last].compactMap { $0 }).filter {
                $0.heard.order > final.heardCount || !isTimely($0)
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

    /// Rule 15: whether nothing better can come: an explicit success, or the best evidence says success.
    func isSurelySuccess(_ isTimely: (Evidence) -> Bool) -> Bool {
        ends.contains { $0.end?.outcome == .success && isTimely($0) } || best(isTimely)?.end?.outcome == .success
    }
}
