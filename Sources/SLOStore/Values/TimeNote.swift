public import SLOCore

/// What a person noted of a time: what happened then, or is planned. It takes nothing out of any number.
public struct TimeNote: Equatable, Sendable {
    /// When it was noted, which identifies it.
    public let id: Int64
    /// `incident` or `maintenance`.
    public let kind: String
    public let from: Timestamp
    public let to: Timestamp
    public let words: String

    public init(id: Int64, kind: String, from: Timestamp, to: Timestamp, words: String) {
        self.id = id
        self.kind = kind
        self.from = from
        self.to = to
        self.words = words
    }
}

/// The notes that matter at a moment.
public struct TimeNotesNow: Equatable, Sendable {
    /// Those whose time contains it.
    public let inForce: [TimeNote]
    /// Of each kind the one that was written last.
    public let latest: [String: TimeNote]

    /// The limit of the notes that are read for each.
    public static let limit = 100

    /// - Parameter written: the last ones, the latest first.
    public init(inForce: [TimeNote] = [], written: [TimeNote] = []) {
        self.inForce = inForce
        latest = Dictionary(written.map { ($0.kind, $0) }) { first, _ in first }
    }
}
