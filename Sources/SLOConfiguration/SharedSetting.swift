/// A setting in which the nodes of a cluster should agree.
public struct SharedSetting: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        /// As it would be written, without users and passwords in addresses.
        case written(String)
        /// To be compared and never shown.
        case secrets([Secret])
        /// The content of these files counts, and not where they are.
        case files([String])
    }

    public let name: String
    public let value: Value
}

extension Configuration {
    /// The settings in which the nodes of a cluster should agree, in the order of the reference. Those that are not set
    /// are left out.
    ///
    /// A node's own are not among them: its name, its addresses, its log, and the paths of its files.
    public var sharedSettings: [SharedSetting] {
        Settings.all(of: self).filter(\.isShared).compactMap { setting in
            setting.written(self).map { SharedSetting(name: setting.name, value: .written(YAMLText.flow($0))) }
        } + sharedSecrets + sharedFiles
    }

    /// From the configuration and from files alike.
    private var sharedSecrets: [SharedSetting] {
        let lists = [
            ("github.webhook_secrets", github.webhookSecrets), ("copr.webhook_secrets", copr.webhookSecrets),
            ("testing_farm.webhook_secrets", testingFarm.webhookSecrets),
            ("testing_farm.tokens", testingFarm.tokens), ("testing_farm.api_token_file", testingFarm.apiToken),
            ("api.tokens", api.tokens),
        ]
        return lists.filter { !$0.1.all.isEmpty }.map { SharedSetting(name: $0.0, value: .secrets($0.1.all)) }
    }

    private var sharedFiles: [SharedSetting] {
        rules.files.isEmpty ? [] : [SharedSetting(name: Setting.ruleFiles, value: .files(rules.files))]
    }
}

extension Setting {
    static let ruleFiles = "rules.files"

    /// Of a node alone.
    private static let own: Set<String> = [
        "http.listen", "http.operations_listen", "log.level", "log.format", "cluster.node", "cluster.database",
        "github.app_keys", ruleFiles,
    ]

    fileprivate var isShared: Bool { !isSecret && typeName != "path" && !Self.own.contains(name) }
}
