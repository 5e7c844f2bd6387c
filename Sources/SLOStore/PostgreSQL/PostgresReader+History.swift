import SLOCore

extension PostgresReader {
    func changes(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [ChangeRecord] {
        try records(
            PostgresQuery.changesOfPullRequest,
            [.text(name), .count(number), .int8(repository.stored), .count(limit), .count(skipping)], ChangeRecord.init)
    }

    func runs(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [RunRecord] {
        try records(
            PostgresQuery.runsOfPullRequest,
            [.text(name), .count(number), .int8(repository.stored), .count(limit), .count(skipping)], RunRecord.init)
    }

    func changes(_ changes: [EntityID]) throws -> [ChangeRecord] {
        try records(PostgresQuery.changesAtKeys, [.int8s(changes.map(\.number))], ChangeRecord.init)
    }

    func runs(_ runs: [EntityID]) throws -> [RunRecord] {
        try records(PostgresQuery.runsAtKeys, [.int8s(runs.map(\.number))], RunRecord.init)
    }

    // MARK: - Ended runs

    /// Runs of a search read at a time: few searches need them all.
    private static let pageRuns = 512

    func endedRuns(
        before: RunPlace?, repository: String?, from: Timestamp, through: Timestamp, atMost limit: Int,
        where isWanted: (RunRecord) -> Bool
    ) throws -> FoundRuns {
        var search = RunSearch(before: before, through: through, atMost: limit)
        return try inSnapshot { run in
            while true {
                let page = try run([Self.runs(before: search.place, repository: repository, from: from)])[0]
                var count = 0
                for row in page.rows {
                    if search.isOver { return search.foundSoFar }
                    search.look(at: try RunRecord(row), where: isWanted)
                    count += 1
                }
                if count < Self.pageRuns { return search.foundAll }
            }
        }
    }

    private static func runs(before place: RunPlace, repository: String?, from: Timestamp) -> PostgresStatement {
        let bounds: [PostgresParameter] = [
            .time(place.countedAt), .int8(place.run), .time(from), .count(pageRuns),
        ]
        guard let repository else { return PostgresStatement(PostgresQuery.runsBefore, bounds) }
        return PostgresStatement(PostgresQuery.runsOfRepositoryBefore, bounds + [.text(repository)])
    }

    func forEachEndedRun(from: Timestamp, through: Timestamp, _ visit: (EndedRun) -> Void) throws {
        var after = RunPlace(countedAt: from, run: .min)
        while true {
            let page = try session.run([
                PostgresStatement(
                    PostgresQuery.runsEnded,
                    [.time(after.countedAt), .int8(after.run), .time(through), .count(ReadingLimit.endedRuns)])
            ])[0]
            var count = 0
            for row in page.rows {
                after = try RunPlace(row)
                visit(try EndedRun(row))
                count += 1
            }
            if count < ReadingLimit.endedRuns { return }
        }
    }

    // MARK: - Activity

    func runActivity(since: Timestamp) throws -> [RunActivity] {
        try records(PostgresQuery.runsSince, [.time(since)], RunActivity.init)
    }

    func changeActivity(since: Timestamp) throws -> [ChangeActivity] {
        try records(PostgresQuery.changesSince, [.time(since)], ChangeActivity.init)
    }
}
