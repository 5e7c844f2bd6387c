import LongComputations
import SLOCore
import SLOMetrics
import SLOQueries
import SLOReplay
import SLOService
import SLOSources
import SLOStore
import Testing
import RunningService

/// A server's journal, judged again, yields the very series of that server (docs/reports.md).
@Suite(.serialized, .computes) struct JournalReplayTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `A replay of the journal yields what the server shows, across a crash and a stop`(seed: UInt64) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: seed)
        try await Observing.run(on: place.path("first"), clock: world.clock) { service in
            for _ in 0..<60 { try await world.send(to: service) }
            try place.copy("first", to: "second")
        }
        world.pass(.minutes(3))
        try await Observing.run(on: place.path("second"), clock: world.clock) { service in
            for _ in 0..<60 { try await world.send(to: service) }
            world.pass(.minutes(1))
            try await world.send(to: service)
        }
        world.pass(.seconds(40))
        let service = try await Observing.run(on: place.path("second"), clock: world.clock) { service in
            for _ in 0..<60 { try await world.send(to: service) }
            // Past every deadline, so that overdue runs, late ends and what is forgotten are among the series.
            for span in [TimeSpan.hours(13), .days(8), .days(1)] {
                world.pass(span)
                try await world.send(to: service)
            }
        }
        let live = String(decoding: service.metrics(openMetrics: false), as: UTF8.self)
        let replayed = try Observing.replay(of: place.path("second"))
        #expect(Lines(live, like: replayed).of == Lines(replayed, like: replayed).of)
        #expect(replayed.contains("packit_builds_queued_total{deployment=\"prod\"}"))
        #expect(!replayed.contains("packit_builds_queued_total{deployment=\"prod\"} 0\n"))
        #expect(replayed.contains("packit_slo_blind_seconds_total 220\n"))
        // Made of answers alone.
        #expect(!replayed.contains("packit_test_runs_queued_total{deployment=\"prod\"} 0\n"))
    }

    @Test func `Other settings give other numbers from the same journal`() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: 5)
        try await Observing.run(on: place.path("first"), clock: world.clock) { service in
            for _ in 0..<120 { try await world.send(to: service) }
            world.pass(.hours(1))
            try await world.send(to: service)
        }
        var counts: [Int64] = []
        for seconds in [2, 15, 600] as [Int64] {
            var settings = Observing.settings
            settings[.initialStatus]?.deadline = .seconds(seconds)
            let replay = try Observing.replaying(place.path("first"), settings: settings)
            let report = replay.report(basis: .journal, at: replay.now, blindIntervals: [])
            let standing = try #require(report.standings.first { $0.objective.name == .initialStatus })
            let shown = replay.metrics.tallies(at: replay.now)
            #expect(standing.counts.tally == shown[DeploymentObjective(.initialStatus, Deployment("prod"))])
            counts.append(standing.counts.good)
        }
        #expect(counts == counts.sorted())
        #expect(Set(counts).count == 3)
    }

    @Test func `What history keeps and what a replay judges give the same report`() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: 6)
        try await Observing.run(on: place.path("first"), clock: world.clock) { service in
            for _ in 0..<150 { try await world.send(to: service) }
            world.pass(.hours(14))
            try await world.send(to: service)
        }
        let replay = try Observing.replaying(place.path("first"), settings: Observing.settings)
        let again = replay.report(basis: .journal, at: replay.now, blindIntervals: [])
        let store = try SQLiteReader.open(path: place.path("first"))
        let kept = try Report(
            from: store, settings: Observing.settings, at: replay.now, looksBack: true, showsOpenWork: true)
        try store.close()
        #expect(again.standings == kept.standings)
        #expect(again.parts == kept.parts)
        #expect(again.openWork == kept.openWork)
        #expect(kept.standings.contains { $0.counts.costs[.late] != nil })
        #expect(kept.standings.contains { $0.counts.costs[.unfinished] != nil })
        #expect(kept.standings.contains { $0.counts.costs[.error] != nil })
    }

    @Test func `An entry that cannot be read is named`() throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let store = try SQLiteStore.open(path: place.path("first"), startedAt: Timestamp(seconds: 0))
        var batch = CommitBatch()
        batch.journal = [
            JournalEntry(sequence: 7, receivedAt: Timestamp(seconds: 1), kind: .heartbeatGap, observation: [1])
        ]
        try store.commit(batch)
        try store.close()
        let error = #expect(throws: StoreError.self) {
            try Observing.replaying(place.path("first"), settings: Observing.settings)
        }
        #expect(error?.message.contains("journal entry 7 ") == true)
    }
}

/// The samples of an exposition that belong to the families of another one, which has fewer.
private struct Lines {
    let of: [String]

    init(_ text: String, like other: String) {
        let heads = other.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
        let families = Set(heads.map { $0.split(separator: " ")[2] })
        var lines: [String] = []
        var isWanted = false
        for line in text.split(separator: "\n") {
            // When the last delivery was answered is not when it was received.
            if line.hasPrefix("# HELP ") {
                let family = line.split(separator: " ")[2]
                isWanted = families.contains(family) && family != "packit_slo_last_delivery_timestamp_seconds"
            }
            if isWanted { lines.append(String(line)) }
        }
        of = lines
    }
}
