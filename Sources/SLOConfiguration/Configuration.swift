public import SLOCore

/// All settings with their defaults: `Configuration()` is the configuration of an empty file.
///
/// The table in `Setting+Table.swift` defines each setting's name, format and allowed values.
public struct Configuration: Equatable, Sendable {
    public var http = HTTP()
    public var log = Log()
    /// Path of the SQLite file.
    public var database = "packit-slo.sqlite"
    public var cluster = Cluster()
    public var github = GitHub()
    public var copr = Copr()
    public var testingFarm = TestingFarm()
    public var fedoraMessaging = FedoraMessaging()
    public var packit = Packit()
    public var commands = Commands()
    /// Labels of deployments, the most important one first.
    public var deploymentRank: [String] = []
    public var polling = Polling()
    public var handled = Handled()
    public var objectives = Objectives()
    public var jobs = Jobs()
    public var rules = Rules()
    public var journal = Journal()
    public var history = History()
    public var limits = Limits()
    public var alerts = Alerts()
    public var pages = Pages()
    public var api = API()

    public init() {}

    /// The distinct labels, in the order of the Apps and then of the Copr users. Never empty in a loaded configuration.
    public var deployments: [Deployment] {
        var seen: Set<Deployment> = []
        return (github.apps.map(\.deployment) + copr.users.map(\.deployment)).filter { seen.insert($0).inserted }
    }

    /// The same in the order of their rank: those without one follow in their own order. It decides what is shown first
    /// and what is urgent, and no number.
    public var rankedDeployments: [Deployment] {
        let ranked = deploymentRank.map { Deployment($0) }
        return ranked + deployments.filter { !ranked.contains($0) }
    }

    /// The secrets that a delivery of this source may be signed with. If empty, the source's deliveries are refused.
    public func webhookSecrets(of source: Source) -> [Secret] {
        self[keyPath: Self.webhookSecretList(of: source)].all
    }

    static func webhookSecretList(of source: Source) -> WritableKeyPath<Configuration, SecretList> {
        switch source {
        case .github: \.github.webhookSecrets
        case .copr: \.copr.webhookSecrets
        case .testingFarm: \.testingFarm.webhookSecrets
        }
    }
}

extension Configuration {
    public struct HTTP: Equatable, Sendable {
        /// The address of webhooks, and of everything else unless `operationsListen` is set.
        public var listen = ListenAddress(host: "127.0.0.1", port: 8080)
        /// A second address for metrics, pages and the API.
        public var operationsListen: ListenAddress?
        public var maxBodyBytes = 26_214_400
        /// The memory limit of all bodies that are being received.
        public var maxBufferedBytes = 256 << 20
        public var maxQueuedDeliveries = 2048
        public var maxConnections = 1024
        /// How long a body may take to arrive.
        public var bodyTimeout = TimeSpan.seconds(10)
        /// How long deliveries are still taken after SIGTERM while `/readyz` says 503.
        public var drain = TimeSpan.zero
        public var tls = TLS()

        public init() {}
    }

    public struct TLS: Equatable, Sendable {
        /// PEM files; both or neither.
        public var certificateFile: String?
        public var privateKeyFile: String?

        public init() {}
    }

    public struct Log: Equatable, Sendable {
        public enum Level: String, CaseIterable, Sendable {
            case trace, debug, info, notice, warning, error, critical
        }

        public enum Format: String, CaseIterable, Sendable {
            case text, json
        }

        public var level = Level.info
        public var format = Format.text

        public init() {}
    }

    public struct GitHub: Equatable, Sendable {
        public var webhookSecrets = SecretList()
        public var apps = [
            App(slug: "packit-as-a-service", deployment: Deployment("prod"), appID: nil),
            App(slug: "packit-as-a-service-stg", deployment: Deployment("stg"), appID: nil),
        ]
        /// The Apps of Packit whose deliveries are judged (docs/counting.md, rule 52).
        public var appKeys: [AppKeyFile] = []
        /// The App whose delivery log is compared with the journal; `nil` for none.
        public var appID: Int64?
        public var appPrivateKeyFile: String?
        public var apiURL = "https://api.github.com"
        /// Whether to request redeliveries of missing deliveries.
        public var redeliver = false

