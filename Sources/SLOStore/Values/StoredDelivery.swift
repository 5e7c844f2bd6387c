public import SLOCore

/// A journalled delivery with its body.
public struct StoredDelivery: Equatable, Sendable {
    public let sequence: Int64
    public let source: Source
    public let receivedAt: Timestamp
    /// The JSON object of headers that was stored with it.
    public let headers: String
    public let body: [UInt8]
}
