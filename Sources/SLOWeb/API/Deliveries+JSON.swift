import SLOCore
import SLOJSON
import SLOQueries
import SLOService

extension DeliveryQuery {
    /// The outcomes in the journal. Refused and repeated deliveries are only counted.
    static let journalled: [DeliveryOutcome] = [.accepted, .ignored, .malformed, .conflicting, .processingFailed]

    /// The parameters of the list of deliveries: of the resource and of the page.
    static let parameters: [APIParameter] = [
        APIParameter(
            name: "source", kind: .choice(Source.allCases.map(\.rawValue)), meaning: "Only this source.",
            example: .text("github")),
        APIParameter(
            name: "event", kind: .text(pattern: "^[a-z0-9_.-]{1,100}$", maxLength: 100),
            meaning: "Only this kind of event, by the source’s name for it.", example: .text("check_run")),
        APIParameter(
            name: "result", kind: .choice(journalled.map(\.rawValue)), meaning: "Only this result.",
            example: .text("accepted")),
        .repository,
        APIParameter(
            name: "pull_request", kind: .integer(1...2_147_483_647),
            meaning: "Only what names this pull request. Checks of pull requests from forks name none.",
            example: .integer(42)),
        APIParameter(
            name: "commit", kind: .text(pattern: "^[0-9a-f]{5,64}$", maxLength: 64),
            meaning: "Only what is about a commit that begins so.", example: .text("3f2a9c0")),
        .time("until", "Only what was received at this time or earlier."),
        .limit, .cursor(.deliveries),
    ]

    /// - Parameter request: with these parameters.
    init(_ request: APIRequest) {
        self.init()
        before = request.cursor(.deliveries)?.first
        source = request.word("source")
        event = request.text("event")
        result = request.word("result")
        repository = request.text("repository")
        pullRequest = request.integer("pull_request")
        commit = request.text("commit")
        until = request.time("until")
        limit = request.limit
    }
}

extension DeliverySummary {
    var members: [(String, JSONValue?)] {
        [
            ("sequence", .integer(sequence)), ("received_at", .time(receivedAt)), ("source", .text(source.rawValue)),
            ("event", .text(event)), ("result", .text(result)), ("body_bytes", .integer(bodyByteCount)),
        ]
    }
}

extension ShownDelivery {
    var json: JSONValue { .members(members) }

    fileprivate var members: [(String, JSONValue?)] {
        summary.members + [("id", id.map { .text($0) }), ("action", action.map { .text($0) })]
            + (repository?.members ?? []) + [("observations", .array(facts.map(\.json)))]
    }
}

extension DeliveryFact {
    fileprivate var json: JSONValue {
        .members([
            ("kind", .text(kind.rawValue)), ("deployment", deployment.map { .text($0.label) }),
            ("pull_requests", .array(pullRequests.map { .integer(Int64($0)) })), ("sha", sha.map { .text($0) }),
            ("name", name.map { .text($0) }), ("state", state.map { .text($0) }), ("title", title.map { .text($0) }),
            ("chroot", chroot.map { .text($0) }), ("backend_id", backendID.map { .text($0) }),
            ("stated_at", statedAt.map { .time($0) }),
        ])
    }
}

extension DeliverySnapshot {
    var json: JSONValue {
        let text: String? = if case .text(let text, _) = body { text } else { nil }
        let isCut: Bool? = if case .text(_, let isCut) = body { isCut } else { nil }
        return .members(
            [("at", .time(at))] + delivery.members + [
                ("body_state", .text(body.word)), ("body", text.map { .text($0) }),
                ("is_body_cut", isCut.map { .bool($0) }),
            ])
    }
}

extension DeliverySnapshot.Body {
    /// Stable: part of the API.
    fileprivate var word: String {
        switch self {
        case .notKept: "not_kept"
        case .hidden: "private"
        case .tooLarge: "too_large"
        case .unreadable: "unreadable"
        case .text: "shown"
        }
    }

    static let words = ["shown", "not_kept", "private", "too_large", "unreadable"]
}

// MARK: - What nothing explains

extension UnexplainedSnapshot.Name {
    var json: JSONValue {
        .members([
            ("name", .text(example.name)), ("deployment", .text(example.deployment.label)),
            ("statuses", .integer(Int64(statuses))), ("last_seen_at", .time(example.receivedAt)),
            ("repository_name", .text(example.repository)),
            ("pull_request", example.pullRequest.map { .integer(Int64($0)) }), ("sha", .text(example.sha)),
            ("check_run_id", example.checkRunID.map { .integer($0) }), ("sequence", .integer(example.sequence)),
            ("rule", rule.map { .text($0.yaml) }),
        ])
    }
}

extension UnexplainedSnapshot.Contradiction {
    var json: JSONValue {
        .members(
            [("kind", .text(kind.rawValue)), ("deployment", deployment.map { .text($0.label) })] + repository.members
                + [
                    ("pull_request", pullRequest.map { .integer(Int64($0)) }), ("name", name.map { .text($0) }),
                    ("backend_id", backendID.map { .text($0) }), ("stated", .text(stated)),
                    ("instead", .text(instead)), ("at", .time(at)), ("sequence", sequence.map { .integer($0) }),
                ])
    }
}
