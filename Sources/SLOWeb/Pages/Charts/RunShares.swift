import SLOCore
import SLOQueries

/// How much of a run's time was the queue, how much the run, and how much the report of its end.
struct RunShares {
    /// Where a run's time went, and over how many runs; of some the end at the backend is not known.
    struct Part {
        let style: String
        let verb: String
        let spans: [TimeSpan]

        var seconds: Double { spans.reduce(0) { $0 + $1.inSeconds } }
        var average: String { DisplayFormat.duration(.seconds(Int64(seconds / Double(max(1, spans.count))))) }
    }

    let queued, ran, reported: Part

    init(of slices: [ChartSnapshot.Slice]) {
        queued = Part(style: "queued", verb: "queued", spans: slices.flatMap(\.queued))
        ran = Part(style: "started", verb: "ran", spans: slices.flatMap(\.ran))
        reported = Part(style: "report", verb: "not reported for", spans: slices.flatMap(\.reported))
    }

    /// In their order in time.
    private var parts: [Part] { [queued, ran, reported] }
    private var seconds: Double { parts.reduce(0) { $0 + $1.seconds } }
}

extension RunShares {
    private static let width = 960.0
    private static let height = 60.0

    static func svg(_ chart: ChartSnapshot) -> String {
        let whole = RunShares(of: chart.slices)
        func share(_ part: Part) -> String { DisplayFormat.percent(part.seconds / whole.seconds, digits: 0) }
        var svg = SVG(
            width: width, height: height, style: "shares",
            label: whole.seconds > 0
                ? "Of the time from queued to finished, \(share(whole.queued)) was the queue, and "
                    + "\(share(whole.reported)) the report of the end."
                : "No run with all its times ended.")
        let sliceWidth = width / Double(max(1, chart.slices.count))
        for (place, slice) in chart.slices.enumerated() {
            let shares = RunShares(of: [slice])
            guard shares.seconds > 0 else { continue }
            let averages = shares.parts.filter { !$0.spans.isEmpty }.map { "\($0.verb) \($0.average)" }
            let title =
                "\(DisplayFormat.moment(slice.beginsAt)): \(DisplayFormat.count(slice.ran.count, "run", "runs")), "
                + "\(averages.joined(separator: ", ")) on average"
            var top = 0.0
            for part in shares.parts {
                let drawn = part.seconds / shares.seconds * height
                svg.rectangle(
                    part.style, x: Double(place) * sliceWidth, y: top, width: max(1, sliceWidth - 0.5), height: drawn,
                    title: title)
                top += drawn
            }
        }
        return svg.text
    }
}
