public import SLOCore

/// A delivery as the observer receives it.
public struct Payload: Sendable {
    public var receivedAt: Timestamp
    public var source: Source
    /// Of the request, unsigned.
    public var headers: [(name: String, value: String)]
    /// JSON.
    public var body: [UInt8]

    public init(receivedAt: Timestamp, source: Source, headers: [(name: String, value: String)], body: [UInt8]) {
        self.receivedAt = receivedAt
        self.source = source
        self.headers = headers
        self.body = body
    }

    /// Appends the delivery to a recording, as one line.
    public func write(to recording: inout [UInt8]) {
        var line = JSONWriter(reserving: body.count + body.count / 4 + 512)
        line.open()
        line.field("received_at", receivedAt.rfc3339)
        line.field("source", source.rawValue)
        line.open("headers")
        for header in headers { line.field(named: header.name, header.value) }
        line.close()
        line.field("body", bytes: body)
        line.close()
        recording += line.bytes
        recording.append(UInt8(ascii: "\n"))
    }
}
