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
