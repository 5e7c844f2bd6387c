/// A run as a backend reported it, and its join with a check.
struct BackendRun: Equatable, Sendable {
    enum Placement: Equatable, Sendable {
        /// Several checks are possible, or its project belongs to no known repository. Each new fact repeats the choice
        /// until then.
        case undecided(until: Timestamp)
        /// No check shows it: it is counted as a run of its own.
        case alone(EntityID)
        /// It is part of a run that a check shows.
        case joined(EntityID)
        /// Its project belongs to no known repository, and no check showed it in time: it is not counted.
        case unattributed
    }

    let key: BackendKey
    let id: EntityID
    let deployment: Deployment
    /// Copr's project.
    var project: String?
    /// The repository in Testing Farm's variables.
    var repositoryName: String?
    var sha: String?
    var chroot: String?
    /// The Copr build that a test run tests.
    var buildID: Int64?
    var queuedAt: Timestamp?
    var startedAt: Timestamp?
    /// A start was reported, with or without a time.
    var hasStarted = false
    var end: End?
    /// Provider time of the first message, otherwise its receipt.
    var firstSeenAt: Timestamp
    let receivedAt: Timestamp
    var placement: Placement
    var touchedAt: Timestamp
    var armedFor: Timestamp?
    /// The evidence for its end, if it has one.
    var endGround = EndGround.message
    /// The account that owns Copr's project; an older version did not store it.
    var owner: String?
    /// The package's version and release.
    var version: String?
    /// The evidence of the join; `nil` for a join by an older version, which counts as proven.
    var proof: JoinProof?
    /// The join was counted as a conflict: its sides have different outcomes.
    var hasConflict = false
    /// The last report that withdrew a success. It decides nothing, but shows that what was counted was not the end.
    var withdrawal: End?
    /// When it ended, once that is known.
    var endTime: EndTime?

    /// Later cases have precedence over earlier ones.
    enum EndGround: Int, Equatable, Sendable {
        /// Its API does not state it, but it follows from what it states.
        case inferred
        /// It sent a message, or a document.
        case message
        /// Its API states it.
        case stated

        init(_ ground: BuildLookedUp.Ground) {
            switch ground {
            case .inferred: self = .inferred
            case .stated: self = .stated
            }
        }
    }

    struct End: Equatable, Sendable {
        var outcome: Outcome
        var reason: OutcomeReason
        var finishedAt: Timestamp?
        /// When the first end was received.
        let receivedAt: Timestamp
        /// The number of the input that last stated the outcome.
        var input: Int64
    }

    /// When it ended, for the report of its end (docs/counting.md, rule 50).
    struct EndTime: Equatable, Sendable {
        private(set) var at: Timestamp
        /// Whether the backend said so itself, and not only in reply to a lookup.
        private(set) var isOfMessage: Bool
        /// When the first such time was received.
        let receivedAt: Timestamp

        init(at: Timestamp, isOfMessage: Bool, receivedAt: Timestamp) {
            self.at = at
            self.isOfMessage = isOfMessage
            self.receivedAt = receivedAt
        }

        /// What a deadline counts from (docs/counting.md, rule 39).
        var clockStart: Timestamp { min(at, receivedAt) }

        /// A message counts rather than a reply, and of several times the earliest.
        func and(_ other: EndTime) -> EndTime {
            let at: Timestamp =
                isOfMessage == other.isOfMessage ? min(at, other.at) : isOfMessage ? self.at : other.at
            return EndTime(
                at: at, isOfMessage: isOfMessage || other.isOfMessage, receivedAt: min(receivedAt, other.receivedAt))
        }
    }

    var kind: RunKind { key.kind }

    /// `owner/project`, if both are known.
    var projectName: String? { owner.flatMap { owner in project.map { "\(owner)/\($0)" } } }

    var isAlone: Bool {
        if case .alone = placement { true } else { false }
    }

    /// Whether its end states the outcome. Copr's bus reports "failed" for everything other than success.
    var isEndClear: Bool {
        guard let end else { return false }
        return kind == .testRun || end.outcome == .success || endGround == .stated
    }

    /// Text for people and for history.
    var label: String {
        switch key {
        case .copr(let build, _): String(build)
        case .testingFarm(let request): request
        }
    }
}
