/// What identifies a run at a backend; a join sticks by it.
enum BackendKey: Hashable, Sendable {
    case copr(build: Int64, chroot: String)
    case testingFarm(request: String)
}

/// What a backend said of one run, and whether a check shows that run.
struct BackendRun: Equatable, Sendable {
    enum Placement: Equatable, Sendable {
        /// It fits several open runs: the choice is made again at each new fact until then.
        case undecided(until: Timestamp)
        /// No check shows it: it is counted as a run of its own.
        case alone(EntityID)
        /// It is part of a run that a check shows.
        case joined(EntityID)
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

    struct End: Equatable, Sendable {
        var outcome: Outcome
        var reason: OutcomeReason
        var finishedAt: Timestamp?
        /// When the first end was received.
        let receivedAt: Timestamp
        /// The number of the input that last stated the outcome.
        var input: Int64
    }

    var kind: RunKind {
        switch key {
        case .copr: .build
        case .testingFarm: .testRun
        }
    }

    /// Text for people and for history.
    var label: String {
        switch key {
        case .copr(let build, _): String(build)
        case .testingFarm(let request): request
        }
    }
}
