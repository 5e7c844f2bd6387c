/// A value in a YAML document, not interpreted.
public struct YAMLNode: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        case scalar(String)
        case sequence([YAMLNode])
        /// In the order of the document, without repeated keys.
        case mapping([YAMLMember])
    }

    public let content: Content
    /// Whether it is a plain scalar: without quotes and block indicators.
    public let isPlain: Bool
    /// Where it begins, from 1.
    public let line: Int
}

/// A key of a mapping, and its value.
public struct YAMLMember: Equatable, Sendable {
    public let key: String
    public let value: YAMLNode
    /// The line of the key, from 1.
    public let line: Int
}

extension YAMLNode {
    /// Whether the value is empty: `key:`, `key: ~`, `key: null`.
    public var isNothing: Bool {
        guard isPlain, case .scalar(let text) = content else { return false }
        return Self.wordsForNothing.contains(text)
    }

    /// The plain scalars that mean an empty value.
    public static let wordsForNothing: Set<String> = ["", "~", "null", "Null", "NULL"]

    public var text: String? {
        guard case .scalar(let text) = content else { return nil }
        return text
    }

    public var sequence: [YAMLNode]? {
        guard case .sequence(let nodes) = content else { return nil }
        return nodes
    }

    public var mapping: [YAMLMember]? {
        guard case .mapping(let members) = content else { return nil }
        return members
    }
}
