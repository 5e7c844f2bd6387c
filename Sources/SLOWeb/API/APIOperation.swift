import SLOCore
import SLOService
import SLOQueries
import SLOJSON

/// One operation of the API. The same table routes requests, checks parameters and generates `openapi.json`.
struct APIOperation: Sendable {
    /// Below `/api/v1`, with parameters in braces.
    let path: String
    let id: String
    let summary: String
    var description = ""
    var parameters: [APIParameter] = []
    /// The name of the response's component.
    let answer: String
    /// The description of a 404; `nil` if the resource always exists.
    var absence: String?
    /// Whether the response is the same for every request, as long as the process runs.
    var isFixed = false
    /// - Returns: `nil` for what is unknown, and for private repositories that must stay hidden.
    let make: @Sendable (APIRequest, any QueryAPI) async throws -> JSONValue?

    static let root = "/api/v1"

    static func all(_ settings: LedgerSettings, hosts: LinkHosts) -> [APIOperation] {
        [
            conditions, objectives,
        ] + Report.Dimension.allCases.map { parts(by: $0, settings) } + [
            pullRequest(hosts), waiting(settings), waitingGroups(settings), activity, events(settings),
            endedRuns(settings),
            history(settings), sources, deliveries, delivery, blindIntervals, timeNotes, unknownNames,
            contradictions, search, nodes,
            document(settings, hosts: hosts),
        ]
    }

    private static let privacy =
        "No public repository with this name is known. A private one gets the same response."

    private static let objectives = APIOperation(
        path: "/objectives", id: "getObjectives", summary: "The objectives over their window",
        description: "For everything, or for one repository. At most a few seconds old; data by repository, and "
            + "what spent the budgets, may be minutes old.",
        parameters: [.repository], answer: "Objectives", absence: privacy
    ) { request, source in
        guard let repository = request.text("repository") else {
            guard let report = try await source.report(of: nil) else { return nil }
            return ObjectivesJSON.document(try await source.overview(), report)
        }
        return try await source.report(of: repository).map { ObjectivesJSON.document($0) }
    }

    private static func parts(by dimension: Report.Dimension, _ settings: LedgerSettings) -> APIOperation {
        APIOperation(
            path: "/\(dimension.pathComponent)", id: "list\(dimension.schemaName)Objectives",
            summary: "The objectives by \(dimension.title.lowercased()), the highest costs first",
            description: "What belongs to private repositories is combined without a name.",
            parameters: [.deployment(settings), .objective(settings), .limit, .cursor(.parts)],
            answer: "\(dimension.schemaName)Objectives"
        ) { request, source in
            guard let report = try await source.report(of: nil) else { return nil }
            let objective = request.word("objective", as: Objective.Name.self)
            let rows = report.parts(by: dimension).filter { row in
                (request.deployment ?? row.deployment) == row.deployment
                    && (objective ?? row.objective) == row.objective
            }
            return PageJSON.document(of: rows, at: report.at, request, .parts, json: \.json)
        }
    }

    private static func pullRequest(_ hosts: LinkHosts) -> APIOperation {
        APIOperation(
            path: "/repositories/{owner}/{name}/pulls/{number}", id: "getPullRequest",
            summary: "A pull request, hop by hop",
            description:
                "A full page may end within a commit; `next_cursor` continues with the same commit or an earlier "
                + "one. An item that changes between two pages may appear twice, or not at all.",
            parameters: [.owner, .repositoryName, .number, .cursor(.pullRequest)], answer: "PullRequest",
            absence: "No delivery has been received for a pull request with this number in a public repository of this "
                + "name."
        ) { request, source in
            let repository = "\(request.text("owner") ?? "")/\(request.text("name") ?? "")"
            let place = request.text("cursor").map(CursorForm.place) ?? .start
            return try await source.pullRequest(request.integer("number") ?? 0, in: repository, from: place)?
                .json(hosts: hosts)
        }
    }

