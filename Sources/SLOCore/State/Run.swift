/// A build of one chroot or a test run, as it is counted.
struct Run: Equatable, Sendable {
    let id: EntityID
    var group: RunGroup
    let deployment: Deployment
    /// The lane that shows it; `nil` while only a backend knows it.
    var lane: EntityID?
    var backend: BackendKey?
    /// When the first of what makes it exist was received.
    var knownSince: Timestamp
    /// Earliest provider time of evidence that it was queued.
    var queuedAt: Timestamp?
    /// Provider time of the first step, else its receipt.
    var firstSeenAt: Timestamp
    var startedAt: Timestamp?
    var counted = Counted()
    /// The first end that was heard of.
    var terminal: Terminal?
    /// What is to end it if no terminal comes first.
    var supersession: Supersession?
    var phase = Phase.waiting
    var isOverdue = false
    /// The objectives that have judged it: while it is not final, and those of its report until that is decided.
    var judgedBy: [Objective.Name] = []
    /// The number of the input at which it became final.
    var finalInput: Int64 = 0
    /// Until when something had to be heard of to decide its end (docs/counting.md, rule 27).
    var decidedUntil: Timestamp?
    var isRevised = false
    var armedFor: Timestamp?
    /// The next run of its lane.
    var newerRun: NewerRun?
    /// The push that it did not survive.
    var newerHead: NewerHead?
    /// The number of the input with which a check claimed it.
    var claimInput: Int64 = 0
    /// Since when a test waits to be submitted, as long as that is to be shown (docs/counting.md, rule 41).
    var waitsSince: Timestamp?
    /// Whether the report of its end counts no more, or never will (docs/counting.md, rule 50).
    var isReportDecided = false
    /// Whether it was counted as a build that was never submitted (docs/counting.md, rule 53).
    var isCountedAsUnsubmitted = false

    /// Which steps the counters have seen.
    struct Counted: Equatable, Sendable {
        var queued = false
        var started = false
    }

    struct Terminal: Equatable, Sendable {
        /// Provider time of the earliest terminal; `nil` where the provider gave none.
        var finishedAt: Timestamp?
        /// When the first of them was received; settling counts from here.
        let receivedAt: Timestamp
    }

    struct NewerRun: Equatable, Sendable {
        /// Provider time of its opening; of a test of its submission.
        let openedAt: Timestamp
        /// When that was heard of, as far as that tells earlier from later (docs/counting.md, rule 27).
        let openedHeardAt: Timestamp
        /// The end that came first, its own or that of a run that is newer still.
        var end: End?
        /// A settle after the older run was first known to have a newer one.
        var settlesUntil: Timestamp

        struct End: Equatable, Sendable {
            let receivedAt: Timestamp
            let heardAt: Timestamp

            init(receivedAt: Timestamp, heardAt: Timestamp) {
                self.receivedAt = receivedAt
                self.heardAt = heardAt
            }

            /// The first that was received, and the first that would have been received, had all been in time.
            init?(earliestOf ends: [End]) {
                guard let receivedAt = ends.map(\.receivedAt).min(), let heardAt = ends.map(\.heardAt).min() else {
                    return nil
                }
                self.init(receivedAt: receivedAt, heardAt: heardAt)
            }
        }
    }

    struct NewerHead: Equatable, Sendable {
        /// Provider time of the push.
        let at: Timestamp
        /// A settle after the receipt at which a push was first known to have superseded the run.
        let settlesUntil: Timestamp
    }

    struct Supersession: Equatable, Sendable {
        /// Provider time of the push or the newer run, whichever was earlier.
        let endedAt: Timestamp
        let due: Timestamp
    }

    struct Ending: Equatable, Sendable {
        let outcome: Outcome
        let reason: OutcomeReason
        let finishedAt: Timestamp
    }

    enum Phase: Equatable, Sendable {
        /// Nothing to count yet. Can become: unfinished, settling, finished; or it is dropped, uncounted.
        case waiting
        /// Counted as queued. Can become: settling, finished.
        case unfinished
        /// An end was received that is not an explicit success; `until` the receiver's clock says so, better evidence
        /// may come. Can become: finished; unfinished, when a check claims what only a backend had ended.
        case settling(until: Timestamp)
        /// Counted for good.
        case finished(Ending)
    }

    var kind: RunKind { group.kind }

    /// What stands for its queue time (docs/counting.md, rule 11).
    var base: Timestamp { queuedAt ?? firstSeenAt }

    /// What its deadlines, its horizon and the overdue gauge count from (docs/counting.md, rule 39).
    var clockStart: Timestamp { min(base, knownSince) }

    /// When it began where that is compared with what supersedes it: a time in the future stands for the receipt.
    var beganAt: Timestamp { Ledger.effective(base, receivedAt: knownSince) }

    var isFinished: Bool {
        if case .finished = phase { true } else { false }
    }

    var ending: Ending? {
        if case .finished(let ending) = phase { ending } else { nil }
    }

    /// Whether it is counted but not final.
    var isOpen: Bool { phase != .waiting && !isFinished }
}
