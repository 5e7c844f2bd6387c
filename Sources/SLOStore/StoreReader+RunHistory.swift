import GRDB
public import SLOCore

/// The boundary between two pages of runs.
public struct RunPlace: Equatable, Sendable {
    public let countedAt: Timestamp
    public let run: Int64

    public init(countedAt: Timestamp, run: Int64) {
        self.countedAt = countedAt
        self.run = run
    }
}

/// A page of ended runs, the latest first.
public struct FoundRuns: Equatable, Sendable {
    public let runs: [RunRecord]
    /// Where the next page begins; `nil` if nothing is left.
    public let next: RunPlace?
}

extension StoreReader {
    /// The limit of runs that one search reads.
    private static let searchRuns = 5000

    /// Matching runs that were counted as ended within a time range, both ends included.
    /// - Parameters:
    ///   - before: a place, not included; `nil` for the latest.
    ///   - repository: reads only this one's runs; case-insensitive.
    ///   - limit: the most to return.
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
