import ArgumentParser
import Foundation
import SLOConfiguration
import SLOCore

/// The sources of a command's configuration. A reload, as on SIGHUP, uses the same ones.
struct ConfigurationSource: Sendable {
    let file: String?
    let overrides: [ConfigurationOverride]
    var readsEnvironment = true

    func load() throws(ConfigurationError) -> LoadedConfiguration {
        try Configuration.load(
            file: file, environment: readsEnvironment ? ProcessInfo.processInfo.environment : [:],
            overrides: overrides)
    }
}

struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration file (YAML).", valueName: "file"))
    var file: String?

    func source(overrides: [ConfigurationOverride] = []) -> ConfigurationSource {
        ConfigurationSource(file: file, overrides: overrides)
    }

    /// Loads the configuration and prints its warnings on standard error.
    func load(overrides: [ConfigurationOverride] = []) throws(ConfigurationError) -> Configuration {
        let loaded = try source(overrides: overrides).load()
        for warning in loaded.warnings { Terminal.complain("warning: \(warning)") }
        return loaded.configuration
    }
}

struct DatabaseOption: ParsableArguments {
    @Option(help: ArgumentHelp("The SQLite file. Overrides the configuration.", valueName: "path"))
    var database: String?

    var overrides: [ConfigurationOverride] {
        database.map { [ConfigurationOverride(option: "--database", key: "database", value: $0)] } ?? []
    }
}

/// `--set KEY=VALUE`
struct Assignment: ExpressibleByArgument {
    /// `nil` for another form. ArgumentParser would repeat an invalid value, which may be a secret.
    private let override: ConfigurationOverride?

    init(argument: String) {
        override = ConfigurationOverride(option: "--set", assignment: argument)
    }

    /// - Throws: `ValidationError`
    static func overrides(_ assignments: [Assignment]) throws -> [ConfigurationOverride] {
        try assignments.map { assignment in
            guard let override = assignment.override else {
                throw ValidationError("--set requires KEY=VALUE, such as objectives.builds.target=0.99.")
            }
            return override
        }
    }
}

/// A time on the command line: RFC 3339.
struct Moment: ExpressibleByArgument {
    let time: Timestamp

    init?(argument: String) {
        guard let time = Timestamp(rfc3339: argument) else { return nil }
        self.time = time
    }
}