        public init() {}
    }

    /// A GitHub App of Packit.
    public struct App: Equatable, Sendable {
        public let slug: String
        public let deployment: Deployment
        /// Identifies the App in a delivery's headers.
        public let appID: Int64?

        public init(slug: String, deployment: Deployment, appID: Int64?) {
            self.slug = slug
            self.deployment = deployment
            self.appID = appID
        }
    }

    /// The private key of a GitHub App of Packit.
    public struct AppKeyFile: Equatable, Sendable {
        /// Of an App in `apps`, which has its id and deployment.
        public let slug: String
        public let path: String

        public init(slug: String, path: String) {
            self.slug = slug
            self.path = path
        }
    }

    public struct Copr: Equatable, Sendable {
        public var webhookSecrets = SecretList()
        /// The URL for lookups of builds; `nil` for none.
        public var apiURL: String?
        public var users = [
            CoprUser(name: "packit", deployment: Deployment("prod")),
            CoprUser(name: "packit-stg", deployment: Deployment("stg")),
        ]
        /// Repositories of builds in projects that Packit did not name.
        public var projects: [CoprProjectRule] = []

        public init() {}
    }

    /// An account with which Packit builds in Copr.
    public struct CoprUser: Equatable, Sendable {
        public let name: String
        public let deployment: Deployment

        public init(name: String, deployment: Deployment) {
            self.name = name
            self.deployment = deployment
        }
    }

    public struct TestingFarm: Equatable, Sendable {
        public var webhookSecrets = SecretList()
        /// The accepted tokens of notifications.
        public var tokens = SecretList()
        /// The URL for lookups of requests; `nil` for none.
        public var apiURL: String?
        /// For requests that are not public: the file's first line.
        public var apiToken = SecretList()

        public init() {}
    }

    /// Packit itself.
    public struct Packit: Equatable, Sendable {
        /// The URL for lookups of its jobs; `nil` for none.
        public var apiURL: String?

        public init() {}
    }

    public struct Commands: Equatable, Sendable {
        /// Of the deployments to which people may give commands.
        public var prefixes = [
            CommandPrefix(deployment: Deployment("prod"), prefix: "/packit"),
            CommandPrefix(deployment: Deployment("stg"), prefix: "/packit-stg"),
        ]

        public init() {}
    }

    /// The first word of commands to a deployment.
    public struct CommandPrefix: Equatable, Sendable {
        public let deployment: Deployment
        public let prefix: String

        public init(deployment: Deployment, prefix: String) {
            self.deployment = deployment
            self.prefix = prefix
        }
    }

    /// The pace of requests to upstream APIs.
    public struct Polling: Equatable, Sendable {
        public var interval = TimeSpan.minutes(5)
        /// To each upstream, retries included.
        public var requestsPerMinute = 30

        public init() {}
    }

    public struct Handled: Equatable, Sendable {
        public var policy = LedgerSettings.Policy.learned
        /// Globs on `owner/name`.
        public var repositories: [String] = []
        public var ignore: [String] = []
        public var learnedWindow = TimeSpan.days(30)

        public init() {}
    }

    public struct Objectives: Equatable, Sendable {
        /// The rolling window of the budgets.
        public var window = TimeSpan.days(28)
        /// The defaults first, except those that are left out. Names are unique.
        public var list = Objective.defaults

        public init() {}

        /// Judges all objectives over the same window, whatever their own.
        public mutating func useOneWindow() {
            for place in list.indices { list[place].window = nil }
        }

        /// An objective by its name.
        subscript(_ name: Objective.Name) -> Objective? { list.first { $0.name == name } }
    }

    public struct Jobs: Equatable, Sendable {
        public var settle = TimeSpan.minutes(2)
        public var joinWait = TimeSpan.minutes(15)
        public var horizon = TimeSpan.days(7)

        public init() {}
    }

