/// The outcome of a delivery. The value of the `result` label, and of the journal's column of that name.
public enum DeliveryOutcome: String, CaseIterable, Hashable, Sendable {
    /// Stored and decoded.
    case accepted
    /// Stored; this event is not used.
    case ignored
    /// An earlier delivery has the same identity and body.
    case duplicate
    /// Stored; an earlier delivery has the same identity and another body, and the earlier one counts.
    case conflicting
    /// Refused: the signature is missing, or was made with another secret.
    case badSignature = "bad_signature"
    /// Body or headers are invalid (refused), or fields that the event needs are missing (stored).
    case malformed
    /// Refused: the body is larger than the configured limit.
    case tooLarge = "too_large"
    /// Refused: neither JSON nor GitHub's form encoding.
    case unsupportedMediaType = "unsupported_media_type"
    /// Refused: the body did not arrive in time.
    case timedOut = "timed_out"
    /// Refused: no secret is configured for the source.
    case noSecret = "no_secret"
    /// Refused: the queue or the buffers are full.
    case overloaded
    /// Refused: it could not be stored.
    case unstored
    /// Refused: the server is stopping.
    case stopping
    /// Stored, but processing it failed: only its arrival is journalled.
    case processingFailed = "processing_failed"
}

extension DeliveryOutcome {
    /// Whether the sender got an error, and nothing of the delivery was stored.
    public var isRefusal: Bool {
        switch self {
        case .accepted, .ignored, .duplicate, .conflicting, .processingFailed: false
        case .badSignature, .malformed, .tooLarge, .unsupportedMediaType, .timedOut, .noSecret, .overloaded, .unstored,
            .stopping:
            true
        }
    }

    /// Whether the refusal is the server's fault, so that an authentic delivery refused like this is missing.
    public var losesDelivery: Bool {
        switch self {
        case .overloaded, .unstored, .stopping: true
        case .accepted, .ignored, .duplicate, .conflicting, .badSignature, .malformed, .tooLarge,
            .unsupportedMediaType, .timedOut, .noSecret, .processingFailed:
            false
        }
    }

    /// Whether an authentic delivery may be refused like this before its signature is checked. Excludes outcomes of the
    /// check itself.
    public var castsDoubt: Bool { losesDelivery || self == .timedOut || self == .tooLarge }

    /// Whether another attempt at the same delivery may succeed.
    public var isWorthRetrying: Bool { losesDelivery || self == .timedOut || self == .noSecret }
}
