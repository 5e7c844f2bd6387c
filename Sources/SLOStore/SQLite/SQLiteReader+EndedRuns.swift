import GRDB
public import SLOCore

extension SQLiteReader {
    /// Rows read at a time. No transaction is open between pages, so that the log can be checkpointed.
    private static let pageEndedRuns = 4096

    public func forEachEndedRun(from: Timestamp, through: Timestamp, _ visit: (EndedRun) -> Void) throws {
        var after: (time: Int64, run: Int64) = (from.milliseconds, .min)
        while true {
            let page = try translated {
                try queue.read { db in
                    let rows = try Row.fetchCursor(
                        db, sql: PageQuery.runsEnded,
                        arguments: [after.time, after.run, through.milliseconds, Self.pageEndedRuns])
                    var end: (time: Int64, run: Int64)?
                    while let row = try rows.next() {
                        end = (row[0], row[1])
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

extension EndedRun {
    fileprivate init(_ row: Row) throws {
        guard let kind = RunKind(rawValue: row[2]), let outcome = Outcome(rawValue: row[8]) else {
            throw StoreError.damaged("the end of run \(row[1] as Int64)")
        }
        let queuedAt = Timestamp(stored: row[6])
        let finishedAt = Timestamp(milliseconds: row[7])
        self.init(
            kind: kind, deployment: Deployment(row[3]), repositoryName: row[4], chroot: row[5], outcome: outcome,
            countedAt: Timestamp(milliseconds: row[0]), duration: queuedAt.map { finishedAt - $0 })
    }
}
