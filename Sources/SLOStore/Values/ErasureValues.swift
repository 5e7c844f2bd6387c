/// An entry of the journal with its body, to look for what must be erased.
public struct ErasableEntry: Sendable {
    public let sequence: Int64
    public let kind: JournalEntry.Kind
    public let observation: [UInt8]?
    /// As it was received; `nil` if it is not stored any more.
    public let body: [UInt8]?
    let bodyBytes: Int64
}

/// What to erase of some entries of the journal.
public struct JournalErasure: Equatable, Sendable {
    /// Entries of which only time and identity remain.
    public var entries: [Int64] = []
    /// Entries whose bodies are erased.
    public var bodies: [Int64] = []
    /// Observations that are replaced, by their entries.
    public var observations: [Int64: [UInt8]] = [:]

    public init() {}
}

/// How many rows were erased, or made nameless.
public struct ErasedRows: Equatable, Sendable {
    public var changes = 0
    public var runs = 0
    public var judgements = 0
    public var timeNotes = 0

    public init() {}
}
