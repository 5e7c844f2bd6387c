/// What all that is known of one run says about it: derived afresh from its facts and its backend whenever one is
/// added, so that the order of arrival does not matter while the run is not final.
struct Evidence {
    /// Whether there is a first step, that is: something to count (docs/counting.md, rule 10).
    private(set) var exists = false
    private(set) var queuedAt: Timestamp?
    private(set) var startedAt: Timestamp?
    private(set) var hasStarted = false
    private(set) var firstSeenAt: Timestamp?
    private(set) var terminal: Run.Terminal?
    /// The number of the input that said so, of a success that needs no waiting.
    private var explicitSuccess: Int64?
    /// The end of something that never was a run: a test whose build failed, a build that was not allowed.
    private(set) var uncountedEnd: Run.Ending?
    /// When the first of what makes it exist was received.
    private(set) var knownSince: Timestamp?
    /// When that was heard of, as far as that tells earlier from later (docs/counting.md, rule 27).
    private(set) var openedHeardAt: Timestamp?
    /// The earliest end that its check shows in Packit's own words (docs/counting.md, rule 50).
    var shownEnd: Timestamp? { shownEnds.at ?? shownEnds.receivedAt?.flooredToSecond }
    /// Its check shows an end, in whatever words.
    private(set) var isShownAsEnded = false
    /// When the first of its check's states was received.
    private(set) var checkKnownSince: Timestamp?
    private var shownEnds: (at: Timestamp?, receivedAt: Timestamp?) = (nil, nil)
    private var outcomes: [Statement] = []
    private var ends: [End] = []
    /// All of them, and those that were stated too late for the end that counts.
    private var statements: [Statement] = []
    /// Until when something had to be heard of to decide, as far as what is heard of late tells: while the end settled,
    /// and before what superseded the run ended it.
    private(set) var lastHearing: Timestamp?
    private let timing: Timing
    /// What a backend said after it had said success. It decides nothing.
    private var withdrawal: Statement?

    /// One source's word on the outcome.
    private struct Statement {
        let rank: Rank
        let place: Int
        let outcome: Outcome
        let reason: OutcomeReason
        /// The number of the input that made it.
        let input: Int64
        let heard: Heard
    }

    /// An end that counts if it was heard of in time.
    private struct End {
        let finishedAt: Timestamp?
        let receivedAt: Timestamp
        let outcome: Outcome
        let input: Int64
        let heard: Heard
    }

    /// How long it takes to hear of things, and to settle.
    struct Timing {
        let grace: TimeSpan
        let settle: TimeSpan
    }

    /// When something was heard of: its own time stands for its receipt where that came more than a grace later
    /// (docs/counting.md, rule 27).
    struct Heard {
        let at: Timestamp
        let isLate: Bool

        init(_ time: Timestamp?, receivedAt: Timestamp, grace: TimeSpan) {
            let late = time.flatMap { receivedAt - $0 > grace ? $0 : nil }
            at = late ?? receivedAt
            isLate = late != nil
        }

        func isLate(for moment: Timestamp?) -> Bool {
            guard isLate, let moment else { return false }
            return at > moment
        }
    }

    /// Which word counts more (docs/counting.md, evidence). Copr's bus says "failed" of everything that is not
    /// success, so there it ranks below a title, which at least tells failure from error.
    private enum Rank: Int {
        case conclusion
        case failureOnBus
        case title
        case backend
    }

    /// - Parameter supersededBy: until when an end had to be heard of to come before what superseded the run.
    init(
        facts: some Sequence<Fact>, kind: RunKind, backend: BackendRun?, isShownByCheck: Bool, timing: Timing,
        supersededBy: (_ openedAt: Timestamp?, _ clockStart: Timestamp?) -> Timestamp?
    ) {
        self.timing = timing
        read(facts, kind)
        if let backend { read(backend, isShownByCheck: isShownByCheck) }
        chooseEnd(supersededAt: supersededBy(openedHeardAt, Timestamp.earliest(queueTime, knownSince)))
    }

