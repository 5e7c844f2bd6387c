public import SLOCore

/// A page of deliveries, the latest first.
public struct JournalPage: Equatable, Sendable {
    public let deliveries: [DeliverySummary]
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

    /// - Parameter found: the latest of the matching deliveries within the part.
    func page(of found: [DeliverySummary], atMost limit: Int) -> JournalPage {
        let next = found.count == limit ? found.last?.sequence : start
        return JournalPage(deliveries: found, next: next.flatMap { $0 > 1 ? $0 : nil })
    }
}
