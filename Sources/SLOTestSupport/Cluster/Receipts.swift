import SLOCore
import SLOService
import SLOSources
import SLOStore

/// What nodes acknowledged, by identity.
struct Receipts {
    private var deliveries: [DeliveryIdentity: [SimulatedCluster.Sent]] = [:]
    /// Hints, which have no identity, by their bodies.
    private var hints: [BodyFingerprint: [SimulatedCluster.Sent]] = [:]

    init(of acknowledged: [SimulatedCluster.Sent], decodedBy settings: ServiceSettings) throws {
        let decoder = DeliveryDecoder(settings: settings.sources, rules: settings.rules)
        for sent in acknowledged {
            let (payload, headers) = (sent.payload, WebhookHeaders(sent.payload, signature: nil))
            let key = payload.body.withUnsafeBytes { body in
                DeliveryKey(
                    decoder.decode(source: payload.source, headers: headers, body: body), from: payload.source,
                    body: body)
            }
            if let identity = key.identity {
                deliveries[identity, default: []].append(sent)
            } else {
                hints[key.fingerprint, default: []].append(sent)
            }
        }
    }

    /// The delivery that an entry of the journal stands for; `nil` for a body that conflicts with an earlier one.
    func payload(of entry: JournalEntry) -> Payload? {
        guard let delivery = entry.delivery else { return nil }
        return (deliveries[delivery.identity] ?? hints[delivery.fingerprint])?.first?.payload
    }

    /// Checks that all that was acknowledged is in the journal once, as of its receipt.
    /// - Returns: how many came later than the others could wait for.
    func check(_ journal: [JournalEntry]) throws -> Int {
        var journalled: [DeliveryIdentity: Timestamp] = [:]
        var last = Timestamp(milliseconds: 0)
        var hinted: [BodyFingerprint: Int] = [:]
        for entry in journal {
            guard let delivery = entry.delivery else { continue }
            guard entry.receivedAt >= last else {
                throw ServiceRun.Violation(description: "the journal goes back to \(entry.receivedAt.rfc3339)")
            }
            last = entry.receivedAt
            if deliveries[delivery.identity] == nil { hinted[delivery.fingerprint, default: 0] += 1 }
            guard journalled.updateValue(entry.receivedAt, forKey: delivery.identity) == nil else {
                throw ServiceRun.Violation(description: "\(delivery.identity) is decided twice")
            }
        }
        var late = 0
        for (identity, sent) in deliveries.sorted(by: { $0.value[0].receivedAt < $1.value[0].receivedAt }) {
            guard let decidedAt = journalled[identity] else {
                throw ServiceRun.Violation(description: "\(identity) is acknowledged, and was never decided")
            }
            if sent.contains(where: { $0.receivedAt == decidedAt }) { continue }
            late += 1
            guard sent.contains(where: { $0.wasReceived(by: decidedAt) }) else {
                throw ServiceRun.Violation(
                    description: "\(identity) is decided as of \(decidedAt.rfc3339), before it was received")
            }
            guard sent.contains(where: \.mayBeLate) else {
                let times = sent.map { "\($0.receivedAt.rfc3339), acknowledged \($0.acknowledgedAt.rfc3339)" }
                throw ServiceRun.Violation(
                    description: """
                        \(identity), received \(times.joined(separator: "; ")), is decided as of \(decidedAt.rfc3339)
                        """)
            }
        }
        for (fingerprint, sent) in hints where (hinted[fingerprint] ?? 0) < sent.count {
            throw ServiceRun.Violation(description: "a hint is acknowledged, and was never decided")
        }
        return late
    }
}
