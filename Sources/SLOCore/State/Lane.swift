/// All checks of one name that one event at Packit posted on one commit: a chain of runs, one after the other.
struct Lane: Equatable, Sendable {
    let id: EntityID
    let deployment: Deployment
    let head: HeadKey
    let externalID: String
    let name: CheckName
    /// `nil` until a fact tells, for names that no rule knows.
    var kind: RunKind?
    /// In the order in which Packit posted them: by check-run id, statuses between them by their time.
    var facts: [Fact] = []
    /// Runs in the order of their openings.
    var runs: [EntityID] = []
    var touchedAt: Timestamp
    var armedFor: Timestamp?

    /// A lane with more facts than this forgets the oldest of its finished runs.
    static let factsLimit = 256
}

/// What identifies a lane (docs/counting.md, lanes).
struct LaneKey: Hashable, Sendable {
    let deployment: Deployment
    let head: HeadKey
    let externalID: String
    let name: String
}

extension Lane {
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
    let job: JobLink?
    let requestID: String?
    /// The run it belongs to as the facts known so far are divided.
    var run: EntityID?

    func step(as kind: RunKind) -> Step {
        switch kind {
        case .build: asBuild
        case .testRun: asTestRun
        }
    }

    /// The provider's time of the state: when it ended for a terminal one, else when it began.
    func time(as kind: RunKind) -> Timestamp? {
        if case .finished = step(as: kind) { return completedAt ?? startedAt }
        return startedAt ?? completedAt
    }

    /// The run of the lane's own kind that the details link names.
    func jobID(as kind: RunKind) -> Int64? {
        switch (kind, job?.job) {
        case (.build, .copr), (.testRun, .testingFarm): job?.id
        default: nil
        }
    }

    /// A neutral end without a Testing Farm link: permission, a merge conflict. No first step (docs/counting.md,
    /// rule 10).
    var isNeutralWithoutRequest: Bool { state == "neutral" && requestID == nil }
}
