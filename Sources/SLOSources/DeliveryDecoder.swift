public import SLOCore

/// Decodes the bytes of a delivery into observations. A value: it can be shared, and replaced while it is in use.
///
/// It does not authenticate; do that before.
public struct DeliveryDecoder: Sendable {
    let settings: SourceSettings
    let rules: RuleBook

    public init(settings: SourceSettings, rules: RuleBook) {
        self.settings = settings
        self.rules = rules
    }

    /// Decodes one delivery on the caller's thread. Keeps no reference to `body`.
    public func decode(source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer) -> DecodedDelivery {
        SourceEntry.of(source).decode(self, headers, body)
    }

    /// The identity of a delivery without an identifier.
    static func digest(_ source: Source, _ body: UnsafeRawBufferPointer) -> String? {
        SHA256Digest(of: source.rawValue, body)?.hex
    }
}
