/// An error in a rule file, with its place, as a sentence for the author.
public struct RuleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, as the configuration names it.
    public let file: String
    /// From 1; `nil` for an error of the whole file.
    public let line: Int?
    public let message: String

    public init(file: String, line: Int?, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// A rule file's name, for errors, and its text.
public struct RuleFile: Equatable, Sendable {
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