    private static let activity = APIOperation(
        path: "/activity", id: "getActivity", summary: "Activity in the last 24 hours", answer: "Activity"
    ) { _, source in
        async let (overview, work) = (source.overview(), source.openWork())
        return try await overview.activityJSON(work)
    }

    private static func events(_ settings: LedgerSettings) -> APIOperation {
        APIOperation(
            path: "/events", id: "listEvents",
            summary: "The events of objectives, with the changes and runs behind them",
            description: "A request searches at most 10,000 judgements: a search with few matches may return empty "
                + "pages before its end, which has no `next_cursor`. Events of private repositories match no "
                + "repository, chroot, architecture, branch and check name.",
            parameters: EventQuery.parameters(settings) + [.format], answer: "Events"
        ) { request, source in try await source.events(EventQuery(request)).json }
    }

    private static func endedRuns(_ settings: LedgerSettings) -> APIOperation {
        APIOperation(
            path: "/runs", id: "listEndedRuns", summary: "Runs that have ended, the latest first",
            description: "A request searches at most 5,000 runs: a search with few matches may return empty pages "
                + "before its end, which has no `next_cursor`. Runs of private repositories match no repository and no "
                + "chroot.",
            parameters: RunQuery.parameters(settings) + [.format],
            answer: "EndedRuns"
        ) { request, source in
            let found = try await source.endedRuns(RunQuery(request))
            return PageJSON.document(
                at: found.at, items: found.runs.map(\.json),
                next: found.next.map { CursorForm.write($0) })
        }
    }

    private static func history(_ settings: LedgerSettings) -> APIOperation {
        APIOperation(
            path: "/history", id: "getHistory",
            summary: "How runs ended over the window: by day, the slowest, the most failing",
            description: "At most a few minutes old.",
            parameters: [.kind, .deployment(settings)], answer: "History"
        ) { request, source in
            try await source.history().json(kind: request.word("kind"), deployment: request.deployment)
        }
    }

    private static let sources = APIOperation(
        path: "/sources", id: "getSources", summary: "The state of each source of deliveries", answer: "Sources"
    ) { _, source in
        .members([("sources", .array(try await source.sources().map(\.json)))])
    }

    private static let blindIntervals = APIOperation(
        path: "/blind-intervals", id: "listBlindIntervals",
        summary: "Blind intervals, in which deliveries were missed or may have been, the latest first",
        parameters: [.limit, .cursor(.blindIntervals)], answer: "BlindIntervals"
    ) { request, source in
        let (at, times) = try await source.blindIntervals()
        return PageJSON.document(of: times, at: at, request, .blindIntervals, json: \.json)
    }

    private static let search = APIOperation(
        path: "/search", id: "search", summary: "What a text finds",
        description:
            "A repository, pull requests by number, changes and runs by the beginning of a commit, runs by the id "
            + "of a build or request, deliveries by their id. Nothing of private repositories is found.",
        parameters: [
            APIParameter(
                name: "q", kind: .text(pattern: "^[^\\x00-\\x1f\\x7f]{1,256}$", maxLength: 256),
                meaning: "What to look for.", example: .text("acme/rocket#42"))
        ], answer: "Search"
    ) { request, source in
        let text = request.text("q") ?? ""
        var term = SearchTerm(text)
        if let pullRequest = PullRequestName(text) {
            term.repository = pullRequest.repository
            term.number = pullRequest.number
        }
        return try await source.search(term).json
    }

    private static func document(_ settings: LedgerSettings, hosts: LinkHosts) -> APIOperation {
        APIOperation(
            path: "/openapi.json", id: "getOpenAPI", summary: "This description", answer: "OpenAPI", isFixed: true
        ) { _, _ in OpenAPIDocument.json(all(settings, hosts: hosts), edits: APIEdit.all) }
    }
}

extension Report.Dimension {
    /// Of the resource that lists its parts.
    var pathComponent: String { plural.lowercased().split(separator: " ").joined(separator: "-") }

    /// The beginning of the names of its components.
    var schemaName: String { self == .checkName ? "CheckName" : title }
}
