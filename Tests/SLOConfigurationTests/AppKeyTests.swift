import Foundation
import SLOConfiguration
import SLOCore
import Testing

@Suite struct `The keys of watched Apps` {
    private static let key = "-----BEGIN RSA PRIVATE KEY-----\nneither shown nor read here\n"
    private static let apps = "github.apps: {p: {deployment: prod, app_id: 12}, s: stg}\n"
    private static let objective = "objectives.endpoint: {indicator: app_deliveries, target: 0.99}\n"

    private let folder: ScratchFolder
    private let path: String

    init() throws {
        folder = try ScratchFolder()
        path = try folder.file("app.pem", Self.key)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    @Test func `A key belongs to an App with an id`() throws {
        let loaded = try load(Self.apps + "github.app_keys: {p: \(path)}\n" + Self.objective)
        #expect(loaded.configuration.github.appKeys == [Configuration.AppKeyFile(slug: "p", path: path)])
        #expect(loaded.warnings == [])
        let inVariable = try load(Self.apps, environment: ["PACKIT_SLO_GITHUB_APP_KEYS": "p=\(path)"])
        #expect(inVariable.configuration.github.appKeys == loaded.configuration.github.appKeys)
        #expect(try load("github.app_keys: {}").configuration.github.appKeys == [])
        #expect(try load("", environment: ["PACKIT_SLO_GITHUB_APP_KEYS": ""]).configuration.github.appKeys == [])
    }

    @Test func `Nothing else is taken`() throws {
        func refusals(_ keys: String) throws -> [String] { try complaints(Self.apps + "github.app_keys: \(keys)") }
        #expect(
            try refusals("{s: \(path)}") == [
                "slo.yaml:2: github.app_keys: 's' has no app_id in github.apps; write s: {deployment: stg, app_id: …} there"
            ])
        #expect(try refusals("{other: \(path)}") == ["slo.yaml:2: github.app_keys: 'other' is no App in github.apps"])
        #expect(try refusals("{p: /nowhere}") == ["slo.yaml:2: github.app_keys: /nowhere does not exist"])
        #expect(try refusals("{p: ''}") == ["slo.yaml:2: github.app_keys: is empty; a path is required"])
        let other = try folder.file("other.pem", "no key\n")
        #expect(
            try refusals("{p: \(other)}") == [
                "slo.yaml:2: github.app_keys: \(other) contains no private key in PEM format"
            ])
    }

    @Test func `A key that all can read is warned of`() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let warnings = try load(Self.apps + "github.app_keys: {p: \(path)}").warnings
        #expect(warnings == ["github.app_keys: all users of this machine can read \(path)"])
    }

    @Test func `What is printed can be read again and shows nothing of the key`() throws {
        let text = try load(Self.apps + "github.app_keys: {p: \(path)}\n" + Self.objective).configuration.effectiveYAML
        #expect(!text.contains("PRIVATE KEY"))
        #expect(text.contains("app_keys:\n    p: \(path)"))
        let again = try load(text)
        #expect(again.configuration.effectiveYAML == text)
        #expect(!text.contains("endpoint:\n    deadline"))
    }

    // MARK: - Objectives without events

    @Test func `An objective without its source is warned of`() throws {
        #expect(
            try load(Self.objective).warnings == [
                "objectives.endpoint: an objective of app_deliveries has no event unless github.app_keys is set"
            ])
        let reports = "objectives.shown: {indicator: build_report, target: 0.9, deadline: 1m}\n"
        #expect(
            try load(reports).warnings == [
                "objectives.shown: an objective of build_report has no event unless fedora_messaging.url or "
                    + "copr.webhook_secrets or copr.api_url is set"
            ])
        #expect(try load(reports + "copr.api_url: https://copr.example.org").warnings == [])
        let tests = "objectives.shown: {indicator: test_run_report, target: 0.9, deadline: 1m}\n"
        #expect(try load(tests).warnings.count == 1)
        #expect(
            try load(tests, environment: ["PACKIT_SLO_TESTING_FARM_WEBHOOK_SECRETS": "0123456789abcdef"]).warnings == []
        )
        // A token only accepts hints.
        #expect(
            try load(tests, environment: ["PACKIT_SLO_TESTING_FARM_TOKENS": "0123456789abcdef"]).warnings.count == 1)
    }

    @Test func `A source may be missing for one deployment`() throws {
        let settings = try load(Self.apps + "github.app_keys: {p: \(path)}\n" + Self.objective)
            .configuration.ledgerSettings
        let objective = try #require(settings.objectives.last)
        #expect(settings.missingSource(of: objective, for: Deployment("prod")) == nil)
        #expect(settings.missingSource(of: objective, for: Deployment("stg")) == .appDeliveries)
        #expect(settings.missingSource(of: .builds, for: Deployment("stg")) == nil)
    }
}
