import SLOConfiguration
import SLOCore
import Testing

@Suite struct `Reading a configuration` {
    @Test(arguments: ["", "# nothing\n", "http:\nlog:\n", "{}"])
    func `An empty file means the defaults`(yaml: String) throws {
        #expect(try load(yaml).configuration == Configuration())
    }

    @Test func `The defaults judge as the ledger does by default`() {
        var settings = Configuration().ledgerSettings
        // For people: an empty file has no sources.
        #expect(settings.missingSources.mapValues(\.count) == [Deployment("prod"): 3, Deployment("stg"): 3])
        settings.missingSources = [:]
        #expect(settings == LedgerSettings())
    }

    @Test func `Sections may be nested or written with dots`() throws {
        let nested = try load("http:\n  tls: {}\n  listen: '[::1]:81'\nobjectives:\n  builds:\n    target: 0.5\n")
        let dotted = try load("http.listen: '[::1]:81'\nobjectives.builds.target: 0.5\n")
        #expect(nested == dotted)
        #expect(nested.configuration.http.listen == ListenAddress(host: "::1", port: 81))
        #expect(nested.configuration.ledgerSettings[.builds]?.target == 0.5)
    }

    @Test func `Aliases may be used`() throws {
        let yaml = "github.webhook_secrets: &all [a, b]\ncopr.webhook_secrets: *all\n"
        #expect(try load(yaml).configuration.webhookSecrets(of: .copr) == [Secret("a"), Secret("b")])
    }

    @Test func `The environment replaces the file and the command line replaces both`() throws {
        let yaml = "log.level: debug\ndatabase: file.sqlite\njobs.settle: 1s\n"
        let environment = ["PACKIT_SLO_DATABASE": "environment.sqlite", "PACKIT_SLO_JOBS_SETTLE": "2s", "HOME": "/"]
        let loaded = try load(yaml, environment: environment, set: ["jobs.settle=3s"])
        #expect(loaded.configuration.log.level == .debug)
        #expect(loaded.configuration.database == "environment.sqlite")
        #expect(loaded.configuration.jobs.settle == .seconds(3))
        #expect(loaded.warnings == [])
    }

    @Test func `A variable of no key only warns, because others set such names too`() throws {
        let loaded = try load("", environment: ["PACKIT_SLO_PORT_8080_TCP": "tcp://10.0.0.1:8080"])
        #expect(loaded.configuration == Configuration())
        #expect(loaded.warnings == ["PACKIT_SLO_PORT_8080_TCP is not the variable of a known key and is ignored"])
    }

    @Test func `Lists and maps are written with commas in a variable`() throws {
        let loaded = try load(
            "",
            environment: [
                "PACKIT_SLO_GITHUB_APPS": "one=prod:29180, two=stg",
                "PACKIT_SLO_COPR_USERS": "packit=prod,other=own",
                "PACKIT_SLO_COPR_PROJECTS": "@acme/*=acme/rocket, someone/nightly=acme/shuttle",
                "PACKIT_SLO_COMMANDS_PREFIXES": "prod=/packit, own=/ours",
                "PACKIT_SLO_HANDLED_REPOSITORIES": "packit/*, a/b",
                "PACKIT_SLO_HANDLED_IGNORE": "",
                "PACKIT_SLO_GITHUB_WEBHOOK_SECRETS": "old,new",
            ]
        ).configuration
        #expect(
            loaded.github.apps == [
                .init(slug: "one", deployment: Deployment("prod"), appID: 29180),
                .init(slug: "two", deployment: Deployment("stg"), appID: nil),
            ])
        #expect(loaded.copr.users.map(\.name) == ["packit", "other"])
        #expect(
            loaded.copr.projects == [
                CoprProjectRule(projects: "@acme/*", repository: "acme/rocket"),
                CoprProjectRule(projects: "someone/nightly", repository: "acme/shuttle"),
            ])
        #expect(loaded.ledgerSettings.coprProjects == loaded.copr.projects)
        #expect(loaded.ledgerSettings.coprAccounts == ["packit", "other"])
        #expect(loaded.commands.prefixes.map(\.deployment.label) == ["prod", "own"])
        #expect(loaded.commands.prefixes.map(\.prefix) == ["/packit", "/ours"])
        #expect(loaded.handled.repositories == ["packit/*", "a/b"])
        #expect(loaded.handled.ignore == [])
        #expect(loaded.webhookSecrets(of: .github) == [Secret("old"), Secret("new")])
    }

    @Test func `Apps are a label each, or a map with the app's id`() throws {
        let yaml = """
            github:
              apps:
                one: {deployment: blue, app_id: 7}
                two:
                  deployment: green
            """
        #expect(
            try load(yaml).configuration.github.apps == [
                .init(slug: "one", deployment: Deployment("blue"), appID: 7),
                .init(slug: "two", deployment: Deployment("green"), appID: nil),
            ])
    }

    @Test func `Prefixes of commands are by default those of the deployments that there are`() throws {
        let prefixes = try load("{github.apps: {one: stg}, copr.users: {}}").configuration.commands.prefixes
        #expect(prefixes == [.init(deployment: Deployment("stg"), prefix: "/packit-stg")])
        #expect(try load("commands.prefixes: {}").configuration.commands.prefixes == [])
    }

    @Test func `The rank of deployments changes what comes first, and nothing that counts`() throws {
        let plain = try load("").configuration
        #expect(plain.rankedDeployments == plain.deployments)
        let ranked = try load("deployments: [stg]").configuration
        #expect(ranked.rankedDeployments == [Deployment("stg"), Deployment("prod")])
        #expect(ranked.ledgerSettings == plain.ledgerSettings)
        let variable = try load("", environment: ["PACKIT_SLO_DEPLOYMENTS": "stg,prod"]).configuration
        #expect(variable.rankedDeployments == ranked.rankedDeployments)
    }

    @Test func `Deployments are the distinct labels of apps and then of Copr's users`() throws {
        let loaded = try load(
            "", environment: ["PACKIT_SLO_GITHUB_APPS": "a=x,b=y,c=x", "PACKIT_SLO_COPR_USERS": "d=z,e=y"])
        #expect(loaded.configuration.deployments == ["x", "y", "z"].map(Deployment.init))
        #expect(loaded.configuration.ledgerSettings.deployments == loaded.configuration.deployments)
    }

    @Test(arguments: [
        ("15s", TimeSpan.seconds(15)), ("10m", .minutes(10)), ("12h", .hours(12)), ("28d", .days(28)),
        ("250ms", .milliseconds(250)),
    ])
    func `Durations have a unit`(text: String, span: TimeSpan) throws {
        #expect(try load("journal.keep_bodies: \(text)").configuration.journal.keepBodies == span)
    }

    @Test(arguments: [("1048576", 1 << 20), ("256MiB", 256 << 20), ("5GiB", 5 << 30), ("2048KiB", 2 << 20)])
    func `Sizes are bytes or have a binary unit`(text: String, bytes: Int) throws {
        #expect(try load("journal.max_bytes: \(text)").configuration.journal.maxBytes == bytes)
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65535),
    ])
    func `Addresses are host and port`(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(arguments: ["", ":80", "a", "a:", "a:b", "a:65536", "a:+1", "::1:80", "[::1]", "[a]:1", "a b:1", "[]:1"])
    func `What is no address is none`(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
