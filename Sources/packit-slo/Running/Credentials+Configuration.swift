import SLOConfiguration
import SLOCore
import SLOService
import SLOSources

extension Credentials {
    /// - Throws: `SecretError` for an invalid secret.
    init(_ configuration: Configuration) throws {
        self.init(
            secrets: try Dictionary(
                uniqueKeysWithValues: Source.allCases.map { source in
                    (source, try SecretSet(configuration.webhookSecrets(of: source).map(\.text)))
                }),
            testingFarmTokens: try TokenSet(configuration.testingFarm.tokens.all.map(\.text)),
            apiTokens: try TokenSet(configuration.api.tokens.all.map(\.text)))
    }
}

extension Configuration {
    /// The sources without a secret whose deliveries do not arrive in another way.
    var sourcesWithoutSecrets: [String] {
        Source.allCases.filter { source in
            webhookSecrets(of: source).isEmpty && !(source == .testingFarm && !testingFarm.tokens.all.isEmpty)
                && !(source == .copr && fedoraMessaging.url != nil)
        }.map(\.rawValue)
    }
}
