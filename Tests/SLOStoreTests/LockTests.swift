import Foundation
import GRDB
import SLOCore
import Testing

@testable import SLOStore

/// One process writes a database, whatever name of the file it is given.
@Suite struct LockTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test func aSecondServerIsRefusedWithTheHolder() throws {
        let first = try scratch.open()
        let error = try storeError { _ = try scratch.open() }
        #expect(error.code == .lockedByOther)
        #expect(error.holder?.processID == getpid())
        #expect(error.holder?.startedAt == "2026-11-22T10:00:00Z")
        #expect(error.holder?.host == ProcessInfo.processInfo.hostName)
        #expect(error.message.contains("process \(getpid()) on "))
        #expect(error.message.contains(scratch.database))
        // The refused one changed nothing about the first.
        try first.commit(.counting("a", 1))
        try first.close()
        try scratch.open().close()
    }

    @Test(arguments: [false, true])
    func anotherNameOfTheFileLeadsToTheSameLock(isHard: Bool) throws {
        try scratch.open().close()
        let link = scratch.path("link.sqlite")
        if isHard {
            try FileManager.default.linkItem(atPath: scratch.database, toPath: link)
        } else {
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.database)
        }
        let first = try scratch.open()
        let error = try storeError { _ = try SQLiteStore.open(path: link, startedAt: Timestamp(seconds: 0)) }
        #expect(error.code == .lockedByOther)
        #expect(error.holder?.processID == getpid())
        let backup = scratch.path("backup.sqlite")
        let reader = try SQLiteReader.open(path: scratch.database)
        try reader.backup(to: backup, startedAt: Timestamp(seconds: 0))
        try reader.close()
        let refusal = try storeError {
            _ = try SQLiteStore.restore(from: backup, to: link, startedAt: Timestamp(seconds: 0), overwriting: true)
        }
        #expect(refusal.code == .lockedByOther)
        try first.close()
        try SQLiteStore.open(path: link, startedAt: Timestamp(seconds: 0)).close()
    }

    @Test func aPathWithoutTheLogIsRefused() throws {
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        let link = scratch.path("link.sqlite")
        try FileManager.default.linkItem(atPath: scratch.database, toPath: link)
        // SQLite would not find the log, and read what the database was before it.
        let refusal = try storeError { _ = try SQLiteReader.open(path: link) }
        #expect(refusal.code == .cannotOpen)
        #expect(refusal.message.contains("another name of \(File.resolved(scratch.database))"))
        // As a killed server leaves it: the lock is free, the log is there.
        let log = scratch.database + "-wal"
        try FileManager.default.copyItem(atPath: log, toPath: log + ".kept")
        try store.close()
        try FileManager.default.moveItem(atPath: log + ".kept", toPath: log)
        #expect(
            try storeError { _ = try SQLiteStore.open(path: link, startedAt: Timestamp(seconds: 0)) }.code
                == .cannotOpen)
        try scratch.open().close()
        try SQLiteStore.open(path: link, startedAt: Timestamp(seconds: 0)).close()
    }

    @Test func noCloseReleasesTheLocksOfAnOpenDatabase() throws {
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        let held = try posixLocks(on: scratch.database)
        #expect(held > 0)
        _ = try storeError { _ = try scratch.open() }
        let reader = try SQLiteReader.open(path: scratch.database)
        _ = try storeError {
            try reader.backup(to: scratch.database + "-wal", startedAt: Timestamp(seconds: 0), overwriting: true)
        }
        try reader.close()
        #expect(try posixLocks(on: scratch.database) == held)
        let other = try SQLiteReader.open(path: scratch.database)
        try store.close()
        // The lock is given up at once; its descriptor stays open for the reader's sake.
        #expect(try posixLocks(on: scratch.database) > 0)
        try scratch.open().close()
        #expect(try other.load().counters == ["a": 1])
        try other.close()
    }

    /// How many POSIX locks this process has on a file, by what the kernel says.
    private func posixLocks(on path: String) throws -> Int {
        let inode = try #require(try FileIdentity.of(path)).inode
        let lines = try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
        return lines.count { $0.contains(" POSIX ") && $0.contains(" \(getpid()) ") && $0.contains(":\(inode) ") }
    }

    @Test func aReplacedFileIsNotConsideredLocked() throws {
        try scratch.open().close()
        let lock = try DatabaseLock(scratch.database, startedAt: Timestamp(seconds: 0))
        try FileManager.default.removeItem(atPath: scratch.database)
        // The lock that is held is of a file that has no name any more.
        try scratch.open().close()
        lock.release()
    }
}
