public import SLOCore

/// The values of a few series at moments about a minute apart, for as long as conditions look back.
///
/// A column keeps only changes, because most values do not change from one minute to the next.
public struct SampleHistory: Sendable {
    /// The interval of samples. Rules and pages differ by at most one sample and one evaluation.
    public static let interval = TimeSpan.minutes(1)
    /// A value is valid for this long if no newer sample comes, as in Prometheus.
    private static let staleAfter = TimeSpan.minutes(5)
    /// More series than any configuration has; others are left out.
    private static let maxColumns = 20_000

    private let selectors: Set<Selector>
    private let reach: TimeSpan
    private var moments: [Timestamp] = []
    /// The number of the first of these moments: those before it are forgotten.
    private var firstNumber = 0
    private var columns: [Column] = []
    private var columnsBySeries: [String: Int] = [:]
    private var columnsBySelector: [Selector: [Int]] = [:]
    /// Series that no condition needs.
    private var unwanted: Set<String> = []

    /// - Parameter conditions: what is to be evaluated.
    public init(for conditions: [Condition]) {
        selectors = conditions.reduce(into: []) { $0.formUnion($1.selectors) }
        reach = conditions.map(\.reach).max() ?? .zero
    }

    /// The metrics whose series it needs; a histogram's with `_count` or `_bucket`.
    public var metrics: Set<String> { Set(selectors.map(\.metric)) }

    public var first: Timestamp? { moments.first }
    public var last: Timestamp? { moments.last }

    /// Before this, no condition looks.
    public func horizon(at now: Timestamp) -> Timestamp { now - reach - Self.staleAfter }

    // MARK: Recording

    /// Adds a sample. If the clock was set back, later samples are forgotten.
    /// - Parameter values: by series; those that no condition needs are left out.
    /// - Returns: the sample as it is stored, and the series that it is the first to have.
    public mutating func record(
        _ values: [(series: String, value: Double)], at now: Timestamp
    ) -> (sample: StoredSample, newSeries: [SampledSeries]) {
        let known = columns.count
        var row = [Double](repeating: .nan, count: known)
        for (series, value) in values {
            guard let column = column(of: series) else { continue }
            if column == row.count { row.append(value) } else { row[column] = value }
        }
        let newSeries = columns[known...].enumerated().map {
            SampledSeries(number: known + $0.offset, series: $0.element.text)
        }
        append(row, at: now)
        return (StoredSample(at: now, values: row), newSeries)
    }

    /// Adds a stored sample, in order of time.
    public mutating func restore(_ sample: StoredSample) {
        append(sample.values, at: sample.at)
    }

    /// Adds stored series, in order of their numbers. Call before `restore`.
    public mutating func restore(_ series: SampledSeries) {
        guard series.number == columns.count, let name = SeriesName(series.series) else { return }
        append(Column(text: series.series, name: name))
    }

    /// The index of a series' column, which is added if there is none.
    private mutating func column(of series: String) -> Int? {
        if let column = columnsBySeries[series] { return column }
        guard !unwanted.contains(series), columns.count < Self.maxColumns else { return nil }
        guard let name = SeriesName(series), selectors.contains(where: { $0.selects(name) }) else {
            if unwanted.count < Self.maxColumns { unwanted.insert(series) }
            return nil
        }
        append(Column(text: series, name: name))
        return columns.count - 1
    }

    private mutating func append(_ column: Column) {
        columnsBySeries[column.text] = columns.count
        for selector in selectors where selector.selects(column.name) {
            columnsBySelector[selector, default: []].append(columns.count)
        }
        columns.append(column)
    }

    private mutating func append(_ row: [Double], at now: Timestamp) {
        forget(from: now)
        let number = firstNumber + moments.count
        moments.append(now)
        for index in columns.indices {
            columns[index].append(index < row.count ? row[index] : .nan, at: number)
        }
        forget(before: horizon(at: now))
    }