    /// The first end that was heard of in time is the one that counts, with what was heard while it settled.
    private mutating func chooseEnd(supersededAt: Timestamp?) {
        let inTime = ends.filter { !$0.heard.isLate(for: supersededAt) }
        if let receivedAt = inTime.map(\.receivedAt).min() {
            terminal = Run.Terminal(finishedAt: inTime.compactMap(\.finishedAt).min(), receivedAt: receivedAt)
        }
        let settledAt = inTime.map(\.heard.at).min().map { $0 + timing.settle }
        let last = Timestamp.earliest(supersededAt, settledAt)
        for end in inTime where end.outcome == .success && !end.heard.isLate(for: last) {
            explicitSuccess = min(explicitSuccess ?? end.input, end.input)
        }
        statements = outcomes
        outcomes = statements.filter { !$0.heard.isLate(for: last) }
        lastHearing = last
    }

    /// When its check, or what only a backend knows, first ended: an end without a time at its receipt.
    var firstEnd: Timestamp? {
        ends.compactMap(\.finishedAt).min() ?? ends.map(\.receivedAt).min()?.flooredToSecond
    }

    /// What stands for the queue time wherever runs are compared by it (docs/counting.md, rule 11). `nil` for a run
    /// that does not exist yet: nothing but waiting is known of it.
    var queueTime: Timestamp? { exists ? queuedAt ?? firstSeenAt : nil }

    /// What was stated after the input at which it became final, or too late for that, the best of it.
    /// - Parameter last: until when something had to be heard of then.
    func best(after input: Int64, decidedUntil last: Timestamp?) -> Outcome? {
        let tooLate = statements.filter { $0.input > input || $0.heard.isLate(for: last) }
        return Self.best(of: tooLate + [withdrawal].compactMap { $0 }.filter { $0.input > input })?.outcome
    }

    /// The outcome to count: an explicit success decides at once, else the best evidence does.
    var outcome: (Outcome, OutcomeReason)? {
        explicitSuccess != nil ? (.success, .stated) : Self.best(of: outcomes).map { ($0.outcome, $0.reason) }
    }

    /// The number of the input that gave that outcome.
    var decidingInput: Int64? { explicitSuccess ?? Self.best(of: outcomes)?.input }

    /// Among equals the latest check decides.
    private static func best(of statements: [Statement]) -> Statement? {
        statements.max { ($0.rank.rawValue, $0.place) < ($1.rank.rawValue, $1.place) }
    }

    private mutating func read(_ facts: some Sequence<Fact>, _ kind: RunKind) {
        for (place, fact) in facts.enumerated() {
            checkKnownSince = Timestamp.earliest(checkKnownSince, fact.receivedAt)
            switch fact.step(as: kind) {
            case .unclear, .waiting: break
            case .accepted:
                if kind != .testRun { noteQueued(fact, kind) }
            case .queued: noteQueued(fact, kind)
            case .started: noteStarted(fact, kind)
            // The end of a build ends a test that waits for it, and says nothing of one that was submitted.
            case .finished(let outcome, .build) where kind == .testRun:
                noteUncountedEnd(fact, kind, outcome: outcome, reason: .build)
            case .finished(let outcome, let reason):
                noteEnd(fact, kind, place: place, outcome: outcome, reason: reason)
            }
        }
    }

    private mutating func noteStep(_ fact: Fact, _ kind: RunKind) {
        exists = true
        noteKnown(heard(fact.time(as: kind), fact.receivedAt), receivedAt: fact.receivedAt)
        firstSeenAt = earliest(firstSeenAt, fact.time(as: kind) ?? fact.receivedAt)
    }

    private mutating func noteQueued(_ fact: Fact, _ kind: RunKind) {
        noteStep(fact, kind)
        queuedAt = earliest(queuedAt, fact.time(as: kind))
    }

