import Logging
import SLOCore
import SLOMetrics
import SLOSources
import SLOStore
import Synchronization

/// Authenticates, decodes and compresses deliveries on the threads that received them, and queues them for the writer,
/// which responds once they are stored.
final class DeliveryIntake: WebhookReceiver {
    private let credentials: CredentialsHolder
    private let decoder: DeliveryDecoder
    private let queue: IntakeQueue
    private let metrics: MetricsRegistry
    private let blindIntervals: BlindIntervalTracker
    private let clock: ServiceClock
    private let log: LimitedLog
    private let maxBufferedBytes: Int
    private let bufferedBytes = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let malformedKinds = Mutex<Set<String>>([])

    init(
        credentials: CredentialsHolder, decoder: DeliveryDecoder, queue: IntakeQueue, metrics: MetricsRegistry,
        blindIntervals: BlindIntervalTracker, maxBufferedBytes: Int, clock: ServiceClock, logger: Logger
    ) {
        self.credentials = credentials
        self.decoder = decoder
        self.queue = queue
        self.metrics = metrics
        self.blindIntervals = blindIntervals
        self.clock = clock
        self.maxBufferedBytes = maxBufferedBytes
        log = LimitedLog(logger)
    }

    /// With what is configured.
    convenience init(
        _ settings: ServiceSettings, credentials: CredentialsHolder, queue: IntakeQueue, metrics: MetricsRegistry,
        blindIntervals: BlindIntervalTracker, clock: ServiceClock, logger: Logger
    ) {
        self.init(
            credentials: credentials, decoder: DeliveryDecoder(settings: settings.sources, rules: settings.rules),
            queue: queue, metrics: metrics, blindIntervals: blindIntervals,
            maxBufferedBytes: settings.maxBufferedBytes, clock: clock, logger: logger)
    }

    /// Refuses all deliveries from now on.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    func reserve(bytes: Int, of total: Int) -> Bool {
        let (_, after) = bufferedBytes.add(bytes, ordering: .relaxed)
        // Large bodies leave a quarter of the memory to small ones. A single body may use all of it.
        let limit = total <= Self.smallBytes || after == total ? maxBufferedBytes : maxBufferedBytes / 4 * 3
        if after <= limit { return true }
        bufferedBytes.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Bytes reserved for bodies that are being received.
    var reservedBytes: Int { bufferedBytes.load(ordering: .relaxed) }

    func release(bytes: Int) {
        bufferedBytes.subtract(bytes, ordering: .relaxed)
    }

