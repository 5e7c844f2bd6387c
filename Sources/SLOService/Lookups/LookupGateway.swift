public import SLOCore
import SLOMetrics
import SLOSources
import SLOStore

/// What those who ask upstreams need of the service: what can be asked, and who takes in what was answered.
public protocol LookupSource: Sendable {
    /// What can be asked about what is open, read from the database and away from the writer.
    func lookupRequests() async throws -> [LookupRequest]
    /// What is to be asked of an upstream without delay, since the last call.
    func urgentLookupRequests(of upstream: Upstream) -> [LookupRequest]
    /// Puts what an upstream answered in line for the writer, as a delivery is.
    /// - Parameter completion: called exactly once, on any thread, possibly before this returns. A refusal is to be
    ///   made good by asking again.
    func take(
        _ observations: [Observation], from upstream: Upstream,
        completion: @escaping @Sendable (DeliveryResponse) -> Void)
}

/// Reads in the background what is open, and hands to the writer what was answered.
final class LookupGateway: LookupSource {
    private let state: BackgroundReader
    private let settings: LedgerSettings
    private let urgentLookups: UrgentLookupQueue
    private let queue: IntakeQueue
    private let metrics: MetricsRegistry

    init(
        database: String, settings: LedgerSettings, urgentLookups: UrgentLookupQueue, queue: IntakeQueue,
        metrics: MetricsRegistry
    ) {
        state = BackgroundReader(database: database, label: "packit-slo.lookups")
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
    /// The same answer again is the same one: what it says is its identity.
    /// - Returns: `nil` if it cannot be hashed.
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
