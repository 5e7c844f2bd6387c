import SLOCore

extension SourceEntry {
    static let testingFarm = SourceEntry(events: TestingFarmEvent.allCases.map(\.rawValue)) { decoder, headers, body in
        let testingFarm = TestingFarmDecoder(settings: decoder.settings, rules: decoder.rules)
        return decoder.decodeJSON(headers, body) { root in
            let event = TestingFarmEvent(root)
            return DecodedDelivery(
                event: event.rawValue,
                identity: event == .request ? DeliveryDecoder.digest(.testingFarm, body) : nil,
                outcome: testingFarm.decode(event, root), keptBody: TestingFarmDecoder.scrubbed(root))
        }
    }
}

extension DeliveryDecoder {
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
