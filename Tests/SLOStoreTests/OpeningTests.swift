import Foundation
import GRDB
import Testing

@testable import SLOCore
@testable import SLOStore

@Suite struct OpeningTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test func aCommitIsSyncedToDisk() throws {
        let store = try scratch.open()
        try store.queue.read { db throws in
            #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            #expect(try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2)
        }
        try store.close()
        // The settings hold for a database that is already there, too.
        let again = try scratch.open()
        try again.queue.read { db throws in
            #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            #expect(try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2)
        }
        try again.close()
    }

    @Test func aNewDatabaseIsEmpty() throws {
        let store = try scratch.open()
        #expect(try store.load() == LoadedState())
        #expect(try store.databaseBytes > 0)
        try store.close()
    }

    @Test func othersCannotReadTheDatabase() throws {
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        for suffix in ["", "-wal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.database + suffix)
            let permissions = try #require(attributes[.posixPermissions] as? NSNumber)
            #expect(permissions.intValue & 0o007 == 0)
        }
        try store.close()
    }

    @Test func closingLeavesOneFileWithEverythingInIt() throws {
        let store = try scratch.open()
        try store.commit(.counting("a", 5))
        try store.close()
        #expect(!FileManager.default.fileExists(atPath: scratch.database + "-wal"))
        let reader = try SQLiteReader.open(path: scratch.database)
        #expect(try reader.load().counters == ["a": 5])
        try reader.close()
    }

    @Test func aRefusedOpeningReleasesTheLock() throws {
        try "this is not a database, and long enough to tell".write(
            toFile: scratch.database, atomically: false, encoding: .utf8)
        #expect(try storeError { _ = try scratch.open() }.code == .notADatabase)
        try FileManager.default.removeItem(atPath: scratch.database)
        try scratch.open().close()
    }

    @Test func aDatabaseOfANewerVersionIsRefusedUntouched() throws {
        let store = try scratch.open()
        try store.queue.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999 from the future')")
        }
        try store.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
        let error = try storeError { _ = try scratch.open() }
        #expect(error.code == .newerVersion)
        #expect(error.message.contains("newer version"))
        #expect(try storeError { _ = try SQLiteReader.open(path: scratch.database) }.code == .newerVersion)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.database)) == before)
    }

    @Test func theDatabaseOfAnotherProgramIsRefusedUntouched() throws {
        let other = try DatabaseQueue(path: scratch.database)
        try other.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
        #expect(try storeError { _ = try scratch.open() }.code == .foreign)
        #expect(try storeError { _ = try SQLiteReader.open(path: scratch.database) }.code == .foreign)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.database)) == before)
    }

    /// GRDB makes its list of migrations before the first of them.
    @Test func anInterruptedFirstStartIsContinued() throws {
        let begun = try DatabaseQueue(path: scratch.database)
        try begun.write { try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)") }
        try begun.close()
        try scratch.open().close()
        try scratch.open().close()
    }

    @Test func aTruncatedDatabaseIsRefusedUntouched() throws {
        try scratch.open().close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
        for left in [1, 16, 99, 100, 16384, whole.count / 2, whole.count - 1] {
            let rest = whole.prefix(left)
            try rest.write(to: URL(fileURLWithPath: scratch.database))
            let error = try storeError { _ = try scratch.open() }
            #expect(error.code == .damaged, "\(left) of \(whole.count) bytes")
            #expect(error.message.contains("restore a backup"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.database)) == rest)
        }
        try whole.write(to: URL(fileURLWithPath: scratch.database))
        try scratch.open().close()
    }

    @Test func aReaderCreatesNoDatabase() throws {
        #expect(try storeError { _ = try SQLiteReader.open(path: scratch.database) }.code == .cannotOpen)
        #expect(!FileManager.default.fileExists(atPath: scratch.database))
    }

    @Test func aReaderRefusesAnUnmigratedDatabase() throws {
        let store = try scratch.open()
        try store.queue.write { try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '2%'") }
        try store.close()
        #expect(try storeError { _ = try SQLiteReader.open(path: scratch.database) }.code == .olderVersion)
    }

    @Test func aReaderSeesWhatTheServerCommitsAndCannotWrite() throws {
        let store = try scratch.open()
        let reader = try SQLiteReader.open(path: scratch.database)
        try store.commit(.counting("a", 2))
        #expect(try reader.load().counters == ["a": 2])
        #expect(throws: DatabaseError.self) {
            try reader.queue.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM totals") }
        }
        try store.close()
        try reader.close()
    }

    @Test func keysOfAnOlderDatabaseAreConverted() throws {
        let head = HeadKey(repository: 5, sha: "a1")
        let pullRequest = PullRequestKey(repository: 5, number: 300)
        let backend = BackendKey.copr(build: 9_000_000, chroot: "fedora-44-x86_64")
        let ids = [1, 64, 200, 70_000].map { EntityID($0) }
        // Table, repository and key of a row, and the key that it has now.
        let rows: [(Int64, Int64, [UInt8], StateKey)] =
            [
                (0, 0, Int64(0).stored, StateKey(.chronicle, Int64(0))),
                (1, 5, Int64(5).stored, StateKey(.repositories, Int64(5))),
                (2, 5, pullRequest.stored, StateKey(.pullRequests, pullRequest)),
                (3, 5, head.stored, StateKey(.heads, head)),
                (7, 0, backend.stored, StateKey(.backends, backend)),
            ]
            + [(4, .changes), (5, .lanes), (6, .runs)].flatMap { part, table in
                ids.map { (part, part == 6 ? 0 : 5, $0.stored, StateKey(table, $0)) }
            }
        let queue = try DatabaseQueue(path: scratch.database)
        try Schema.migrator.migrate(queue, upTo: "7 reconciliations")
        try queue.write { db in
            for (part, repository, key, _) in rows {
                try db.execute(
                    sql: "INSERT INTO state VALUES (?, ?, ?, ?)", arguments: [part, repository, Data(key), Data(key)])
            }
        }
        try queue.close()
        let store = try scratch.open()
        let loaded = try store.load().state
        let expected = rows.map { LoadedState.Entry(key: $0.3, value: $0.2) }.sorted { one, other in
            (one.key.table, one.key.repository) < (other.key.table, other.key.repository)
        }
        #expect(loaded == expected)
        try store.close()
    }

    @Test func aCopyIsKeptBeforeTheSchemaChanges() throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try Schema.migrator.migrate(queue, upTo: "9 proofs of joins")
        try queue.write { try $0.execute(sql: "INSERT INTO reconciliations VALUES ('github', x'01')") }
        try queue.close()
        try scratch.open().close()
        let copy = try DatabaseQueue(path: scratch.database + ".schema-9")
        try copy.read { db throws in
            #expect(try Schema.stepBeforeMigration(db) == "9")
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM reconciliations") == 1)
        }
        try copy.close()
        // Once is enough.
        try FileManager.default.removeItem(atPath: scratch.database + ".schema-9")
        try scratch.open().close()
        #expect(!FileManager.default.fileExists(atPath: scratch.database + ".schema-9"))
    }

    @Test func aNewDatabaseLeavesNoCopy() throws {
        try scratch.open().close()
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.folder)
        #expect(!files.contains { $0.contains(".schema-") })
    }

    @Test func resultsOfAnOlderDatabaseAreRenamed() throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try Schema.migrator.migrate(queue, upTo: "9 proofs of joins")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO journal (sequence, received_at, kind, result) VALUES
                        (1, 0, 'delivery', 'undecided'), (2, 0, 'delivery', 'accepted');
                    INSERT INTO totals VALUES
                        (0, 'packit_slo_deliveries_total{source="copr",result="undecided"}', -2, 3, NULL),
                        (0, 'packit_slo_upstream_requests_total{upstream="copr",result="lying"}', -2, 4, NULL),
                        (0, 'packit_slo_upstream_requests_total{upstream="copr",result="ok"}', -2, 5, NULL);
                    """)
        }
        try queue.close()
        let store = try scratch.open()
        #expect(
            try store.load().counters == [
                #"packit_slo_deliveries_total{source="copr",result="processing_failed"}"#: 3,
                #"packit_slo_upstream_requests_total{upstream="copr",result="invalid_response"}"#: 4,
                #"packit_slo_upstream_requests_total{upstream="copr",result="ok"}"#: 5,
            ])
        let results = try store.queue.read {
            try String.fetchAll($0, sql: "SELECT result FROM journal ORDER BY sequence")
        }
        #expect(results == ["processing_failed", "accepted"])
        try store.close()
    }

    /// An alert on a source's silence needs the time also after an upgrade.
    @Test func lastDeliveriesOfAnOlderDatabaseAreKnown() throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try Schema.migrator.migrate(queue, upTo: "13 sockets that stay open")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO journal (sequence, received_at, kind, source) VALUES
                        (1, 1000, 'delivery', 'github'), (2, 2000, 'delivery', 'copr'),
                        (3, 3000, 'delivery', 'github'), (4, 4000, 'answer', 'testing_farm'), (5, 5000, 'stop', NULL)
                    """)
        }
        try queue.close()
        let store = try scratch.open()
        #expect(
            try store.load().gauges == [
                #"packit_slo_last_delivery_timestamp_seconds{source="github"}"#: 3000,
                #"packit_slo_last_delivery_timestamp_seconds{source="copr"}"#: 2000,
            ])
        try store.close()
    }

    @Test func aMissingFolderIsNamed() throws {
        let error = try storeError {
            _ = try SQLiteStore.open(path: scratch.path("no/such/folder.sqlite"), startedAt: Timestamp(seconds: 0))
        }
        #expect(error.code == .cannotOpen)
        #expect(error.message.contains("no/such/folder.sqlite cannot be opened"))
    }
}
