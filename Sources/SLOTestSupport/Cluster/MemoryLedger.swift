import SLOCore
import SLOStore

/// What the decider's transactions write.
struct MemoryLedger {
    private(set) var journal: [JournalEntry] = []
    private(set) var state: [StateKey: [UInt8]] = [:]
    private(set) var identities: [DeliveryIdentity: KnownDelivery] = [:]
    private var changes: [ChangeKey: ChangeRecord] = [:]
    private var runs: [EntityID: RunRecord] = [:]
    private var judgements: [JudgementKey: ObjectiveJudgement] = [:]
    private var hours: [HourKey: ObjectiveHour] = [:]
    private var blindIntervals: [BlindKey: BlindInterval] = [:]
    var backfills: [Objective.Name: Backfill] = [:]
    /// All but what the tables above have.
    private var owner = LoadedState()

    private struct ChangeKey: Hashable {
        let change: EntityID
        let deployment: Deployment
    }

    private struct JudgementKey: Hashable {
        let objective: Objective.Name
        let entity: EntityID
        let deployment: Deployment

        init(_ judgement: ObjectiveJudgement) {
            objective = judgement.objective
            entity = judgement.entity
            deployment = judgement.deployment
        }
    }

    private struct HourKey: Hashable, Comparable {
        let hour: Int64
        let objective: Objective.Name
        let deployment: Deployment
        let deadlineSeconds: Int64
        let target: Double

        init(_ hour: ObjectiveHour) {
            self.hour = hour.hour
            objective = hour.objective
            deployment = hour.deployment
            deadlineSeconds = hour.deadlineSeconds
            target = hour.target
        }

        static func < (one: HourKey, other: HourKey) -> Bool {
            (one.hour, one.objective.rawValue, one.deployment.label, one.deadlineSeconds, one.target)
                < (other.hour, other.objective.rawValue, other.deployment.label, other.deadlineSeconds, other.target)
        }
    }

    private struct BlindKey: Hashable, Comparable {
        let startedAt: Timestamp
        let cause: String

        static func < (one: BlindKey, other: BlindKey) -> Bool {
            (one.startedAt, one.cause) < (other.startedAt, other.cause)
        }
    }

    /// What a new decider loads.
    var loaded: LoadedState {
        var loaded = owner
        loaded.state = state.sorted { Self.precedes($0.key, $1.key) }.map {
            LoadedState.Entry(key: $0.key, value: $0.value)
        }
        loaded.objectiveHours = hours.sorted { $0.key < $1.key }.map(\.value)
        loaded.blindIntervals = blindIntervals.sorted { $0.key < $1.key }.map(\.value)
        return loaded
    }

    private static func precedes(_ one: StateKey, _ other: StateKey) -> Bool {
        if (one.table, one.repository) != (other.table, other.repository) {
            return (one.table, one.repository) < (other.table, other.repository)
        }
        return one.key.lexicographicallyPrecedes(other.key)
    }

    /// Does what a transaction does.
    /// - Throws: `StoreError` for a sequence that is used, before it changes anything.
    mutating func add(_ batch: CommitBatch) throws {
        let first = batch.journal.map(\.sequence).min() ?? owner.nextSequence
        guard first >= owner.nextSequence else {
            throw StoreError(code: .rejected, message: "the journal has an entry \(first) already")
        }
        addProgress(batch)
        for entry in batch.journal { add(entry) }
        for change in batch.state { state[change.key] = change.value }
        owner.counters.merge(batch.counters) { $0 + $1 }
        for delta in batch.histograms { add(delta) }
        owner.gauges.merge(batch.gauges) { $1 }
        for hour in batch.objectiveHours { add(hour) }
        for interval in batch.blindIntervals {
            blindIntervals[BlindKey(startedAt: interval.startedAt, cause: interval.cause)] = interval
        }
        for caughtUp in batch.caughtUp { add(caughtUp) }
        owner.reconciliationMemory.merge(batch.reconciliationMemory) { $1 }
        for change in batch.changes {
            changes[ChangeKey(change: change.change, deployment: change.deployment)] = change
        }
        for run in batch.runs { runs[run.run] = run }
        for run in batch.withdrawnRuns { runs[run] = nil }
        for judgement in batch.judgements { judgements[JudgementKey(judgement)] = judgement }
        for (objective, through) in batch.backfills {
            backfills[objective] = Backfill(objective: objective, through: through)
        }
    }

