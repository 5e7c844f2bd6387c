import SLOCore
import SLOStore
import RunningService
import SLOSources
import Testing

@testable import SLOService

@Suite struct `Notes on times` {
    @Test func `A note is on disk when it is taken, and gone when it is withdrawn`() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try RunningService.settings(place.path("notes"))
        let from = Timestamp(seconds: 1_795_348_800)
        try await RunningService.run(settings) { service in
            let id = try #require(
                await service.note(kind: "incident", from: from, to: from + .hours(1), words: "workers stood"))
            let other = try #require(await service.note(kind: "maintenance", from: from, to: from, words: "é"))
            #expect(other > id)
            let reader = try settings.readers.open()
            #expect(
                try reader.timeNotes(from: from, through: from, atMost: 9) == [
                    TimeNote(id: id, kind: "incident", from: from, to: from + .hours(1), words: "workers stood"),
                    TimeNote(id: other, kind: "maintenance", from: from, to: from, words: "é"),
                ])
            #expect(await service.withdrawNote(id))
            #expect(try reader.timeNotes(from: from, through: from, atMost: 9).map(\.id) == [other])
            try reader.close()
        }
    }

    @Test func `The exposition tells how many are in force, and the times of the last`() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try RunningService.settings(place.path("notes"))
        func lines(_ service: ObserverService) -> [String] {
            String(decoding: service.metrics(openMetrics: false), as: UTF8.self).split(separator: "\n")
                .filter { $0.hasPrefix("packit_slo_time_notes{") || $0.hasPrefix("packit_slo_latest_time_note") }
                .map(String.init)
        }
        let none = [
            #"packit_slo_time_notes{kind="incident"} 0"#, #"packit_slo_time_notes{kind="maintenance"} 0"#,
        ]
        let past = Timestamp(seconds: 1_700_000_000)
        var present: Int64 = 0
        try await RunningService.run(settings) { service in
            #expect(lines(service) == none)
            let now = ServiceClock.system.now().wall
            _ = await service.note(kind: "incident", from: now - .hours(1), to: now + .hours(1), words: "workers stand")
            present = try #require(
                await service.note(kind: "incident", from: now, to: now + .hours(9), words: "builders stand"))
            _ = await service.note(kind: "incident", from: past, to: past + .hours(1), words: "workers stood")
        }
        try await RunningService.run(settings) { service in
            let latest = [
                #"packit_slo_latest_time_note_timestamp_seconds{kind="incident",edge="start"} 1700000000"#,
                #"packit_slo_latest_time_note_timestamp_seconds{kind="incident",edge="end"} 1700003600"#,
            ]
            #expect(lines(service) == [#"packit_slo_time_notes{kind="incident"} 2"#, none[1]] + latest)
            #expect(await service.withdrawNote(present))
        }
        try await RunningService.run(settings) { service in
            #expect(lines(service).first == #"packit_slo_time_notes{kind="incident"} 1"#)
        }
    }

    @Test func `Only configured tokens give access`() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try RunningService.settings(place.path("notes"))
        try await RunningService.run(settings) { service in
            #expect(service.access(with: "a") == .closed)
            service.replaceCredentials(with: Credentials(apiTokens: try TokenSet(["a", "b"])))
            #expect(service.access(with: "b") == .granted)
            #expect(service.access(with: "c") == .denied)
            #expect(service.access(with: nil) == .denied)
        }
    }
}
