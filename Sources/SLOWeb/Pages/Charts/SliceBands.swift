import SLOCore
import SLOService
import SLOQueries

/// One chroot or repository in a list: the duration of its runs, or their outcomes.
enum SliceBands {
    private static let width = 200.0
    private static let height = 6.0

    /// The 10th to 90th percentile, and the median, on the scale of `DurationBands`.
    static func durations(_ numbers: HistorySnapshot.Numbers) -> String {
        let quantiles = [0.1, 0.5, 0.9].compactMap(numbers.duration(atQuantile:))
        guard quantiles.count == 3 else { return "" }
        let places = quantiles.map { DurationBands.place(of: $0.inSeconds) * width }
        var svg = SVG(
            width: width, height: height, style: "slice",
            label:
                "10th to 90th percentile: \(DisplayFormat.duration(quantiles[0])) to \(DisplayFormat.duration(quantiles[2]))."
        )
        svg.rectangle("track", x: 0, y: height / 2 - 0.5, width: width, height: 1)
        svg.rectangle("band", x: places[0], y: 0, width: max(places[2] - places[0], 2), height: height, radius: 1)
        svg.line("half", x1: places[1], y1: 0, x2: places[1], y2: height)
        return svg.text
    }

    static func outcomes(_ numbers: HistorySnapshot.Numbers) -> String {
        let total = Double(max(numbers.total, 1))
        let label = Outcome.allCases.filter { numbers.count($0) > 0 }
            .map { "\(DisplayFormat.grouped(numbers.count($0))) \($0.rawValue)" }.joined(separator: ", ")
        var svg = SVG(width: width, height: height, style: "slice", label: label)
        var x = 0.0
        for outcome in [Outcome.success, .failure, .error, .canceled, .skipped, .superseded] {
            let part = Double(numbers.count(outcome)) / total * width
            guard part > 0 else { continue }
            svg.rectangle(outcome.tone, x: x, y: 0, width: part, height: height)
            x += part
        }
        return svg.text
    }
}
