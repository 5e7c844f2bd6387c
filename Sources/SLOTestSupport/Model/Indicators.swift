public import SLOCore

/// All indicators of a history at one moment. Zeros are left out, so that equal indicators are equal values.
public struct Indicators: Equatable, Sendable {
    public private(set) var counters: [Counter: Int64] = [:]
    /// Without the numbers of tracked entities.
    public private(set) var gauges: [Gauge: Int64] = [:]
    /// In whole seconds, ascending.
    public private(set) var durations: [Histogram: [Int64]] = [:]
    /// Without the numbers of changes and runs, which the model does not assign.
    public private(set) var judgements: [ObjectiveJudgement: Int64] = [:]

    public init() {}

    public mutating func count(_ counter: Counter, by amount: Int64 = 1) {
        counters[counter, default: 0] += amount
        if counters[counter] == 0 { counters[counter] = nil }
    }

    public mutating func move(_ gauge: Gauge, by amount: Int64 = 1) {
        // The model has no limits of memory.
        if case .tracked = gauge { return }
        gauges[gauge, default: 0] += amount
        if gauges[gauge] == 0 { gauges[gauge] = nil }
    }

    public mutating func observe(_ histogram: Histogram, seconds: Int64) {
        durations[histogram, default: []].insertInOrder(seconds)
    }

    public mutating func judge(_ judgement: ObjectiveJudgement) {
        let anonymous = ObjectiveJudgement(
            objective: judgement.objective, deployment: judgement.deployment, entity: EntityID(0),
            subject: judgement.subject, verdict: judgement.verdict, at: judgement.at)
        judgements[anonymous, default: 0] += 1
    }

    /// The differences, one per line; empty if there are none.
    public func differences(from expected: Indicators) -> [String] {
        lines(counters, expected.counters) + lines(gauges, expected.gauges) + lines(durations, expected.durations)
            + lines(judgements, expected.judgements)
    }

    private func lines<Key: Hashable, Value: Equatable>(_ own: [Key: Value], _ other: [Key: Value]) -> [String] {
        Set(own.keys).union(other.keys).compactMap { key in
            guard own[key] != other[key] else { return nil }
            return "\(key): \(own[key].map { "\($0)" } ?? "nothing") instead of "
                + "\(other[key].map { "\($0)" } ?? "nothing")"
        }.sorted()
    }
}

extension [Int64] {
    fileprivate mutating func insertInOrder(_ value: Int64) {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        insert(value, at: low)
    }
}
