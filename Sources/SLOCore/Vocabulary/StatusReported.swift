/// A state that Packit showed on a commit: a check run, or a commit status if the Checks API failed.
public struct StatusReported: Equatable, Sendable {
    /// The kind of report.
    public enum Carrier: Hashable, Sendable {
        /// Ids increase with time and order the checks of a lane (docs/counting.md, lanes).
        case checkRun(id: Int64)
        case commitStatus(id: Int64)
    }

    public internal(set) var repository: Repository
    public let sha: String
    public let deployment: Deployment
    public let carrier: Carrier
    public private(set) var name: CheckName
    /// Packit's id of the event for which it posted; the same for all checks of one pull request and commit. May be
    /// empty.
    public let externalID: String
    /// The pull requests that the payload lists; empty for those from forks.
    public let pullRequests: [Int]
    /// `started_at` of a check run, `created_at` of a status.
    public let startedAt: Timestamp?
    /// `completed_at` of a check run.
    public let completedAt: Timestamp?
    /// When it was posted, as far as the provider says.
    var postedAt: Timestamp? { startedAt ?? completedAt }
    /// `queued`, `in_progress` or, once completed, the conclusion (`success`, `failure`, `neutral`, `stale`, …).
    public let state: String
    public let title: String
    /// The run that the details link names.
    public let job: JobLink?
    /// The Testing Farm request that the summary links.
    public let requestID: String?
    /// What state and title mean if this is the check of a build.
    public let asBuild: Step
    /// What they mean if it is the check of a test run.
    public let asTestRun: Step
    /// What they mean if it is the check of another job; `unclear` unless its name says that it is.
    public let asJob: Step

    public init(
        repository: Repository, sha: String, deployment: Deployment, carrier: Carrier, name: CheckName,
        externalID: String = "", pullRequests: [Int] = [], startedAt: Timestamp?, completedAt: Timestamp? = nil,
        state: String, title: String, job: JobLink? = nil, requestID: String? = nil, asBuild: Step, asTestRun: Step,
        asJob: Step = .unclear
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
        self.asJob = asJob
    }
}

extension StatusReported {
    /// The same status with another reading of its name.
    func named(_ name: CheckName) -> StatusReported {
        var copy = self
        copy.name = name
        return copy
    }
}

/// What one state of a check says about its run (docs/counting.md, evidence).
public enum Step: Hashable, Sendable {
    /// Nothing about the run: only the check's name is known.
    case unclear
    /// Packit accepted the task. Queues a build; a test only begins to wait.
    case accepted
    /// A test that waits for its build.
    case waiting
    /// A build before its RPM part; a test that was submitted.
    case queued
    case started
    case finished(Outcome, OutcomeReason)
}

/// A check's parsed name, `job[:event][:target][:identifier]`.
public struct CheckName: Hashable, Sendable {
    /// What the check is about, as far as its name tells.
    public enum Subject: String, CaseIterable, Hashable, Sendable {
        case build
        case testRun = "test_run"
        /// Another job of Packit that has runs (docs/counting.md, rule 49).
        case job
        /// None that has runs: its checks only answer changes.
        case other
        /// A name that no rule knows, such as one from a template.
        case unknown

        /// Whether it has, or may have, runs that a backend executes.
        var hasBackend: Bool { self != .job && self != .other }
    }

    /// The meaning of the parts after the job.
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

    /// Another way to read the parts: as a pull request's check if the preferred reading is a push's, and vice versa
    /// (docs/counting.md, rule 30).
    public struct Alternative: Hashable, Sendable {
        public let reading: Reading
        /// Whether a known architecture decides for the other reading, so that known branches are not considered.
        public let isOutweighed: Bool

        public init(_ reading: Reading, isOutweighed: Bool) {
            self.reading = reading
            self.isOutweighed = isOutweighed
        }
    }

    /// The name as it was sent.
    public let text: String
    public let subject: Subject
    /// Of the subject `job`: which one.
    public let jobKind: JobKind?
    /// The preferred reading, by the name alone.
    public let reading: Reading
    /// `nil` if there is only one reading.
    public let alternative: Alternative?

    public var event: String? { reading.event }
    public var chroot: String? { reading.chroot }
    public var identifier: String? { reading.identifier }

    public init(
        text: String, subject: Subject, event: String? = nil, chroot: String? = nil, identifier: String? = nil,
        alternative: Alternative? = nil, jobKind: JobKind? = nil
    ) {
        self.text = text
        self.subject = subject
        self.jobKind = subject == .job ? jobKind ?? .other : nil
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
