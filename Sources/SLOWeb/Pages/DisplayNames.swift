import SLOCore
import SLOService
import SLOQueries

// The display names of terms from docs/counting.md.

extension Objective {
    /// What is to hold of the target's share: "of builds end as success or failure within 12 h".
    var promise: String {
        "of \(indicator.events) \(indicator.good)"
            + (statedDeadline.map { " within \(DisplayFormat.duration($0))" } ?? "")
    }
}

extension EventSource {
    /// What to do about its absence.
    var hint: String { "no event unless \(settings.joined(separator: " or ")) is set" }
}

extension ObjectiveSelection {
    /// "only chroots fedora-*, epel-*; branches main"; `nil` if every event counts.
    var text: String? {
        let lists = [
            ("repositories", repositories), ("branches", branches), ("chroots", chroots), ("check names", names),
            ("identifiers", identifiers),
        ].filter { !$0.1.isEmpty }
        guard !lists.isEmpty else { return nil }
        return "only " + lists.map { "\($0) \($1.joined(separator: ", "))" }.joined(separator: "; ")
    }
}

extension RunKind {
    var title: String {
        switch self {
        case .build: "Build"
        case .testRun: "Test run"
        case .job: "Job"
        }
    }

    var plural: String {
        switch self {
        case .build: "Builds"
        case .testRun: "Test runs"
        case .job: "Other jobs"
        }
    }

    /// `nil` of other jobs: what runs them is not observed.
    var backend: String? {
        switch self {
        case .build: "Copr"
        case .testRun: "Testing Farm"
        case .job: nil
        }
    }
}

extension Outcome {
    /// The colour, by responsibility: Packit's, the author's, or nobody's.
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
        case .submit: "the build could not be submitted to Copr"
        case .config: "the project’s Packit configuration is invalid"
        case .timeout: "it did not end in time"
        case .limit: "closed: more runs were open than the limit allows"
        case .lost: "the backend no longer knows it"
        case .unattributed: "unattributed: its Copr project is unknown, and no check shows it"
        case .unclassified: "no rule matches the title; only the conclusion counts"
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
        case .superseded: "superseded by a push before the deadline"
        case .blind: "the deadline was within a blind interval"
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

    /// The meaning and what to do, on pages.
    var meaning: String {
        switch self {
        case .accepted: "Stored and decoded."
        case .ignored: "Stored; this event is not used."
        case .duplicate: "An earlier delivery has the same id and body."
        case .conflicting:
            "Stored. An earlier delivery has the same id and another body; the earlier one counts. Somebody may be "
                + "forging deliveries."
        case .badSignature:
            "401: the signature is missing or was made with another secret. Compare the sender’s secret with the "
                + "configured one."
        case .malformed: "Body or headers are invalid, or fields that the event needs are missing."
        case .tooLarge: "413: larger than http.max_body_bytes. Misses around it are doubtful."
        case .unsupportedMediaType: "415: neither JSON nor GitHub’s form encoding."
        case .timedOut: "408: the body did not arrive within http.body_timeout. Misses around it are doubtful."
        case .noSecret: "503: no secret is configured for this source, so its deliveries cannot be verified."
        case .overloaded:
            "503: the queue or the buffers were full. If the signature was valid, this is a blind interval."
        case .unstored: "503: it could not be stored. This is a blind interval."
        case .stopping: "503: the server was stopping."
        case .processingFailed:
            "Stored, but processing it failed: only its arrival is journalled. This is a defect: please report it."
        }
    }
}

extension BlindIntervalSnapshot {
    var reason: String {
        switch cause {
        case "down": "the observer was down"
        case "suspended": "the observer was suspended"
        case "refused": "deliveries were refused"
        case "missing": "deliveries did not arrive"
        case "unverified": "requests were refused unverified; nothing is excluded, misses are doubtful"
        default: cause
        }
    }
}

extension RepositoryName {
    var displayName: String {
        switch self {
        case .known(let name): name
        case .unknown: "unknown repository"
        case .hidden: "private repository"
        }
    }
}

extension SourceSnapshot {
    /// The time of the last delivery. The cached query may be older than the latest one.
    func lastText(now: Timestamp) -> TimeText? {
        lastDelivery.map { TimeText($0, now: max(now, $0)) }
    }
}
