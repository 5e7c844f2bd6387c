public import SLOCore

/// The changes of one commit: stored in its transaction, and published after it.
public struct MetricsChange: Sendable {
    public private(set) var increments: [Counter: Int64] = [:]
    /// Who decided the latest of `increments`, where that is known.
    public private(set) var decisions: [Counter: Decision] = [:]
    public private(set) var observations: [HistogramObservation] = []
    public private(set) var judgements: [ObjectiveJudgement] = []
    public private(set) var serviceCounts: [ServiceCounter: Int64] = [:]
    public private(set) var serviceObservations: [(histogram: ServiceHistogram, duration: Duration)] = []

    public init() {}

    public init(_ effects: Effects) {
        add(effects)
    }

    public mutating func add(_ effects: Effects) {
        increments.merge(effects.increments) { $0 &+ $1 }
        if !decisions.isEmpty { for counter in effects.increments.keys { decisions[counter] = nil } }
        decisions.merge(effects.decisions) { $1 }
        observations += effects.observations
        judgements += effects.judgements
    }

    /// Counts an event of the service that is valid only if the commit succeeds, such as an accepted delivery.
    public mutating func count(_ counter: ServiceCounter, by amount: Int64 = 1) {
        serviceCounts[counter, default: 0] &+= amount
    }

    /// Counts a violated invariant.
    public mutating func count(_ invariant: Invariant) {
        increments[.invariantViolations(invariant), default: 0] &+= 1
    }

    public mutating func observe(_ histogram: ServiceHistogram, _ duration: Duration) {
        serviceObservations.append((histogram, duration))
    }
}
