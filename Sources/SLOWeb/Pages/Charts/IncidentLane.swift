import SLOCore
import SLOQueries

/// The incidents of one condition as bars over a time.
enum IncidentLane {
    private static let width = 400.0
    private static let height = 10.0

    /// - Parameter incidents: of one condition and subject, the latest first.
    static func svg(_ incidents: [Incident], from begin: Timestamp, until now: Timestamp) -> String {
        var svg = SVG(width: width, height: height, style: "lane", label: label(incidents, now: now))
        svg.rectangle("track", x: 0, y: height / 2 - 0.5, width: width, height: 1)
        let span = max(1, (now - begin).inSeconds)
        func x(_ moment: Timestamp) -> Double { min(max(0, (moment - begin).inSeconds / span), 1) * width }
        for incident in incidents.reversed() {
            let (from, to) = (x(incident.since), x(incident.endedAt ?? now))
            let drawn = max(to - from, 2)
            svg.rectangle(
                incident.severity == .critical ? "bad" : "warn", x: min(from, width - drawn), y: 0, width: drawn,
                height: height, radius: 1, title: sentence(incident, now: now))
        }
        return svg.text
    }

    /// What people noted, in a lane of the same scale.
    static func svg(_ notes: [TimeNoteSnapshot], from begin: Timestamp, until now: Timestamp) -> String {
        var svg = SVG(width: width, height: height, style: "lane", label: NoteMark.label(notes))
        svg.rectangle("track", x: 0, y: height / 2 - 0.5, width: width, height: 1)
        for note in notes {
            NoteMark.draw(
                note, in: &svg, from: begin, secondsPerUnit: max(1, (now - begin).inSeconds) / width, width: width,
                y: (height - NoteMark.height) / 2)
        }
        return svg.text
    }

    /// More than a few are no help to somebody who listens; the table below has them all.
    private static func label(_ incidents: [Incident], now: Timestamp) -> String {
        let told = incidents.prefix(3).map { sentence($0, now: now) }
        let rest = incidents.count - told.count
        return (told + (rest > 0 ? ["And \(rest) before."] : [])).joined(separator: " ")
    }

    static func sentence(_ incident: Incident, now: Timestamp) -> String {
        let lasted = DisplayFormat.duration(max(.zero, (incident.endedAt ?? now) - incident.since))
        let from = DisplayFormat.moment(incident.since)
        guard let end = incident.endedAt else { return "Since \(from), for \(lasted)." }
        return "\(from) to \(DisplayFormat.moment(end, after: incident.since)), \(lasted)."
    }
}
