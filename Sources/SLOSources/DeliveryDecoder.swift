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

    /// Decodes a delivery of a source that sends JSON only.
    func decodeJSON(
        _ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer, _ decode: (JSONObject) -> DecodedDelivery
    ) -> DecodedDelivery {
        func undecoded(_ outcome: DecodedDelivery.Outcome) -> DecodedDelivery {
            DecodedDelivery(event: KnownEvents.other, identity: nil, outcome: outcome)
        }
        guard MediaType(headers.contentType) == .json else {
            return undecoded(.unsupportedMediaType(reason: MediaType.expectedOfOthers))
        }
        switch JSONDocument.read(body, decode) {
        case .success(let delivery): return delivery
        case .failure(let problem): return undecoded(.rejected(reason: problem.description))
        }
    }

    /// The identity of a delivery without an identifier.
    static func digest(_ source: Source, _ body: UnsafeRawBufferPointer) -> String? {
        SHA256Digest(of: source.rawValue, body)?.hex
    }
}
