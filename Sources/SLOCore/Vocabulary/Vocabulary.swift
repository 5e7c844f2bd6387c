// The terms that deliveries, decisions and series share. Their raw values are label values and stored text: public, and
// never renamed.

/// The sender of a delivery.
public enum Source: String, CaseIterable, Hashable, Sendable {
    case github
    case copr
    case testingFarm = "testing-farm"

    /// For people.
    public var title: String { names.title }

    /// The section of the configuration with its settings.
    public var section: String { names.section }

    private var names: (title: String, section: String) {
        switch self {
        case .github: ("GitHub", "github")
        case .copr: ("Copr", "copr")
        case .testingFarm: ("Testing Farm", "testing_farm")
        }
    }
}

/// The APIs that the observer polls. The value of the `upstream` label.
public enum Upstream: String, CaseIterable, Hashable, Sendable {
    case github
    case testingFarm = "testing_farm"
    case copr
    case packit
}

/// How the endpoint of a watched App answered an attempt to deliver (docs/counting.md, rule 52). The value of the
/// `status` label.
public enum AppDeliveryStatus: String, CaseIterable, Hashable, Sendable {
    case success = "2xx"
    case redirection = "3xx"
    case clientError = "4xx"
    case serverError = "5xx"
    case timedOut = "timed_out"
    case unreachable

    /// Whether the endpoint answered at all.
    public var isAnswer: Bool { self != .timedOut && self != .unreachable }
}

/// One installation of Packit, by its configured name: the value of the `deployment` label.
public struct Deployment: Hashable, Comparable, Sendable {
    public let label: String

    public init(_ label: String) {
        self.label = label
    }

    public static func < (left: Deployment, right: Deployment) -> Bool {
        left.label < right.label
    }
}

/// The kind of a run. The value of the `kind` label.
public enum RunKind: String, CaseIterable, Hashable, Sendable {
    case build
    case testRun = "test_run"
    /// A run of another job of Packit (docs/counting.md, rule 49).
    case job

    /// Whether a backend is observed that executes it.
    var hasBackend: Bool { self != .job }
}

/// Which job a run of another job is of, such as `koji-build`: the value of the `kind` label of its series. Only rules
/// for names make one, so there are as many as they name.
public struct JobKind: Hashable, Comparable, Sendable {
    public let label: String

    public init(_ label: String) {
        self.label = label
    }

    /// What no rule names more closely.
    public static let other = JobKind("other")

    public static func < (left: JobKind, right: JobKind) -> Bool {
        left.label < right.label
    }
}

/// Runs that have their series in common: builds, test runs, or the runs of one other job.
public enum RunGroup: Hashable, Sendable {
    case build
    case testRun
    case job(JobKind)

    /// - Parameter job: of a run of another job: which one.
    public init(_ kind: RunKind, job: JobKind?) {
        self =
            switch kind {
            case .build: .build
            case .testRun: .testRun
            case .job: .job(job ?? .other)
            }
    }

    public var kind: RunKind {
        switch self {
        case .build: .build
        case .testRun: .testRun
        case .job: .job
        }
    }

    /// `nil` of builds and test runs.
    public var jobKind: JobKind? {
        if case .job(let kind) = self { kind } else { nil }
    }
}

/// How a run ended, in terms of Packit's objectives: the author of the change fixes a *failure*; an *error* is a fault
/// of infrastructure.
public enum Outcome: String, CaseIterable, Hashable, Sendable {
    case success
    case failure
    case error
    case canceled
    case skipped
    case superseded
}

/// Why an outcome is what it is, if that matters for counting or for people.
public enum OutcomeReason: String, CaseIterable, Hashable, Sendable {
    /// Nothing is known besides the outcome itself.
    case stated
    /// A test that never ran because its build failed.
    case build
    /// The source RPM could not be built, which ends every chroot of the build.
    case srpm
    /// Packit could not submit the build to Copr.
    case submit
    /// The project's configuration is invalid: an error, but one that spends no error budget.
    case config
    /// GitHub gave up after 14 days (`stale`), or the run exceeded the horizon.
    case timeout
    /// More runs were open than `limits.open_runs` allows, or than one lane may have.
    case limit
    /// The backend replied to a lookup that it no longer knows the run.
    case lost
    /// Its Copr project belongs to no known repository: its end is recorded, but not counted (docs/counting.md, rule
    /// 32).
    case unattributed
    /// No rule matches the title; only the conclusion counts.
    case unclassified
}

/// Why Copr never had a build (docs/counting.md, rule 53). The value of the `reason` label.
public enum SubmissionObstacle: String, CaseIterable, Hashable, Sendable {
    /// The source package could not be built.
    case srpm
    /// The submission failed.
    case submit
    /// The project's configuration is invalid.
    case config
    /// Packit refused the build.
    case refused
    /// Any other error.
    case other
}

/// The evidence by which a backend run was joined with a check (docs/counting.md, rule 31). The value of the `proof`
/// label.
public enum JoinProof: String, CaseIterable, Hashable, Sendable {
    /// A number identifies it, or no other run is possible.
    case proven
    /// The most likely of several: it provides times, and never changes an outcome.
    case proposed
}

/// How a change's wait for its first status ended (docs/counting.md, rule 6).
public enum Verdict: String, CaseIterable, Hashable, Sendable {
    case onTime = "on_time"
    case late
    case never
    case excluded
}

/// Why a change is `excluded`.
public enum Exclusion: String, CaseIterable, Hashable, Sendable {
    /// Closed before the deadline.
    case closed
    /// The next push came before the deadline.
    case superseded
    /// The deadline was within a blind interval.
    case blind
    /// More changes were open than `limits.open_changes` allows.
    case limit
}

/// Whether a miss may count in the objective (docs/counting.md, rule 2).
public enum Eligibility: String, CaseIterable, Hashable, Sendable {
    case listed
    case learned
    case assumed
}
