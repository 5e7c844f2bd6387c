import SLOCore
import SLOJSON
import SLOQueries

extension RunQuery {
    /// The parameters of the list of ended runs: of the resource and of the page.
    static func parameters(_ settings: LedgerSettings) -> [APIParameter] {
        [
            .repository, .kind, .chroot, .deployment(settings), .outcome,
            .time("from", "Ends counted at this time or later."),
            .time("until", "Ends counted at this time or earlier."),
            .limit, .cursor(.runs),
        ]
    }

    /// - Parameter request: with these parameters.
    init(_ request: APIRequest) {
        self.init()
        repository = request.text("repository")
        kind = request.word("kind")
        chroot = request.text("chroot")
        deployment = request.deployment
        outcome = request.word("outcome")
        from = request.time("from")
        until = request.time("until")
        limit = request.limit
        before = request.cursor(.runs).map {
            RunQuery.Place(countedAt: Timestamp(milliseconds: $0[0]), run: $0[1])
        }
    }
}

extension SearchSnapshot {
    var json: JSONValue {
        .members([
            ("at", .time(at)), ("repositories", .array(repositories.map { .text($0) })),
            (
                "pull_requests",
                .array(
                    pullRequests.map {
                        .members([
                            ("repository_name", .text($0.repository)), ("number", .integer(Int64($0.number))),
                        ])
                    })
            ),
            ("runs", .array(runs.map(\.json))),
            (
                "deliveries",
                .array(
                    deliveries.map { delivery in
                        .members([
                            ("received_at", .time(delivery.receivedAt)),
                            ("entry", delivery.entry.map { .members($0.members) }),
                        ])
                    })
            ),
        ])
    }
}

extension SearchSnapshot.Run {
    fileprivate var json: JSONValue {
        .members(
            [("kind", .text(kind.rawValue)), ("deployment", .text(deployment.label))] + repository.members + [
                ("pull_request", pullRequest.map { .integer(Int64($0)) }), ("sha", sha.map { .text($0) }),
                ("name", .text(name)), ("chroot", chroot.map { .text($0) }),
                ("backend_id", backendID.map { .text($0) }),
                ("at", .time(at)), ("outcome", outcome.map { .text($0.rawValue) }),
            ])
    }
}
