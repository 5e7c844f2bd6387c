import SLOCore
import SLOMetrics
import SLOStore

// Turning what was received into one batch: recognising repetitions, deciding in order, journalling.

extension Writer {
    /// Decides deliveries in the order of receipt, then the deadlines that have come by now.
    func decide(_ deliveries: [IntakeQueue.Received], now: Moment, isLast: Bool) throws -> Batch {
        var batch = Batch()
        noteBlindTimes(at: now, in: &batch)
        try decideOverdue(before: deliveries.first?.at ?? now, now: now, in: &batch)
        let identities = deliveries.flatMap {
            [$0.candidate.identity, $0.candidate.untargetedIdentity].compactMap { $0 }
        }
        var known = identities.isEmpty ? [:] : try store.known(identities)
        for received in deliveries {
            let candidate = received.candidate
            if let identity = candidate.identity {
                if let first = known[identity] {
                    if first.fingerprint == candidate.fingerprint || !candidate.isDelivery {
                        repeated(candidate, in: &batch)
                    } else {
                        try conflicting(candidate, with: identity, at: received.at, known: &known, in: &batch)
                    }
                    continue
                }
                // What is held without a target, as older versions held all, is the same if its body is.
                let untargeted = candidate.untargetedIdentity.flatMap { known[$0] }
                if untargeted?.fingerprint == candidate.fingerprint {
                    repeated(candidate, in: &batch)
                    continue
                }
                known[identity] = KnownDelivery(fingerprint: candidate.fingerprint, seenAt: received.at.wall)
            }
            decide(candidate, at: received.at, in: &batch)
        }
        if isLast { comeTo(now) } else if let last = deliveries.last { decidedBefore = last.at.wall }
        finish(&batch, now: now)
        return batch
    }

    /// After a long stop more may be overdue than one transaction should hold: it goes ahead in transactions of its
    /// own, but for the last part.
    private func decideOverdue(before moment: Moment, now: Moment, in batch: inout Batch) throws {
        while timeline.fireDeadlines(before: moment, atMost: Self.batchDeadlines) {
            finish(&batch, now: now)
            try commit(batch)
            health.writerCameAround(at: clock.now())
            batch = Batch()
        }
    }

    private static let batchDeadlines = 10_000

    /// Decides what was due before a moment. Everything received before it must have been decided.
    func comeTo(_ now: Moment) {
        timeline.fireDeadlines(before: now)
        decidedBefore = now.wall
    }

    /// What was missed is known before anything is decided that it may concern.
    func noteBlindTimes(at now: Moment, in batch: inout Batch) {
        untold.add(blindTimes.takeNews(at: now))
        guard !untold.isEmpty else { return }
        batch.tellsOfBlindTimes = true
        for (interval, added) in untold.intervals {
            note(BlindInterval(interval), at: now, in: &batch)
            if interval.cause.excludes { batch.metrics.count(.blindMilliseconds, by: added) }
        }
        for from in untold.caughtUp {
            timeline.caughtUp(blindSince: from)
            batch.journal(.caughtUp, at: now.wall, sequence: &nextSequence, observation: from.stored)
            batch.commit.caughtUp.append(CaughtUp(startedAt: from, at: now.wall))
        }
        if untold.isResumed { begin(.resume, at: now, in: &batch) }
    }

    func note(_ interval: BlindInterval, at now: Moment, in batch: inout Batch) {
        let to = interval.endedAt ?? now.wall
        timeline.wasBlind(from: interval.startedAt, to: to, excludes: interval.excludes)
        let gap = JournalledGap(from: interval.startedAt, to: to, excludes: interval.excludes)
        batch.journal(.heartbeatGap, at: now.wall, sequence: &nextSequence, observation: gap.stored)
        batch.commit.blindIntervals.append(interval)
    }

    /// Observing begins, at the start of the process or after it was suspended.
    func begin(_ kind: JournalEntry.Kind, at now: Moment, in batch: inout Batch) {
        timeline.started(at: now)
        batch.journal(kind, at: now.wall, sequence: &nextSequence)
    }

    private func repeated(_ candidate: Candidate, in batch: inout Batch) {
        batch.metrics.count(candidate.counter(.duplicate))
        batch.answers.append((candidate, .alreadyHeld))
    }

