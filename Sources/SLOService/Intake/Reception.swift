import Logging
package import SLOCore
import SLOMetrics
import SLOSources
package import SLOStore
import Synchronization

/// Takes deliveries in on the threads that received them: verifies those that must prove themselves, decodes,
/// compresses, and puts them in line for the writer, who answers.
final class Reception: WebhookReceiver {
    private let credentials: CredentialsHolder
    private let decoder: DeliveryDecoder
    private let queue: IntakeQueue
    private let metrics: MetricsRegistry
    private let blindTimes: BlindTimes
    private let clock: ServiceClock
    private let log: LimitedLog
    private let maxBufferedBytes: Int
    private let bufferedBytes = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let malformedKinds = Mutex<Set<String>>([])

    init(
        credentials: CredentialsHolder, decoder: DeliveryDecoder, queue: IntakeQueue, metrics: MetricsRegistry,
        blindTimes: BlindTimes, maxBufferedBytes: Int, clock: ServiceClock, logger: Logger
    ) {
        self.credentials = credentials
        self.decoder = decoder
        self.queue = queue
        self.metrics = metrics
        self.blindTimes = blindTimes
        self.clock = clock
        self.maxBufferedBytes = maxBufferedBytes
        log = LimitedLog(logger)
    }

    /// Refuses everything from now on.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    func reserve(bytes: Int, of total: Int) -> Bool {
        let (_, after) = bufferedBytes.add(bytes, ordering: .relaxed)
        // Large bodies leave a quarter of the room to small ones, but one that is alone may have all of it.
        let limit = total <= Self.smallBytes || after == total ? maxBufferedBytes : maxBufferedBytes / 4 * 3
        if after <= limit { return true }
        bufferedBytes.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Room that bodies on their way have.
    var reservedBytes: Int { bufferedBytes.load(ordering: .relaxed) }

    func release(bytes: Int) {
        bufferedBytes.subtract(bytes, ordering: .relaxed)
    }

    func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (Answer) -> Void
    ) {
        if let refusal = stopping ?? verify(source, headers, body) {
            refuse(source: source, refusal, delivery: headers.delivery, isAuthentic: false)
            return completion(.refused(refusal))
        }
        take(source: source, headers: headers, body: body, arrivedAt: arrivedAt, completion: completion)
    }

    /// Takes what came over a connection that proves who sends it. It is journalled as its source's webhook would have
    /// brought it, so that it is exported and replayed in one way.
    func receive(
        message document: UnsafeRawBufferPointer, from source: Source, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (Answer) -> Void
    ) {
        if let refusal = stopping {
            refuse(source: source, refusal, delivery: nil, isAuthentic: true)
            return completion(.refused(refusal))
        }
        take(
            source: source, headers: WebhookHeaders(contentType: "application/json"), body: document,
            arrivedAt: arrivedAt, completion: completion)
    }

    private func take(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (Answer) -> Void
    ) {
        switch candidate(source: source, headers: headers, body: body, arrivedAt: arrivedAt, completion: completion) {
        case .success(let candidate):
            if !queue.offer(candidate) {
                let refusal = stopping ?? .overloaded
                refuse(
                    source: source, refusal, delivery: candidate.id, identity: candidate.identity, isAuthentic: true)
                completion(.refused(refusal))
            }
        case .failure(let refused):
            refuse(source: source, refused.refusal, delivery: headers.delivery, isAuthentic: true)
            completion(.refused(refused.refusal))
        }
    }

    func refuse(source: Source, _ refusal: Refusal) {
        refuse(source: source, refusal, delivery: nil, isAuthentic: false)
    }

    func refuse(message id: String?, from source: Source, _ refusal: Refusal) {
        let identity = id.flatMap { DeliveryIdentity(source, $0) }
        refuse(source: source, refusal, delivery: id, identity: identity, isAuthentic: true)
    }

    /// - Parameter isAuthentic: whether it was proven who sent it before it was refused.
    private func refuse(
        source: Source, _ refusal: Refusal, delivery: String?, identity: DeliveryIdentity? = nil, isAuthentic: Bool
    ) {
        let result = DeliveryResult(refusal)
        metrics.count(.deliveries(source, result))
        if isAuthentic, refusal.maybeMissed {
            blindTimes.refused(identity, at: clock.now())
        } else if !isAuthentic, refusal.castsDoubt {
            blindTimes.refusedUnverified(at: clock.now())
        }
        log.info(
            "delivery refused", variant: result.rawValue,
            metadata: [
                "source": "\(source.rawValue)", "delivery": "\(printable(delivery))", "reason": "\(refusal.reason)",
            ])
    }

    private var stopping: Refusal? { isStopping.load(ordering: .relaxed) ? .stopping : nil }

    private struct Refused: Error {
        let refusal: Refusal
    }

    private func candidate(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (Answer) -> Void
    ) -> Result<Candidate, Refused> {
        let decoded = decoder.decode(source: source, headers: headers, body: body)
        let content: Candidate.Content
        switch decoded.outcome {
        case .observed: content = .observed
        case .ignored: content = .ignored
        case .ping: content = .ping
        case .malformed(let reason):
            content = .malformed(reason: reason)
            noteMalformed(source, decoded.event, headers.delivery, reason)
        case .rejected(let reason): return .failure(Refused(refusal: .malformed(reason)))
        case .unsupportedMediaType(let reason): return .failure(Refused(refusal: .unsupportedMediaType(reason)))
        }
        return .success(
            Candidate(
                id: headers.delivery ?? decoded.identity ?? "", origin: .delivery(source, event: decoded.event),
                identity: decoded.identity.flatMap { DeliveryIdentity(source, $0) },
                untargetedIdentity: decoded.untargetedIdentity(from: source),
                fingerprint: BodyFingerprint(of: body), content: content, observations: decoded.observations,
                bodyByteCount: body.count,
                body: kept(decoded, content, headers, body), arrivedAt: arrivedAt, completion: completion))
    }

    /// Nothing unsigned is believed, and nothing of a body is read before it is.
    private func verify(_ source: Source, _ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> Refusal? {
        let credentials = credentials.current
        guard credentials.canVerify(source) else { return .noSecret(source) }
        if source == .testingFarm, headers.signature == nil, !credentials.testingFarmTokens.isEmpty {
            return decoder.check(unsignedTestingFarm: body, tokens: credentials.testingFarmTokens).problem
                .map(Refusal.badSignature)
        }
        switch credentials.secrets(of: source).check(signature: headers.signature, body: body) {
        case .valid: return nil
        case .invalid(let problem): return .badSignature(problem.description)
        }
    }

    /// What is not used leaves identity and size, and the name of its repository. Events of repositories are kept, so
    /// that a recording of the journal tells the names, too.
    private func kept(
        _ decoded: DecodedDelivery, _ content: Candidate.Content, _ headers: WebhookHeaders,
        _ body: UnsafeRawBufferPointer
    ) -> KeptBody? {
        switch content {
        case .ignored where decoded.event != KnownEvents.repository: return nil
        case .ping: return nil
        case .ignored, .observed, .malformed: break
        }
        let compressed =
            decoded.keptBody.map { CompressedBody(compressing: $0) } ?? CompressedBody(compressing: body)
        return KeptBody(headers: StoredHeaders.encode(headers), compressed: compressed)
    }

    /// Logged once per kind: a new shape comes with every delivery.
    private func noteMalformed(_ source: Source, _ event: String, _ delivery: String?, _ reason: String) {
        let kind = source.rawValue + "/" + event + "/" + reason
        let isNew = malformedKinds.withLock { $0.count < Self.malformedKindsLimit && $0.insert(kind).inserted }
        guard isNew else { return }
        log.warning(
            "a delivery lacks what its event needs; further ones of its kind are only counted",
            metadata: [
                "source": "\(source.rawValue)", "event": "\(event)", "delivery": "\(printable(delivery))",
                "reason": "\(reason)",
            ])
    }

    private static let malformedKindsLimit = 256
    /// Nearly all bodies are smaller than this.
    private static let smallBytes = 64 << 10

    /// A header that was never checked may hold anything.
    private func printable(_ text: String?) -> String {
        String((text ?? "").unicodeScalars.prefix(64).filter { $0.isASCII && $0.value > 32 && $0.value < 127 })
    }
}

