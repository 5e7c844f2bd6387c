/// A delivery's journal entry, which outlives its body: source, time, event and result.
public struct DeliverySummary: Equatable, Sendable {
    /// Its place in the journal.
    public let sequence: Int64
    public let receivedAt: Timestamp
    public let source: Source
    public let event: String
    /// A `DeliveryOutcome` of this version or another.
    public let result: String
    public let bodyByteCount: Int64

    public init(
        sequence: Int64, receivedAt: Timestamp, source: Source, event: String, result: String, bodyByteCount: Int64
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.source = source
        self.event = event
        self.result = result
        self.bodyByteCount = bodyByteCount
    }
}
