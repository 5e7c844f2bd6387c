import GRDB
public import SLOCore

extension SQLiteReader {
    public func forEachEndedRun(from: Timestamp, through: Timestamp, _ visit: (EndedRun) -> Void) throws {
        var after = RunPlace(countedAt: from, run: .min)
        while true {
            let page = try translated {
                try queue.read { db in
                    let rows = try Row.fetchCursor(
                        db, sql: PageQuery.runsEnded,
                        arguments: [
                            after.countedAt.milliseconds, after.run, through.milliseconds, ReadingLimit.endedRuns,
                        ])
                    var end: RunPlace?
                    while let row = try rows.next() {
                        end = try RunPlace(row)
                        visit(try EndedRun(row))
                    }
                    return end
                }
            }
            guard let page else { return }
            after = page
        }
    }
}
