import SLOCore

extension SourceEntry {
    static let copr = SourceEntry(
        events: CoprEvent.allCases.map(\.rawValue)
    ) { decoder, headers, body in
        decoder.decodeCopr(headers, body)
    }
}

extension DeliveryDecoder {
    fileprivate func decodeCopr(_ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> DecodedDelivery {
        guard MediaType(headers.contentType) == .json else {
            return .init(
                event: KnownEvents.other, identity: nil,
                outcome: .unsupportedMediaType(reason: MediaType.expectedOfOthers))
        }
        let decoder = CoprDecoder(settings: settings)
        let message = JSONDocument.read(body) { root in
            (event: CoprEvent(root), id: CoprDecoder.messageID(root), outcome: decoder.decode(root))
        }
        switch message {
        case .success(let message):
            return DecodedDelivery(
                event: message.event?.rawValue ?? KnownEvents.other,
                identity: message.id ?? Self.digest(.copr, body), outcome: message.outcome)
        case .failure(let problem):
            return DecodedDelivery(
                event: KnownEvents.other, identity: nil, outcome: .rejected(reason: problem.description))
        }
    }
}
