import SLOCore

/// What a row of the inbox holds besides its place. An answer of an upstream has no event, and neither has a node's
/// blind interval.
struct InboxRow {
    let source: String
    let event: String?
    let identity: DeliveryIdentity
    let fingerprint: BodyFingerprint
    let result: String?
    let bodyByteCount: Int64?
    let body: KeptBody?

    init(_ content: InboxEntry.Content) {
        switch content {
        case .delivery(let delivery):
            source = delivery.source.rawValue
            event = delivery.event
            (identity, fingerprint) = (delivery.identity, delivery.fingerprint)
            result = delivery.result
            bodyByteCount = Int64(delivery.bodyByteCount)
            body = delivery.body
        case .answer(let answer):
            source = answer.upstream.rawValue
            (identity, fingerprint) = (answer.identity, answer.fingerprint)
            (event, result, bodyByteCount, body) = (nil, nil, nil, nil)
        case .blindInterval(let identity):
            source = Self.blindInterval
            self.identity = identity
            fingerprint = BodyFingerprint(bits: 0)
            (event, result, bodyByteCount, body) = (nil, nil, nil, nil)
        }
    }

    /// In the place of a source.
    private static let blindInterval = "blind_interval"

    static let columns = """
        i.stream, i.pos, i.received_at, i.source, i.event, i.identity, i.untargeted_identity, i.fingerprint, i.result,
            i.body_size, i.observation, i.codec, i.original_size, i.headers, i.body
        """

    /// - Parameter row: of `columns`.
    static func entry(_ row: PostgresRow) throws -> InboxEntry {
        guard let stream = row.integer(0), let position = row.integer(1), let receivedAt = row.time(2),
            let observation = row.bytes(10), let content = content(row)
        else {
            throw StoreError.damaged("entry \(row.integer(1) ?? 0) of stream \(row.integer(0) ?? 0) in the inbox")
        }
        return InboxEntry(
            place: InboxPlace(StreamID(stream), position), receivedAt: receivedAt, content: content,
            untargetedIdentity: row.identity(6), observation: observation)
    }

    private static func content(_ row: PostgresRow) -> InboxEntry.Content? {
        guard let source = row.text(3), let identity = row.identity(5), let bits = row.integer(7) else { return nil }
        let fingerprint = BodyFingerprint(bits: UInt64(bitPattern: bits))
        if source == blindInterval { return .blindInterval(identity) }
        guard let event = row.text(4) else {
            return Upstream(rawValue: source).map {
                .answer(JournalledAnswer(upstream: $0, identity: identity, fingerprint: fingerprint))
            }
        }
        guard let source = Source(rawValue: source), let result = row.text(8), let size = row.integer(9) else {
            return nil
        }
        return .delivery(
            JournalledDelivery(
                source: source, event: event, identity: identity, fingerprint: fingerprint, result: result,
                bodyByteCount: Int(size), body: body(row)))
    }

    private static func body(_ row: PostgresRow) -> KeptBody? {
        guard let codec = row.integer(11).flatMap(CompressedBody.Codec.init(rawValue:)), let size = row.integer(12),
            let headers = row.text(13), let bytes = row.bytes(14)
        else { return nil }
        return KeptBody(
            headers: headers, compressed: CompressedBody(codec: codec, originalByteCount: Int(size), bytes: bytes))
    }
}
