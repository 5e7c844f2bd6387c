/// A running service's counts for a source.
public struct SourceStatistics: Sendable {
    /// `nil` if there was none since the start.
    public var lastDelivery: Timestamp?
    /// The median lag behind the provider's time, since counting began.
    public var medianLag: TimeSpan?
    public var outcomes: [DeliveryOutcome: Int64] = [:]

    public init() {}
}
