public import SLOCore
import SLOMetrics
import SLOSources
import SLOStore

/// What `SLOUpstream` needs of the service: which lookups are due, and where their replies go.
public protocol LookupSource: Sendable {
    /// The lookups for all open entities, read from the database and not by the writer.
    func lookupRequests() async throws -> [LookupRequest]
    /// The urgent lookups of an upstream since the last call.
    func urgentLookupRequests(of upstream: Upstream) -> [LookupRequest]
    /// Queues an upstream's reply for the writer, like a delivery.
    /// - Parameter completion: called exactly once, on any thread, possibly before this returns. After a refusal,
    ///   repeat the lookup.
    func take(
        _ observations: [Observation], from upstream: Upstream,
        completion: @escaping @Sendable (DeliveryResponse) -> Void)
}

/// Reads open entities in the background, and queues replies for the writer.
final class LookupGateway: LookupSource {
    private let state: BackgroundReader
    private let settings: LedgerSettings
    private let urgentLookups: UrgentLookupQueue
    private let queue: IntakeQueue
    private let metrics: MetricsRegistry

    init(
        readers: ReaderSource, settings: LedgerSettings, urgentLookups: UrgentLookupQueue, queue: IntakeQueue,
        metrics: MetricsRegistry
    ) {
        state = BackgroundReader(readers, label: "packit-slo.lookups")
        self.settings = settings
        self.urgentLookups = urgentLookups
        self.queue = queue
        self.metrics = metrics
    }

    func lookupRequests() async throws -> [LookupRequest] {
        try await state.read { [settings] in try Ledger.lookupRequests(settings: settings, from: $0) }
    }

    func urgentLookupRequests(of upstream: Upstream) -> [LookupRequest] { urgentLookups.take(upstream) }

    func take(
        _ observations: [Observation], from upstream: Upstream,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        let pending = PendingDelivery(observations, from: upstream, completion: completion)
        guard let pending, queue.offer(pending) else {
            metrics.count(.lookups(upstream, .unstored))
            completion(.refused(.overloaded))
            return
        }
    }
}

extension PendingDelivery {
    /// The reply's content is its identity: the same reply again is a duplicate.
    /// - Returns: `nil` if hashing fails.
    init?(
        _ observations: [Observation], from upstream: Upstream,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        let said = observations.stored
        guard let digest = IdentityDigest.sha256(upstream, said), let identity = DeliveryIdentity(digest: digest[...])
        else { return nil }
        self.init(
            id: upstream.rawValue, origin: .answer(upstream),
            key: DeliveryKey(identity: identity, fingerprint: BodyFingerprint(of: said)), outcome: .accepted,
            isPing: false, observations: observations, bodyByteCount: said.count, body: nil, arrivedAt: .now,
            completion: completion)
    }
}
