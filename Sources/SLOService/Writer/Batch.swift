import SLOCore
import SLOMetrics
import SLOStore

/// The contents of one transaction, and the responses that follow it.
struct Batch {
    var commit = CommitBatch()
    var metrics = MetricsChange()
    /// `metrics` with their series, once the batch is complete.
    private(set) var resolvedMetrics = ResolvedChange()
    var gauges: [Gauge: Int64] = [:]
    /// Repositories were hidden: what was shown of them must not be shown any more.
    private(set) var hidesRepositories = false
    var storesBlindIntervals = false
    /// Deliveries with the responses to send once the batch is stored.
    var responses: [(pending: PendingDelivery, response: DeliveryResponse)] = []
    /// The lookups to queue once the batch is stored.
    var lookupRequests: [LookupRequest] = []

    mutating func journal(
        _ kind: JournalEntry.Kind, at moment: Timestamp, sequence: inout Int64,
        delivery: JournalledDelivery? = nil, answer: JournalledAnswer? = nil, observation: [UInt8]? = nil,
        place: InboxPlace? = nil
    ) {
        commit.journal.append(
            JournalEntry(
                sequence: sequence, receivedAt: moment, kind: kind, delivery: delivery, answer: answer,
                observation: observation, place: place))
        sequence += 1
    }

    mutating func count(_ pending: PendingDelivery, as outcome: DeliveryOutcome) {
        if let counter = pending.counter(outcome) { metrics.count(counter) }
    }

    /// Of a delivery in a cluster's inbox, that it is decided with this batch.
    mutating func noteConsumed(_ pending: PendingDelivery) {
        guard let place = pending.place else { return }
        let before = commit.consumed[place.stream] ?? 0
        commit.consumed[place.stream] = max(before, place.position)
    }

    /// Adds the ledger's effects.
    mutating func add(_ effects: Effects, settings: LedgerSettings) {
        metrics.add(effects)
        gauges.merge(effects.gauges) { $0 + $1 }
        hidesRepositories = hidesRepositories || effects.hidesRepositories
        commit.state += effects.state
        commit.changes += effects.changeRecords
        // A run that was recorded and then withdrawn in one batch is deleted; one that came back is not.
        commit.withdrawnRuns.removeAll { id in effects.runRecords.contains { $0.run == id } }
        commit.runs += effects.runRecords
        commit.withdrawnRuns += effects.withdrawnRuns
        commit.judgements += effects.judgements
        lookupRequests += effects.lookupRequests
        commit.objectiveHours += HourTally.summing(effects.judgements).compactMap { $0.stored(by: settings) }
    }

    /// Adds what `metrics` changes to the values that the batch stores. Call once, when the batch is complete.
    mutating func resolve(in registry: MetricsRegistry) {
        resolvedMetrics = registry.resolve(metrics)
        add(resolvedMetrics.deltas)
    }

    /// Adds the values that the ledger's gauges have once this batch is stored.
    mutating func addGauges(of registry: MetricsRegistry, all: Bool) {
        commit.gauges.merge(registry.gaugeValues(after: gauges, all: all)) { $1 }
    }

    mutating func add(_ deltas: PersistentDeltas) {
        commit.counters.merge(deltas.counters) { $0 + $1 }
        commit.histograms += deltas.histograms.map { series, histogram in
            HistogramDelta(
                series: series, bounds: histogram.bounds, buckets: histogram.buckets, sum: histogram.sum)
        }
        commit.gauges.merge(deltas.gauges) { $1 }
    }
}

extension HourTally {
    /// - Returns: `nil` for an objective that is not configured: the ledger judges none.
    func stored(by settings: LedgerSettings) -> ObjectiveHour? {
        settings[objective.objective].map {
            ObjectiveHour(
                objective: $0.name, deployment: objective.deployment, hour: hour,
                deadlineSeconds: $0.deadline.wholeSeconds, target: $0.target, good: tally.good, bad: tally.bad)
        }
    }

    init(stored hour: ObjectiveHour) {
        self.init(
            DeploymentObjective(hour.objective, hour.deployment), hour: hour.hour,
            tally: ObjectiveTally(good: hour.good, bad: hour.bad))
    }
}

extension PersistentDeltas {
    /// The counters and histograms that the database stores.
    init(stored state: LoadedState) {
        self.init(
            counters: state.counters,
            histograms: state.histograms.mapValues {
                PersistentHistogram(bounds: $0.bounds, buckets: $0.buckets, sum: $0.sum)
            },
            gauges: state.gauges)
    }
}
