import SLOCore
import SLOStore

extension InboxEntry {
    /// The delivery as the inbox keeps it. A hint, which has no identity, gets one of its own here, so that it keeps it
    /// however often it is appended.
    init(_ taken: TakenDelivery, at place: InboxPlace) {
        let pending = taken.pending
        let identity = pending.key.identity ?? .unique()
        let content: Content
        var observation = pending.observations.stored
        switch pending.origin {
        case .delivery(let source, let event):
            content = .delivery(
                JournalledDelivery(
                    source: source, event: event, identity: identity, fingerprint: pending.key.fingerprint,
                    result: pending.outcome.rawValue, bodyByteCount: pending.bodyByteCount, body: pending.body))
        case .answer(let upstream):
            content = .answer(
                JournalledAnswer(upstream: upstream, identity: identity, fingerprint: pending.key.fingerprint))
        case .blind(let interval):
            content = .blindInterval(identity)
            observation = interval.stored
        }
        self.init(
            place: place, receivedAt: taken.at.wall, content: content,
            untargetedIdentity: pending.key.untargetedIdentity, observation: observation)
    }
}

extension PendingDelivery {
    /// The delivery as it was received, for the writer.
    /// - Parameter completion: called once its batch is stored, or could not be.
    /// - Throws: `StoreError` for an entry that this version cannot read.
    init(_ entry: InboxEntry, completion: @escaping @Sendable (DeliveryResponse) -> Void) throws {
        let (origin, identity, fingerprint): (Origin, DeliveryIdentity, BodyFingerprint)
        var outcome = DeliveryOutcome.accepted
        var observations: [Observation] = []
        var (bodyByteCount, body) = (entry.observation.count, KeptBody?.none)
        switch entry.content {
        case .delivery(let delivery):
            guard let known = DeliveryOutcome(rawValue: delivery.result) else {
                throw entry.unreadable("its result is unknown")
            }
            observations = try entry.read()
            origin = .delivery(delivery.source, event: delivery.event)
            (identity, fingerprint, outcome) = (delivery.identity, delivery.fingerprint, known)
            (bodyByteCount, body) = (delivery.bodyByteCount, delivery.body)
        case .answer(let answer):
            observations = try entry.read()
            (origin, identity, fingerprint) = (.answer(answer.upstream), answer.identity, answer.fingerprint)
        case .blindInterval(let own):
            (origin, identity, fingerprint) = (.blind(try entry.read()), own, BodyFingerprint(bits: 0))
        }
        self.init(
            id: "\(entry.place.stream.number)/\(entry.place.position)", origin: origin,
            key: DeliveryKey(
                identity: identity, untargetedIdentity: entry.untargetedIdentity, fingerprint: fingerprint),
            outcome: outcome, isPing: false, observations: observations, bodyByteCount: bodyByteCount, body: body,
            arrivedAt: .now, completion: completion, place: entry.place, receivedAt: entry.receivedAt)
    }

    /// What a cluster's node tells of the deliveries that it refused.
    init(_ interval: BlindIntervalTracker.Interval) {
        self.init(
            id: "", origin: .blind(interval),
            key: DeliveryKey(identity: .unique(), fingerprint: BodyFingerprint(bits: 0)), outcome: .accepted,
            isPing: false, observations: [], bodyByteCount: 0, body: nil, arrivedAt: .now, completion: { _ in })
    }
}

extension InboxEntry {
    fileprivate func read<Value: ByteCodable>() throws -> Value {
        do { return try Value(stored: observation) } catch { throw unreadable(error.message) }
    }

    fileprivate func unreadable(_ reason: String) -> StoreError {
        StoreError(
            code: .damaged,
            message: """
                entry \(place.position) of stream \(place.stream.number) in the inbox cannot be read: \(reason). \
                Let a node of the version that appended it decide.
                """)
    }
}
