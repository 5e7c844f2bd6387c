internal import SLOCore

/// The pages of a list of deliveries.
protocol AppDeliveryPages {
    /// The newest attempts first.
    /// - Parameter cursor: of the page; `nil` for the first.
    mutating func page(after cursor: String?) async throws -> DeliveryPage
}

/// GitHub's list of the deliveries to an App, read with the App's key.
struct AppDeliveryList: AppDeliveryPages {
    private let app: AppKeyFile
    private let client: UpstreamClient
    private let surroundings: UpstreamSurroundings
    private var token: (text: String, endsAt: Timestamp)?

    init(of app: AppKeyFile, client: UpstreamClient, surroundings: UpstreamSurroundings) {
        self.app = app
        self.client = client
        self.surroundings = surroundings
    }

    /// - Throws: `DeliveryListError`, `UpstreamError`, `AppKeyError`, `CancellationError`.
    mutating func page(after cursor: String?) async throws -> DeliveryPage {
        try await client.get(DeliveryPage.path(after: cursor), headers: try headers()) { [app] answer in
            guard answer.isSuccess else { throw DeliveryListError(status: answer.status, setting: app.setting) }
            return try DeliveryPage(answer)
        }
    }

    /// Requests another attempt.
    mutating func redeliver(_ attempt: Int64) async throws -> UpstreamResponse {
        try await client.post("/app/hook/deliveries/\(attempt)/attempts", headers: try headers())
    }

    private mutating func headers() throws -> UpstreamClient.Headers {
        let now = surroundings.clock.now().wall
        if token.map({ $0.endsAt - now < .minutes(2) || $0.endsAt - now > .minutes(10) }) ?? true {
            token = try app.key().token(of: app.app, at: now)
        }
        guard let token else { throw app.error("contains a key that cannot sign tokens") }
        return [
            ("Authorization", "Bearer \(token.text)"), ("Accept", "application/vnd.github+json"),
            ("X-GitHub-Api-Version", "2022-11-28"),
        ]
    }
}

/// GitHub refuses to show the list.
struct DeliveryListError: Error, CustomStringConvertible {
    let status: Int
    /// The key of the configuration that names the App's key.
    let setting: String

    var description: String {
        switch status {
        case 401: "GitHub does not accept the App's token: check the App's id, \(setting) and the clock"
        case 404: "GitHub has no delivery log at this URL: check github.api_url, and that the App has a webhook"
        default: "GitHub replied with status \(status)"
        }
    }
}
