import GRDB
public import SLOCore

extension SQLiteReader {
    /// The limit of judgements that one search reads.
    private static let searchJudgements = 10_000

    public func judgements(
        _ filter: JudgementFilter, order: TimeOrder, after place: JudgementPlace?, atMost limit: Int,
        where isWanted: (ObjectiveJudgement) -> Bool
    ) throws -> FoundJudgements {
        let search = JudgementSearch(index: JudgementSearch.index(for: filter), order: order)
        let start = JudgementPlace.start(of: filter, order, after: place)
        var range = start.arguments(prefix: "") &+ ["bound": filter.bound(order)]
        if search.index == .byRepository { range = range &+ ["repository": filter.repository] }
        return try translated {
            try queue.read { db in
                let ends = try Row.fetchAll(
                    db.cachedStatement(sql: search.end), arguments: range &+ ["entries": Self.searchJudgements])
                // The next search begins after the last entry that this one reads.
                let end = ends.count > 1 ? JudgementPlace(ends[0]) : nil
                var arguments = range &+ (end ?? .far(order)).arguments(prefix: "end_") &+ filter.arguments
                if let end { arguments = arguments &+ ["bound": end.at.milliseconds] }
                let rows = try Row.fetchCursor(db.cachedStatement(sql: search.rows), arguments: arguments)
                var found: [FoundJudgements.Item] = []
                while let row = try rows.next() {
                    let judgement = try ObjectiveJudgement(row)
                    guard isWanted(judgement) else { continue }
                    if found.count == limit {
                        return FoundJudgements(
                            items: found, next: found.last.map { JudgementPlace(after: $0.judgement) })
                    }
                    found.append(FoundJudgements.Item(judgement: judgement, cause: row[9]))
                }
                return FoundJudgements(items: found, next: end)
            }
        }
    }
}

extension JudgementSearch {
    /// The index that has the fewest entries that do not match.
    fileprivate static func index(for filter: JudgementFilter) -> Index {
        if filter.repository != nil { return .byRepository }
        return filter.verdicts.contains(.good) ? .byTime : .missed
    }
}

extension JudgementFilter {
    /// The far end of the times in an order, included.
    fileprivate func bound(_ order: TimeOrder) -> Int64 {
        switch order {
        case .newest: from?.milliseconds ?? .min
        case .oldest: (to?.milliseconds ?? .max) - 1
        }
    }

    fileprivate var arguments: StatementArguments {
        [
            "wanted_objective": objective?.rawValue, "wanted_deployment": deployment?.label,
            "wanted_verdicts": verdicts.map(\.rawValue).sorted().joined(separator: ","), "wanted_chroot": chroot,
            "wanted_architecture": architecture, "wanted_branch": branch, "wanted_name": name,
        ]
    }
}

extension JudgementPlace {
    /// Before every judgement of the filter's times that follows a place.
    fileprivate static func start(
        of filter: JudgementFilter, _ order: TimeOrder, after place: JudgementPlace?
    ) -> JudgementPlace {
        switch order {
        case .newest:
            let to = filter.to ?? Timestamp(milliseconds: .max)
            if let place, place.at < to { return place }
            // Nothing precedes it at its time, and so what is judged then is left out.
            return JudgementPlace(at: to, objective: "", entity: .min, deployment: "")
        case .oldest:
            let from = filter.from ?? Timestamp(milliseconds: .min)
            if let place, place.at >= from { return place }
            return JudgementPlace(at: from, objective: "", entity: .min, deployment: "")
        }
    }

    /// After every judgement in an order.
    fileprivate static func far(_ order: TimeOrder) -> JudgementPlace {
        switch order {
        case .newest: JudgementPlace(at: Timestamp(milliseconds: .min), objective: "", entity: .min, deployment: "")
        // An objective's name has no character beyond `z`.
        case .oldest: JudgementPlace(at: Timestamp(milliseconds: .max), objective: "~", entity: .max, deployment: "")
        }
    }

    fileprivate init(_ row: Row) {
        self.init(at: Timestamp(milliseconds: row[0]), objective: row[1], entity: row[2], deployment: row[3])
    }

    fileprivate func arguments(prefix: String) -> StatementArguments {
        [
            prefix + "time": at.milliseconds, prefix + "objective": objective, prefix + "entity": entity,
            prefix + "deployment": deployment,
        ]
    }
}
