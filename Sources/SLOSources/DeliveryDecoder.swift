public import SLOCore

/// Turns the bytes of a delivery into observations. Values only: it can be shared, and replaced while it is in use.
///
/// It believes what it is given; whether a delivery is signed is to be found out before.
public struct DeliveryDecoder: Sendable {
    private let settings: SourceSettings
    private let rules: RuleBook

    public init(settings: SourceSettings, rules: RuleBook) {
        self.settings = settings
        self.rules = rules
    }

    /// Reads one delivery, on the caller's thread. Keeps nothing of `body`.
    public func decode(source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer) -> DecodedDelivery {
        switch source {
        case .github: decodeGitHub(headers, body)
        case .copr: decodeCopr(headers, body)
        case .testingFarm: decodeTestingFarm(headers, body)
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

extension DeliveryDecoder {
    private func decodeGitHub(_ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> DecodedDelivery {
        let event = headers.event.map(KnownEvents.github) ?? KnownEvents.other
        func delivery(
            _ outcome: DecodedDelivery.Outcome, identity: String? = nil, repository: Repository? = nil
        ) -> DecodedDelivery {
            DecodedDelivery(event: event, identity: identity, outcome: outcome, repository: repository)
        }
        guard let mediaType = MediaType(headers.contentType) else {
            return delivery(.unsupportedMediaType(reason: MediaType.expectedOfGitHub))
        }
        guard let name = headers.event, HeaderRules.isEventName(name) else {
            return delivery(.rejected(reason: HeaderRules.badEvent))
        }
        if let id = headers.delivery, !HeaderRules.isDeliveryID(id) {
            return delivery(.rejected(reason: HeaderRules.badDelivery))
        }
        let identity =
            headers.delivery.map { GitHubIdentity.text(guid: $0, target: headers.hookTargetID) }
            ?? Self.digest(.github, body)
        let decoder = GitHubDecoder(settings: settings, rules: rules, addressee: settings.addressee(of: headers))
        let read: (JSONObject) -> (outcome: DecodedDelivery.Outcome, repository: Repository?) = { root in
            let outcome = decoder.decode(event: name, root)
            // What is observed has its repository.
            if case .observed = outcome { return (outcome, nil) }
            return (outcome, decoder.repositoryNamed(by: name, root))
        }
        let decoded: Result<(outcome: DecodedDelivery.Outcome, repository: Repository?), UnreadableJSON>
        switch mediaType {
        case .json:
            decoded = JSONDocument.read(body, read)
        case .form:
            guard let payload = FormBody.payload(of: body) else {
                return delivery(.rejected(reason: FormBody.problem), identity: identity)
            }
            decoded = payload.withUnsafeBytes { JSONDocument.read($0, read) }
        }
        switch decoded {
        case .success(let decoded):
            return delivery(decoded.outcome, identity: identity, repository: decoded.repository)
        case .failure(let problem): return delivery(.rejected(reason: problem.description), identity: identity)
        }
    }

    private func decodeCopr(_ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> DecodedDelivery {
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

    private func decodeTestingFarm(_ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> DecodedDelivery {
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

    /// The identity of what brings none of its own.
    private static func digest(_ source: Source, _ body: UnsafeRawBufferPointer) -> String? {
        SHA256Digest(of: source.rawValue, body)?.hex
    }
}
