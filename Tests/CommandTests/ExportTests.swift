import ArgumentParser
import Foundation
import SLOCore
import SLORecordings
import SLOStore
import Testing

@testable import packit_slo

@Suite final class `Taking deliveries out of the database` {
    private let folder: URL
    private var database: String { folder.appending(path: "slo.sqlite").path }
    private let start = Timestamp(seconds: 1_764_000_000)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "packit-slo-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore.open(path: folder.appending(path: "slo.sqlite").path, startedAt: start)
        var batch = CommitBatch()
        let bodies = [
            #"{"repository":{"full_name":"acme/rocket"},"sender":{"login":"jane"}}"#, "[", #"{"n":3}"#,
        ]
        batch.journal = try bodies.enumerated().map { index, text in
            let body = Array(text.utf8)
            let identity = try #require(DeliveryIdentity(digest: [UInt8](repeating: UInt8(index), count: 16)[...]))
            return JournalEntry(
                sequence: Int64(index + 1), receivedAt: start + .seconds(Int64(index)), kind: .delivery,
                delivery: JournalledDelivery(
                    source: .github, event: "push", identity: identity,
                    fingerprint: BodyFingerprint(of: body), result: "accepted", bodyByteCount: body.count,
                    body: KeptBody(
                        headers: #"{"X-GitHub-Event":"push"}"#, compressed: CompressedBody(compressing: body))))
        }
        try store.commit(batch)
        try store.close()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func export(_ arguments: String...) throws -> [RecordedDelivery] {
        let file = folder.appending(path: "out-\(UUID().uuidString).jsonl").path
        let command = try #require(
            try PackitSLO.parseAsRoot(["export", "--database", database, "--output", file] + arguments) as? Export)
        try command.run()
        let reader = try RecordingReader(paths: [file])
        var deliveries: [RecordedDelivery] = []
        while let delivery = try reader.next() { deliveries.append(delivery) }
        return deliveries
    }

    @Test func `Gives back what was received when asked for it raw`() throws {
        let deliveries = try export("--raw")
        #expect(deliveries.map(\.receivedAt) == (0..<3).map { start + .seconds($0) })
        #expect(deliveries.map { $0.headers["x-github-event"] } == ["push", "push", "push"])
        #expect(String(decoding: deliveries[1].body, as: UTF8.self) == "[")
    }

    @Test func `Scrubs otherwise, and leaves out what it cannot scrub`() throws {
        let bodies = try export().map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies == [#"{"repository":{"full_name":"w1/w2"},"sender":{"login":"w3"}}"#, #"{"n":3}"#])
        #expect(
            try export("--keep", "acme").map { String(decoding: $0.body, as: UTF8.self) }[0]
                == #"{"repository":{"full_name":"acme/w1"},"sender":{"login":"w2"}}"#)
    }

    @Test func `Takes both ends of the time asked for`() throws {
        #expect(
            try export("--raw", "--since", (start + .seconds(1)).rfc3339, "--until", (start + .seconds(1)).rfc3339)
                .count == 1)
    }

    @Test func `Does not write over a file`() throws {
        let other = folder.appending(path: "there").path
        try "precious".write(toFile: other, atomically: false, encoding: .utf8)
        func export(to path: String) throws {
            try #require(
                try PackitSLO.parseAsRoot(["export", "--database", database, "--output", path]) as? Export
            ).run()
        }
        #expect(throws: Output.Failure.self) { try export(to: other) }
        for suffix in ["", "-wal", "-journal"] {
            #expect(throws: StoreError.self) { try export(to: database + suffix) }
        }
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "precious")
    }

    @Test func `A backup is a database with the same deliveries`() throws {
        let copy = folder.appending(path: "copy.sqlite").path
        let backup = try #require(
            try PackitSLO.parseAsRoot(["backup", copy, "--database", database]) as? Backup)
        try backup.run()
        var count = 0
        try SQLiteReader.open(path: copy).forEachDelivery { _ in count += 1 }
        #expect(count == 3)
        #expect(throws: StoreError.self) { try backup.run() }
        let again = try #require(
            try PackitSLO.parseAsRoot(["backup", copy, "--overwrite", "--database", database]) as? Backup)
        try again.run()
    }
}
