@testable import SLOConfiguration
@testable import SLOCore

extension Property {
    /// A configuration is refused with reasons, or it can be used; what can be used prints, and reads again as the
    /// same.
    static let configuration = Property(name: "configuration") { input in
        try isStable(file: try MemoryFile.configuration.holding(input), environment: [:])
    }

    /// The same, from lines `VARIABLE=value`.
    static let variables = Property(name: "variables") { input in
        var environment: [String: String] = [:]
        for line in input.split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            environment["PACKIT_SLO_" + text[..<equals]] = String(text[text.index(after: equals)...])
        }
        try isStable(file: nil, environment: environment)
    }

    private static func isStable(file: String?, environment: [String: String]) throws {
        let loaded: LoadedConfiguration
        do {
            loaded = try Configuration.load(file: file, environment: environment)
        } catch {
            try expect(!error.problems.isEmpty, "refused without a reason")
            return
        }
        let printed = loaded.configuration.effectiveYAML
        let again = try Configuration.load(
            file: try MemoryFile.configuration.holding(Array(printed.utf8)), environment: [:])
        try expect(masked(again.configuration) == masked(loaded.configuration), "read again as another:\n\(printed)")
        try expect(again.configuration.effectiveYAML == printed, "printed in another way")
        _ = loaded.configuration.ledgerSettings
    }

    /// Secrets are printed as stars.
    private static func masked(_ configuration: Configuration) -> Configuration {
        var masked = configuration
        func mask(_ list: inout SecretList) {
            list.inline = list.inline.map { Secret($0.description) }
            list.fromFile = []
        }
        mask(&masked.github.webhookSecrets)
        mask(&masked.copr.webhookSecrets)
        mask(&masked.testingFarm.webhookSecrets)
        mask(&masked.testingFarm.tokens)
        mask(&masked.api.tokens)
        if let password = masked.fedoraMessaging.url?.password, !password.bytes.isEmpty {
            masked.fedoraMessaging.url?.password = Secret(password.description)
        }
        return masked
    }
}
