import SLOCore
import SLOMetrics
import SLOStore

// Turns received deliveries into one batch: recognises repetitions, decides in order, journals.

extension Writer {
    /// Sets what conditions need although, or because, nothing can be stored.
    func tellState(at now: Moment) {
        metrics.set(.blind, to: blindIntervals.isBlind(at: now.wall) ? 1 : 0)
        if let free = store.freeBytes { metrics.set(.databaseFreeBytes, to: free) }
    }

    /// Decides deliveries in order of receipt, then the deadlines that are due.
    func decide(_ deliveries: [TakenDelivery], now: Moment, isLast: Bool) throws -> Batch {
        var batch = Batch()
        for received in deliveries {
            guard var interval = received.pending.blindInterval, let place = received.pending.place else { continue }
            // Another node may have received it meanwhile.
            if let missing = interval.missing { interval.missing?.subtract(try store.known(Array(missing)).keys) }
            blindIntervals.add(interval, of: place)
        }
        noteBlindIntervals(at: now, in: &batch)
        try decideOverdue(before: deliveries.first?.at ?? now, in: &batch)
        let identities = deliveries.flatMap { received in
            let key = received.pending.key
            return [key.identity, key.untargetedIdentity].compactMap { $0 }
        }
        var known = try firstBodies(of: identities)
        for received in deliveries {
            let (pending, key) = (received.pending, received.pending.key)
            batch.noteConsumed(pending)
            guard pending.blindInterval == nil else {
                batch.responses.append((pending, .stored))
                continue
            }
            switch try key.repetition(known: { try known[$0] ?? store.known($0)?.fingerprint }) {
            case nil:
                if let identity = key.identity { known[identity] = key.fingerprint }
                decide(pending, at: received.at, in: &batch)
            case .conflicting(let own):
                known[own] = key.fingerprint
                keepConflicting(pending, as: own, at: received.at, in: &batch)
            case .duplicate:
                batch.count(pending, as: .duplicate)
                batch.responses.append((pending, .alreadyHeld))
            }
        }
        if isLast { advance(to: now) } else if let last = deliveries.last { decidedBefore = last.at.wall }
        finish(&batch)
        return batch
    }

    /// - Returns: the first body of each identity, `nil` inside for identities that are new.
    private func firstBodies(of identities: [DeliveryIdentity]) throws -> [DeliveryIdentity: BodyFingerprint?] {
        guard !identities.isEmpty else { return [:] }
        let stored = try store.known(identities)
        return Dictionary(identities.map { ($0, stored[$0]?.fingerprint) }) { first, _ in first }
    }

    /// After a long stop more deadlines may be due than one transaction should hold. All but the last part are
    /// committed in transactions of their own.
    private func decideOverdue(before moment: Moment, in batch: inout Batch) throws {
        while timeline.fireDeadlines(before: moment, atMost: Self.batchDeadlines) {
            finish(&batch)
            try commit(batch)
            health.writerRan(at: clock.now())
            batch = Batch()
        }
    }

    private static let batchDeadlines = 10_000

    /// Decides deadlines that are due before a moment. Everything received before it must be decided first.
    func advance(to now: Moment) {
        timeline.fireDeadlines(before: now)
        decidedBefore = now.wall
    }

    /// Blind intervals are added first: they may exclude what is decided next.
    func noteBlindIntervals(at now: Moment, in batch: inout Batch) {
        unstoredBlindIntervals.add(blindIntervals.takeUpdate(at: now))
        guard !unstoredBlindIntervals.isEmpty else { return }
        batch.storesBlindIntervals = true
        for (interval, added) in unstoredBlindIntervals.intervals {
            note(BlindInterval(interval), at: now, in: &batch)
            if interval.cause.excludes { batch.metrics.count(.blindMilliseconds, by: added) }
        }
        for from in unstoredBlindIntervals.caughtUp {
            timeline.caughtUp(blindSince: from)
            batch.journal(.caughtUp, at: now.wall, sequence: &nextSequence, observation: from.stored)
            batch.commit.caughtUp.append(CaughtUp(startedAt: from, at: now.wall))
        }
        if unstoredBlindIntervals.isResumed { begin(.resume, at: now, in: &batch) }
    }

