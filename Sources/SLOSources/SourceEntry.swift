import SLOCore

/// What the decoder knows of a source. Each entry is in its source's folder.
struct SourceEntry: Sendable {
    typealias Decode = @Sendable (DeliveryDecoder, WebhookHeaders, UnsafeRawBufferPointer) -> DecodedDelivery

    /// The names of its events that get series of their own.
    let events: [String]
    /// Reads one delivery. Keeps nothing of the body.
    let decode: Decode

    /// The list of all entries.
    static func of(_ source: Source) -> SourceEntry {
        switch source {
        case .github: github
        case .copr: copr
        case .testingFarm: testingFarm
        }
    }
}