    func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        if let refusal = stopping ?? verify(source, headers, body) {
            refuse(source: source, refusal, delivery: headers.delivery, isAuthentic: false)
            return completion(.refused(refusal))
        }
        take(source: source, headers: headers, body: body, arrivedAt: arrivedAt, completion: completion)
    }

    /// Takes a message whose connection authenticates the sender. The journal stores it as its source's webhook would
    /// have sent it, so that export and replay treat both alike.
    func receive(
        message document: UnsafeRawBufferPointer, from source: Source, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        if let refusal = stopping {
            refuse(source: source, refusal, delivery: nil, isAuthentic: true)
            return completion(.refused(refusal))
        }
        take(
            source: source, headers: WebhookHeaders(contentType: "application/json"), body: document,
            arrivedAt: arrivedAt, completion: completion)
    }

    /// Takes a delivery whose sender is authenticated.
    func take(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        switch pending(source: source, headers: headers, body: body, arrivedAt: arrivedAt, completion: completion) {
        case .success(let pending):
            if !queue.offer(pending) {
                let refusal = stopping ?? .overloaded
                refuse(
                    source: source, refusal, delivery: pending.id, identity: pending.key.identity, isAuthentic: true)
                completion(.refused(refusal))
            }
        case .failure(let refusal):
            refuse(source: source, refusal, delivery: headers.delivery, isAuthentic: true)
            completion(.refused(refusal))
        }
    }

    func refuse(source: Source, _ refusal: Refusal) {
        refuse(source: source, refusal, delivery: nil, isAuthentic: false)
    }

    func refuse(message id: String?, from source: Source, _ refusal: Refusal) {
        let identity = id.flatMap { DeliveryIdentity(source, $0) }
        refuse(source: source, refusal, delivery: id, identity: identity, isAuthentic: true)
    }

    /// - Parameter isAuthentic: whether the sender was authenticated before the refusal.
    private func refuse(
        source: Source, _ refusal: Refusal, delivery: String?, identity: DeliveryIdentity? = nil, isAuthentic: Bool
    ) {
        metrics.count(.deliveries(source, refusal.outcome))
        if isAuthentic, refusal.outcome.losesDelivery {
            blindIntervals.refused(identity, at: clock.now())
        } else if !isAuthentic, refusal.outcome.castsDoubt {
            blindIntervals.refusedUnverified(at: clock.now())
        }
        log.info(
            "delivery refused", variant: refusal.outcome.rawValue,
            metadata: [
                "source": "\(source.rawValue)", "delivery": "\(printable(delivery))", "reason": "\(refusal.reason)",
            ])
    }

    private var stopping: Refusal? { isStopping.load(ordering: .relaxed) ? .stopping : nil }

    private func pending(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) -> Result<PendingDelivery, Refusal> {
        let decoded = decoder.decode(source: source, headers: headers, body: body)
        switch decoded.outcome {
        case .observed, .ignored, .ping: break
        case .malformed(let reason): noteMalformed(source, decoded.event, headers.delivery, reason)
        case .rejected(let reason): return .failure(.malformed(reason))
        case .unsupportedMediaType(let reason): return .failure(.unsupportedMediaType(reason))
        }
        return .success(
            PendingDelivery(
                id: headers.delivery ?? decoded.identity ?? "", origin: .delivery(source, event: decoded.event),
                key: DeliveryKey(decoded, from: source, body: body), outcome: decoded.outcome.deliveryOutcome,
                isPing: decoded.outcome == .ping, observations: decoded.observations, bodyByteCount: body.count,
                body: keptBody(of: decoded, headers, body), arrivedAt: arrivedAt, completion: completion,
                shownID: Self.shownID(of: decoded, from: source, headers)))
    }

    /// Testing Farm gives its deliveries no ids.
    private static func shownID(
        of decoded: DecodedDelivery, from source: Source, _ headers: WebhookHeaders
    ) -> DeliveryID? {
        switch source {
        case .github: headers.delivery.flatMap(DeliveryID.init)
        case .copr: decoded.identity.flatMap(DeliveryID.init)
        case .testingFarm: nil
        }
    }

    /// Nothing of a body is read before its signature or token is verified.
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

    /// Of an ignored delivery the journal keeps identity, size and repository only. The body of a repository event is
    /// kept, so that recordings contain the repository's names.
    private func keptBody(
        of decoded: DecodedDelivery, _ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer
    ) -> KeptBody? {
        switch decoded.outcome {
        case .ignored where decoded.event != KnownEvents.repository: return nil
        case .ping, .rejected, .unsupportedMediaType: return nil
        case .ignored, .observed, .malformed: break
        }
        let compressed =
            decoded.keptBody.map { CompressedBody(compressing: $0) } ?? CompressedBody(compressing: body)
        return KeptBody(headers: StoredHeaders.encode(headers), compressed: compressed)
    }

    /// Logs each kind once, so that a changed payload format does not fill the log.
    private func noteMalformed(_ source: Source, _ event: String, _ delivery: String?, _ reason: String) {
        let kind = source.rawValue + "/" + event + "/" + reason
        let isNew = malformedKinds.withLock { $0.count < Self.malformedKindsLimit && $0.insert(kind).inserted }
        guard isNew else { return }
        log.warning(
            "malformed delivery; later ones of this kind are only counted",
            metadata: [
                "source": "\(source.rawValue)", "event": "\(event)", "delivery": "\(printable(delivery))",
                "reason": "\(reason)",
            ])
    }

    private static let malformedKindsLimit = 256
    /// Larger than nearly all bodies.
    private static let smallBytes = 64 << 10

    /// Headers are not validated: they may contain any byte.
    private func printable(_ text: String?) -> String {
        String((text ?? "").unicodeScalars.prefix(64).filter { $0.isASCII && $0.value > 32 && $0.value < 127 })
    }
}
