import LongComputations
import RunningService
import SLOCore
import SLOService
import Testing

/// docs/counting.md, rule 24: a short stop in which the listening socket stays open is no blind interval.
@Suite(.computes) struct ShortStopTests {
    struct Case: Sendable {
        let sockets: [UInt64?]
        let down: TimeSpan
        let blindSeconds: Int
    }

    @Test(arguments: [
        Case(sockets: [7, 7], down: .milliseconds(4999), blindSeconds: 0),
        Case(sockets: [7, 7], down: .seconds(5), blindSeconds: 5),
        Case(sockets: [7, 8], down: .seconds(1), blindSeconds: 1),
        Case(sockets: [nil, 7], down: .seconds(1), blindSeconds: 1),
        Case(sockets: [7, nil], down: .seconds(1), blindSeconds: 1),
        Case(sockets: [nil, nil], down: .seconds(1), blindSeconds: 1),
    ])
    func rule24AStopInWhichTheSocketStaysOpen(_ stop: Case) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: 1)
        for (number, socket) in stop.sockets.enumerated() {
            if number > 0 { world.pass(stop.down) }
            var settings = try RunningService.settings(place.path("database"), ledger: Observing.settings)
            settings.socket = socket
            try await RunningService.run(settings, clock: world.clock) { service in
                try await world.send(to: service)
                guard number > 0 else { return }
                let metrics = String(decoding: service.metrics(openMetrics: false), as: UTF8.self)
                #expect(metrics.contains("packit_slo_blind_seconds_total \(stop.blindSeconds)\n"))
            }
        }
        let replayed = try Observing.replay(of: place.path("database"))
        #expect(replayed.contains("packit_slo_blind_seconds_total \(stop.blindSeconds)\n"))
    }

    @Test func rule24AfterACrashTheTimeSinceTheLastHeartbeatIsBlind() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: 2)
        func settings(_ name: String) throws -> ServiceSettings {
            var settings = try RunningService.settings(place.path(name), ledger: Observing.settings)
            settings.socket = 7
            return settings
        }
        try await RunningService.run(settings("first"), clock: world.clock) { service in
            try await world.send(to: service)
            try place.copy("first", to: "second")
        }
        world.pass(.seconds(1))
        try await RunningService.run(settings("second"), clock: world.clock) { service in
            let metrics = String(decoding: service.metrics(openMetrics: false), as: UTF8.self)
            #expect(!metrics.contains("packit_slo_blind_seconds_total 0\n"))
        }
    }
}
