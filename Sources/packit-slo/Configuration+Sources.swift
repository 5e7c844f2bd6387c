import Foundation
import SLOConfiguration
import SLOSources

extension RuleBook {
    /// The configured classification rules: those of the files, then the built-in ones.
    convenience init(_ configuration: Configuration) throws {
        var files: [RuleFile] = []
        for path in configuration.rules.files {
            do {
                files.append(RuleFile(name: path, text: try String(contentsOf: URL(filePath: path), encoding: .utf8)))
            } catch {
                throw CommandFailure("rules.files: \(path) cannot be read: \(error)", code: .misconfigured)
            }
        }
        try self.init(files: files)
    }
}

extension SourceSettings {
    init(_ configuration: Configuration) {
        self.init(
            apps: configuration.github.apps.map { App(slug: $0.slug, deployment: $0.deployment, appID: $0.appID) },
            coprUsers: Dictionary(configuration.copr.users.map { ($0.name, $0.deployment) }) { first, _ in first },
            commandPrefixes: configuration.commands.prefixes.map {
                CommandPrefix(deployment: $0.deployment, prefix: $0.prefix)
            })
    }
}
