/// Why a text cannot be parsed.
public struct YAMLError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// In libyaml's words: `did not find expected ',' or '}'`.
        case syntax(String)
        case unknownAlias
        case keyIsNoWord
        /// A key that its mapping already has, with the keys that lead to it.
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
    /// Continues a sentence that begins with file name and line. Contains no value and no alias's name, which may be a
    /// secret that begins with a star.
    public var description: String {
        switch reason {
        case .syntax(let problem): "is not YAML: \(problem)"
        case .unknownAlias: "has an alias (*name) without an anchor (&name) before it"
        case .keyIsNoWord: "has a key that is not a plain word"
        case .doubledKey(let path, let firstLine):
            "has \(path.joined(separator: ".")) twice; first in line \(firstLine)"
        case .secondDocument: "has a second document; only one is allowed"
        case .tooDeep: "is nested deeper than \(Composer.deepest) levels"
        case .tooLarge: "has more than \(Composer.mostNodes) values, with aliases expanded"
        }
    }
}
