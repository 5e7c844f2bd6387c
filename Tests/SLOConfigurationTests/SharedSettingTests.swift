import Testing

@testable import SLOConfiguration

/// What the nodes of a cluster compare.
@Suite struct `Settings that nodes share` {
    private static func names(_ yaml: String) throws -> [String] {
        try load(yaml).configuration.sharedSettings.map(\.name)
    }

    @Test func `Are those that decide numbers, and not those of a node alone`() throws {
        let names = try Self.names("http.listen: localhost:9\nlog.level: debug\ndatabase: /tmp/x\ncluster.node: a")
        for name in ["objectives.builds.target", "http.max_body_bytes", "jobs.settle", "handled.policy"] {
            #expect(names.contains(name), "\(name)")
        }
        for name in ["http.listen", "log.level", "database", "cluster.node", "cluster.spool.path"] {
            #expect(!names.contains(name), "\(name)")
        }
    }

    @Test func `Have every setting in one place or another`() throws {
        var configuration = Configuration()
        configuration.github.webhookSecrets.inline = [Secret("a")]
        configuration.copr.webhookSecrets.inline = [Secret("a")]
        configuration.testingFarm.webhookSecrets.inline = [Secret("a")]
        configuration.testingFarm.tokens.inline = [Secret("a")]
        configuration.api.tokens.inline = [Secret("a")]
        let secret = configuration.sharedSettings.filter { if case .secrets = $0.value { true } else { false } }
        // Nodes that tell one another are in one database.
        let compared = Set(secret.map(\.name) + ["cluster.database"])
        #expect(Set(Setting.table.filter(\.isSecret).map(\.name)).subtracting(compared) == [])
    }

    @Test func `Tell of secrets whether they come from the configuration or from a file`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "second-0123456789\n", mode: 0o600)
        let yaml = "github:\n  webhook_secrets: [first-0123456789]\n  webhook_secrets_file: \(path)\n"
        let settings = try load(yaml).configuration.sharedSettings
        #expect(
            settings.filter { $0.name.hasPrefix("github.webhook") } == [
                SharedSetting(
                    name: "github.webhook_secrets",
                    value: .secrets([Secret("first-0123456789"), Secret("second-0123456789")]))
            ])
    }

    @Test func `Show no password`() throws {
        let settings = try load("fedora_messaging.url: amqps://user:hunter2@broker/%2Fx\nfedora_messaging.queue: q")
            .configuration.sharedSettings
        let url = try #require(settings.first { $0.name == "fedora_messaging.url" })
        guard case .written(let text) = url.value else { throw Mismatch("is not written") }
        #expect(text.contains("broker") && !text.contains("hunter2"))
    }
}
