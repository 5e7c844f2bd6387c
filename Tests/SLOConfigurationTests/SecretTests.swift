import SLOConfiguration
import SLOCore
import Testing

@Suite struct `Secrets` {
    @Test func `Are read from a file, one in a line, trimmed, in addition to those written down`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "  first \r\n\n\tsecond\n")
        let loaded = try load("copr:\n  webhook_secrets: [inline]\n  webhook_secrets_file: \(path)\n")
        #expect(
            loaded.configuration.webhookSecrets(of: .copr) == [Secret("inline"), Secret("first"), Secret("second")])
        #expect(loaded.warnings == [])
    }

    @Test func `In files that everyone can read draw a warning`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("tokens", "abc\n", mode: 0o644)
        let loaded = try load("testing_farm.tokens_file: \(path)")
        #expect(loaded.warnings == ["testing_farm.tokens_file: everyone on this machine can read \(path)"])

        let config = try folder.file("slo.yaml", "github.webhook_secrets: [hunter2]", mode: 0o644)
        let warnings = try Configuration.load(file: config, environment: [:]).warnings
        #expect(warnings == ["\(config) holds secrets and everyone on this machine can read it"])
    }

    @Test func `Never print themselves`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "hunter3\n")
        let configuration = try load(
            "github:\n  webhook_secrets: [hunter2]\n  webhook_secrets_file: \(path)"
        ).configuration
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped, configuration.effectiveYAML] {
            #expect(!text.contains("hunter"))
        }
        #expect(
            configuration.webhookSecrets(of: .github).map(\.bytes)
                == ["hunter2", "hunter3"].map { Array($0.utf8) })
    }
}
