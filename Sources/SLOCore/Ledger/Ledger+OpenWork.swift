// The open work: what operators look at first.

/// A change that waits for its first status.
public struct WaitingChange: Equatable, Sendable {
    public let deployment: Deployment
    public let repositoryName: String
    public let isPrivate: Bool
    public let number: Int
    public let headSHA: String
    public let startedAt: Timestamp
    /// The eligibility under which the gauge contains it.
    public let eligibility: Eligibility
}

/// A run that is queued and has not ended.
public struct UnfinishedRun: Equatable, Sendable {
    public let kind: RunKind
    public let deployment: Deployment
    /// `nil` if only a backend reported it, without a repository.
    public let repositoryName: String?
    public let isPrivate: Bool
    public let pullRequest: Int?
    /// `nil` while no check shows it.
    public let sha: String?
    /// Of the check, otherwise of Copr's project or Testing Farm's request.
    public let name: String
    public let chroot: String?
    /// Copr's build or Testing Farm's request, if one was joined.
    public let backendID: String?
    /// Provider time of the queueing, otherwise the time at which it was first seen.
    public let queuedAt: Timestamp
    public let hasStarted: Bool
    /// Provider time of the start, if it is known.
    public let startedAt: Timestamp?
    /// The backend has ended it, and its check does not show that yet.
    public let awaitsReport: Bool
    /// Unfinished for longer than its objective allows.
    public let isOverdue: Bool
}

/// A test that Packit accepted and has not submitted, which is not a run yet (docs/counting.md, rule 41).
public struct WaitingTest: Equatable, Sendable {
    public let deployment: Deployment
    public let repositoryName: String
    public let isPrivate: Bool
    public let pullRequest: Int?
    /// Of the check.
    public let name: String
    public let chroot: String?
    /// Provider time of the acceptance.
    public let acceptedAt: Timestamp
}

extension Ledger {
    /// Tests that were accepted and not submitted, the longest waiting first.
    public var waitingTests: [WaitingTest] {
        state.runs.values.compactMap { run in run.waitsSince.map { (run, $0) } }
            .sorted { ($0.1, $0.0.id) < ($1.1, $1.0.id) }
            .compactMap { run, acceptedAt in
                guard let lane = run.lane.flatMap({ state.lanes[$0] }) else { return nil }
                let repository = state.repositories[lane.head.repository]
                return WaitingTest(
                    deployment: run.deployment, repositoryName: repository?.fullName ?? "",
                    isPrivate: repository.map { !$0.isPublic } ?? true, pullRequest: pullRequest(of: lane)?.number,
                    name: lane.name.text, chroot: lane.name.chroot, acceptedAt: acceptedAt)
            }
    }

    /// Changes whose deadline has passed without a status, the longest waiting first.
    public var waitingChanges: [WaitingChange] {
        state.changes.values.flatMap { change in
            change.waits.compactMap { wait in
                guard let eligibility = wait.inGaugeAs else { return nil }
                let repository = state.repositories[change.pullRequest.repository]
                return WaitingChange(
                    deployment: wait.deployment, repositoryName: repository?.fullName ?? "",
                    isPrivate: repository.map { !$0.isPublic } ?? true, number: change.pullRequest.number,
                    headSHA: change.sha, startedAt: change.startedAt, eligibility: eligibility)
            }
        }.sorted { ($0.startedAt, $0.repositoryName, $0.number) < ($1.startedAt, $1.repositoryName, $1.number) }
    }

    /// Runs that are queued and have not ended, the longest queued first.
    public var unfinishedRuns: [UnfinishedRun] {
        state.runs.values.filter { $0.phase == .unfinished }
            .sorted { ($0.base, $0.id) < ($1.base, $1.id) }
            .map { run in
                let lane = run.lane.flatMap { state.lanes[$0] }
                let backend = run.backend.flatMap { state.backends[$0] }
                return UnfinishedRun(
                    kind: run.kind, deployment: run.deployment, repositoryName: repositoryName(of: run),
                    isPrivate: lane.flatMap { state.repositories[$0.head.repository]?.isPrivate } ?? false,
                    pullRequest: lane.flatMap { pullRequest(of: $0)?.number }, sha: lane?.head.sha, name: name(of: run),
                    chroot: lane?.name.chroot ?? backend?.chroot, backendID: backend?.label, queuedAt: run.base,
                    hasStarted: run.counted.started, startedAt: run.startedAt,
                    awaitsReport: backend?.end != nil, isOverdue: run.isOverdue)
            }
    }

    /// The name of a run for people.
    func name(of run: Run) -> String {
        let backend = run.backend.flatMap { state.backends[$0] }
        return run.lane.flatMap { state.lanes[$0]?.name.text } ?? backend?.project ?? backend?.label ?? ""
    }

    func repositoryName(of run: Run) -> String? {
        let lane = run.lane.flatMap { state.lanes[$0] }
        return lane.flatMap { state.repositories[$0.head.repository]?.fullName }
            ?? run.backend.flatMap { state.backends[$0]?.repositoryName }
    }
}