    private mutating func noteStarted(_ fact: Fact, _ kind: RunKind) {
        noteStep(fact, kind)
        hasStarted = true
        startedAt = earliest(startedAt, fact.time(as: kind))
    }

    private mutating func noteEnd(
        _ fact: Fact, _ kind: RunKind, place: Int, outcome: Outcome, reason: OutcomeReason
    ) {
        let time = fact.time(as: kind)
        if fact.isFirstStep(as: kind) {
            noteStep(fact, kind)
        } else {
            noteUncountedEnd(fact, kind, outcome: outcome, reason: reason)
        }
        noteShownEnd(fact, time)
        let heard = heard(time, fact.receivedAt)
        ends.append(
            End(finishedAt: time, receivedAt: fact.receivedAt, outcome: outcome, input: fact.input, heard: heard))
        let rank: Rank = reason == .unclassified ? .conclusion : .title
        outcomes.append(
            Statement(rank: rank, place: place, outcome: outcome, reason: reason, input: fact.input, heard: heard))
    }

    private mutating func noteShownEnd(_ fact: Fact, _ time: Timestamp?) {
        isShownAsEnded = true
        guard !fact.isEndedByGitHub else { return }
        shownEnds.at = earliest(shownEnds.at, time)
        shownEnds.receivedAt = Timestamp.earliest(shownEnds.receivedAt, fact.receivedAt)
    }

    private mutating func noteUncountedEnd(
        _ fact: Fact, _ kind: RunKind, outcome: Outcome, reason: OutcomeReason
    ) {
        let finishedAt = fact.time(as: kind) ?? fact.receivedAt
        uncountedEnd = Run.Ending(outcome: outcome, reason: reason, finishedAt: finishedAt)
    }

    private func heard(_ time: Timestamp?, _ receivedAt: Timestamp) -> Heard {
        Heard(time, receivedAt: receivedAt, grace: timing.grace)
    }

    private mutating func noteKnown(_ heard: Heard, receivedAt: Timestamp) {
        knownSince = Timestamp.earliest(knownSince, receivedAt)
        openedHeardAt = Timestamp.earliest(openedHeardAt, heard.at)
    }

    private mutating func read(_ backend: BackendRun, isShownByCheck: Bool) {
        exists = true
        noteKnown(heard(backend.firstSeenAt, backend.receivedAt), receivedAt: backend.receivedAt)
        firstSeenAt = earliest(firstSeenAt, backend.firstSeenAt)
        queuedAt = earliest(queuedAt, backend.queuedAt)
        if backend.hasStarted {
            hasStarted = true
            startedAt = earliest(startedAt, backend.startedAt)
        }
        // What was only proposed never changes an outcome (docs/counting.md, rule 31).
        guard let end = backend.end, !isShownByCheck || backend.proof != .proposed else { return }
        outcomes.append(statement(end, backend.isEndClear ? .backend : .failureOnBus))
        withdrawal = backend.withdrawal.map {
            statement($0, backend.kind == .testRun ? .backend : .failureOnBus)
        }
        // What a check shows is finished by the check and by nothing else (docs/counting.md, rule 14).
        guard !isShownByCheck else { return }
        ends.append(
            End(
                finishedAt: end.finishedAt?.flooredToSecond, receivedAt: end.receivedAt, outcome: end.outcome,
                input: end.input, heard: heard(end.finishedAt, end.receivedAt)))
    }

    /// A backend's word: it stands behind all checks.
    private func statement(_ end: BackendRun.End, _ rank: Rank) -> Statement {
        Statement(
            rank: rank, place: .max, outcome: end.outcome, reason: end.reason, input: end.input,
            heard: heard(end.finishedAt, end.receivedAt))
    }

    private func earliest(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        Timestamp.earliest(left, right?.flooredToSecond)
    }
}
