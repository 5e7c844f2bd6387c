import SLOCore
import SLOService
import SLOQueries

/// The days of a window. Each bar is the day's burn rate; at the line, the budget lasts exactly the window.
enum BudgetDays {
    private static let dayWidth = 10.0
    private static let height = 48.0
    /// A higher bar is cut off at this burn rate.
    private static let highestPace = 3.0

    static func svg(
        _ standing: Overview.Standing, blind: [BlindIntervalSnapshot], notes: [TimeNoteSnapshot], now: Timestamp
    ) -> String {
        let days = standing.days
        let width = Double(days.count) * dayWidth
        let bad = days.count { pace($0.tally, standing.objective.target) > 1 }
        var svg = SVG(
            width: width, height: height, style: "days",
            label: "\(standing.objective.title), day by day: "
                + "\(DisplayFormat.count(bad, "day", "days")) of \(days.count) had a burn rate above 1."
                + NoteMark.label(notes))
        guard let first = days.first else { return svg.text }
        for time in blind { draw(time, in: &svg, from: first.beginsAt, width: width, now: now) }
        for note in notes {
            NoteMark.draw(
                note, in: &svg, from: first.beginsAt, secondsPerUnit: 86_400 / dayWidth, width: width, y: 4)
        }
        let line = y(1)
        svg.line("pace", x1: 0, y1: line, x2: width, y2: line)
        for (place, day) in days.enumerated() {
            draw(day, at: Double(place) * dayWidth, standing, in: &svg)
        }
        return svg.text
    }

    /// A link for each day, as wide as its bar: to what it missed, else to all that was judged. They are not stops of
    /// the tab key, of which there would be hundreds; the list that a card links to has a field for the day.
    static func links(_ standing: Overview.Standing) -> String {
        let links = standing.days.map { day in
            guard day.tally.compliance != nil else { return "<span></span>" }
            let path = EventsPage.path(
                standing.objective.name, standing.deployment, day.tally.bad > 0 ? .missed : nil, from: day.beginsAt,
                to: day.beginsAt + .days(1))
            let text = escaped(sentence(day, standing))
            return
                "<a href=\"\(escaped(path))\" tabindex=\"-1\" title=\"\(text)\"><span class=\"sr\">\(text)</span></a>"
        }
        return "<div class=\"day-links\">\(links.joined())</div>"
    }

    private static func draw(
        _ day: Overview.Day, at x: Double, _ standing: Overview.Standing, in svg: inout SVG
    ) {
        let pace = pace(day.tally, standing.objective.target)
        let title = sentence(day, standing)
        guard day.tally.compliance != nil else {
            svg.rectangle("none", x: x + 1.5, y: height - 1.5, width: dayWidth - 3, height: 1.5, title: title)
            return
        }
        let top = day.tally.bad > 0 ? min(y(min(pace, highestPace)), height - 4) : height - 4
        svg.rectangle(
            pace > 1 ? "over" : "ok", x: x + 1.5, y: top, width: dayWidth - 3, height: height - top, radius: 1,
            title: title)
    }

    private static func draw(
        _ time: BlindIntervalSnapshot, in svg: inout SVG, from begin: Timestamp, width: Double, now: Timestamp
    ) {
        func x(_ moment: Timestamp) -> Double {
            min(max(0, (moment - begin).inSeconds / 86_400 * dayWidth), width)
        }
        let (from, to) = (x(time.from), x(time.to ?? now))
        let span = (time.to ?? now) - time.from
        let title = "Blind for \(DisplayFormat.duration(span)) from \(DisplayFormat.exact(time.from)): \(time.reason)."
        let drawn = max(to - from, 1.5)
        svg.rectangle("blind", x: min(from, width - drawn), y: 0, width: drawn, height: height, title: title)
        svg.rectangle("blind-mark", x: min(from, width - drawn), y: 0, width: drawn, height: 4, title: title)
    }

    private static func sentence(_ day: Overview.Day, _ standing: Overview.Standing) -> String {
        let (good, bad) = (day.tally.good, day.tally.bad)
        guard let compliance = day.tally.compliance else {
            return "\(DisplayFormat.day(day.beginsAt)): nothing was judged."
        }
        return
            "\(DisplayFormat.day(day.beginsAt)): \(DisplayFormat.grouped(good)) good, \(DisplayFormat.grouped(bad)) bad, "
            + "\(DisplayFormat.percent(compliance)); burn rate \(DisplayFormat.times(pace(day.tally, standing.objective.target)))."
    }

    private static func y(_ pace: Double) -> Double { height - pace / highestPace * height }

    private static func pace(_ tally: ObjectiveTally, _ target: Double) -> Double {
        tally.errorBudgetRemaining(target: target).map { 1 - $0 } ?? 0
    }
}
