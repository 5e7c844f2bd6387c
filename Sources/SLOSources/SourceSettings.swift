public import SLOCore

/// Which Apps, users and accounts are Packit's.
public struct SourceSettings: Equatable, Sendable {
    /// One installation of Packit's GitHub App.
    public struct App: Equatable, Sendable {
        /// The App's name in URLs and in `app.slug`; its bot is `<slug>[bot]`.
        public let slug: String
        public let deployment: Deployment
        /// The App's id in a delivery's headers; `nil` if it is not configured.
        public let appID: Int64?

        public init(slug: String, deployment: Deployment, appID: Int64? = nil) {
            self.slug = slug
            self.deployment = deployment
            self.appID = appID
        }
    }

    /// What a line of a comment begins with that is a command to a deployment.
    public struct CommandPrefix: Equatable, Sendable {
        public let deployment: Deployment
        /// One word.
        public let prefix: String

        public init(deployment: Deployment, prefix: String) {
            self.deployment = deployment
            self.prefix = prefix
        }
    }

    public var apps: [App]
    /// By the user who submits Packit's builds to Copr.
    public var coprUsers: [String: Deployment]

    public var commandPrefixes: [CommandPrefix]

    public init(apps: [App], coprUsers: [String: Deployment], commandPrefixes: [CommandPrefix] = []) {
        self.apps = apps
        self.coprUsers = coprUsers
        self.commandPrefixes = commandPrefixes
    }

    /// The deployment with this App.
    func deployment(appSlug: String) -> Deployment? {
        apps.first { $0.slug == appSlug }?.deployment
    }

    func deployment(appID: Int64) -> Deployment? {
        apps.first { $0.appID == appID }?.deployment
    }

    /// The deployment whose App has this bot: `packit-as-a-service[bot]`.
    func deployment(bot login: String) -> Deployment? {
        guard login.hasSuffix("[bot]") else { return nil }
        return deployment(appSlug: String(login.dropLast("[bot]".count)))
    }

    /// The deployment to whose App a delivery was sent, by its headers (docs/counting.md, rule 1).
    func addressee(of headers: WebhookHeaders) -> Deployment? {
        guard headers.hookTargetType == "integration", let text = headers.hookTargetID, let id = Int64(text) else {
            return nil
        }
        return deployment(appID: id)
    }

    /// The configured deployment with this label.
    func deployment(labelled label: String) -> Deployment? {
        let deployment = Deployment(label)
        let isKnown = apps.contains { $0.deployment == deployment } || coprUsers.values.contains(deployment)
        return isKnown ? deployment : nil
    }
}
