import SLOConfiguration
import Testing

@Suite struct `What is shown of a configuration` {
    @Test(arguments: [
        ("https://user:hush@host/a", "https://********@host/a"),
        ("'https://hush@host' is wrong", "'https://********@host' is wrong"),
        ("https://user:hu/sh@ho@st/a b@c", "https://********@st/a b@c"),
        ("https://host/a, https://x:hush@host", "https://host/a, https://********@host"),
        ("a@b, https://host", "a@b, https://host"),
        ("://://hush@", "://://********@"),
        ("amqps://fedora:hush@host", "amqps://********@host"),
        ("", ""),
    ])
    func `Addresses lose their users and passwords`(text: String, shown: String) {
        #expect(Disclosure.withoutUserInfo(text) == shown)
    }

    @Test(arguments: [
        "github.webhook_secrets", "copr.webhook_secrets", "testing_farm.webhook_secrets", "testing_farm.tokens",
    ])
    func `Secrets given on the command line are masked`(key: String) throws {
        let override = try #require(ConfigurationOverride(option: "--set", assignment: "\(key)=hush"))
        #expect(override.shownValue == "********")
    }

    @Test func `Other settings are shown as they are`() throws {
        let override = try #require(ConfigurationOverride(option: "--set", assignment: "jobs.settle=2m"))
        #expect(override.shownValue == "2m")
        let broker = ConfigurationOverride(option: "--set", key: "fedora_messaging.url", value: "amqp://a:hush@b")
        #expect(broker.shownValue == "amqp://********@b")
    }

    static let addresses = [
        "github.api_url", "copr.api_url", "testing_farm.api_url", "packit.api_url", "pages.url", "pages.runbook_url",
        "pages.github_url", "pages.copr_url", "pages.testing_farm_url",
    ]

    @Test(arguments: addresses, ["https://user:hush@host", "https://hush@host/a", "user:hush@host", "ftp://a:hush@b"])
    func `An address takes no user and no password, and does not repeat them`(key: String, value: String) throws {
        let lines = try complaints("\(key): '\(value)'")
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { $0.contains("contains a user or a password") && !$0.contains("hush") })
        let set = try complaints("", set: ["\(key)=\(value)"])
        #expect(set.count == 1 && !set.joined().contains("hush"))
    }

    @Test func `An '@' in a path is no user`() throws {
        let loaded = try load("pages.runbook_url: https://host/@me/alerts")
        #expect(loaded.configuration.pages.runbookURL == "https://host/@me/alerts")
    }

    @Test(arguments: [
        "http.listen: https://user:hush@host", "log.level: https://user:hush@host", "https://user:hush@host: a",
        "jobs.settle: https://user:hush@host", "github.apps: {https://user:hush@host: ' '}",
        "pages.dashboard_urls: {prod: 'https://user:hush@host'}", "rules.files: ['https://user:hush@host']",
        "github.webhook_secrets_file: https://user:hush@host", "handled.ignore: ['https:user:hush@host']",
    ])
    func `Whatever key an address is given to by mistake`(yaml: String) throws {
        let lines = try complaints(yaml)
        #expect(!lines.isEmpty)
        if yaml.contains("://") { #expect(!lines.joined().contains("hush"), "\(lines)") }
    }
}
