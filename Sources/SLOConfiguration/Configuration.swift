public import SLOCore

/// All that can be configured, with its defaults: `Configuration()` is what an empty file means.
///
/// The table in `Setting+Table.swift` says what each value is called outside, how it is written and what it may be.
public struct Configuration: Equatable, Sendable {
    public var http = HTTP()
    public var log = Log()
    /// Path of the SQLite file.
    public var database = "packit-slo.sqlite"
    public var github = GitHub()
    public var copr = Copr()
    public var testingFarm = TestingFarm()
    public var fedoraMessaging = FedoraMessaging()
    public var packit = Packit()
    public var polling = Polling()
    public var handled = Handled()
    public var objectives = Objectives()
    public var jobs = Jobs()
    public var rules = Rules()
    public var journal = Journal()
    public var history = History()
    public var limits = Limits()
    public var pages = Pages()

    public init() {}

    /// The distinct labels, in the order of the apps and then of the Copr users. Never empty in a loaded configuration.
    public var deployments: [Deployment] {
        var seen: Set<Deployment> = []
        return (github.apps.map(\.deployment) + copr.users.map(\.deployment)).filter { seen.insert($0).inserted }
    }

    /// The secrets that a delivery of this source may be signed with. Empty: nothing it sends can be believed.
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
        /// Webhooks; everything else too unless `operationsListen` is set.
        public var listen = ListenAddress(host: "127.0.0.1", port: 8080)
        /// A second address for metrics, pages and the API.
        public var operationsListen: ListenAddress?
        public var maxBodyBytes = 26_214_400
        /// What all bodies being received may hold together.
        public var maxBufferedBytes = 256 << 20
        public var maxQueuedDeliveries = 2048
        public var maxConnections = 1024
        /// How long a body may take to arrive.
        public var bodyTimeout = TimeSpan.seconds(10)
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
        /// The App whose deliveries are compared with what is held; `nil`: none.
        public var appID: Int64?
        public var appPrivateKeyFile: String?
        public var apiURL = "https://api.github.com"
        /// Whether what is missing is asked for again.
        public var redeliver = false

        public init() {}
    }

    /// A GitHub App of Packit's.
    public struct App: Equatable, Sendable {
        public let slug: String
        public let deployment: Deployment
        /// Told apart by it where a delivery's headers name the app it was sent to.
        public let appID: Int64?

        public init(slug: String, deployment: Deployment, appID: Int64?) {
            self.slug = slug
            self.deployment = deployment
            self.appID = appID
        }
    }

    public struct Copr: Equatable, Sendable {
        public var webhookSecrets = SecretList()
        /// Where builds are asked about; `nil`: they are not.
        public var apiURL: String?
        public var users = [
            CoprUser(name: "packit", deployment: Deployment("prod")),
            CoprUser(name: "packit-stg", deployment: Deployment("stg")),
        ]
        /// Whose builds come from projects that Packit did not name.
        public var projects: [CoprProjectRule] = []

        public init() {}
    }

    /// An account that Packit builds with in Copr.
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
        /// Accepted tokens of notifications.
        public var tokens = SecretList()
        /// Where requests are asked about; `nil`: they are not.
        public var apiURL: String?
        /// For requests that are not public: the file's first line.
        public var apiToken = SecretList()

        public init() {}
    }

    /// Packit itself.
    public struct Packit: Equatable, Sendable {
        /// Where its jobs are asked about; `nil`: they are not.
        public var apiURL: String?

        public init() {}
    }

    /// How upstream APIs are asked, those that are configured.
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
        public struct InitialStatus: Equatable, Sendable {
            public var target = Objective.initialStatus.target
            public var deadline = Objective.initialStatus.deadline
            /// How long after the deadline the final verdict waits for what is still on its way.
            public var grace = TimeSpan.minutes(5)
        }

        public struct Runs: Equatable, Sendable {
            public var target: Double
            public var deadline: TimeSpan

            init(_ byDefault: Objective) {
                (target, deadline) = (byDefault.target, byDefault.deadline)
            }
        }

        public var initialStatus = InitialStatus()
        public var builds = Runs(.builds)
        public var testRuns = Runs(.testRuns)
        /// The rolling window of the budgets.
        public var window = TimeSpan.days(28)

        public init() {}
    }

    public struct Jobs: Equatable, Sendable {
        public var settle = TimeSpan.minutes(2)
        public var joinWait = TimeSpan.minutes(15)
        public var horizon = TimeSpan.days(7)

        public init() {}
    }

    public struct Rules: Equatable, Sendable {
        /// Paths of further rule files, in the order in which they are asked.
        public var files: [String] = []

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
        /// Where people reach the pages, without a slash at the end; `nil` is where they are served.
        public var url: String?
        /// Where `docs/alerts.md` can be read, without a slash at the end.
        public var runbookURL: String?
        /// Whether pages name repositories that GitHub marks private.
        public var showPrivate = false
        /// Where links lead; addresses without a slash at the end.
        public var githubURL = "https://github.com"
        public var coprURL = "https://copr.fedorainfracloud.org"
        public var testingFarmURL = "https://api.testing-farm.io"
        /// Packit's dashboard, by deployment.
        public var dashboardURLs = [
            Dashboard(deployment: Deployment("prod"), url: "https://dashboard.packit.dev"),
            Dashboard(deployment: Deployment("stg"), url: "https://dashboard.stg.packit.dev"),
        ]

        public init() {}
    }

    /// Where a deployment of Packit shows its jobs.
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
        public var tracked = 1_000_000
        public var trackedBytes = 400 << 20

        public init() {}
    }
}

extension Configuration {
    /// What the ledger judges by.
    public var ledgerSettings: LedgerSettings {
        var settings = LedgerSettings()
        settings.deployments = deployments
        settings.objectives = [
            Objective(
                .initialStatus, .initialStatus, target: objectives.initialStatus.target,
                deadline: objectives.initialStatus.deadline),
            Objective(.builds, .builds, target: objectives.builds.target, deadline: objectives.builds.deadline),
            Objective(
                .testRuns, .testRuns, target: objectives.testRuns.target, deadline: objectives.testRuns.deadline),
        ]
        settings.initialStatusGrace = objectives.initialStatus.grace
        settings.window = objectives.window
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
        settings.trackedLimit = limits.tracked
        settings.trackedBytesLimit = limits.trackedBytes
        return settings
    }
}
