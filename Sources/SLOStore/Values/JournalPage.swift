public import SLOCore

/// Which deliveries of the journal to read. `nil` matches all.
public struct JournalFilter: Equatable, Sendable {
    public var source: Source?
    /// The source's name for the kind of event.
    public var event: String?
    /// Such as `accepted`.
    public var result: String?
    /// Bytes that the stored observations contain, such as those of a repository's name.
    public var containing: [UInt8]?

    public init(
        source: Source? = nil, event: String? = nil, result: String? = nil, containing: [UInt8]? = nil
    ) {
        self.source = source
        self.event = event
        self.result = result
        self.containing = containing
    }
}

/// A page of deliveries, the latest first.
public struct JournalPage: Equatable, Sendable {
    public let deliveries: [StoredEntry]
    /// Where the next page begins; `nil` at the journal's beginning.
    public let next: Int64?
}

/// The part of the journal in which one search looks for deliveries.
struct JournalSearch {
    /// The limit of entries that one search reads.
    private static let entries: Int64 = 20_000

    let start: Int64
    /// Not included.
    let end: Int64

    /// - Parameters:
    ///   - before: a sequence, not included; `nil` for the journal's end. The caller may pass any number.
    ///   - nextSequence: the first unused one.
    init(before: Int64?, nextSequence: Int64) {
        end = max(0, min(before ?? .max, nextSequence))
        start = max(0, end - Self.entries)
    }

    /// The first sequence that was received at a time or later, as far as the journal is in order of time.
    ///
    /// - Parameters:
    ///   - first: the journal's first sequence.
    ///   - end: the first unused one.
    ///   - entry: the first entry from a sequence on.
    static func place(
        of time: Timestamp, from first: Int64, before end: Int64,
        entry: (Int64) throws -> (sequence: Int64, receivedAt: Timestamp)?
    ) rethrows -> Int64 {
        var (low, high) = (first, end)
        while low < high {
            let middle = low + (high - low) / 2
            if let found = try entry(middle), found.receivedAt < time {
                low = found.sequence + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// - Parameter found: the latest of the matching deliveries within the part.
    func page(of found: [StoredEntry], atMost limit: Int) -> JournalPage {
        let next = found.count == limit ? found.last?.sequence : start
        return JournalPage(deliveries: found, next: next.flatMap { $0 > 1 ? $0 : nil })
    }
}
