public import SLOCore

/// Turns the bytes of a delivery into observations. Values only: it can be shared, and replaced while it is in use.
///
/// It believes what it is given; whether a delivery is signed is to be found out before.
public struct DeliveryDecoder: Sendable {
    let settings: SourceSettings
    let rules: RuleBook

    public init(settings: SourceSettings, rules: RuleBook) {
        self.settings = settings
        self.rules = rules
    }

    /// Reads one delivery, on the caller's thread. Keeps nothing of `body`.
    public func decode(source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer) -> DecodedDelivery {
        SourceEntry.of(source).decode(self, headers, body)
    }

    /// The identity of what brings none of its own.
    static func digest(_ source: Source, _ body: UnsafeRawBufferPointer) -> String? {
        SHA256Digest(of: source.rawValue, body)?.hex
    }
}
