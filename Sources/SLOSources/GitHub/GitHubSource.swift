import SLOCore

extension SourceEntry {
    static let github = SourceEntry(
        events: [
            // Those that are used, and those that an app of one's own is likely to be sent besides.
            "pull_request", "check_run", "status", "push", "release", "ping", "check_suite", "issue_comment",
            "installation", "installation_repositories", KnownEvents.repository,
        ]
    ) { decoder, headers, body in
        decoder.decodeGitHub(headers, body)
    }
}

extension DeliveryDecoder {
    fileprivate func decodeGitHub(_ headers: WebhookHeaders, _ body: UnsafeRawBufferPointer) -> DecodedDelivery {
        let event = headers.event.flatMap { SourceEntry.github.events.contains($0) ? $0 : nil } ?? KnownEvents.other
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
            guard let payload = FormPayload.decoded(body) else {
                return delivery(.rejected(reason: MediaType.badForm), identity: identity)
            }
            decoded = payload.withUnsafeBytes { JSONDocument.read($0, read) }
        }
        switch decoded {
        case .success(let decoded):
            return delivery(decoded.outcome, identity: identity, repository: decoded.repository)
        case .failure(let problem): return delivery(.rejected(reason: problem.description), identity: identity)
        }
    }
}
