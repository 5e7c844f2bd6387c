import SLOConfiguration
import SLOCore
import Testing

@Suite struct `Secrets` {
    @Test func `Are read from a file, one in a line, trimmed, in addition to those written down`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "  first-0123456789 \r\n\n\tsecond-0123456789\n")
        let loaded = try load("copr:\n  webhook_secrets: [inline-0123456789]\n  webhook_secrets_file: \(path)\n")
        #expect(
            loaded.configuration.webhookSecrets(of: .copr)
                == ["inline-0123456789", "first-0123456789", "second-0123456789"].map { Secret($0) })
        #expect(loaded.warnings == [])
    }

    @Test func `Are lines that end with LF or CRLF, whatever else Unicode takes for a line's end`() throws {
        let folder = try ScratchFolder()
        let odd = "a\u{0B}b\u{0C}c\u{85}d\u{2028}e\u{2029}f\rg"
        let path = try folder.file("secrets", odd + "\r\n" + "\u{A0}second\u{A0}" + "\n\n \t \nthird")
        let secrets = try load("github.webhook_secrets_file: \(path)").configuration.webhookSecrets(of: .github)
        #expect(secrets == [Secret(odd), Secret("\u{A0}second\u{A0}"), Secret("third")])
    }

    @Test(arguments: [
        "github.webhook_secrets_file", "copr.webhook_secrets_file", "testing_farm.webhook_secrets_file",
        "testing_farm.tokens_file", "testing_farm.api_token_file",
    ])
    func `Have no comments beside them`(key: String) throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "hunter2\n\n  # hunter3\n")
        let reason = "line 3 of \(path) begins with '#': comments are not allowed in this file; remove the line"
        #expect(try complaints("\(key): \(path)") == ["slo.yaml:1: \(key): \(reason)"])
        let hash = try folder.file("inside", "hunter#2 # no comment\n")
        #expect(throws: Never.self) { try load("\(key): \(hash)") }
    }

    @Test func `In files that everyone can read draw a warning`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("tokens", "0123456789abcdef\n", mode: 0o644)
        let loaded = try load("testing_farm.tokens_file: \(path)")
        #expect(loaded.warnings == ["testing_farm.tokens_file: all users of this machine can read \(path)"])

        let config = try folder.file("slo.yaml", "github.webhook_secrets: [0123456789abcdef]", mode: 0o644)
        let warnings = try Configuration.load(file: config, environment: [:]).warnings
        #expect(warnings == ["\(config) contains secrets and is readable by all users of this machine"])
    }

    @Test(arguments: [
        ("postgres://slo@db1,db2:5433/slo", false), ("host=db dbname=slo user=slo", false),
        ("postgres://db:5432/slo?user=slo", false), ("postgres://slo:x@db/slo", true),
        ("postgres://slo:a/b@db/slo", true), ("postgres://db/slo?password=x", true),
        ("dbname=slo password=x", true), ("dbname=slo sslpassword=x", true),
    ])
    func `In the address of a database draw a warning`(address: String, hasPassword: Bool) throws {
        let folder = try ScratchFolder()
        let config = try folder.file("slo.yaml", "cluster.database: \(address)", mode: 0o644)
        let warnings = try Configuration.load(file: config, environment: [:]).warnings
        #expect(
            warnings == (hasPassword ? ["\(config) contains secrets and is readable by all users of this machine"] : [])
        )
    }

    @Test func `That are short draw a warning`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("secrets", "0123456789abcdef\n0123456789abcde\n")
        let loaded = try load(
            "github.webhook_secrets: [short]\ncopr.webhook_secrets_file: \(path)\ntesting_farm.tokens: [0123456789abcdef]"
        )
        let reason = "a secret is shorter than 16 bytes and can be guessed; use the output of `openssl rand -hex 32`"
        #expect(
            loaded.warnings == ["github.webhook_secrets: \(reason)", "copr.webhook_secrets_file: \(reason)"])
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
