import SLOConditions
import SLOCore
import SLOJSON
import SLOQueries

extension APIOperation {
    static let conditions = APIOperation(
        path: "/conditions", id: "getConditions",
        summary: "What is wrong now, and the incidents that raised an alert, the latest first",
        description:
            "The server evaluates the conditions of its alerting rules once a minute. `holding` is the same on "
            + "every page; `items` are the pages of the incidents, those that last among them.",
        parameters: [.limit, .cursor(.incidents)], answer: "Conditions"
    ) { request, source in
        let place = request.cursor(.incidents).map {
            IncidentsSnapshot.Place(beganAt: Timestamp(milliseconds: $0[0]), skipping: Int(clamping: $0[1]))
        }
        async let (now, found) = (source.conditions(), source.incidents(before: place, limit: request.limit))
        return try await ConditionsJSON.document(now, found)
    }
}

private enum ConditionsJSON {
    static func document(_ now: ConditionsNow, _ found: IncidentsSnapshot) -> JSONValue {
        PageJSON.document(
            at: found.at,
            [
                ("evaluated_at", now.at.map { .time($0) }), ("samples_since", now.samplesSince.map { .time($0) }),
                ("holding", .array(now.holding.map(\.json))),
            ],
            items: found.incidents.map { .members($0.members) },
            next: found.next.map { CursorForm.incidents.write([$0.beganAt.milliseconds, Int64($0.skipping)]) })
    }
}

extension HoldingCondition {
    fileprivate var json: JSONValue {
        .members(
            incident.members + [
                ("description", .text(description)), ("is_firing", .bool(isFiring)), ("fires_at", .time(firesAt)),
                ("waiting", waiting.map { .integer($0) }), ("party_reason", partyReason.map { .text($0) }),
                ("page", .text(page.rawValue)),
            ])
    }
}

extension Incident {
    fileprivate var members: [(String, JSONValue?)] {
        let labels = Labels(subject) ?? .none
        return [
            ("condition", .text(condition)),
            ("labels", .members(labels.pairs.map { ($0.name, .text($0.value)) })),
            ("severity", .text(severity.rawValue)), ("party", .text(party.rawValue)), ("summary", .text(summary)),
            ("since", .time(since)), ("began_at", .time(beganAt)), ("fired_at", firedAt.map { .time($0) }),
            ("ended_at", endedAt.map { .time($0) }),
        ]
    }
}
