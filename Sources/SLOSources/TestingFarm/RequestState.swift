internal import SLOCore

/// A request's progress and outcome.
struct RequestState {
    let step: Step
    /// Whether it has started, as far as the state tells.
    let hasStarted: Bool
    let hasFinished: Bool

    init(_ root: JSONObject) throws(FieldProblem) {
        switch try root.string("state", .word) {
        case "new", "queued": self.init(.queued)
        case "running": self.init(.started)
        // Not the end yet: `canceled` follows. Its times tell whether it ran.
        case "cancel-requested", "cancel_requested":
            self.init(root.optionalNumber("queued_time") == nil ? .queued : .started)
        case "complete": self.init(Self.end(overall: root.optionalString("result.overall", .word)))
        case "canceled", "cancelled": self.init(.finished(.canceled, .stated))
        case "error": self.init(.finished(.error, .stated))
        default: throw FieldProblem(path: "state", kind: .unreadable("a known state of a request"))
        }
    }

    private init(_ step: Step) {
        self.step = step
        hasStarted = step != .queued
        if case .finished = step { hasFinished = true } else { hasFinished = false }
    }

    /// Packit's interpretation of the results: everything other than passed, failed, skipped and canceled is an error.
    private static func end(overall: String?) -> Step {
        switch overall {
        case "passed": .finished(.success, .stated)
        case "failed": .finished(.failure, .stated)
        case "skipped": .finished(.skipped, .stated)
        case "canceled", "cancelled": .finished(.canceled, .stated)
        case "error", "unknown", "needs_inspection": .finished(.error, .stated)
        default: .finished(.error, .unclassified)
        }
    }
}

/// A request's times: when it was created, and how many seconds it was queued and ran.
struct RequestTimes {
    let created: Timestamp?
    let started: Timestamp?
    let finished: Timestamp?

    init(_ root: JSONObject, _ state: RequestState) throws(FieldProblem) {
        created = try root.optionalTime("created")
        started = state.hasStarted ? Self.later(created, by: root.optionalNumber("queued_time")) : nil
        finished = state.hasFinished ? Self.later(started, by: root.optionalNumber("run_time")) : nil
    }

    /// `nil` if either is unknown, the seconds are negative, or the sum is out of range (docs/counting.md, rule 39).
    private static func later(_ time: Timestamp?, by seconds: Double?) -> Timestamp? {
        guard let time, let seconds, (0...1e9).contains(seconds) else { return nil }
        return time.adding(.milliseconds(Int64(seconds * 1000)))
    }
}
