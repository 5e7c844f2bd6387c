/// What a backend said of one run, and whether a check shows that run.
struct BackendRun: Equatable, Sendable {
    enum Placement: Equatable, Sendable {
        /// It fits several runs, or its project is nobody's that is known: the choice is made again at each new fact
        /// until then.
        case undecided(until: Timestamp)
        /// No check shows it: it is counted as a run of its own.
        case alone(EntityID)
        /// It is part of a run that a check shows.
        case joined(EntityID)
        /// Its project is nobody's that is known, and no check turned out to show it: it is counted by nothing.
        case unattributed
    }

    let key: BackendKey
    let id: EntityID
    let deployment: Deployment
    /// Copr's project.
    var project: String?
    /// What Testing Farm's variables name.
    var repositoryName: String?
    var sha: String?
    var chroot: String?
    /// The Copr build that a test run tests.
    var buildID: Int64?
    var queuedAt: Timestamp?
    var startedAt: Timestamp?
    /// A start was heard of, with a time or without.
    var hasStarted = false
    var end: End?
    /// Provider time of the first message, else its receipt.
    var firstSeenAt: Timestamp
    let receivedAt: Timestamp
    var placement: Placement
    var touchedAt: Timestamp
    var armedFor: Timestamp?
    /// What its end rests on, if it has one.
    var endGround = EndGround.message
    /// The account that owns Copr's project; an older version did not store it.
    var owner: String?
    /// The package's version and release.
    var version: String?
    /// On what it was joined, if it is; `nil` for what an older version joined, which counts as proven.
    var proof: JoinProof?
    /// The join was counted as one whose sides say different outcomes.
    var hasConflict = false
    /// The last word that took back a success: it decides nothing, but tells that what was counted was not the end.
    var withdrawal: End?

    /// The later ones outdo the earlier ones.
    enum EndGround: Int, Equatable, Sendable {
        /// Its API does not say, but it can be told from what it does say.
        case inferred
        /// It sent a message, or a document.
        case message
        /// Its API says so.
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

    var kind: RunKind { key.kind }

    /// `owner/project`, where both are known.
    var projectName: String? { owner.flatMap { owner in project.map { "\(owner)/\($0)" } } }

    var isAlone: Bool {
        if case .alone = placement { true } else { false }
    }

    /// Whether its end says how it ended. Copr's bus says "failed" of everything that is not success.
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
