// The words that deliveries, decisions and series share. Their raw values are label values and stored text:
// part of the product's public face, never renamed.

/// Who sent a delivery.
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

/// Whom the observer asks by itself. The value of the `upstream` label.
public enum Upstream: String, CaseIterable, Hashable, Sendable {
    case github
    case testingFarm = "testing_farm"
    case copr
    case packit
}

/// One installation of Packit, as the configuration calls it: the value of the `deployment` label.
public struct Deployment: Hashable, Comparable, Sendable {
    public let label: String

    public init(_ label: String) {
        self.label = label
    }

    public static func < (left: Deployment, right: Deployment) -> Bool {
        left.label < right.label
    }
}

/// What is run for a change. The value of the `kind` label.
public enum RunKind: String, CaseIterable, Hashable, Sendable {
    case build
    case testRun = "test_run"
}

/// How a run ended, in the words of Packit's objectives: a *failure* is for the author of the change to mend, an
/// *error* is when infrastructure got in the way.
public enum Outcome: String, CaseIterable, Hashable, Sendable {
    case success
    case failure
    case error
    case canceled
    case skipped
    case superseded
}

/// Why an outcome is what it is, where that matters for counting or for people.
public enum OutcomeReason: String, CaseIterable, Hashable, Sendable {
    /// Nothing more is known than the outcome itself.
    case stated
    /// A test that never ran because its build failed.
    case build
    /// The source RPM could not be built, which ends every chroot of the build.
    case srpm
    /// The project's configuration asked for the impossible: an error, but not one that spends a budget.
    case config
    /// GitHub gave up after 14 days (`stale`), or the run outlived the horizon.
    case timeout
    /// More runs were open than `limits.open_runs` allows, or than there is room for in one lane.
    case limit
    /// The backend, asked for it, knows it no more.
    case lost
    /// Nobody's project at Copr that is known: its end is told, and counted by nothing (docs/counting.md, rule 32).
    case unattributed
    /// The title is not one the rules know; the conclusion alone speaks.
    case unclassified
}

/// On what a backend's run was taken for the run of a check (docs/counting.md, rule 31). The value of the `proof`
/// label.
public enum JoinProof: String, CaseIterable, Hashable, Sendable {
    /// A number says so, or no other run could have been it.
    case proven
    /// It is the likeliest of several: it fills in times, and never changes an outcome.
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
    /// The deadline fell into a time in which this observer was blind.
    case blind
    /// More changes were open than `limits.open_changes` allows.
    case limit
}

/// Whether a miss may count against the objective (docs/counting.md, rule 2).
public enum Eligibility: String, CaseIterable, Hashable, Sendable {
    case listed
    case learned
    case assumed
}
