import SLOCore
import SLOMetrics
import SLOSources
import SLOStore

/// A delivery that was verified and decoded, or what an upstream answered, on its way to the disk.
struct Candidate: Sendable {
    /// What its sender called it, for logs.
    let id: String
    let origin: Origin
    /// `nil` for a hint, which is never the same as another.
    let identity: DeliveryIdentity?
    /// What its identity would be if it did not name the hook's target.
    let untargetedIdentity: DeliveryIdentity?
    let fingerprint: BodyFingerprint
    let content: Content
    let observations: [Observation]
    let bodyByteCount: Int
    let body: KeptBody?
    /// When its first byte came, for the duration of its acknowledgement.
    let arrivedAt: ContinuousClock.Instant
    let completion: @Sendable (Answer) -> Void

    enum Origin: Sendable {
        case delivery(Source, event: String)
        /// Asked for: nobody waits for it, and it can be asked for again.
        case answer(Upstream)
    }

    enum Content: Sendable {
        case observed
        case ignored
        case ping
        case malformed(reason: String)
    }

    /// What it holds of the queue's bytes.
    var queuedBytes: Int { (body?.compressed.bytes.count ?? 0) + 512 }

    var result: DeliveryResult {
        switch content {
        case .observed: .accepted
        case .ignored, .ping: .ignored
        case .malformed: .malformed
        }
    }

    /// What it counts as, once it is known what became of it.
    func counter(_ result: DeliveryResult) -> ServiceCounter {
        switch origin {
        case .delivery(let source, _): .deliveries(source, result)
        case .answer(let upstream): .lookups(upstream, LookupResult(result))
        }
    }

    var isDelivery: Bool {
        if case .delivery = origin { true } else { false }
    }

    var answerOnceStored: Answer {
        if case .ping = content { .pong } else { .stored }
    }
}

extension LookupResult {
    /// What became of an answer on its way to the disk.
    init(_ result: DeliveryResult) {
        switch result {
        case .accepted: self = .news
        case .ignored, .duplicate, .conflicting, .malformed: self = .unchanged
        case .badSignature, .tooLarge, .unsupportedMediaType, .timedOut, .noSecret, .overloaded, .unstored,
            .stopping, .undecided:
            self = .unstored
        }
    }
}
