/// One state that Packit showed its users on a commit: a check run, or a commit status where the Checks API failed.
public struct StatusReported: Equatable, Sendable {
    /// What carried the state.
    public enum Carrier: Hashable, Sendable {
        /// Ids rise with time and order the checks of a lane (docs/counting.md, lanes).
        case checkRun(id: Int64)
        case commitStatus(id: Int64)
    }

    public internal(set) var repository: Repository
    public let sha: String
    public let deployment: Deployment
    public let carrier: Carrier
    public private(set) var name: CheckName
    /// Packit's id of the event that made it post; equal for all checks of one pull request and commit. May be empty.
    public let externalID: String
    /// Numbers of the pull requests that the payload lists; empty for those from forks.
    public let pullRequests: [Int]
    /// `started_at` of a check run, `created_at` of a status.
    public let startedAt: Timestamp?
    /// `completed_at` of a check run.
    public let completedAt: Timestamp?
    /// When it was posted, as far as the provider says so.
    var postedAt: Timestamp? { startedAt ?? completedAt }
    /// `queued`, `in_progress` or, once completed, the conclusion (`success`, `failure`, `neutral`, `stale`, …).
    public let state: String
    public let title: String
    /// The run that the details link names.
    public let job: JobLink?
    /// Testing Farm's request, as the summary links it.
    public let requestID: String?
    /// What the state and title mean if this is the check of a build.
    public let asBuild: Step
    /// What they mean if it is the check of a test run.
    public let asTestRun: Step

    public init(
        repository: Repository, sha: String, deployment: Deployment, carrier: Carrier, name: CheckName,
        externalID: String = "", pullRequests: [Int] = [], startedAt: Timestamp?, completedAt: Timestamp? = nil,
        state: String, title: String, job: JobLink? = nil, requestID: String? = nil, asBuild: Step, asTestRun: Step
    ) {
        self.repository = repository
        self.sha = sha
        self.deployment = deployment
        self.carrier = carrier
        self.name = name
        self.externalID = externalID
        self.pullRequests = pullRequests
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.state = state
        self.title = title
        self.job = job
        self.requestID = requestID
        self.asBuild = asBuild
        self.asTestRun = asTestRun
    }
}

extension StatusReported {
    /// The same with its name read in another way.
    func named(_ name: CheckName) -> StatusReported {
        var copy = self
        copy.name = name
        return copy
    }
}

/// What one state of a check says about its run (docs/counting.md, evidence).
public enum Step: Hashable, Sendable {
    /// Nothing about the run: the check is known by its name only.
    case unclear
    /// Packit took the task. Queues a build; in a test lane the test only waits.
    case accepted
    /// A test that still waits for its build.
    case waiting
    /// A build before its RPM part; a test that was submitted.
    case queued
    case started
    case finished(Outcome, OutcomeReason)
}

/// A check's name, `job[:event][:target][:identifier]`, taken apart.
public struct CheckName: Hashable, Sendable {
    /// What the check is of, as far as its name tells.
    public enum Subject: String, CaseIterable, Hashable, Sendable {
        case build
        case testRun = "test_run"
        /// A job of Packit's that is neither; its checks only answer changes.
        case other
        /// A name that no rule knows, such as one from a template.
        case unknown
    }

    /// What the parts behind the job stand for.
    public struct Reading: Hashable, Sendable {
        /// The branch or tag of a push or release; `nil` for pull requests.
        public let event: String?
        /// `fedora-rawhide-x86_64`.
        public let chroot: String?
        public let identifier: String?

        public init(event: String? = nil, chroot: String? = nil, identifier: String? = nil) {
            self.event = event
            self.chroot = chroot
            self.identifier = identifier
        }
    }

    /// A second way to read the parts: one of a pull request's check and a push's, where the preferred one is the other
    /// (docs/counting.md, rule 30).
    public struct Alternative: Hashable, Sendable {
        public let reading: Reading
        /// Whether a known architecture prefers the other reading: then the branches that were heard of are not asked.
        public let isOutweighed: Bool

        public init(_ reading: Reading, isOutweighed: Bool) {
            self.reading = reading
            self.isOutweighed = isOutweighed
        }
    }

    /// The name as it was sent.
    public let text: String
    public let subject: Subject
    /// What the parts stand for, as far as the name alone tells.
    public let reading: Reading
    /// `nil` where the name can be read in one way only.
    public let alternative: Alternative?

    public var event: String? { reading.event }
    public var chroot: String? { reading.chroot }
    public var identifier: String? { reading.identifier }

    public init(
        text: String, subject: Subject, event: String? = nil, chroot: String? = nil, identifier: String? = nil,
        alternative: Alternative? = nil
    ) {
        self.text = text
        self.subject = subject
        reading = Reading(event: event, chroot: chroot, identifier: identifier)
        self.alternative = alternative
    }
}

/// `{dashboard}/jobs/{job}/{id}`: unique per run and target.
public struct JobLink: Hashable, Sendable {
    public enum Job: String, CaseIterable, Hashable, Sendable {
        case copr
        case testingFarm = "testing-farm"
        case srpm
        case other
    }

    public let job: Job
    public let id: Int64

    public init(job: Job, id: Int64) {
        self.job = job
        self.id = id
    }
}
