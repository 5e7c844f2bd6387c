public import SLOCore

/// A delivery as it was received, before anything of it is decoded.
public struct ReceivedDelivery: Sendable {
    public let receivedAt: Timestamp
    public let source: Source
    public let headers: WebhookHeaders
    public let body: [UInt8]

    public init(receivedAt: Timestamp, source: Source, headers: WebhookHeaders, body: [UInt8]) {
        self.receivedAt = receivedAt
        self.source = source
        self.headers = headers
        self.body = body
    }
}
