/// What became of a delivery. The value of the `result` label, and of the journal's column of that name.
public enum DeliveryOutcome: String, CaseIterable, Hashable, Sendable {
    /// On disk and decoded.
    case accepted
    /// On disk; nothing reads this event.
    case ignored
    /// An earlier delivery has the same identity and body.
    case duplicate
    /// On disk; an earlier delivery has the same identity and another body, and the earlier one counts.
    case conflicting
    /// Refused: the signature is missing, or made with another secret.
    case badSignature = "bad_signature"
    /// Not the JSON or the headers it claims to be, or signed without what its event needs.
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
    /// Refused: the disk does not take it.
    case unstored
    /// Refused: the server is stopping.
    case stopping
    /// On disk, but deciding it failed: only its journal entry is kept.
    case processingFailed = "processing_failed"
}

extension DeliveryOutcome {
    /// Whether the sender got an error, and nothing of the delivery was kept.
    public var isRefusal: Bool {
        switch self {
        case .accepted, .ignored, .duplicate, .conflicting, .processingFailed: false
        case .badSignature, .malformed, .tooLarge, .unsupportedMediaType, .timedOut, .noSecret, .overloaded, .unstored,
            .stopping:
            true
        }
    }

    /// Whether the refusal has a reason of this server's own: an authentic delivery that is refused so is missing.
    public var losesDelivery: Bool {
        switch self {
        case .overloaded, .unstored, .stopping: true
        case .accepted, .ignored, .duplicate, .conflicting, .badSignature, .malformed, .tooLarge,
            .unsupportedMediaType, .timedOut, .noSecret, .processingFailed:
            false
        }
    }

    /// Whether an authentic delivery may be refused so before its signature is checked. A request whose signature was
    /// checked and is wrong is none, nor is one that cannot be checked.
    public var castsDoubt: Bool { losesDelivery || self == .timedOut || self == .tooLarge }

    /// Whether another attempt at the same delivery may succeed.
    public var isWorthRetrying: Bool { losesDelivery || self == .timedOut || self == .noSecret }
}
