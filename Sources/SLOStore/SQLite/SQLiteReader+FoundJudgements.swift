import GRDB
public import SLOCore

extension SQLiteReader {
    public func judgements(
        _ filter: JudgementFilter, order: TimeOrder, after place: JudgementPlace?, atMost limit: Int,
        where isWanted: (ObjectiveJudgement) -> Bool
    ) throws -> FoundJudgements {
        let search = JudgementSearch(for: filter, in: order)
        let start = JudgementPlace.start(of: filter, order, after: place)
        var range = start.arguments(prefix: "") &+ ["bound": filter.bound(order)]
        if search.index == .byRepository { range = range &+ ["repository": filter.repository] }
        return try translated {
            try queue.read { db in
                let ends = try Row.fetchAll(
                    db.cachedStatement(sql: search.end),
                    arguments: range &+ ["entries": ReadingLimit.searchedJudgements])
                // The next search begins after the last entry that this one reads.
                let end = ends.count > 1 ? try JudgementPlace(ends[0]) : nil
                var arguments = range &+ (end ?? .far(order)).arguments(prefix: "end_") &+ filter.arguments
                if let end { arguments = arguments &+ ["bound": end.at.milliseconds] }
                let rows = try Row.fetchCursor(db.cachedStatement(sql: search.rows), arguments: arguments)
                return try FoundJudgements(atMost: limit, upTo: end, where: isWanted) { try rows.next() }
            }
        }
    }
}

extension JudgementFilter {
    fileprivate var arguments: StatementArguments {
        [
            "wanted_objective": objective?.rawValue, "wanted_deployment": deployment?.label,
            "wanted_verdicts": verdictNames, "wanted_chroot": chroot,
            "wanted_architecture": architecture, "wanted_branch": branch, "wanted_name": name,
        ]
    }
}

extension JudgementPlace {
    fileprivate func arguments(prefix: String) -> StatementArguments {
        [
            prefix + "time": at.milliseconds, prefix + "objective": objective, prefix + "entity": entity,
            prefix + "deployment": deployment,
        ]
    }
}
