/// One thing that is wrong with the configuration, and where.
public struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// Where a value, or the lack of one, comes from.
    public enum Place: Equatable, Sendable {
        case file(path: String, line: Int?)
        case environment(variable: String)
        /// An option of the command line, as it is typed: `--set`, `--listen`.
        case option(String)
        case defaults
    }

    public let place: Place
    /// `nil` where the trouble is not one key's.
    public let key: String?
    /// What is wrong. Holds the value, unless that is a secret.
    public let reason: String

    public init(place: Place, key: String?, reason: String) {
        self.place = place
        self.key = key.map(Disclosure.withoutUserInfo)
        self.reason = Disclosure.withoutUserInfo(reason)
    }

    /// `file:line: key: what is wrong`
    public var description: String {
        let origin =
            switch place {
            case .file(let path, let line): line.map { "\(path):\($0): " } ?? "\(path): "
            case .environment(let variable): "\(variable): "
            case .option(let option): "\(option): "
            case .defaults: ""
            }
        return origin + (key.map { "\($0): " } ?? "") + reason
    }
}

/// Everything that keeps a configuration from being used, in the order in which it was found.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// A line for each problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
