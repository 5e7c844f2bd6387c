public import SLOCore

/// A page of deliveries, the latest first.
public struct JournalPage: Equatable, Sendable {
    public let deliveries: [DeliverySummary]
    /// Where the next page begins; `nil` at the journal's beginning.
    public let next: Int64?
}
