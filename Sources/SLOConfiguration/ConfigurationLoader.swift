import FoundationEssentials
import SLOCore

/// A valid configuration, with warnings for its owner.
public struct LoadedConfiguration: Equatable, Sendable {
    public let configuration: Configuration
    /// One sentence each. They do not prevent the use of the configuration.
    public let warnings: [String]
}

/// A value given on the command line.
public struct ConfigurationOverride: Equatable, Sendable {
    /// The option as it was typed, for messages: `--set`, `--listen`.
    public let option: String
    public let key: String
    public let value: String

    public init(option: String, key: String, value: String) {
        self.option = option
        self.key = key
        self.value = value
    }

    /// Parses `KEY=VALUE`.
    /// - Returns: `nil` without `=` or without a key before it.
    public init?(option: String, assignment: String) {
        guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else { return nil }
        self.init(
            option: option, key: String(assignment[..<equals]),
            value: String(assignment[assignment.index(after: equals)...]))
    }
}

extension Configuration {
    /// Loads the configuration: defaults, then the file, then the environment, then the command line; a later value
    /// replaces an earlier one completely. Reads the files with secrets, too.
    ///
    /// - Parameters:
    ///   - path: the YAML file; `nil` for none.
    ///   - environment: all variables of the process.
    /// - Throws: all problems at once.
    public static func load(
        file path: String?, environment: [String: String], overrides: [ConfigurationOverride] = []
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var loading = ConfigurationLoading()
        if let path { loading.read(file: path) }
        let ordered = loading.objectives.names.count
        loading.read(environment: environment)
        loading.read(overrides: overrides)
        loading.completeObjectives(ordered: ordered)
        loading.readSecretFiles()
        loading.readFedoraMessagingFile()
        loading.check()
        guard loading.problems.isEmpty else { throw ConfigurationError(problems: loading.problems) }
        return LoadedConfiguration(
            configuration: loading.configuration, warnings: loading.warnings.map(Disclosure.withoutUserInfo))
    }
}

/// The state of a load: the configuration so far, the sources of its values, and the problems found.
struct ConfigurationLoading {
    var configuration = Configuration()
    private(set) var objectives = ObjectiveDrafts()
    var problems: [ConfigurationProblem] = []
    var warnings: [String] = []
    /// The source of each key that was set.
    private(set) var places: [String: ConfigurationProblem.Place] = [:]
    /// The keys with a value that could not be read.
    private var unreadable: Set<String> = []

    /// A larger file is not a configuration.
    private static let maxFileBytes = 1 << 20

    mutating func read(file path: String) {
        let text: String
        do {
            text = try TextFile.read(path, maxBytes: Self.maxFileBytes)
        } catch {
            problems.append(
                ConfigurationProblem(place: .file(path: path, line: nil), key: nil, reason: error.reason))
            return
        }
        let file = ConfigurationFile(text: text, path: path)
        problems += file.problems
        var holdsSecrets = false
        for (setting, value, line) in file.values {
            holdsSecrets = holdsSecrets || setting.isSecret && !setting.isHarmless(value)
            assign(setting, value, from: .file(path: path, line: line))
        }
        if holdsSecrets, TextFile.isReadableByEveryone(path) {
            warnings.append("\(path) contains secrets and is readable by all users of this machine")
        }
    }

    mutating func read(environment: [String: String]) {
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(Setting.environmentPrefix) {
            if let setting = Settings.find(variable: variable, value: value) {
                assign(setting, RawValue(.inline(value)), from: .environment(variable: variable))
            } else {
                warnUnknown(variable)
            }
        }
    }

    mutating func warnUnknown(_ variable: String) {
        warnings.append("\(variable) is not the variable of a known key and is ignored")
    }

    mutating func read(overrides: [ConfigurationOverride]) {
        for override in overrides {
            let place = ConfigurationProblem.Place.option(override.option)
            switch Settings.find(override.key) {
            case .setting(let setting), .objective(let setting):
                assign(setting, RawValue(.inline(override.value)), from: place)
            case .section: fail(override.key, at: place, Settings.takesKeys)
            case .unknown(let reason): fail(override.key, at: place, reason)
            }
        }
    }

    private mutating func assign(_ setting: Setting, _ value: RawValue, from place: ConfigurationProblem.Place) {
        let before = setting.objective.map { (name: $0, draft: objectives[$0]) }
        do {
            try setting.assign(value, &configuration, &objectives)
            places[setting.name] = place
        } catch {
            var place = place
            if case .file(let path, _) = place, let line = error.line { place = .file(path: path, line: line) }
            fail(setting.name, at: place, error.reason)
            unreadable.insert(setting.name)
        }
        if let before { noteObjective(before.name, before: before.draft, at: place) }
    }

    /// Notes where an objective is named first, left out or brought back. Only a later source can change whether it is
    /// left out, because a file and the environment have no order.
    private mutating func noteObjective(
        _ name: Objective.Name, before: ObjectiveDraft, at place: ConfigurationProblem.Place
    ) {
        guard objectives.contains(name) else { return }
        let isTurned = objectives[name].isLeftOut != before.isLeftOut
        if isTurned, before.place?.isUnordered(with: place) == true {
            fail(ObjectiveKey.path(name), at: place, "cannot be null and have keys at once")
        }
        if isTurned || before.place == nil { objectives[name].place = place }
    }

    /// Whether a source sets the key, readable or not.
    func isSet(_ key: String) -> Bool { places[key] != nil || unreadable.contains(key) }

    mutating func fail(_ key: String, at place: ConfigurationProblem.Place, _ reason: String) {
        problems.append(ConfigurationProblem(place: place, key: key, reason: reason))
    }

    /// Adds a problem with a value, at the place where it was set.
    mutating func fail(_ key: String, _ reason: String) {
        fail(key, at: places[key] ?? .defaults, reason)
    }
}
