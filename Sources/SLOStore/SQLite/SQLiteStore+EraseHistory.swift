import GRDB
public import SLOCore

extension SQLiteStore {
    /// All names of repositories in history, with the repositories that had them; `nil` for what only a backend named.
    public func namesInHistory() throws -> [(repository: RepositoryID?, name: String)] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT DISTINCT repository, repository_name FROM changes
                        UNION SELECT DISTINCT repository, repository_name FROM runs WHERE repository_name IS NOT NULL
                        """)
                return rows.map { (($0[0] as Int64?).map(RepositoryID.init(stored:)), $0[1]) }
            }
        }
    }

    /// Copr's builds and Testing Farm's requests of repositories, as history names them.
    public func backendsInHistory(of repositories: Set<RepositoryID>) throws -> [String] {
        try translated {
            try queue.read { db in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT backend_id FROM runs
                        WHERE repository IN (\(Self.list(repositories))) AND backend_id IS NOT NULL
                        """)
            }
        }
    }

    /// Writes a batch, and erases the history of repositories in the same transaction: their changes and runs, and all
    /// of their judgements but what objectives count.
    /// - Parameter isDryRun: whether to change nothing, but count.
    public func erase(_ erasure: Erasure, with batch: CommitBatch, isDryRun: Bool) throws -> ErasedRows {
        guard isDryRun else { return try inOwnTransaction { try erase(erasure, with: batch, $0) } }
        return try translated {
            try queue.writeWithoutTransaction { db in
                try db.beginTransaction(.immediate)
                defer { try? db.rollback() }
                return try erase(erasure, with: batch, db)
            }
        }
    }

    private func erase(_ erasure: Erasure, with batch: CommitBatch, _ db: Database) throws -> ErasedRows {
        try write(batch, db)
        db.add(function: Self.hasName(erasure.search, keeping: Set(erasure.renamed.values)))
        var erased = ErasedRows()
        erased.judgements = try eraseJudgements(erasure, db)
        erased.changes = try eraseRows("changes", "base_ref", erasure, db)
        erased.runs = try eraseRows("runs", "name", erasure, db)
        erased.timeNotes = try eraseTimeNotes(erasure.search, db)
        return erased
    }

    /// `has_name(TEXT)`: whether a column has one of the names.
    /// - Parameter kept: present names of other repositories, such as `acme/login`.
    private static func hasName(_ search: NameSearch, keeping kept: Set<String>) -> DatabaseFunction {
        DatabaseFunction("has_name", argumentCount: 1, pure: true) { values in
            String.fromDatabaseValue(values[0]).map { search.isIn($0) && !kept.contains($0) } ?? false
        }
    }

    private func eraseRows(_ table: String, _ text: String, _ erasure: Erasure, _ db: Database) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM \(table) WHERE repository IN (\(Self.list(erasure.repositories)))
                    OR repository IS NULL AND has_name(repository_name)
                """)
        let deleted = db.changesCount
        for (repository, name) in erasure.renamed {
            try db.execute(
                sql: "UPDATE \(table) SET repository_name = ? WHERE repository = ? AND has_name(repository_name)",
                arguments: [name, repository.stored])
        }
        try db.execute(
            sql: "UPDATE \(table) SET \(text) = ? WHERE has_name(\(text))", arguments: [Erasure.substitute])
        return deleted
    }

    /// Call while changes and runs still tell which repository a judgement is of.
    private func eraseJudgements(_ erasure: Erasure, _ db: Database) throws -> Int {
        for (repository, name) in erasure.renamed {
            try db.execute(
                sql: """
                    UPDATE judgements SET repository_name = ? WHERE has_name(repository_name) AND entity IN (
                        SELECT change FROM changes WHERE repository = ? UNION SELECT run FROM runs WHERE repository = ?)
                    """, arguments: [name, repository.stored, repository.stored])
        }
        let list = Self.list(erasure.repositories)
        try db.execute(
            sql: """
                UPDATE judgements SET repository_name = NULL, branch = NULL, check_name = NULL
                WHERE has_name(repository_name) OR entity IN (
                    SELECT change FROM changes WHERE repository IN (\(list))
                    UNION SELECT run FROM runs WHERE repository IN (\(list)))
                """)
        let nameless = db.changesCount
        for column in ["branch", "check_name"] {
            try db.execute(sql: "UPDATE judgements SET \(column) = NULL WHERE has_name(\(column))")
        }
        return nameless
    }

    /// For `IN`.
    private static func list(_ repositories: Set<RepositoryID>) -> String {
        repositories.map { String($0.stored) }.joined(separator: ",")
    }

    private func eraseTimeNotes(_ search: NameSearch, _ db: Database) throws -> Int {
        let notes = try Row.fetchAll(db, sql: "SELECT id, words FROM time_notes WHERE has_name(words)")
        for note in notes {
            try db.execute(
                sql: "UPDATE time_notes SET words = ? WHERE id = ?",
                arguments: [search.replacing(in: note[1], by: Erasure.substitute), note[0] as Int64])
        }
        return notes.count
    }
}
