import SLOCore
import SLOJSON
import SLOQueries

/// What arrived, what was made of it, and what nothing explains.
extension APIOperation {
    static let deliveries = APIOperation(
        path: "/deliveries", id: "listDeliveries", summary: "Stored deliveries, the latest first",
        description: "A request searches at most 20,000 journal entries: a search with few matches may "
            + "return empty pages before its end, which has no `next_cursor`. Deliveries of private repositories match "
            + "no repository, pull request and commit. Refused and repeated deliveries are only counted: see "
            + "`/sources`.",
        parameters: DeliveryQuery.parameters, answer: "Deliveries"
    ) { request, source in
        let found = try await source.deliveries(DeliveryQuery(request))
        return PageJSON.document(
            at: found.at, items: found.deliveries.map(\.json),
            next: found.next.map { CursorForm.deliveries.write([$0]) })
    }

    static let delivery = APIOperation(
        path: "/deliveries/{sequence}", id: "getDelivery",
        summary: "A delivery, what was made of it, and its body while that is kept",
        description: "The body is left out if it is about a private repository, or may be. Tokens, secrets, mail "
            + "addresses and the variables of tests are replaced in it, and only the first 64 KiB are shown.",
        parameters: [
            APIParameter(
                name: "sequence", place: .path, kind: .integer(1...999_999_999_999_999),
                meaning: "The delivery’s number in the journal.", example: .integer(4711))
        ], answer: "DeliveryWithBody", absence: "The journal has no delivery of this number, or has it no more."
    ) { request, source in
        try await source.delivery(Int64(request.integer("sequence") ?? 0))?.json
    }

    static let unknownNames = APIOperation(
        path: "/unknown-names", id: "listUnknownNames",
        summary: "Names of checks that no classification rule knows, with rules that would classify them",
        description: "Of the latest 100,000 entries of the journal when the server started, and of all since then. "
            + "Names in private repositories are only counted. At most a few minutes old.",
        parameters: [.limit, .cursor(.unknownNames)], answer: "UnknownNames"
    ) { request, source in
        let found = try await source.unexplained()
        let sums: [(String, JSONValue?)] = [
            ("since", found.since.map { .time($0) }), ("private_names", .integer(Int64(found.hiddenNames))),
        ]
        return PageJSON.document(of: found.names, at: found.at, sums: sums, request, .unknownNames, json: \.json)
    }

    static let contradictions = APIOperation(
        path: "/contradictions", id: "listContradictions",
        summary: "Where what was counted and what was received contradict each other",
        description: "Runs that have not ended though their check is completed; proposed joins of which both sides "
            + "ended differently; providers’ times that are in the future. At most a few minutes old.",
        parameters: [.limit, .cursor(.contradictions)], answer: "Contradictions"
    ) { request, source in
        let found = try await source.unexplained()
        let counts = UnexplainedSnapshot.Contradiction.Kind.allCases.map { kind -> (String, JSONValue?) in
            (kind.rawValue, .integer(Int64(found.counts[kind] ?? 0)))
        }
        return PageJSON.document(
            of: found.contradictions, at: found.at, sums: [("counts", .members(counts))], request, .contradictions,
            json: \.json)
    }
}
