import SLOCore
import SLOQueries

/// What was left of an error budget over a time, and how it goes on at the present burn rate.
enum BudgetBurnDown {
    private static let width = 960.0
    private static let height = 120.0
    /// The part of the width that is for what comes.
    private static let future = 0.2

    /// - Parameters:
    ///   - burn: the present burn rate; `nil` if the chart does not end now, or nothing happens.
    ///   - window: the time that the budget is for.
    static func svg(_ chart: ChartSnapshot, target: Double, burn: Double?, window: TimeSpan) -> String {
        let left = remaining(chart, target: target)
        var svg = SVG(width: width, height: height, style: "burn-down", label: label(left, burn))
        guard let last = left.last else { return svg.text }
        // Below zero there is room for half a budget.
        func y(_ left: Double) -> Double { (1 - max(-0.5, min(1, left))) / 1.5 * height }
        let present = burn == nil ? width : width * (1 - future)
        svg.line("zero", x1: 0, y1: y(0), x2: width, y2: y(0))
        let step = present / Double(left.count)
        var points = [(x: 0.0, y: y(1))]
        for (place, value) in left.enumerated() { points.append((Double(place + 1) * step, y(value))) }
        svg.polyline(last < 0 ? "left spent" : "left", points)
        if let burn {
            let span = (chart.to - chart.from).inSeconds * future / (1 - future)
            let end = last - burn * span / max(1, window.inSeconds)
            svg.polyline("projected", [(present, y(last)), (width, y(end))])
            svg.line("now", x1: present, y1: 0, x2: present, y2: height)
        }
        return svg.text
    }

    /// After each slice, of the budget of the whole time.
    static func remaining(_ chart: ChartSnapshot, target: Double) -> [Double] {
        let total = chart.slices.reduce(0.0) { $0 + Double($1.tally.good) + Double($1.tally.bad) }
        let allowed = total * (1 - target)
        guard allowed > 0 else { return [] }
        var bad = 0.0
        return chart.slices.map { slice in
            bad += Double(slice.tally.bad)
            return 1 - bad / allowed
        }
    }

    private static func label(_ left: [Double], _ burn: Double?) -> String {
        guard let last = left.last else { return "Nothing was judged in this time." }
        let steepest = zip(left, [1] + left).map { $1 - $0 }.max() ?? 0
        return "Error budget of this time: \(DisplayFormat.percent(last, digits: 0)) left at its end. At most "
            + "\(DisplayFormat.percent(steepest, digits: 0)) went in one step."
            + (burn.map { " It burns \(DisplayFormat.times($0)) as fast as it lasts." } ?? "")
    }
}

/// Incidents, blind intervals and notes below a chart, on its scale.
enum TimeLane {
    private static let width = 960.0
    private static let height = 14.0

    /// - Parameter present: the part of the width that the chart's time takes.
    static func svg(_ chart: ChartSnapshot, present: Double = 1) -> String {
        var svg = SVG(width: width, height: height, style: "under", label: label(chart))
        let length = max(1, (chart.to - chart.from).inSeconds)
        let end = width * present
        func x(_ moment: Timestamp) -> Double { min(max(0, (moment - chart.from).inSeconds / length), 1) * end }
        func mark(_ style: String, _ from: Timestamp, _ to: Timestamp, y: Double, _ title: String) {
            let drawn = max(x(to) - x(from), 2)
            svg.rectangle(style, x: min(x(from), end - drawn), y: y, width: drawn, height: 4, title: title)
        }
        svg.rectangle("track", x: 0, y: 6.5, width: end, height: 1)
        // What is critical is drawn last, over the warnings of the same time.
        let (critical, warnings) = (
            chart.incidents.filter { $0.severity == .critical }, chart.incidents.filter { $0.severity != .critical }
        )
        for incident in warnings.reversed() + critical.reversed() {
            mark(
                incident.severity == .critical ? "bad" : "warn", incident.since, incident.endedAt ?? chart.now, y: 0,
                "\(incident.summary): \(IncidentLane.sentence(incident, now: chart.now))")
        }
        for time in chart.blindIntervals {
            mark(
                "blind-mark", time.from, time.to ?? chart.now, y: 5,
                "Blind from \(DisplayFormat.moment(time.from)): \(time.reason).")
        }
        for note in chart.timeNotes { mark("note-mark", note.from, note.to, y: 10, NoteMark.sentence(note)) }
        return svg.text
    }

    private static func label(_ chart: ChartSnapshot) -> String {
        "In this time: \(DisplayFormat.count(chart.incidents.count, "incident", "incidents")), "
            + "\(DisplayFormat.count(chart.blindIntervals.count, "blind interval", "blind intervals")), "
            + "\(DisplayFormat.count(chart.timeNotes.count, "note", "notes"))."
    }

    static func present(isProjected: Bool) -> Double { isProjected ? 0.8 : 1 }
}
