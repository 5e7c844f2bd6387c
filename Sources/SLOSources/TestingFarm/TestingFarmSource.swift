import SLOCore

extension SourceEntry {
    static let testingFarm = SourceEntry(
        events: TestingFarmEvent.allCases.map(\.rawValue)
    ) { decoder, headers, body in
        decoder.decodeTestingFarm(headers, body)
    }
}

extension DeliveryDecoder {
    fileprivate func decodeTestingFarm(_ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> DecodedDelivery {
        guard MediaType(headers.contentType) == .json else {
            return .init(
                event: KnownEvents.other, identity: nil,
                outcome: .unsupportedMediaType(reason: MediaType.expectedOfOthers))
        }
        let decoder = TestingFarmDecoder(settings: settings, rules: rules)
        let document = JSONDocument.read(body) { root in
            let event = TestingFarmEvent(root)
            return DecodedDelivery(
                event: event.rawValue, identity: event == .request ? Self.digest(.testingFarm, body) : nil,
                outcome: decoder.decode(event, root), keptBody: TestingFarmDecoder.scrubbed(root))
        }
        switch document {
        case .success(let delivery): return delivery
        case .failure(let problem):
            return DecodedDelivery(
                event: KnownEvents.other, identity: nil, outcome: .rejected(reason: problem.description))
        }
    }

    /// Whether an unsigned delivery of Testing Farm's is a notification that carries one of the tokens (`token` beside
    /// its `request_id`). A token authorises nothing else: a document says how a run ended.
    ///
    /// The only fields that are read of a body before it is believed.
    public func check(unsignedTestingFarm body: UnsafeRawBufferPointer, tokens: TokenSet) -> TokenCheck {
        let claim = JSONDocument.read(body) { root in
            // Compared as a whole, and kept nowhere.
            (token: root.withText("token") { String(decoding: $0, as: UTF8.self) }, event: TestingFarmEvent(root))
        }
        guard case .success(let claim) = claim else { return .invalid }
        if claim.event == .request { return .documentNeedsSignature }
        return claim.token.map(tokens.contains) == true ? .valid : .invalid
    }
}
