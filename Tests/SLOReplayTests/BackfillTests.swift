import LongComputations
import Logging
import SLOCore
import SLOMetrics
import SLOReplay
import SLOService
import SLOStore
import ServiceLifecycle
import Testing
import RunningService

/// docs/counting.md, rule 54: an objective that is added or changed has what it would have had from the beginning.
@Suite(.serialized, .computes) struct BackfillTests {
    private static let prod = Deployment("prod")

    private static func objective(
        _ name: String, _ indicator: Objective.Indicator, within deadline: TimeSpan,
        select selection: ObjectiveSelection = ObjectiveSelection()
    ) throws -> Objective {
        Objective(
            try #require(Objective.Name(rawValue: name)), indicator, target: 0.9, deadline: deadline,
            selection: selection)
    }

    private static func settings(with objectives: [Objective]) -> LedgerSettings {
        var settings = Observing.settings
        for objective in objectives { settings[objective.name] = objective }
        return settings
    }

    private static func added() throws -> [Objective] {
        [
            try objective("answered_slowly", .initialStatus, within: .minutes(2)),
            try objective("answered_soon", .initialStatus, within: .seconds(5)),
            try objective("built_soon", .builds, within: .minutes(4)),
            try objective("built_some_day", .builds, within: .days(2)),
            try objective("started_soon", .buildStart, within: .minutes(1)),
            try objective("started_late", .buildStart, within: .hours(2)),
            try objective("on_main", .builds, within: .hours(1), select: ObjectiveSelection(branches: ["main"])),
            try objective("elsewhere", .builds, within: .hours(1), select: ObjectiveSelection(branches: ["f*"])),
        ]
    }

    /// What was judged in the end, without the numbers of changes and runs; and the windows as metrics show them.
    private struct Judged: Equatable {
        var judgements: [ObjectiveJudgement: Int] = [:]
        var tallies: [DeploymentObjective: ObjectiveTally] = [:]

        /// One line for each; empty if they are equal.
        func differences(from other: Judged) -> [String] {
            Set(judgements.keys).union(other.judgements.keys).filter { judgements[$0] != other.judgements[$0] }.map {
                "\($0.objective.rawValue) \($0.verdict) at \($0.at.rfc3339): \(judgements[$0] ?? 0) instead of "
                    + "\(other.judgements[$0] ?? 0)"
            }.sorted() + (tallies == other.tallies ? [] : ["the windows differ"])
        }
    }

