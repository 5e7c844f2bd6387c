import SLOCore
import SLOMetrics
import SLOSources
import SLOStore

/// A delivery that was verified and decoded, on its way to the disk.
struct Candidate: Sendable {
    /// What its sender called it, for logs.
    let id: String
    let source: Source
    let event: String
    /// `nil` for a hint, which is never the same as another.
    let identity: DeliveryIdentity?
    let fingerprint: BodyFingerprint
    let content: Content
    let bodyByteCount: Int
    let body: KeptBody?
    /// When its first byte came, for the duration of its acknowledgement.
    let arrivedAt: ContinuousClock.Instant
    let completion: @Sendable (Answer) -> Void

    enum Content: Sendable {
        case observed([Observation])
        case ignored
        case ping
        case malformed(reason: String)
    }

    /// What it holds of the queue's bytes.
    var queuedBytes: Int { (body?.compressed.bytes.count ?? 0) + 512 }

    var observations: [Observation] {
        if case .observed(let observations) = content { observations } else { [] }
    }

    var result: DeliveryResult {
        switch content {
        case .observed: .accepted
        case .ignored, .ping: .ignored
        case .malformed: .malformed
        }
    }

    var answerOnceStored: Answer {
        if case .ping = content { .pong } else { .stored }
    }
}
