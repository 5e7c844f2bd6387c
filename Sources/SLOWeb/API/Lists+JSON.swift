import SLOCore
import SLOService
import SLOQueries
import SLOJSON

/// One page of a list.
enum PageJSON {
    static func document(
        at: Timestamp, _ more: [(String, JSONValue?)] = [], items: [JSONValue], next: String?
    ) -> JSONValue {
        .members(
            [("at", .time(at))] + more + [("items", .array(items)), ("next_cursor", next.map { .text($0) })])
    }

    /// A page of a list that is completely in memory; the cursor is the number of items before it.
    static func document<Item>(
        of items: [Item], at: Timestamp, sums: [(String, JSONValue?)] = [], _ request: APIRequest, _ form: CursorForm,
        json: (Item) -> JSONValue
    ) -> JSONValue {
        let start = Int(clamping: request.cursor(form)?.first ?? 0)
        let page = items.dropFirst(start).prefix(request.limit)
        let end = start + page.count
        return document(
            at: at, sums, items: page.map(json), next: end < items.count ? form.write([Int64(end)]) : nil)
    }
}

extension RepositoryName {
    /// The name, and whether it is hidden.
    var members: [(String, JSONValue?)] {
        [("repository_name", text.map { .text($0) } ?? .null), ("is_private", .bool(self == .hidden))]
    }
}

extension OpenWorkSnapshot.Item {
    func json(now: Timestamp) -> JSONValue {
        let eligibility: Eligibility? = if case .change(let eligibility) = kind { eligibility } else { nil }
        return .members(
            [("kind", .text(kind.word)), ("deployment", .text(deployment.label))] + repository.members + [
                ("pull_request", pullRequest.map { .integer(Int64($0)) }), ("sha", sha.map { .text($0) }),
                ("name", name.map { .text($0) }), ("chroot", chroot.map { .text($0) }),
                ("backend_id", backendID.map { .text($0) }), ("hop", .text(hop.rawValue)),
                ("since", .time(since)), ("seconds", .seconds(now - since)),
                ("started_at", startedAt.map { .time($0) }), ("deadline_seconds", .seconds(deadline)),
                ("is_overdue", .bool(isOverdue)), ("is_counted", .bool(isCounted)),
                ("eligibility", eligibility.map { .text($0.rawValue) }),
            ])
    }
}

extension EndedRunsSnapshot.Run {
    var json: JSONValue {
        let shown = isHidden ? nil : record
        return .members(
            [("kind", .text(record.kind.rawValue)), ("deployment", .text(record.deployment.label))]
                + repository.members + [
                    ("pull_request", shown?.pullRequest.map { .integer(Int64($0)) }),
                    ("sha", shown?.sha.map { .text($0) }), ("name", shown.map { .text($0.name) }),
                    ("chroot", shown?.chroot.map { .text($0) }), ("queued_at", record.queuedAt.map { .time($0) }),
                    ("started_at", record.startedAt.map { .time($0) }),
                    ("backend_ended_at", record.backendEndedAt.map { .time($0) }),
                    ("finished_at", .time(record.finishedAt)),
                    ("seconds", record.queuedAt.map { .seconds(max(.zero, record.finishedAt - $0)) }),
                    ("outcome", .text(record.outcome.rawValue)), ("reason", .text(record.reason.rawValue)),
                    ("revised_outcome", record.revisedOutcome.map { .text($0.rawValue) }),
                    ("counted_at", .time(record.countedAt)), ("is_counted", .bool(record.isCounted)),
                    ("join_proof", record.proof.map { .text($0.rawValue) }),
                ])
    }
}

extension SourceSnapshot {
    var json: JSONValue {
        .members([
            ("source", .text(source.rawValue)), ("last_delivery_at", lastDelivery.map { .time($0) }),
            ("median_lag_seconds", medianLag.map { .seconds($0) }),
            ("results", .members(outcomes.map { ($0.outcome.rawValue, .integer($0.count)) })),
        ])
    }
}
