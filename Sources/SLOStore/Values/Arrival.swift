public import SLOCore

/// A delivery whose identity is stored.
public struct Arrival: Equatable, Sendable {
    /// When it was received.
    public let seenAt: Timestamp
    /// `nil` if the journal does not have it any more.
    public let delivery: DeliverySummary?
}
