/// The values of one series, by the number of the sample: each with the first sample that has it.
struct Column: Sendable {
    let text: String
    let name: SeriesName
    private var changes: [(number: Int, value: Double)] = []

    init(text: String, name: SeriesName) {
        self.text = text
        self.name = name
    }

    /// - Parameter value: not a number if the series is absent.
    mutating func append(_ value: Double, at number: Int) {
        if let last = changes.last?.value {
            guard !(last == value || last.isNaN && value.isNaN) else { return }
        } else if value.isNaN {
            return
        }
        changes.append((number, value))
    }

    mutating func forget(from number: Int) {
        changes.removeSubrange(changes.partitioningIndex { $0.number >= number }...)
    }

    /// The last change before the first sample that is kept stays: it is that sample's value.
    mutating func forget(before number: Int) {
        let count = changes.partitioningIndex { $0.number > number } - 1
        if count > 0 { changes.removeFirst(count) }
    }

    /// The index of the change that holds at a sample; `nil` before the first one.
    private func change(at number: Int) -> Int? {
        let after = changes.partitioningIndex { $0.number > number }
        return after > 0 ? after - 1 : nil
    }

    func value(at number: Int) -> Double? {
        change(at: number).map { changes[$0].value }.flatMap { $0.isNaN ? nil : $0 }
    }

    /// - Returns: `nil` if the series is absent, or a counter has one sample only.
    func apply(_ function: SeriesExpression.RangeFunction, to numbers: Range<Int>) -> Double? {
        let first = change(at: numbers.lowerBound) ?? changes.partitioningIndex { $0.number >= numbers.lowerBound }
        let held = changes[first...].prefix { $0.number < numbers.upperBound }.filter { !$0.value.isNaN }
        guard let start = held.first else { return nil }
        switch function {
        case .lowest: return held.map(\.value).min()
        case .highest: return held.map(\.value).max()
        case .last: return held.last?.value
        case .increase:
            guard numbers.upperBound - max(start.number, numbers.lowerBound) > 1 else { return nil }
            // A counter that falls began again at 0.
            return zip(held, held.dropFirst()).reduce(0) { sum, pair in
                sum + (pair.1.value >= pair.0.value ? pair.1.value - pair.0.value : pair.1.value)
            }
        }
    }

    /// The first sample that shows the last rise.
    var lastRise: Int? {
        zip(changes, changes.dropFirst()).reversed().first { $0.1.value > $0.0.value }?.1.number
    }

    func firstRise(after number: Int) -> Int? {
        zip(changes, changes.dropFirst()).first { $0.1.number > number && $0.1.value > $0.0.value }?.1.number
    }

    /// The first sample after the last one with 0.
    var lastZero: Int? {
        zip(changes, changes.dropFirst()).reversed().first { $0.0.value == 0 }?.1.number
    }
}
