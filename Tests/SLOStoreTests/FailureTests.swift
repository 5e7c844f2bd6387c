import Foundation
import GRDB
import SLOCore
import Testing

@testable import SLOStore

@Suite struct FailureTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test func aCrashLosesNothingThatWasCommitted() throws {
        let store = try scratch.open()
        try store.commit(.deliveries(1...5))
        try store.commit(.counting("a", 1))
        let left = try scratch.copyAsIfKilled(to: "left.sqlite")
        try store.close()

        let restarted = try SQLiteStore.open(path: left, startedAt: Timestamp(seconds: 0))
        let state = try restarted.load()
        #expect(state.counters == ["a": 1])
        #expect(state.nextSequence == 6)
        #expect(try restarted.known(.numbered(5)) != nil)
        try restarted.close()
    }

    @Test func aCrashInTheMiddleOfATransactionLeavesTheStateBeforeIt() throws {
        let faults = FaultSwitch()
        let store = try scratch.open(fault: faults.fault)
        try store.commit(.deliveries(1...1))
        let scratch = scratch
        faults.arm(.beforeCommit) { _ = try scratch.copyAsIfKilled(to: "left.sqlite") }
        var batch = CommitBatch.deliveries(2...200)
        batch.counters = ["a": 1]
        try store.commit(batch)
        #expect(try store.load().nextSequence == 201)
        try store.close()

        let restarted = try SQLiteStore.open(path: scratch.path("left.sqlite"), startedAt: Timestamp(seconds: 0))
        let state = try restarted.load()
        #expect(state.nextSequence == 2)
        #expect(state.counters.isEmpty)
        try restarted.commit(batch)
        #expect(try restarted.load().nextSequence == 201)
        try restarted.close()
    }

    @Test func aTornLogLosesOnlyTheTransactionThatWasBeingWritten() throws {
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        try store.commit(.counting("a", 1))
        let left = try scratch.copyAsIfKilled(to: "left.sqlite")
        try store.close()
        let log = try #require(FileHandle(forUpdatingAtPath: left + "-wal"))
        try log.truncate(atOffset: try log.seekToEnd() - 100)
        try log.close()

        let restarted = try SQLiteStore.open(path: left, startedAt: Timestamp(seconds: 0))
        #expect(try restarted.load().counters == ["a": 1])
        try restarted.close()
    }

    @Test func aFullDiskIsNamedAndTheStoreRecovers() throws {
        let store = try scratch.open()
        try store.commit(.deliveries(1...10))
        let pages = try store.queue.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 2)")
            return pages
        }
        var batch = CommitBatch()
        let body = noise(100_000)
        batch.journal = [.delivery(11, at: Timestamp(seconds: 2000), body: body)]
        let error = try storeError { try store.commit(batch) }
        #expect(error.code == .diskFull)
        #expect(error.isDiskFault)
        #expect(error.message.contains(scratch.database))
        #expect(try storeError { try store.probe() }.code == .diskFull)
        #expect(try store.load().nextSequence == 11)

        try store.queue.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 10_000)")
        }
        try store.probe()
        try store.commit(batch)
        #expect(try store.load().nextSequence == 12)
        try store.close()
    }

    @Test func aReadOnlyDatabaseIsNamed() throws {
        let store = try scratch.open()
        try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 1") }
        let error = try storeError { try store.commit(.counting("a", 1)) }
        #expect(error.code == .readOnly)
        #expect(error.isDiskFault)
        #expect(try storeError { try store.probe() }.code == .readOnly)
        try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 0") }
        try store.probe()
        try store.commit(.counting("a", 1))
        try store.close()
    }

    @Test func aDatabaseHeldByAnotherConnectionIsNamed() throws {
        let store = try scratch.open()
        let other = try DatabaseQueue(path: scratch.database)
        try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
        try other.writeWithoutTransaction { db in
            try db.beginTransaction(.immediate)
            let error = try storeError { try store.commit(.counting("a", 1)) }
            #expect(error.code == .locked)
            #expect(error.isDiskFault)
            try db.rollback()
        }
        try store.commit(.counting("a", 1))
        try other.close()
        try store.close()
    }

    @Test func aDamagedFileIsNamed() throws {
        let store = try scratch.open()
        for start in stride(from: 1, to: 2000, by: 200) as StrideTo<Int64> {
            try store.commit(.deliveries(start...(start + 199)))
        }
        try store.close()
        let file = try #require(FileHandle(forUpdatingAtPath: scratch.database))
        // The first page holds the tables' names; what is in them comes after it.
        try file.seek(toOffset: UInt64(Connection.pageBytes))
        try file.write(contentsOf: Data(repeating: 0xAB, count: 20 * Connection.pageBytes))
        try file.close()
        let error = try storeError {
            let damaged = try scratch.open()
            defer { try? damaged.close() }
            _ = try damaged.load()
            try damaged.commit(.deliveries(5000...5001))
        }
        #expect(error.code == .damaged)
        #expect(error.isDiskFault)
        #expect(error.message.contains("restore a backup"))
    }

    @Test func aFullDiskAtCommitIsNotAmbiguous() throws {
        let faults = FaultSwitch()
        let store = try scratch.open(fault: faults.fault)
        faults.arm(.insteadOfCommit) { throw DatabaseError(resultCode: .SQLITE_FULL) }
        #expect(try storeError { try store.commit(.counting("a", 1)) }.code == .diskFull)
        #expect(try store.load().counters.isEmpty)
        try store.close()
    }

    @Test func aProbeThatFailsSaysWhy() throws {
        let faults = FaultSwitch()
        let store = try scratch.open(fault: faults.fault)
        faults.arm(.probe) { throw StoreError(code: .diskFull, message: "injected") }
        #expect(try storeError { try store.probe() }.code == .diskFull)
        try store.probe()
        try store.close()
    }

    @Test(arguments: [
        (ResultCode.SQLITE_FULL, StoreError.Code.diskFull, true), (.SQLITE_IOERR_WRITE, .inputOutput, true),
        (.SQLITE_CORRUPT, .damaged, true), (.SQLITE_NOTADB, .notADatabase, true), (.SQLITE_BUSY, .locked, true),
        (.SQLITE_READONLY, .readOnly, true), (.SQLITE_CANTOPEN, .cannotOpen, true),
        (.SQLITE_CONSTRAINT_UNIQUE, .rejected, false), (.SQLITE_TOOBIG, .rejected, false),
        (.SQLITE_ERROR, .unexpected, false),
    ])
    func theDisksFaultsAreToldFromTheBatchs(result: ResultCode, code: StoreError.Code, isDiskFault: Bool) {
        let error = StoreError(DatabaseError(resultCode: result), path: "/there/slo.sqlite")
        #expect(error.code == code)
        #expect(error.isDiskFault == isDiskFault)
        #expect(error.message.contains("/there/slo.sqlite"))
    }
}
