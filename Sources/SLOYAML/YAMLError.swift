/// Why a text cannot be read.
public struct YAMLError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// In libyaml's words: `did not find expected ',' or '}'`.
        case syntax(String)
        case unknownAlias
        case keyIsNoWord
        /// A key that its mapping has already, with all keys on the way to it.
        case doubledKey([String], firstLine: Int)
        case secondDocument
        case tooDeep
        case tooLarge
    }

    public let reason: Reason
    /// From 1.
    public let line: Int
}

extension YAMLError: CustomStringConvertible {
    /// Reads on after the name of the file and the line. Holds no value, and not an alias' name, which may be a secret
    /// that begins with a star.
    public var description: String {
        switch reason {
        case .syntax(let problem): "is not YAML: \(problem)"
        case .unknownAlias: "has an alias (*name) of something that nothing before it is named (&name)"
        case .keyIsNoWord: "has a key that is not a plain word"
        case .doubledKey(let path, let firstLine):
            "has \(path.joined(separator: ".")) twice; line \(firstLine) sets it already"
        case .secondDocument: "has a second document; one is read"
        case .tooDeep: "is nested deeper than \(Composer.deepest) levels"
        case .tooLarge: "has more than \(Composer.mostNodes) values, written out"
        }
    }
}
