public import SLOCore
import SLOStore

/// What a person noted of a time.
public struct TimeNoteSnapshot: Equatable, Sendable {
    /// The longest words, in bytes.
    public static let maxWordsBytes = 500
    /// The longest time of a note.
    public static let longest = TimeSpan.days(31)
    /// The most that are shown, and left out of a report's comparison: those that ended last.
    public static let limit = 500

    public let id: Int64
    public let kind: TimeNoteKind
    public let from: Timestamp
    public let to: Timestamp
    public let words: String

    public init(id: Int64, kind: TimeNoteKind, from: Timestamp, to: Timestamp, words: String) {
        self.id = id
        self.kind = kind
        self.from = from
        self.to = to
        self.words = words
    }

    init(_ note: TimeNote) {
        self.init(
            id: note.id, kind: TimeNoteKind(rawValue: note.kind) ?? .incident, from: note.from, to: note.to,
            words: note.words)
    }

    /// Whether it shares a moment with a time, both ends included.
    func overlaps(from first: Timestamp, through last: Timestamp) -> Bool { from <= last && to >= first }
}
