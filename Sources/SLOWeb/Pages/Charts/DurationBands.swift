import Foundation
import SLOCore
import SLOService
import SLOQueries

/// The duration of runs by day: the median and the 90th percentile, on a logarithmic scale.
enum DurationBands {
    static let width = 600.0
    static let height = 180.0
    private static let shortest = 30.0
    private static let longest = 2 * 86_400.0

    static func svg(_ group: HistorySnapshot.Group, deadline: TimeSpan) -> String {
        let days = group.days
        var svg = SVG(
            width: width, height: height, style: "bands",
            label: "Durations of \(group.kind.plural.lowercased()) by day, from queued to finished, on a logarithmic "
                + "scale. The table below has the numbers.")
        for mark in marks { svg.line("grid", x1: 0, y1: y(mark.seconds), x2: width, y2: y(mark.seconds)) }
        svg.line("deadline", x1: 0, y1: y(deadline.inSeconds), x2: width, y2: y(deadline.inSeconds))
        let step = width / Double(max(days.count, 1))
        for (place, day) in days.enumerated() {
            let x = (Double(place) + 0.5) * step
            guard let low = day.numbers.duration(atQuantile: 0.1), let middle = day.numbers.duration(atQuantile: 0.5),
                let high = day.numbers.duration(atQuantile: 0.9)
            else { continue }
            let top = y(high.inSeconds)
            svg.rectangle(
                "band", x: x - step * 0.36, y: top, width: step * 0.72,
                height: max(2, y(low.inSeconds) - top), radius: 2,
                title:
                    "\(DisplayFormat.day(day.beginsAt)): median \(DisplayFormat.duration(middle)), 90th percentile "
                    + "\(DisplayFormat.duration(high)); \(DisplayFormat.grouped(day.numbers.total)) ended.")
            svg.line(
                "half", x1: x - step * 0.36, y1: y(middle.inSeconds), x2: x + step * 0.36, y2: y(middle.inSeconds))
        }
        return svg.text
    }

    /// The labels of the scale, drawn beside it.
    static var scale: String {
        var svg = SVG(width: 44, height: height, style: "scale", label: "Scale from 1 minute to 1 day")
        for mark in marks { svg.text("name", x: 42, y: y(mark.seconds) + 4, mark.name) }
        return svg.text
    }

    private static let marks: [(seconds: Double, name: String)] = [
        (86_400, "1 d"), (43_200, "12 h"), (3600, "1 h"), (600, "10 min"), (60, "1 min"),
    ]

    private static func y(_ seconds: Double) -> Double { height - place(of: seconds) * height }

    /// The position of a duration, from 0, the shortest shown, to 1, the longest.
    static func place(of seconds: Double) -> Double {
        min(1, log(max(seconds, shortest) / shortest) / log(longest / shortest))
    }
}

/// The outcomes of runs by day.
enum OutcomeDays {
    private static let height = 72.0

    static func svg(_ group: HistorySnapshot.Group) -> String {
        let most = group.days.map(\.numbers.total).max() ?? 0
        var svg = SVG(
            width: DurationBands.width, height: height, style: "outcomes",
            label: "How \(group.kind.plural.lowercased()) ended, by day; at most \(DisplayFormat.grouped(most)) a day.")
        let step = DurationBands.width / Double(max(group.days.count, 1))
        for (place, day) in group.days.enumerated() {
            let x = Double(place) * step + step * 0.14
            guard day.numbers.total > 0, most > 0 else {
                svg.rectangle(
                    "none", x: x, y: height - 1.5, width: step * 0.72, height: 1.5,
                    title: "\(DisplayFormat.day(day.beginsAt)): nothing ended.")
                continue
            }
            var top = height
            let title =
                "\(DisplayFormat.day(day.beginsAt)): "
                + Outcome.allCases.compactMap { outcome in
                    let count = day.numbers.count(outcome)
                    return count > 0 ? "\(DisplayFormat.grouped(count)) \(outcome.rawValue)" : nil
                }.joined(separator: ", ") + "."
            for tone in ["good", "warn", "bad", "quiet"] {
                let count = Outcome.allCases.filter { $0.tone == tone }.map(day.numbers.count).reduce(0, +)
                let part = Double(count) / Double(most) * (height - 2)
                guard part > 0 else { continue }
                top -= part
                svg.rectangle(tone, x: x, y: top, width: step * 0.72, height: part, title: title)
            }
        }
        return svg.text
    }
}