    private mutating func forget(from moment: Timestamp) {
        guard let last = moments.last, last >= moment else { return }
        let kept = moments.partitioningIndex { $0 >= moment }
        moments.removeSubrange(kept...)
        for index in columns.indices { columns[index].forget(from: firstNumber + kept) }
    }

    /// Forgets many at once, because each time moves the rest.
    private mutating func forget(before moment: Timestamp) {
        let count = moments.partitioningIndex { $0 >= moment }
        guard count >= 60 else { return }
        moments.removeFirst(count)
        firstNumber += count
        for index in columns.indices { columns[index].forget(before: firstNumber) }
    }

    // MARK: Reading

    /// The number of the last sample up to a moment, if it is still valid.
    private func sample(at moment: Timestamp) -> Int? {
        let after = moments.partitioningIndex { $0 > moment }
        guard after > 0, moment - moments[after - 1] < Self.staleAfter else { return nil }
        return firstNumber + after - 1
    }

    /// The numbers of the samples of a time that ends at a moment, which belongs to it.
    private func samples(within span: TimeSpan, until end: Timestamp) -> Range<Int> {
        let first = moments.partitioningIndex { $0 > end - span }
        let after = moments.partitioningIndex { $0 > end }
        return firstNumber + first..<firstNumber + after
    }

    private func columns(of selector: Selector) -> [Column] {
        (columnsBySelector[selector] ?? []).map { columns[$0] }
    }

    func values(of selector: Selector, at moment: Timestamp) -> [Labels: Double] {
        guard let number = sample(at: moment) else { return [:] }
        return columns(of: selector).reduce(into: [:]) { result, column in
            if let value = column.value(at: number) { result[column.name.labels] = value }
        }
    }

    /// An increase is exact between samples: it is counted from the last sample before the time. Prometheus, which
    /// has the samples within the time only, extrapolates to its edges.
    func values(
        of selector: Selector, over span: TimeSpan, until end: Timestamp, _ function: SeriesExpression.RangeFunction
    ) -> [Labels: Double] {
        var numbers = samples(within: span, until: end)
        guard !numbers.isEmpty else { return [:] }
        if function == .increase, let before = sample(at: end - span) { numbers = before..<numbers.upperBound }
        return columns(of: selector).reduce(into: [:]) { result, column in
            if let value = column.apply(function, to: numbers) { result[column.name.labels] = value }
        }
    }

    /// When one of the counters rose for the last time, or the gauge was 0 for the last time.
    /// - Parameter subject: restricts the series by the labels that they have.
    /// - Returns: the first sample if that was before it.
    func stop(of progress: Selector, while gauge: Selector, with subject: Labels) -> Timestamp? {
        let risen = columns(of: progress, with: subject).compactMap(\.lastRise)
        let empty = columns(of: gauge, with: subject).compactMap(\.lastZero)
        return moment(of: (risen + empty).max()) ?? first
    }

    /// When one of the counters rose for the first time after the others rose for the last time.
    func firstRise(of bad: Selector, after good: Selector, with subject: Labels) -> Timestamp? {
        let last = columns(of: good, with: subject).compactMap(\.lastRise).max() ?? 0
        return moment(of: columns(of: bad, with: subject).compactMap { $0.firstRise(after: last) }.min())
    }

    private func moment(of number: Int?) -> Timestamp? {
        number.map { moments[min(max(0, $0 - firstNumber), moments.count - 1)] }
    }

    private func columns(of selector: Selector, with subject: Labels) -> [Column] {
        columns(of: selector).filter { subject.only($0.name.labels.names).isPart(of: $0.name.labels) }
    }

    /// The highest present value of a gauge, restricted as before.
    func value(of selector: Selector, with subject: Labels) -> Double? {
        last.flatMap {
            values(of: selector, at: $0).filter { subject.only($0.key.names).isPart(of: $0.key) }.values.max()
        }
    }
}

extension Labels {
    fileprivate var names: [String] { pairs.map(\.name) }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element belongs to the second part, in a collection that is divided in two.
    func partitioningIndex(_ belongsToSecondPart: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if belongsToSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
