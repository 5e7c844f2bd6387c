import SLOCore
import SLOService
import SLOQueries

// What things are called on pages: the words of docs/counting.md.

extension Objective {
    /// What is to hold of the target's share: "of builds end as success or failure within 12 h".
    var promise: String {
        "of \(indicator.events) \(indicator.good) within \(DisplayFormat.duration(deadline))"
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

extension DeliveryOutcome {
    /// On pages.
    var title: String { rawValue.replacing("_", with: " ") }

    /// What it means and what to do, on pages.
    var meaning: String {
        switch self {
        case .accepted: "On disk and decoded."
        case .ignored: "On disk; nothing reads this event."
        case .duplicate: "An earlier delivery has the same id and body."
        case .conflicting:
            "On disk. An earlier delivery has the same id and another body, and the earlier one counts. Somebody may be "
                + "making deliveries up."
        case .badSignature:
            "401: the signature is missing or made with another secret. Compare the sender’s secret with the "
                + "configured one."
        case .malformed: "Not the JSON or the headers it claims to be, or without what its event needs."
        case .tooLarge: "413: larger than http.max_body_bytes. Misses around it are doubtful."
        case .unsupportedMediaType: "415: neither JSON nor GitHub’s form encoding."
        case .timedOut: "408: the body did not arrive within http.body_timeout. Misses around it are doubtful."
        case .noSecret: "503: no secret is configured for this source, so its deliveries cannot be verified."
        case .overloaded: "503: the queue or the buffers were full. If the signature was valid, this is blind time."
        case .unstored: "503: the disk did not take it. This is blind time."
        case .stopping: "503: the server was stopping."
        case .processingFailed:
            "On disk, but deciding it failed: only its journal entry is kept. This is a defect: please report it."
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