    private mutating func addProgress(_ batch: CommitBatch) {
        owner.nextSequence = max(owner.nextSequence, (batch.journal.map(\.sequence).max() ?? 0) + 1)
        owner.nextEntity = max(owner.nextEntity, batch.nextEntity ?? 1)
        owner.lastHeartbeat = batch.heartbeat ?? owner.lastHeartbeat
        owner.lastCleanStop = batch.cleanStop
        owner.consumed.merge(batch.consumed) { max($0, $1) }
    }

    private mutating func add(_ entry: JournalEntry) {
        journal.append(entry)
        guard let identity = entry.delivery?.identity ?? entry.answer?.identity,
            let fingerprint = entry.delivery?.fingerprint ?? entry.answer?.fingerprint, identities[identity] == nil
        else { return }
        identities[identity] = KnownDelivery(fingerprint: fingerprint, seenAt: entry.receivedAt)
    }

    /// A histogram whose bounds are others starts again.
    private mutating func add(_ delta: HistogramDelta) {
        var stored = LoadedState.Histogram(bounds: delta.bounds, buckets: [], sum: 0)
        if let known = owner.histograms[delta.series], known.bounds == delta.bounds { stored = known }
        let missing = delta.buckets.count - stored.buckets.count
        if missing > 0 { stored.buckets += Array(repeating: 0, count: missing) }
        for (place, count) in delta.buckets.enumerated() { stored.buckets[place] += count }
        while stored.buckets.last == 0 { stored.buckets.removeLast() }
        stored.sum += delta.sum
        owner.histograms[delta.series] = stored
    }

    private mutating func add(_ hour: ObjectiveHour) {
        let known = hours[HourKey(hour)]
        hours[HourKey(hour)] = ObjectiveHour(
            objective: hour.objective, deployment: hour.deployment, hour: hour.hour,
            deadlineSeconds: hour.deadlineSeconds, target: hour.target, good: hour.good + (known?.good ?? 0),
            bad: hour.bad + (known?.bad ?? 0))
    }

    private mutating func add(_ caughtUp: CaughtUp) {
        for (key, interval) in blindIntervals where key.startedAt == caughtUp.startedAt && interval.excludes {
            blindIntervals[key] = BlindInterval(
                startedAt: interval.startedAt, cause: interval.cause, endedAt: interval.endedAt,
                caughtUpAt: caughtUp.at, missing: interval.missing)
        }
    }

    // MARK: - Backfills

    /// Clears all that is to be filled in anew. The hour in which the service began to judge keeps what it judged.
    mutating func clear(_ backfill: Backfill, of objective: Objective) {
        judgements = judgements.filter { key, judgement in
            key.objective != backfill.objective || judgement.at > backfill.through && key.entity.number >= 0
        }
        let hour = backfill.through.hoursSinceEpoch
        hours = hours.filter { $0.key.objective != backfill.objective || $0.key.hour > hour }
        let kept = judgements.values.filter { $0.objective == backfill.objective && $0.at.hoursSinceEpoch == hour }
        for judgement in kept {
            guard judgement.verdict != .unknown else { continue }
            let (good, bad): (Int64, Int64) = judgement.verdict == .good ? (1, 0) : (0, 1)
            add(
                ObjectiveHour(
                    objective: objective.name, deployment: judgement.deployment, hour: hour,
                    deadlineSeconds: objective.deadline.wholeSeconds, target: objective.target, good: good, bad: bad))
        }
    }

    mutating func add(_ added: [BackfilledJudgement], hours: [ObjectiveHour]) {
        for judgement in added { judgements[JudgementKey(judgement.judgement)] = judgement.judgement }
        for hour in hours { add(hour) }
    }
}
