import SLOCore

extension SourceEntry {
    static let copr = SourceEntry(events: CoprEvent.allCases.map(\.rawValue)) { decoder, headers, body in
        let copr = CoprDecoder(settings: decoder.settings)
        return decoder.decodeJSON(headers, body) { root in
            DecodedDelivery(
                event: CoprEvent(root)?.rawValue ?? KnownEvents.other,
                identity: CoprDecoder.messageID(root) ?? DeliveryDecoder.digest(.copr, body),
                outcome: copr.decode(root))
        }
    }
}