    func note(_ interval: BlindInterval, at now: Moment, in batch: inout Batch) {
        let to = interval.endedAt ?? now.wall
        timeline.wasBlind(from: interval.startedAt, to: to, excludes: interval.excludes)
        let gap = JournalledGap(from: interval.startedAt, to: to, excludes: interval.excludes)
        batch.journal(.heartbeatGap, at: now.wall, sequence: &nextSequence, observation: gap.stored)
        batch.commit.blindIntervals.append(interval)
    }

    /// Begins an observation, at the start of the process or after a suspension.
    func begin(_ kind: JournalEntry.Kind, at now: Moment, in batch: inout Batch) {
        timeline.started(at: now)
        batch.journal(kind, at: now.wall, sequence: &nextSequence)
    }

    /// The first body is the valid one. A different body is journalled, and nothing is decided on it.
    private func keepConflicting(
        _ pending: PendingDelivery, as own: DeliveryIdentity, at moment: Moment, in batch: inout Batch
    ) {
        batch.count(pending, as: .conflicting)
        journal(pending, as: .conflicting, identity: own, at: moment, in: &batch)
        batch.responses.append((pending, .stored))
    }

    private func decide(_ pending: PendingDelivery, at moment: Moment, in batch: inout Batch) {
        let delivery = isInPast ? nil : pending.shownID
        for observation in pending.observations { timeline.observe(observation, of: delivery, at: moment) }
        batch.count(pending, as: pending.outcome)
        if case .delivery(let source, let event) = pending.origin {
            batch.metrics.countDecided(
                pending.outcome, event: event, from: source, saying: pending.observations, at: moment.wall)
        }
        journal(pending, as: pending.outcome, at: moment, in: &batch)
        batch.responses.append((pending, pending.responseOnceStored))
    }

    private func journal(
        _ pending: PendingDelivery, as outcome: DeliveryOutcome, identity: DeliveryIdentity? = nil, at moment: Moment,
        in batch: inout Batch
    ) {
        let identity = identity ?? pending.key.identity ?? .unique()
        let isDecided = outcome != .processingFailed && outcome != .conflicting && !pending.observations.isEmpty
        let observation = isDecided ? pending.observations.stored : nil
        switch pending.origin {
        case .delivery(let source, let event):
            let delivery = JournalledDelivery(
                source: source, event: event, identity: identity, fingerprint: pending.key.fingerprint,
                result: outcome.rawValue, bodyByteCount: pending.bodyByteCount, body: pending.body)
            batch.journal(
                .delivery, at: moment.wall, sequence: &nextSequence, delivery: delivery, observation: observation,
                place: pending.place)
        case .answer(let upstream):
            let answer = JournalledAnswer(
                upstream: upstream, identity: identity, fingerprint: pending.key.fingerprint)
            batch.journal(
                .answer, at: moment.wall, sequence: &nextSequence, answer: answer, observation: observation,
                place: pending.place)
        case .blind: break
        }
    }

    /// Adds the deadlines that fired, the ledger's effects, and the metrics.
    func finish(_ batch: inout Batch) {
        let (effects, fired) = timeline.drain()
        // Later than the batch's moment, which in a cluster is behind by what nodes have not reported.
        let now = clock.now()
        for deadline in fired {
            batch.journal(
                .deadline, at: deadline.deadline.due, sequence: &nextSequence,
                observation: deadline.deadline.entity.stored)
            // In the past a deadline is decided with others, whenever it was due.
            let lateness = isInPast ? 0 : max(0, now.clock - deadline.fireAt)
            batch.metrics.observe(.deadlineLateness, .milliseconds(lateness))
        }
        batch.add(effects, settings: settings.ledger)
        batch.resolve(in: metrics)
        batch.commit.heartbeat = decidedBefore
    }

    /// A delivery that cannot be decided or stored even alone: only its arrival is journalled.
    func processingFailed(_ received: TakenDelivery, now: Moment) -> Batch {
        var batch = Batch()
        batch.noteConsumed(received.pending)
        batch.count(received.pending, as: .processingFailed)
        journal(received.pending, as: .processingFailed, at: received.at, in: &batch)
        batch.responses.append((received.pending, received.pending.responseOnceStored))
        batch.resolve(in: metrics)
        batch.commit.heartbeat = decidedBefore
        return batch
    }
}

extension DeliveryIdentity {
    /// For a hint, which repeats nothing.
    static func unique() -> DeliveryIdentity {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return DeliveryIdentity(digest: bytes[...]) ?? .unique()
    }
}