    /// The body that came first holds. This one is kept beside it, once, and nothing is decided on it.
    private func conflicting(
        _ candidate: Candidate, with identity: DeliveryIdentity, at moment: Moment,
        known: inout [DeliveryIdentity: KnownDelivery], in batch: inout Batch
    ) throws {
        let own = identity.conflicting(with: candidate.fingerprint)
        guard try known[own] ?? store.known(own) == nil else { return repeated(candidate, in: &batch) }
        known[own] = KnownDelivery(fingerprint: candidate.fingerprint, seenAt: moment.wall)
        batch.metrics.count(candidate.counter(.conflicting))
        journal(candidate, as: .conflicting, identity: own, at: moment, in: &batch)
        batch.answers.append((candidate, .stored))
    }

    private func decide(_ candidate: Candidate, at moment: Moment, in batch: inout Batch) {
        for observation in candidate.observations { timeline.observe(observation, at: moment) }
        batch.metrics.count(candidate.counter(candidate.result))
        if case .delivery(let source, let event) = candidate.origin {
            measure(candidate, from: source, event: event, at: moment, in: &batch)
        }
        journal(candidate, as: candidate.result, at: moment, in: &batch)
        batch.answers.append((candidate, candidate.answerOnceStored))
    }

    private func measure(
        _ candidate: Candidate, from source: Source, event: String, at moment: Moment, in batch: inout Batch
    ) {
        for time in candidate.observations.compactMap(\.providerTime) {
            batch.metrics.observe(.deliveryLag(source), .milliseconds(max(0, (moment.wall - time).milliseconds)))
        }
        batch.metrics.count(.events(source, event: event))
        if case .malformed = candidate.content { batch.metrics.count(.malformedEvents(source, event: event)) }
    }

    private func journal(
        _ candidate: Candidate, as result: DeliveryResult, identity: DeliveryIdentity? = nil, at moment: Moment,
        in batch: inout Batch
    ) {
        let identity = identity ?? candidate.identity ?? .unique()
        let isDecided = result != .undecided && result != .conflicting && !candidate.observations.isEmpty
        let observation = isDecided ? candidate.observations.stored : nil
        switch candidate.origin {
        case .delivery(let source, let event):
            let delivery = JournalledDelivery(
                source: source, event: event, identity: identity, fingerprint: candidate.fingerprint,
                result: result.rawValue, bodyByteCount: candidate.bodyByteCount, body: candidate.body)
            batch.journal(
                .delivery, at: moment.wall, sequence: &nextSequence, delivery: delivery, observation: observation)
        case .answer(let upstream):
            let answer = JournalledAnswer(
                upstream: upstream, identity: identity, fingerprint: candidate.fingerprint)
            batch.journal(
                .answer, at: moment.wall, sequence: &nextSequence, answer: answer, observation: observation)
        }
    }

    /// Adds what the ledger wants done and what the service has counted meanwhile.
    func finish(_ batch: inout Batch, now: Moment) {
        let (effects, fired) = timeline.drain()
        for deadline in fired {
            batch.journal(
                .deadline, at: deadline.deadline.due, sequence: &nextSequence,
                observation: deadline.deadline.entity.stored)
            batch.metrics.observe(.deadlineLateness, .milliseconds(max(0, now.clock - deadline.fireAt)))
        }
        batch.add(effects, settings: settings.ledger)
        batch.add(metrics.persistentDeltas(for: batch.metrics))
        batch.commit.heartbeat = decidedBefore
    }

    /// A delivery whose deciding or writing fails whatever is tried: only that it came is kept.
    func undecided(_ received: IntakeQueue.Received, now: Moment) -> Batch {
        var batch = Batch()
        batch.metrics.count(received.candidate.counter(.undecided))
        journal(received.candidate, as: .undecided, at: received.at, in: &batch)
        batch.answers.append((received.candidate, received.candidate.answerOnceStored))
        batch.add(metrics.persistentDeltas(for: batch.metrics))
        batch.commit.heartbeat = decidedBefore
        return batch
    }
}

extension DeliveryIdentity {
    /// For a hint, which is never the same as another.
    static func unique() -> DeliveryIdentity {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return DeliveryIdentity(digest: bytes[...]) ?? .unique()
    }
}
