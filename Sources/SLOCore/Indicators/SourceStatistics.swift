/// What a running service has counted of a source.
public struct SourceStatistics: Sendable {
    /// `nil` while none came since the start.
    public var lastDelivery: Timestamp?
    /// Half of its deliveries came at most so long after the provider's time, since counting began.
    public var medianLag: TimeSpan?
    public var outcomes: [DeliveryOutcome: Int64] = [:]

    public init() {}
}
