/// A problem in the configuration, with its place.
public struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// The source of a value, or of its absence.
    public enum Place: Equatable, Sendable {
        case file(path: String, line: Int?)
        case environment(variable: String)
        /// An option of the command line, as it is typed: `--set`, `--listen`.
        case option(String)
        case defaults

        /// Whether both are in one source whose keys have no order.
        func isUnordered(with other: Place) -> Bool {
            switch (self, other) {
            case (.file, .file), (.environment, .environment): true
            default: false
            }
        }
    }

    public let place: Place
    /// `nil` for a problem that is not about a key.
    public let key: String?
    /// What is wrong. Contains the value, unless it is secret.
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

/// All problems that prevent the use of a configuration, in the order in which they were found.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// One line per problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
