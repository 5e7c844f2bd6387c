import Foundation
import SLOConfiguration
import SLOCore
import SLOMetrics
import SLORecordings
import SLOReplay
import SLOService
import SLOSources
import SLOStore
import Testing

@testable import packit_slo

@Suite final class `Importing a recording` {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "packit-slo-import-\(UUID().uuidString)")
    private static let day = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../fixtures/day.jsonl").path

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private var database: String { folder.appending(path: "a.sqlite").path }

    private func configuration(_ more: [String: String] = [:]) throws -> Configuration {
        try Configuration.load(file: nil, environment: ["PACKIT_SLO_DATABASE": database].merging(more) { $1 })
            .configuration
    }

    private static func indicators(_ metrics: MetricsRegistry, at now: Timestamp) -> [String] {
        String(decoding: metrics.render(format: .text, now: now, include: .deterministic), as: UTF8.self)
            .split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("packit_") && !$0.hasPrefix("packit_slo_") || $0.hasPrefix("packit_slo_deliveries") }
    }

    @Test func `The database has the numbers of a replay`() throws {
        let configuration = try configuration()
        var replays = [try SLOReplay.Replay(configuration)]
        try RecordingInput(paths: [Self.day]).feed(&replays, until: nil)
        let end = replays[0].now + configuration.ledgerSettings.longestInitialStatusWait
        replays[0].advance(through: end)

        var lines: [String] = []
        let reader = try RecordingReader(paths: [Self.day])
        let first = try #require(try reader.next())
        let count = try fillDatabase(at: database, configuration, from: first.receivedAt) { importer in
            try importer.take(ReceivedDelivery(first))
            while let recorded = try reader.next() { try importer.take(ReceivedDelivery(recorded)) }
            // A server decides the deadlines of a moment once it has passed.
            try importer.advance(to: end + .milliseconds(1))
            try importer.finish()
            lines = Self.indicators(importer.registry, at: end)
        }
        #expect(count == replays[0].deliveries)
        #expect(lines == Self.indicators(replays[0].metrics, at: end))
    }

    @Test func `The database has journal, history and samples as of then`() throws {
        try runImport(of: [Self.day], until: nil, try configuration())
        let store = try SQLiteReader.open(path: database)
        let extent = try store.journalExtent()
        let begins = try #require(extent.beginsAt)
        let heartbeat = try #require(extent.lastHeartbeat)
        #expect(heartbeat - begins > .hours(14))
        var samples: [Timestamp] = []
        try store.forEachSample(from: begins) { samples.append($0.at) }
        #expect(Int64(samples.count) == (heartbeat - begins).wholeSeconds / 60 + 1)
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $1 - $0 == .minutes(1) })
        var runs = 0
        try store.forEachEndedRun(from: begins, through: heartbeat) { _ in runs += 1 }
        #expect(runs > 20)
        try store.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.contains("a.sqlite") && !files.contains { $0.hasSuffix(".partial") })
    }

    @Test func `An existing database stays as it is`() throws {
        try Data("mine".utf8).write(to: URL(filePath: database))
        let error = #expect(throws: StoreError.self) {
            try runImport(of: [Self.day], until: nil, try self.configuration())
        }
        #expect(error?.code == .exists)
        #expect(try Data(contentsOf: URL(filePath: database)) == Data("mine".utf8))
    }

    @Test func `What fails leaves no database`() throws {
        let recording = folder.appending(path: "broken.jsonl")
        let line = try String(contentsOfFile: Self.day, encoding: .utf8).split(separator: "\n")[0]
        try Data("\(line)\nno recording\n".utf8).write(to: recording)
        #expect(throws: RecordingError.self) {
            try runImport(of: [recording.path], until: nil, try self.configuration())
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["broken.jsonl"])
    }

    @Test func `Deliveries after the end are left out`() throws {
        let end = try #require(Timestamp(rfc3339: "2026-11-10T12:00:00Z"))
        try runImport(of: [Self.day], until: end, try configuration())
        let store = try SQLiteReader.open(path: database)
        #expect(try store.journalExtent().lastHeartbeat == end)
        try store.forEachEntry { #expect($0.receivedAt <= end) }
        try store.close()
        #expect(throws: CommandFailure.self) {
            try runImport(of: [Self.day], until: Timestamp(seconds: 0), try self.configuration())
        }
    }
}
