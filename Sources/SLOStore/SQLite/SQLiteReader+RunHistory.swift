import GRDB
public import SLOCore

extension SQLiteReader {
    public func endedRuns(
        before: RunPlace?, repository: String?, from: Timestamp, through: Timestamp, atMost limit: Int,
        where isWanted: (RunRecord) -> Bool
    ) throws -> FoundRuns {
        var search = RunSearch(before: before, through: through, atMost: limit)
        let start = search.place
        return try translated {
            try queue.read { db in
                var arguments: StatementArguments = [
                    start.countedAt.milliseconds, start.run, from.milliseconds, RunSearch.runs + 1,
                ]
                if let repository { arguments += [repository] }
                let sql = repository == nil ? PageQuery.runsBefore : PageQuery.runsOfRepositoryBefore
                let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
                while let row = try rows.next() {
                    if search.isOver { return search.foundSoFar }
                    search.look(at: try RunRecord(row), where: isWanted)
                }
                return search.foundAll
            }
        }
    }
}
