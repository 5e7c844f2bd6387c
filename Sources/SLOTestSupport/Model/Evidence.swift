internal import SLOCore

/// What one known report says about a run.
struct Evidence {
    enum Says: Equatable {
        case queued
        case started
        case ended(Outcome, OutcomeReason)
    }

    /// Evidence of an outcome with a greater value takes precedence (docs/counting.md, evidence).
    enum Weight: Int {
        case conclusion
        case coprFailure
        case title
        case backend
    }

    let says: Says
    /// The provider's, in whole seconds.
    let time: Timestamp?
    let receipt: Receipt
    let weight: Weight
    /// Whether a run exists from it on (rule 10).
    var isFirstStep = true
    var isOfCheck = true

    /// The time that deadlines use (rule 39).
    var dueTime: Timestamp { time.map(receipt.due) ?? receipt.at.flooredToSecond }

    var end: (outcome: Outcome, reason: OutcomeReason)? {
        if case .ended(let outcome, let reason) = says { (outcome, reason) } else { nil }
    }
}

extension Fact {
    /// What a state says about a run of a kind; `nil` if a test only waits, or shows the end of its build (rules 10 and
    /// 12). An end that is neutral or says that nothing was submitted, and links nothing at Testing Farm, is not a
    /// first step; a commit status has "error" for neutral (rule 42).
    func evidence(of kind: RunKind) -> Evidence? {
        switch step(of: kind) {
        case .unclear, .waiting: nil
        case .accepted: kind == .testRun ? nil : evidence(.queued)
        case .queued: evidence(.queued)
        case .started: evidence(.started)
        case .finished(let outcome, let reason):
            if kind == .testRun, reason == .build { nil } else { evidence(.ended(outcome, reason)) }
        }
    }

    private func evidence(_ says: Evidence.Says) -> Evidence {
        var isUnclassified = false
        var isFirstStep = true
        if case .ended(let outcome, let reason) = says {
            isUnclassified = reason == .unclassified
            let isNeutral =
                checkID != nil ? status.state == "neutral" : status.state == "error" && outcome == .canceled
            let isLinked = status.requestID != nil || status.job?.job == .testingFarm
            isFirstStep = !((isNeutral || outcome == .skipped) && !isLinked) && reason != .build
        }
        return Evidence(
            says: says, time: time, receipt: receipt, weight: isUnclassified ? .conclusion : .title,
            isFirstStep: isFirstStep)
    }
}

/// A run as a backend knows it: a chroot of a build at Copr, or a request at Testing Farm.
final class Backend {
    enum Identity {
        case chroot(BuildKey, owner: String, project: String)
        case request(String)
    }

    enum Place {
        /// Not decided: it fits several runs of checks, or was just received.
        case choosing
        /// Part of this run of a check.
        case joined(Run)
        /// Counted alone.
        case alone(Run)
        /// Not counted (rule 32).
        case nobodys
    }

    let identity: Identity
    let kind: RunKind
    let deployment: Deployment
    let firstReceivedAt: Receipt
    private(set) var evidence: [Evidence] = []
    /// The times of all reported ends, also of repeated ones.
    private(set) var endTimes: [(time: Timestamp, receipt: Receipt)] = []
    /// All documents of a request.
    private(set) var documents: [TestRunReported] = []
    /// The package's versions in Copr's messages.
    var versions: Set<String> = []
    var place = Place.choosing
    /// The evidence of its join.
    var proof = JoinProof.proposed
    /// Whether it was counted that its side of the join and that of the check have different outcomes.
    var isConflictCounted = false

    init(_ identity: Identity, _ deployment: Deployment, _ receipt: Receipt) {
        self.identity = identity
        self.deployment = deployment
        firstReceivedAt = receipt
        switch identity {
        case .chroot: kind = .build
        case .request: kind = .testRun
        }
    }

    func add(_ build: BuildReported.Event, at time: Timestamp?, _ receipt: Receipt, reason: OutcomeReason = .stated) {
        let says: Evidence.Says =
            switch build {
            case .started: .started
            case .succeeded: .ended(.success, .stated)
            case .failed: .ended(.failure, reason)
            }
        if build != .started { noteEnd(at: time, receipt) }
        if let end = end?.end, says == .ended(end.outcome, end.reason) { return }
        evidence.append(
            Evidence(
                says: says, time: time?.flooredToSecond, receipt: receipt,
                weight: build == .failed ? .coprFailure : .backend, isOfCheck: false))
    }

    /// A document contains the time of queueing, whatever its state.
    func add(_ document: TestRunReported, _ receipt: Receipt) {
        documents.append(document)
        func add(_ says: Evidence.Says, at time: Timestamp?) {
            evidence.append(
                Evidence(says: says, time: time?.flooredToSecond, receipt: receipt, weight: .backend, isOfCheck: false))
        }
        add(.queued, at: document.createdAt)
        switch document.step {
        case .started: add(.started, at: document.startedAt)
        case .finished(let outcome, let reason):
            // A start time shows that it started.
            if document.startedAt != nil { add(.started, at: document.startedAt) }
            noteEnd(at: document.finishedAt, receipt)
            // The same end again adds nothing.
            if let end = end?.end, end.outcome == outcome, end.reason == reason { return }
            add(.ended(outcome, reason), at: document.finishedAt)
        case .unclear, .accepted, .waiting, .queued: break
        }
    }

    private func noteEnd(at time: Timestamp?, _ receipt: Receipt) {
        if let time { endTimes.append((time.flooredToSecond, receipt)) }
    }

    /// A success stays; of other ends the last one received counts.
    var end: Evidence? {
        ends.first { $0.end?.outcome == .success } ?? ends.last
    }

    /// The provider's time of its first end.
    var endedAt: Timestamp? { ends.compactMap(\.time).first }

    /// The same, or when it was received.
    var endInWorld: Timestamp? { endedAt ?? ends.first?.receipt.at.flooredToSecond }

    /// In order of receipt.
    var ends: [Evidence] { evidence.filter { $0.end != nil } }

    /// Its earliest known time; the receipt counts for reports without a time (rule 20).
    var time: Timestamp {
        evidence.map { $0.time ?? $0.receipt.at.flooredToSecond }.min() ?? firstReceivedAt.at.flooredToSecond
    }

    var chroot: String? {
        switch identity {
        case .chroot(let key, _, _): key.chroot
        case .request: documents.compactMap(\.chroot).first
        }
    }

    /// Copr's; a request has none.
    var project: String {
        if case .chroot(_, _, let project) = identity { project } else { "" }
    }

    var owner: String {
        if case .chroot(_, let owner, _) = identity { owner } else { "" }
    }

    var requestID: String? {
        if case .request(let id) = identity { id } else { nil }
    }
}
