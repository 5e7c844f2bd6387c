import Foundation
import GRDB
import SLOCore
import Testing

@testable import SLOStore

@Suite struct ExportTests {
    @Test(arguments: Backend.readable) func deliveriesAreExportedInOrderAndByteForByte(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var bodies: [[UInt8]] = []
        for start in stride(from: 1, to: 600, by: 100) as StrideTo<Int64> {
            var batch = CommitBatch()
            for sequence in start..<(start + 100) {
                let body = Array("{\"number\":\(sequence),\"text\":\"\(String(repeating: "ab", count: 50))\"}".utf8)
                bodies.append(body)
                batch.journal.append(.delivery(sequence, at: Timestamp(seconds: sequence), body: body))
            }
            try store.commit(batch)
        }
        let reader = try place.reader()
        var out: [StoredDelivery] = []
        try reader.forEachDelivery { out.append($0) }
        #expect(out.map(\.body) == bodies)
        #expect(out.map(\.sequence) == Array(1...600))
        #expect(out.first?.source == .github)
        #expect(out.first?.headers == #"{"X-GitHub-Event":"pull_request"}"#)
        #expect(out.last?.receivedAt == Timestamp(seconds: 600))

        out = []
        try reader.forEachDelivery(from: Timestamp(seconds: 10), until: Timestamp(seconds: 12)) { out.append($0) }
        #expect(out.map(\.sequence) == [10, 11, 12])
        try reader.close()
        try store.close()
    }

    @Test(arguments: Backend.readable) func manyLargeBodiesAreNotReadAllAtOnce(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        let body = [UInt8](repeating: 65, count: 9 << 20)
        batch.journal = (1...5).map { .delivery($0, at: Timestamp(seconds: 1), body: body) }
        try store.commit(batch)
        let reader = try place.reader()
        var sizes: [Int] = []
        try reader.forEachDelivery { sizes.append($0.body.count) }
        #expect(sizes == [Int](repeating: 9 << 20, count: 5))
        try reader.close()
        try store.close()
    }

    @Test(arguments: Backend.readable) func errorsOfTheVisitorReachTheCaller(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...3))
        let reader = try place.reader()
        #expect(throws: NothingThrown.self) { try reader.forEachDelivery { _ in throw NothingThrown() } }
        try reader.close()
        try store.close()
    }
}

@Suite struct BackupTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private func findings(_ path: String) throws -> [String] {
        let copy = try DatabaseQueue(path: path)
        defer { try? copy.close() }
        return try copy.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    }

    @Test func aCopyTakenWhileWritingIsOfOneMoment() throws {
        let store = try scratch.open()
        let body = noise(100_000)
        var batch = CommitBatch.counting("deliveries", 100)
        batch.journal = (1...100).map { .delivery($0, at: Timestamp(seconds: 1), body: body) }
        try store.commit(batch)

        let reader = try SQLiteReader.open(path: scratch.database)
        var next: Int64 = 101
        var steps: [(done: Int, total: Int)] = []
        try reader.backup(to: scratch.path("copy.sqlite"), startedAt: Timestamp(seconds: 0)) { done, total in
            steps.append((done, total))
            var batch = CommitBatch.counting("deliveries", 1)
            batch.journal = [.delivery(next, at: Timestamp(seconds: 2), body: body)]
            next += 1
            try store.commit(batch)
        }
        try reader.close()
        #expect(steps.count >= 2)
        #expect(steps.last?.done == steps.last?.total)
        #expect(try store.load().counters == ["deliveries": next - 1])
        try store.close()

        #expect(try findings(scratch.path("copy.sqlite")) == ["ok"])
        #expect(!FileManager.default.fileExists(atPath: scratch.path("copy.sqlite.partial")))
        let copy = try SQLiteStore.open(path: scratch.path("copy.sqlite"), startedAt: Timestamp(seconds: 0))
        #expect(try copy.load().counters == ["deliveries": 100])
        #expect(try copy.load().nextSequence == 101)
        #expect(try copy.known(.numbered(100)) != nil)
        try copy.close()
    }

    @Test func anExistingFileIsKeptUnlessOverwriting() throws {
        let store = try scratch.open()
        let target = scratch.path("copy.sqlite")
        try "precious".write(toFile: target, atomically: false, encoding: .utf8)
        let reader = try SQLiteReader.open(path: scratch.database)
        let error = try storeError { try reader.backup(to: target, startedAt: Timestamp(seconds: 0)) }
        #expect(error.code == .exists)
        #expect(error.message.contains("copy.sqlite already exists"))
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious")
        try reader.backup(to: target, startedAt: Timestamp(seconds: 0), overwriting: true)
        #expect(try findings(target) == ["ok"])
        try reader.close()
        try store.close()
    }

    @Test func theDatabaseItselfIsRefusedAsTarget() throws {
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        let reader = try SQLiteReader.open(path: scratch.database)
        let link = scratch.path("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.database)
        for target in [scratch.database, link] {
            #expect(
                try storeError { try reader.backup(to: target, startedAt: Timestamp(seconds: 0), overwriting: true) }
                    .code == .exists)
        }
        #expect(try reader.load().counters == ["a": 1])
        try reader.close()
        try store.close()
    }

    @Test func aBackupReplacesFilesOnly() throws {
        let store = try scratch.open()
        let reader = try SQLiteReader.open(path: scratch.database)
        let pipe = scratch.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let toPipe = scratch.path("to-pipe")
        try FileManager.default.createSymbolicLink(atPath: toPipe, withDestinationPath: pipe)
        for target in ["/dev/null", scratch.folder, pipe, toPipe] {
            let error = try storeError {
                try reader.backup(to: target, startedAt: Timestamp(seconds: 0), overwriting: true)
            }
            #expect(error.code == .exists)
            #expect(error.message.contains("is not a file"))
        }
        let link = scratch.path("link.sqlite")
        let copy = scratch.path("copy.sqlite")
        try "old".write(toFile: copy, atomically: false, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: copy)
        try reader.backup(to: link, startedAt: Timestamp(seconds: 0), overwriting: true)
        #expect(try findings(copy) == ["ok"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == copy)
        try reader.close()
        try store.close()
    }

    @Test func aCancelledBackupLeavesNothing() throws {
        let store = try scratch.open()
        let reader = try SQLiteReader.open(path: scratch.database)
        let target = scratch.path("copy.sqlite")
        var batch = CommitBatch()
        let body = noise(100_000)
        batch.journal = (1...100).map { .delivery($0, at: Timestamp(seconds: 1), body: body) }
        try store.commit(batch)
        #expect(throws: NothingThrown.self) {
            try reader.backup(to: target, startedAt: Timestamp(seconds: 0)) { _, _ in throw NothingThrown() }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.folder)
        #expect(left.filter { $0.hasPrefix("copy") } == [])
        #expect(
            try storeError { try reader.backup(to: scratch.path("none/copy.sqlite"), startedAt: Timestamp(seconds: 0)) }
                .code == .cannotOpen)
        try reader.close()
        try store.close()
    }
}