    public struct Rules: Equatable, Sendable {
        /// Paths of further rule files, in the order in which they are applied.
        public var files: [String] = []

        public init() {}
    }

    public struct Alerts: Equatable, Sendable {
        /// The fewest events for which a condition may hold.
        public var minimumEvents = 5

        public init() {}
    }

    public struct API: Equatable, Sendable {
        /// The tokens of those who may write.
        public var tokens = SecretList()

        public init() {}
    }

    public struct Journal: Equatable, Sendable {
        public var keepBodies = TimeSpan.days(7)
        public var maxBytes = 5 << 30
        public var keepObservations = TimeSpan.days(90)
        public var keepIdentities = TimeSpan.days(30)

        public init() {}
    }

    public struct History: Equatable, Sendable {
        public var keep = TimeSpan.days(400)

        public init() {}
    }

    public struct Pages: Equatable, Sendable {
        /// The URL of the pages, without a slash at the end; `nil` for the address at which they are served.
        public var url: String?
        /// The URL of `docs/alerts.md`, without a slash at the end.
        public var runbookURL: String?
        /// Whether pages name private repositories.
        public var showPrivate = false
        /// The base URLs of links, without a slash at the end.
        public var githubURL = "https://github.com"
        public var coprURL = "https://copr.fedorainfracloud.org"
        public var testingFarmURL = "https://api.testing-farm.io"
        /// The URLs of Packit's dashboard, by deployment.
        public var dashboardURLs = [
            Dashboard(deployment: Deployment("prod"), url: "https://dashboard.packit.dev"),
            Dashboard(deployment: Deployment("stg"), url: "https://dashboard.stg.packit.dev"),
        ]

        public init() {}
    }

    /// The dashboard of a deployment of Packit.
    public struct Dashboard: Equatable, Sendable {
        public let deployment: Deployment
        public let url: String

        public init(deployment: Deployment, url: String) {
            self.deployment = deployment
            self.url = url
        }
    }

    public struct Limits: Equatable, Sendable {
        public var openChanges = 200_000
        public var openRuns = 200_000
        public var openCommands = 200_000
        public var tracked = 1_000_000
        public var trackedBytes = 400 << 20

        public init() {}
    }
}

extension Configuration {
    /// The settings of the ledger.
    public var ledgerSettings: LedgerSettings {
        var settings = LedgerSettings()
        settings.deployments = deployments
        settings.objectives = objectives.list
        settings.window = objectives.window
        settings.missingSources = missingSources
        settings.policy = handled.policy
        settings.listedRepositories = handled.repositories
        settings.ignoredRepositories = handled.ignore
        settings.learnedWindow = handled.learnedWindow
        settings.coprAccounts = Set(copr.users.map(\.name))
        settings.coprProjects = copr.projects
        settings.settle = jobs.settle
        settings.joinWait = jobs.joinWait
        settings.horizon = jobs.horizon
        settings.openChangesLimit = limits.openChanges
        settings.openRunsLimit = limits.openRuns
        settings.openCommandsLimit = limits.openCommands
        settings.trackedLimit = limits.tracked
        settings.trackedBytesLimit = limits.trackedBytes
        return settings
    }
}

extension Configuration {
    /// The sources of which nothing is configured, by deployment.
    var missingSources: [Deployment: Set<EventSource>] {
        Dictionary(
            uniqueKeysWithValues: deployments.map { deployment in
                (deployment, Set(EventSource.allCases.filter { !has($0, of: deployment) }))
            })
    }

    private func has(_ source: EventSource, of deployment: Deployment) -> Bool {
        switch source {
        case .appDeliveries:
            let slugs = github.appKeys.map(\.slug)
            return github.apps.contains { $0.deployment == deployment && slugs.contains($0.slug) }
        case .coprEnds:
            return fedoraMessaging.url != nil || !copr.webhookSecrets.all.isEmpty || copr.apiURL != nil
        case .testingFarmEnds: return !testingFarm.webhookSecrets.all.isEmpty || testingFarm.apiURL != nil
        }
    }
}
