import GRDB
public import SLOCore

extension SQLiteReader {
    /// The limit of runs that one search reads.
    private static let searchRuns = 5000

    public func endedRuns(
        before: RunPlace?, repository: String?, from: Timestamp, through: Timestamp, atMost limit: Int,
        where isWanted: (RunRecord) -> Bool
    ) throws -> FoundRuns {
        var start = RunPlace(countedAt: through, run: .max)
        if let before, before.countedAt <= through { start = before }
        return try translated {
            try queue.read { db in
                var arguments: StatementArguments = [
                    start.countedAt.milliseconds, start.run, from.milliseconds, Self.searchRuns + 1,
                ]
                if let repository { arguments += [repository] }
                let sql = repository == nil ? PageQuery.runsBefore : PageQuery.runsOfRepositoryBefore
                let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
                var (found, looked): ([RunRecord], Int) = ([], 0)
                var last: RunPlace?
                while let row = try rows.next() {
                    if found.count == limit || looked == Self.searchRuns { return FoundRuns(runs: found, next: last) }
                    let run = try RunRecord(row)
                    looked += 1
                    last = RunPlace(countedAt: run.countedAt, run: run.run.number)
                    if isWanted(run) { found.append(run) }
                }
                return FoundRuns(runs: found, next: nil)
            }
        }
    }
}
