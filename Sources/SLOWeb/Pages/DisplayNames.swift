import SLOCore
import SLOService
import SLOQueries

// What things are called on pages: the words of docs/counting.md.

extension Objective {
    var title: String {
        switch self {
        case .initialStatus: "Initial status"
        case .builds: "Builds"
        case .testRuns: "Test runs"
        }
    }

    /// What is promised, before "within 15 s".
    var promise: String {
        switch self {
        case .initialStatus: "of changes get a first status"
        case .builds: "of builds end as success or failure"
        case .testRuns: "of test runs end as success or failure"
        }
    }

    var events: String {
        switch self {
        case .initialStatus: "changes"
        case .builds: "builds"
        case .testRuns: "test runs"
        }
    }
}

extension RunKind {
    var title: String {
        switch self {
        case .build: "Build"
        case .testRun: "Test run"
        }
    }

    var plural: String {
        switch self {
        case .build: "Builds"
        case .testRun: "Test runs"
        }
    }

    var backend: String {
        switch self {
        case .build: "Copr"
        case .testRun: "Testing Farm"
        }
    }
}

extension Source {
    var title: String {
        switch self {
        case .github: "GitHub"
        case .copr: "Copr"
        case .testingFarm: "Testing Farm"
        }
    }
}

extension Outcome {
    /// How it is coloured: what Packit owes, what the author owes, and what nobody does.
    var tone: String {
        switch self {
        case .success: "good"
        case .failure: "warn"
        case .error: "bad"
        case .canceled, .skipped, .superseded: "quiet"
        }
    }
}

extension OutcomeReason {
    var sentence: String? {
        switch self {
        case .stated: nil
        case .build: "its build failed, so it never ran"
        case .srpm: "the source RPM could not be built"
        case .config: "the project’s configuration asks for the impossible"
        case .timeout: "nobody ended it in time"
        case .limit: "given up: more runs were open than the limit allows"
        case .lost: "the backend knows it no more"
        case .unattributed: "unattributed: nobody’s project at Copr that is known, and no check shows it"
        case .unclassified: "no rule knows the title; the conclusion alone speaks"
        }
    }
}

extension Verdict {
    var title: String {
        switch self {
        case .onTime: "on time"
        case .late: "late"
        case .never: "never"
        case .excluded: "excluded"
        }
    }

    var tone: String {
        switch self {
        case .onTime: "good"
        case .late, .never: "bad"
        case .excluded: "quiet"
        }
    }
}

extension Exclusion {
    var sentence: String {
        switch self {
        case .closed: "closed before the deadline"
        case .superseded: "pushed over before the deadline"
        case .blind: "the deadline fell into a blind time"
        case .limit: "more changes were open than the limit allows"
        }
    }
}

extension ChangePushed.Action {
    var title: String {
        switch self {
        case .opened: "Opened"
        case .reopened: "Reopened"
        case .synchronize: "Pushed"
        }
    }
}

extension BlindTime {
    var reason: String {
        switch cause {
        case "down": "the observer was down"
        case "suspended": "the observer was suspended"
        case "refused": "deliveries were refused"
        case "missing": "deliveries did not arrive"
        case "unverified": "requests were refused unchecked; nothing is excluded, misses are doubtful"
        default: cause
        }
    }
}

extension RepositoryName {
    var said: String {
        switch self {
        case .known(let name): name
        case .untold: "unknown repository"
        case .hidden: "private repository"
        }
    }
}

extension SourceSnapshot {
    /// When the last delivery came. Deliveries go on coming while a reading is kept, so it may be later than that.
    func lastText(now: Timestamp) -> TimeText? {
        lastDelivery.map { TimeText($0, now: max(now, $0)) }
    }
}