extension DeliveryIdentity {
    /// GitHub's GUID as it is, with what it was delivered to if that is named; other texts by their digest, each in the
    /// space of its source.
    package init?(_ source: Source, _ text: String) {
        if source == .github, let guid = DeliveryIdentity(uuid: text) {
            self = guid
            return
        }
        let guid =
            source == .github ? GitHubIdentity.guid(ofTargeted: text).flatMap { DeliveryIdentity(uuid: $0) } : nil
        guard let digest = IdentityDigest.sha256(source, guid == nil ? text : text.lowercased()) else { return nil }
        guard let guid else {
            self.init(digest: digest[...])
            return
        }
        guard let identity = guid.distinguished(by: digest[...]) else { return nil }
        self = identity
    }
}

extension DeliveryResult {
    init(_ refusal: Refusal) {
        switch refusal {
        case .badSignature: self = .badSignature
        case .malformed: self = .malformed
        case .tooLarge: self = .tooLarge
        case .unsupportedMediaType: self = .unsupportedMediaType
        case .tooSlow: self = .timedOut
        case .noSecret: self = .noSecret
        case .overloaded: self = .overloaded
        case .unstored: self = .unstored
        case .stopping: self = .stopping
        }
    }
}

extension Refusal {
    /// Whether something that should have been taken was refused for reasons of this server's own.
    fileprivate var maybeMissed: Bool {
        switch self {
        case .overloaded, .unstored, .stopping: true
        case .badSignature, .malformed, .tooLarge, .unsupportedMediaType, .tooSlow, .noSecret: false
        }
    }

    /// Whether it may have been a good delivery, of what was refused before its signature was checked. What was checked
    /// and is wrong was none, nor is anything that could not have been checked.
    fileprivate var castsDoubt: Bool {
        switch self {
        case .overloaded, .unstored, .stopping, .tooSlow, .tooLarge: true
        case .badSignature, .malformed, .unsupportedMediaType, .noSecret: false
        }
    }

    /// For the log; never what was sent.
    var reason: String {
        switch self {
        case .badSignature(let reason), .malformed(let reason), .unsupportedMediaType(let reason),
            .unstored(let reason):
            reason
        case .tooLarge(let limit): "the body is larger than \(limit) bytes"
        case .tooSlow: "the body did not arrive in time"
        case .noSecret(let source): "no secret is configured for \(source.rawValue)"
        case .overloaded: "there is no room for it"
        case .stopping: "the server is stopping"
        }
    }
}