    /// Runs a service twice, with a crash between, under one configuration and then another.
    private func judged(
        seed: UInt64, under first: LedgerSettings, then second: LedgerSettings, of names: Set<Objective.Name>,
        downFor down: TimeSpan = .minutes(3)
    ) async throws -> Judged {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: seed)
        try await Observing.run(on: place.path("first"), clock: world.clock, settings: first) { service in
            for _ in 0..<60 { try await world.send(to: service) }
            try place.copy("first", to: "second")
        }
        world.pass(down)
        var judged = Judged()
        let database = place.path("second")
        try await Observing.run(on: database, clock: world.clock, settings: second) { service in
            for _ in 0..<30 { try await world.send(to: service) }
            world.pass(.minutes(8))
            try await world.send(to: service)
            try await fillIn(service, database, second, world)
            for _ in 0..<30 { try await world.send(to: service) }
            for span in [TimeSpan.hours(13), .days(3)] {
                world.pass(span)
                try await world.send(to: service)
            }
            judged.tallies = service.access.registry.tallies(at: world.clock.now().wall).filter {
                names.contains($0.key.objective)
            }
        }
        let store = try SQLiteReader.open(path: database)
        try store.forEachJudgement(from: Timestamp(milliseconds: 0), until: world.clock.now().wall) { stored in
            guard names.contains(stored.judgement.objective) else { return }
            judged.judgements[stored.judgement.anonymous, default: 0] += 1
        }
        #expect(try store.backfills().allSatisfy { $0.completedAt != nil })
        try store.close()
        return judged
    }

    private func fillIn(
        _ service: ObserverService, _ database: String, _ settings: LedgerSettings, _ world: World
    ) async throws {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let backfiller = Backfiller(
            service.access.backfills, settings: try RunningService.settings(database, ledger: settings),
            clock: world.clock,
            logger: silent)
        await backfiller.fillIn()
    }

    /// The group's shutdown would fail if a service finished before its turn.
    @Test func aServiceWithNothingToComputeStaysUntilItsGroupStops() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let settings = try RunningService.settings(place.path("database"))
        try await RunningService.run(settings) { service in
            let backfiller = Backfiller(service.access.backfills, settings: settings, logger: silent)
            let group = ServiceGroup(
                configuration: .init(
                    services: [
                        .init(service: backfiller, successTerminationBehavior: .ignore),
                        .init(service: SlowToStop(), successTerminationBehavior: .ignore),
                    ],
                    logger: silent))
            await group.triggerGracefulShutdown()
            try await group.run()
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func rule54AnAddedObjectiveHasWhatItWouldHaveHadFromTheBeginning(seed: UInt64) async throws {
        let added = try Self.added()
        let (before, after) = (Observing.settings, Self.settings(with: added))
        let names = Set(added.map(\.name))
        let whole = try await judged(seed: seed, under: after, then: after, of: names)
        let later = try await judged(seed: seed, under: before, then: after, of: names)
        #expect(later.differences(from: whole) == [])
        #expect(Set(whole.judgements.keys.map(\.objective)).count == names.count - 1)
    }

    @Test(arguments: 7...8 as ClosedRange<UInt64>)
    func rule54SoHasAnObjectiveWhoseDeadlineOrSelectionChanged(seed: UInt64) async throws {
        let before = Self.settings(with: [
            try Self.objective("built", .builds, within: .minutes(1)),
            try Self.objective("answered", .initialStatus, within: .minutes(2)),
            try Self.objective("selected", .builds, within: .hours(1), select: .init(branches: ["f*"])),
        ])
        let changed = [
            try Self.objective("built", .builds, within: .hours(2)),
            try Self.objective("answered", .initialStatus, within: .minutes(1)),
            try Self.objective("selected", .builds, within: .hours(1)),
        ]
        let after = Self.settings(with: changed)
        let names = Set(changed.map(\.name))
        let whole = try await judged(seed: seed, under: after, then: after, of: names)
        let later = try await judged(seed: seed, under: before, then: after, of: names)
        #expect(later.differences(from: whole) == [])
    }

    @Test func rule54AChangedTargetKeepsTheEvents() async throws {
        let built = try Self.objective("built", .builds, within: .hours(1))
        var other = built
        other.target = 0.5
        other.description = "Other words."
        let (before, after) = (Self.settings(with: [built]), Self.settings(with: [other]))
        let whole = try await judged(seed: 3, under: before, then: before, of: [built.name])
        let later = try await judged(seed: 3, under: before, then: after, of: [built.name])
        #expect(later.judgements == whole.judgements)
    }

    @Test func rule54NothingIsCountedUntilItIsComplete() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let world = World(seed: 4)
        let database = place.path("first")
        try await Observing.run(on: database, clock: world.clock) { service in
            for _ in 0..<60 { try await world.send(to: service) }
            world.pass(.hours(13))
        }
        let added = try Self.objective("built", .builds, within: .hours(1))
        let settings = Self.settings(with: [added])
        let compliance = "packit_objective_compliance_ratio{deployment=\"prod\",objective=\"built\"}"
        let events = "packit_objective_events_total{deployment=\"prod\",objective=\"built\",verdict=\"good\"} 0\n"
        try await Observing.run(on: database, clock: world.clock, settings: settings) { service in
            #expect(service.access.backfills.pendingBackfills.map(\.objective) == [added.name])
            #expect(!String(decoding: service.metrics(openMetrics: false), as: UTF8.self).contains(compliance))
        }
        // The process ended before it was complete: the next one begins again.
        world.pass(.minutes(10))
        try await Observing.run(on: database, clock: world.clock, settings: settings) { service in
            #expect(service.access.backfills.pendingBackfills.map(\.objective) == [added.name])
            world.pass(.minutes(8))
            try await fillIn(service, database, settings, world)
            let text = String(decoding: service.metrics(openMetrics: false), as: UTF8.self)
            #expect(text.contains(compliance))
            // A jump would page somebody.
            #expect(text.contains(events))
        }
        try await Observing.run(on: database, clock: world.clock, settings: settings) { service in
            #expect(service.access.backfills.pendingBackfills.isEmpty)
        }
    }
}

extension ObjectiveJudgement {
    fileprivate var anonymous: ObjectiveJudgement {
        ObjectiveJudgement(
            objective: objective, deployment: deployment, entity: EntityID(0), subject: subject, verdict: verdict,
            at: at)
    }
}

private struct SlowToStop: Service {
    func run() async throws {
        try await gracefulShutdown()
        try await Task.sleep(for: .milliseconds(200))
    }
}
