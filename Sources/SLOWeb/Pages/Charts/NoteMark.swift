import SLOCore
import SLOQueries

/// The mark of a person's note on a chart of time.
enum NoteMark {
    static let height = 4.0
    /// More are no help to somebody who listens; the page of conditions has them all.
    private static let told = 3

    static func draw(
        _ note: TimeNoteSnapshot, in svg: inout SVG, from begin: Timestamp, secondsPerUnit: Double, width: Double,
        y: Double
    ) {
        func x(_ moment: Timestamp) -> Double { min(max(0, (moment - begin).inSeconds / secondsPerUnit), width) }
        guard note.to >= begin, x(note.from) < width else { return }
        let drawn = max(x(note.to) - x(note.from), 2)
        svg.rectangle(
            "note-mark", x: min(x(note.from), width - drawn), y: y, width: drawn, height: height, title: sentence(note))
    }

    /// For screen readers, after what the chart shows.
    static func label(_ notes: [TimeNoteSnapshot]) -> String {
        let sentences = notes.prefix(told).map { " " + sentence($0) }
        return sentences.joined() + (notes.count > told ? " And \(notes.count - told) more notes." : "")
    }

    static func sentence(_ note: TimeNoteSnapshot) -> String {
        let times = "\(DisplayFormat.moment(note.from)) to \(DisplayFormat.moment(note.to, after: note.from))"
        return "\(note.kind.title), \(times): \(note.words)."
    }
}

extension TimeNoteKind {
    var title: String {
        switch self {
        case .incident: "Incident"
        case .maintenance: "Maintenance"
        }
    }
}
