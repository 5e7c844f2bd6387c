import GRDB
public import SLOCore

extension SQLiteReader {
    public func changes(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [ChangeRecord] {
        try records(
            PageQuery.changesOfPullRequest, [name, number, repository.stored, limit, skipping], ChangeRecord.init)
    }

    public func runs(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [RunRecord] {
        try records(PageQuery.runsOfPullRequest, [name, number, repository.stored, limit, skipping], RunRecord.init)
    }

    public func changes(_ changes: [EntityID]) throws -> [ChangeRecord] {
        try translated {
            try queue.read { db in
                let select = try db.cachedStatement(sql: PageQuery.changeAtKey)
                return try changes.flatMap { try Row.fetchAll(select, arguments: [$0.number]).map(ChangeRecord.init) }
            }
        }
    }

    public func runs(_ runs: [EntityID]) throws -> [RunRecord] {
        try translated {
            try queue.read { db in
                let select = try db.cachedStatement(sql: PageQuery.runAtKey)
                return try runs.compactMap { try Row.fetchOne(select, arguments: [$0.number]).map(RunRecord.init) }
            }
        }
    }
}
