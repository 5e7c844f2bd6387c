import SLOCore
import SLOQueries

/// The bands into which times to the first status are sorted, with the deadline among their bounds.
struct LatencyBands: Sendable {
    /// In seconds, rising; what is above the last, or never came, has bands of its own.
    let bounds: [Int64]
    /// How many of the bounds are within the deadline.
    let inTime: Int
    /// For each slice, its changes by band.
    let slices: [[Int]]
    let totals: [Int]
    let count: Int

    private static let usual: [Int64] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600]

    init(_ chart: ChartSnapshot, deadline: TimeSpan) {
        let seconds = deadline.wholeSeconds
        let bounds = Set(Self.usual + [seconds]).sorted()
        self.bounds = bounds
        inTime = bounds.count { $0 <= seconds }
        slices = chart.slices.map { slice in
            var counts = [Int](repeating: 0, count: bounds.count + 2)
            for latency in slice.latencies {
                counts[bounds.firstIndex { latency.milliseconds <= $0 * 1000 } ?? bounds.count] += 1
            }
            counts[bounds.count + 1] = slice.unanswered
            return counts
        }
        totals = slices.reduce(into: [Int](repeating: 0, count: bounds.count + 2)) { sum, slice in
            for (place, count) in slice.enumerated() { sum[place] += count }
        }
        count = totals.reduce(0, +)
    }

    var bands: Int { bounds.count + 2 }

    func name(_ band: Int) -> String {
        if band == bounds.count + 1 { return "no status" }
        if band == bounds.count { return "over \(Self.text(bounds[bounds.count - 1]))" }
        return "\(band == 0 ? "up to" : "\(Self.text(bounds[band - 1])) to") \(Self.text(bounds[band]))"
    }

    private static func text(_ seconds: Int64) -> String { DisplayFormat.duration(.seconds(seconds)) }

    func isInTime(_ band: Int) -> Bool { band < inTime }
}

/// First statuses as a heat map: time to the right, latency upwards, the deadline as a line.
enum LatencyHeatMap {
    private static let width = 960.0
    private static let rowHeight = 11.0

    static func svg(_ bands: LatencyBands, _ chart: ChartSnapshot) -> String {
        let height = Double(bands.bands) * rowHeight
        var svg = SVG(width: width, height: height, style: "heat", label: label(bands))
        let sliceWidth = width / Double(max(1, chart.slices.count))
        for (place, slice) in bands.slices.enumerated() {
            let total = slice.reduce(0, +)
            guard total > 0 else { continue }
            for (band, count) in slice.enumerated() where count > 0 {
                let share = Double(count) / Double(total)
                let level = share > 0.5 ? 4 : share > 0.25 ? 3 : share > 0.1 ? 2 : 1
                svg.rectangle(
                    "\(bands.isInTime(band) ? "in" : "out") heat-\(level)", x: Double(place) * sliceWidth,
                    y: height - Double(band + 1) * rowHeight, width: max(1, sliceWidth - 0.5), height: rowHeight - 0.5,
                    title: "\(DisplayFormat.moment(chart.slices[place].beginsAt)), \(bands.name(band)): \(count) of "
                        + "\(total)")
            }
        }
        let line = height - Double(bands.inTime) * rowHeight
        svg.line("deadline", x1: 0, y1: line, x2: width, y2: line)
        return svg.text
    }

    private static func label(_ bands: LatencyBands) -> String {
        let inTime = bands.totals.prefix(bands.inTime).reduce(0, +)
        return "Times to the first status by time: \(inTime) of \(bands.count) within the deadline."
    }
}

/// First statuses by their latency, all together.
enum LatencyDistribution {
    private static let bandWidth = 30.0
    private static let height = 90.0

    static func svg(_ bands: LatencyBands) -> String {
        let width = Double(bands.bands) * bandWidth
        let highest = Double(max(1, bands.totals.max() ?? 1))
        let told = bands.totals.indices.filter { bands.totals[$0] > 0 }.map { "\(bands.name($0)) \(bands.totals[$0])" }
        var svg = SVG(
            width: width, height: height, style: "spread",
            label: "Changes by the time to their first status: \(told.joined(separator: ", ")).")
        for (band, count) in bands.totals.enumerated() where count > 0 {
            let drawn = max(1.5, Double(count) / highest * height)
            svg.rectangle(
                bands.isInTime(band) ? "ok" : "over", x: Double(band) * bandWidth + 2, y: height - drawn,
                width: bandWidth - 4, height: drawn, radius: 1, title: "\(bands.name(band)): \(count)")
        }
        let line = Double(bands.inTime) * bandWidth
        svg.line("deadline", x1: line, y1: 0, x2: line, y2: height)
        return svg.text
    }
}
