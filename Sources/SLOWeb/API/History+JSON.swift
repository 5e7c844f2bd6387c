import SLOCore
import SLOService
import SLOQueries
import SLOJSON

extension HistorySnapshot {
    func json(kind: RunKind?, deployment: Deployment?) -> JSONValue {
        let wanted = groups.filter { (kind ?? $0.kind) == $0.kind && (deployment ?? $0.deployment) == $0.deployment }
        return .members([
            ("at", .time(at)), ("begins_at", .time(beginsAt)), ("groups", .array(wanted.map(\.json))),
        ])
    }
}

extension HistorySnapshot.Group {
    fileprivate var json: JSONValue {
        let head: [(String, JSONValue?)] = [
            ("kind", .text(kind.rawValue)), ("deployment", .text(deployment.label)),
        ]
        return .members(
            head + total.members + [
                ("days", .array(days.map { .members([("begins_at", .time($0.beginsAt))] + $0.numbers.members) })),
                ("slowest_chroots", .array(slowestChroots.map(\.json))),
                ("slowest_repositories", .array(slowestRepositories.map(\.json))),
                ("failing_chroots", .array(failingChroots.map(\.json))),
                ("failing_repositories", .array(failingRepositories.map(\.json))),
            ])
    }
}

extension HistorySnapshot.Slice {
    fileprivate var json: JSONValue {
        .members(
            [("name", name.text.map { .text($0) } ?? .null), ("is_private", .bool(name == .hidden))]
                + numbers.members)
    }
}

extension HistorySnapshot.Numbers {
    fileprivate var members: [(String, JSONValue?)] {
        let quantiles: [(String, JSONValue?)] = [("p10", 0.1), ("p50", 0.5), ("p90", 0.9)].map { name, quantile in
            (name, duration(atQuantile: quantile).map { .seconds($0) })
        }
        let hasDurations = duration(atQuantile: 0.5) != nil
        return [
            ("total", .integer(total)), ("outcomes", .counts(outcomes)),
            ("duration_seconds", hasDurations ? .members(quantiles) : nil),
        ]
    }
}

extension Overview {
    func activityJSON(_ work: OpenWorkSnapshot) -> JSONValue {
        .members([
            ("at", .time(at)), ("seconds", .seconds(Activity.span)),
            ("runs", .array(activity.map(\.json))),
            (
                "changes",
                .array(
                    changes.map { changes in
                        let waiting = work.waitingChanges(of: changes.deployment)
                        return .members([
                            ("deployment", .text(changes.deployment.label)), ("judged", .counts(changes.judged)),
                            ("without_status", .integer(Int64(waiting))),
                        ])
                    })
            ),
        ])
    }
}

extension Overview.Activity {
    fileprivate var json: JSONValue {
        .members([
            ("kind", .text(kind.rawValue)), ("deployment", .text(deployment.label)), ("queued", .integer(queued)),
            ("started", .integer(started)), ("ended", .counts(ended)), ("unfinished", .integer(unfinished)),
            ("overdue", .integer(overdue)),
        ])
    }
}

extension JSONValue {
    /// A count for each case, 0 included.
    fileprivate static func counts<Word: CaseIterable & RawRepresentable & Hashable>(
        _ counts: [Word: Int64]
    ) -> JSONValue where Word.RawValue == String {
        .members(Word.allCases.map { ($0.rawValue, .integer(counts[$0] ?? 0)) })
    }
}
