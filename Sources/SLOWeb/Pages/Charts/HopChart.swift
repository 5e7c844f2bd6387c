import SLOCore
import SLOService

/// One row of a timeline: consecutive hops. The last one is open until something ends it.
struct HopRow: Sendable {
    struct Hop: Sendable {
        /// `queued`, `started`, `report`, `status`.
        let style: String
        let from: Timestamp
        /// `nil` while it lasts.
        let to: Timestamp?
        let title: String
    }

    let hops: [Hop]
}

/// The hops of one commit on one scale, from its first to its last event.
enum HopChart {
    private static let width = 1000.0
    private static let height = 12.0

    static func svg(_ row: HopRow, from: Timestamp, to: Timestamp, label: String) -> String {
        var svg = SVG(width: width, height: height, style: "hops", label: label)
        svg.rectangle("track", x: 0, y: height / 2 - 0.5, width: width, height: 1)
        let length = max(1, (to - from).inSeconds)
        func x(_ moment: Timestamp) -> Double { min(max(0, (moment - from).inSeconds / length * width), width) }
        for hop in row.hops {
            let (start, end) = (x(hop.from), x(hop.to ?? to))
            // Keeps a very short hop visible.
            let drawn = max(end - start, 4)
            svg.rectangle(
                hop.to == nil ? "\(hop.style) open" : hop.style, x: min(start, width - drawn), y: 1, width: drawn,
                height: height - 2, radius: 2, title: hop.title)
        }
        return svg.text
    }
}
