public import Logging
public import SLOCore
import SLOQueries
public import SLOService
import SLOStore
public import ServiceLifecycle

/// Fills in what objectives that were added or changed would have judged before: decides the journal again, in the
/// background (docs/counting.md, rule 54).
///
/// It uses at most half of one processor, and hands over a few judgements at a time.
public struct Backfiller: Service, CustomStringConvertible {
    /// Short, because `ServiceGroup` logs it; the default would contain all properties.
    public let description = "backfiller"

    private let target: any BackfillTarget
    private let service: ServiceSettings
    private let clock: ServiceClock
    private let logger: Logger
    private let journal: BackgroundReader

    /// Each step's most judgements.
    private static let judgementsAtOnce = 256
    private static let entriesAtOnce: Int64 = 1024

    public init(
        _ target: any BackfillTarget, settings: ServiceSettings, clock: ServiceClock = .system, logger: Logger
    ) {
        self.target = target
        self.service = settings
        journal = BackgroundReader(settings.readers, label: "packit-slo.backfill")
        self.clock = clock
        self.logger = logger
    }

    private var settings: LedgerSettings { service.ledger }

    public func run() async throws {
        await cancelWhenGracefulShutdown { await fillIn() }
        // A service that finishes by itself while its group shuts down makes the group fail.
        try? await gracefulShutdown()
    }

    /// Returns once all pending objectives are complete, or cannot be.
    package func fillIn() async {
        let pending = target.pendingBackfills
        guard !pending.isEmpty else { return }
        let names = pending.map(\.objective.rawValue).sorted().joined(separator: ", ")
        logger.notice("computing what these objectives would have judged", metadata: ["objectives": "\(names)"])
        let through = pending.map(\.through).max() ?? clock.now().wall
        do {
            // Before the service judges by them: what it then judges may be of earlier times (rule 52).
            for backfill in pending { try await take(.clear(backfill)) }
            while clock.now().wall <= through { try await Task.sleep(for: .milliseconds(500)) }
            let beginsAt = try await judge(pending, through: through)
            for backfill in pending {
                let window = settings[backfill.objective].map(settings.window(of:)) ?? settings.window
                let windowBegins = ObjectiveWindow.beginning(of: window, endingAt: through)
                try await take(
                    .complete(
                        Backfill(
                            objective: backfill.objective, through: backfill.through,
                            beginsAt: max(windowBegins, beginsAt ?? windowBegins), completedAt: clock.now().wall)))
            }
            logger.notice("these objectives are complete", metadata: ["objectives": "\(names)"])
        } catch is CancellationError {
            // The service stops; the next start begins again.
        } catch {
            logger.error(
                "what these objectives would have judged cannot be computed; the next start tries again",
                metadata: ["objectives": "\(names)", "reason": "\(error)"])
        }
    }

    /// - Returns: when the journal begins.
    private func judge(_ pending: [Backfill], through end: Timestamp) async throws -> Timestamp? {
        var settings = settings
        for backfill in pending { settings.backfillThrough[backfill.objective] = backfill.through }
        let extent = try await journal.read { try $0.journalExtent() }
        var replay = Replay(journalUnder: settings, of: service)
        var rest: [BackfilledJudgement] = []
        var next = extent.firstSequence ?? extent.nextSequence
        let wanted = wanted(pending, at: end)
        while next < extent.nextSequence {
            let began = ContinuousClock.now
            let (first, last) = (next, min(next + Self.entriesAtOnce, extent.nextSequence))
            let page = try await journal.read { store in
                var entries: [StoredEntry] = []
                try store.forEachEntry(from: first, before: last) { entries.append($0) }
                return entries
            }
            for entry in page where entry.receivedAt <= end { try replay.feed(entry) }
            rest += replay.takeJudgements().compactMap { wanted.backfilled($0) }
            try await hand(over: &rest, atLeast: Self.judgementsAtOnce)
            next = last
            try await Task.sleep(for: ContinuousClock.now - began)
        }
        replay.advance(through: end)
        rest += replay.takeJudgements().compactMap { wanted.backfilled($0) }
        try await hand(over: &rest, atLeast: 1)
        return extent.beginsAt
    }

    private func hand(over rest: inout [BackfilledJudgement], atLeast count: Int) async throws {
        while rest.count >= count {
            try await take(.add(Array(rest.prefix(Self.judgementsAtOnce))))
            rest.removeFirst(min(rest.count, Self.judgementsAtOnce))
        }
    }

    /// Takes a step until it is done.
    /// - Throws: `CancellationError` if the service stops.
    private func take(_ step: BackfillStep) async throws {
        while true {
            switch await target.take(step) {
            case .done: return
            case .more: break
            case .failed: try await Task.sleep(for: .seconds(1))
            case .stopping: throw CancellationError()
            }
        }
    }

    private func wanted(_ pending: [Backfill], at now: Timestamp) -> Wanted {
        let beginnings = pending.compactMap { backfill in
            settings[backfill.objective].map {
                ($0.name, ($0, ObjectiveWindow.beginning(of: settings.window(of: $0), endingAt: now)))
            }
        }
        return Wanted(objectives: Dictionary(uniqueKeysWithValues: beginnings))
    }
}

/// Which judgements of a replay are filled in: those of some objectives, within their windows.
private struct Wanted {
    let objectives: [Objective.Name: (objective: Objective, beginsAt: Timestamp)]

    func backfilled(_ stored: StoredJudgement) -> BackfilledJudgement? {
        let judgement = stored.judgement
        guard let (objective, beginsAt) = objectives[judgement.objective], judgement.at >= beginsAt else { return nil }
        let anonymous = ObjectiveJudgement(
            objective: judgement.objective, deployment: judgement.deployment,
            entity: EntityID(-judgement.entity.number), subject: judgement.subject, verdict: judgement.verdict,
            at: judgement.at)
        return BackfilledJudgement(anonymous, cause: BudgetCost(stored, of: objective)?.rawValue)
    }
}
