import Foundation
import GRDB
import SLOCore
import Testing

@testable import SLOStore

/// No command writes onto a file of a database.
@Suite struct WriteTargetTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private let start = Timestamp(seconds: 0)

    /// A database that a server works on, its name, and one more that is only a backup.
    private func working() throws -> (store: SQLiteStore, reader: SQLiteReader) {
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        return (store, try SQLiteReader.open(path: scratch.database))
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal", ".lock"])
    func noFileOfTheDatabaseIsReplaced(suffix: String) throws {
        let (store, reader) = try working()
        let file = scratch.database + suffix
        let before = FileManager.default.contents(atPath: file)
        var names = [file, scratch.folder + "/./" + "slo.sqlite" + suffix]
        if before != nil {
            names += [scratch.path("hard"), scratch.path("soft")]
            try FileManager.default.linkItem(atPath: file, toPath: scratch.path("hard"))
            try FileManager.default.createSymbolicLink(atPath: scratch.path("soft"), withDestinationPath: file)
        }
        for name in names {
            for overwriting in [false, true] {
                let error = try storeError {
                    try reader.backup(to: name, startedAt: start, overwriting: overwriting)
                }
                #expect(error.code == .exists)
                #expect(error.message.contains("choose another name"), "\(error)")
            }
            #expect(try storeError { try reader.requireFree(name) }.code == .exists)
        }
        #expect(FileManager.default.contents(atPath: file) == before)
        #expect(!FileManager.default.fileExists(atPath: file + ".partial"))
        try store.commit(.counting("a", 1))
        #expect(try reader.load().counters == ["a": 2])
        try reader.close()
        try store.close()
    }

    @Test func noFileOfAnotherDatabaseIsReplaced() throws {
        let (store, reader) = try working()
        let path = scratch.path("other.sqlite")
        let other = try SQLiteStore.open(path: path, startedAt: start)
        try other.commit(.counting("b", 1))
        for suffix in ["-wal", "-shm"] {
            try FileManager.default.linkItem(atPath: path + suffix, toPath: scratch.path("hard" + suffix))
        }
        let names =
            [path, path + "-wal", path + "-shm", path + "-journal", path + ".lock"]
            + [scratch.path("hard-wal"), scratch.path("hard-shm")]
        for name in names {
            let before = FileManager.default.contents(atPath: name)
            let error = try storeError { try reader.backup(to: name, startedAt: start, overwriting: true) }
            #expect(error.code == .exists, "\(name)")
            #expect(FileManager.default.contents(atPath: name) == before)
        }
        try other.close()
        // Nor once its server has ended.
        #expect(
            try storeError { try reader.backup(to: path, startedAt: start, overwriting: true) }.message
                .contains("a server's database"))
        #expect(
            try storeError {
                _ = try SQLiteStore.restore(
                    from: path, to: scratch.database + "-wal", startedAt: start, overwriting: true)
            }.code == .exists)
        #expect(try storeError { _ = try SQLiteStore.open(path: path + "-wal", startedAt: start) }.code == .exists)
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        try reader.close()
        try store.close()
    }

    @Test func theDatabaseOfAnotherProgramIsNotReplaced() throws {
        let (store, reader) = try working()
        let path = scratch.path("recipes.sqlite")
        let recipes = try DatabaseQueue(path: path)
        try recipes.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        try recipes.close()
        #expect(try storeError { try reader.backup(to: path, startedAt: start, overwriting: true) }.code == .foreign)
        let backup = scratch.path("backup.sqlite")
        try reader.backup(to: backup, startedAt: start)
        #expect(
            try storeError { _ = try SQLiteStore.restore(from: backup, to: path, startedAt: start, overwriting: true) }
                .code
                == .foreign)
        #expect(
            try storeError { _ = try SQLiteStore.restore(from: backup, to: path + "-wal", startedAt: start) }.code
                == .exists)
        try reader.close()
        try store.close()
    }

    @Test func anEarlierBackupIsReplaced() throws {
        let (store, reader) = try working()
        let backup = scratch.path("backup.sqlite")
        for _ in 1...2 { try reader.backup(to: backup, startedAt: start, overwriting: true) }
        #expect(try DatabaseFileKind(ofFileAt: backup) == .database(.backup))
        #expect(try DatabaseFileKind(ofFileAt: scratch.database + "-wal") == .log)
        #expect(try DatabaseFileKind(ofFileAt: scratch.database + "-shm") == .log)
        try reader.close()
        try store.close()
        #expect(try DatabaseFileKind(ofFileAt: scratch.database) == .database(.server))
    }

    @Test func twoBackupsToOneFileDoNotMix() throws {
        let (store, reader) = try working()
        let backup = scratch.path("backup.sqlite")
        var refusals = 0
        try reader.backup(to: backup, startedAt: start, overwriting: true) { _, _ in
            let second = try SQLiteReader.open(path: scratch.database)
            let error = try storeError { try second.backup(to: backup, startedAt: start, overwriting: true) }
            #expect(error.code == .lockedByOther)
            refusals += 1
            try second.close()
        }
        #expect(refusals > 0)
        let copy = try SQLiteReader.open(path: backup)
        #expect(try copy.load().counters == ["a": 1])
        try copy.close()
        // What a killed process left is in nobody's way.
        try "half a copy".write(toFile: backup + ".partial", atomically: false, encoding: .utf8)
        try reader.backup(to: backup, startedAt: start, overwriting: true)
        #expect(!FileManager.default.fileExists(atPath: backup + ".partial"))
        try reader.close()
        try store.close()
    }

    @Test func aFailedRestoreLeavesNoFile() throws {
        try "no backup".write(toFile: scratch.path("text"), atomically: false, encoding: .utf8)
        #expect(throws: StoreError.self) {
            _ = try SQLiteStore.restore(from: scratch.path("text"), to: scratch.database, startedAt: start)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["text"])
    }
}
