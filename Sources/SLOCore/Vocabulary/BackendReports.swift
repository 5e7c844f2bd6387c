/// Copr's report on one chroot of a build.
public struct BuildReported: Equatable, Sendable {
    public enum Event: String, CaseIterable, Hashable, Sendable {
        case started
        case succeeded
        /// Everything other than success: Copr's bus reports the same for failed, cancelled and lost builds.
        case failed
    }

    /// By Copr's *user*; the owner may be a group or a custom project.
    public let deployment: Deployment
    public let buildID: Int64
    /// `nil` for the source build, which precedes the chroots.
    public let chroot: String?
    public let owner: String
    public let project: String
    public let event: Event
    /// The message's `sent-at`; `nil` if a relay dropped it.
    public let sentAt: Timestamp?
    /// The package's version and release, which may contain the commit and the pull request.
    public let version: String?

    public init(
        deployment: Deployment, buildID: Int64, chroot: String?, owner: String, project: String, event: Event,
        sentAt: Timestamp?, version: String? = nil
    ) {
        self.deployment = deployment
        self.buildID = buildID
        self.chroot = chroot
        self.owner = owner
        self.project = project
        self.event = event
        self.sentAt = sentAt
        self.version = version
    }
}

/// Testing Farm's report on one request.
public struct TestRunReported: Equatable, Sendable {
    /// `nil` if the request's context names none: the primary deployment's (docs/counting.md, rule 20).
    public let deployment: Deployment?
    public let requestID: String
    /// `queued`, `started` or `finished`.
    public let step: Step
    public let createdAt: Timestamp?
    public let startedAt: Timestamp?
    public let finishedAt: Timestamp?
    /// `owner/name` from Packit's variables.
    public let repositoryName: String?
    public let sha: String?
    public let pullRequest: Int?
    public let chroot: String?
    /// The Copr build whose packages are tested.
    public let buildID: Int64?
    public let summary: String?

    public init(
        deployment: Deployment?, requestID: String, step: Step, createdAt: Timestamp?, startedAt: Timestamp? = nil,
        finishedAt: Timestamp? = nil, repositoryName: String? = nil, sha: String? = nil, pullRequest: Int? = nil,
        chroot: String? = nil, buildID: Int64? = nil, summary: String? = nil
    ) {
        self.deployment = deployment
        self.requestID = requestID
        self.step = step
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.repositoryName = repositoryName
        self.sha = sha
        self.pullRequest = pullRequest
        self.chroot = chroot
        self.buildID = buildID
        self.summary = summary
    }
}

/// The result of looking up one chroot of a build at Copr's API.
public struct BuildLookedUp: Equatable, Sendable {
    /// What an end is based on.
    public enum Ground: String, CaseIterable, Hashable, Sendable {
        /// Copr states how the chroot ended.
        case stated
        /// Copr does not state it, but it follows from what it states: the build is deleted, or it failed before its
        /// RPM part began.
        case inferred
    }

    public let buildID: Int64
    public let chroot: String
    /// `queued`, `started` or `finished`.
    public let step: Step
    public let ground: Ground
    /// Of the whole build, and therefore of each chroot.
    public let submittedAt: Timestamp?
    public let startedAt: Timestamp?
    public let finishedAt: Timestamp?

    public init(
        buildID: Int64, chroot: String, step: Step, ground: Ground = .stated, submittedAt: Timestamp? = nil,
        startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil
    ) {
        self.buildID = buildID
        self.chroot = chroot
        self.step = step
        self.ground = ground
        self.submittedAt = submittedAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

/// Identifies a run at a backend. A join is by this key.
public enum BackendKey: Hashable, Sendable {
    case copr(build: Int64, chroot: String)
    case testingFarm(request: String)

    var kind: RunKind { group.kind }

    var group: RunGroup {
        switch self {
        case .copr: .build
        case .testingFarm: .testRun
        }
    }
}

/// The result of looking up at Packit's API which backend run belongs to a job.
public struct JobIdentified: Equatable, Sendable {
    /// The job's deployment: ids are unique within a deployment.
    public let deployment: Deployment
    public let repository: RepositoryID
    public let sha: String
    public let job: JobLink
    public let backend: BackendKey

    public init(deployment: Deployment, repository: RepositoryID, sha: String, job: JobLink, backend: BackendKey) {
        self.deployment = deployment
        self.repository = repository
        self.sha = sha
        self.job = job
        self.backend = backend
    }
}
