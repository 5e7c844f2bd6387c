/// A value as it was written, not interpreted.
struct RawValue: Sendable {
    indirect enum Content: Sendable {
        case scalar(String)
        case list([RawValue])
        case map([Entry])
        /// From an environment variable or an option; the setting's format determines how it is split.
        case inline(String)
        case null
    }

    struct Entry: Sendable {
        let key: String
        let value: RawValue
        /// The line of the key.
        let line: Int?
    }

    let content: Content
    /// The line of its file on which the value begins, from 1.
    let line: Int?

    init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }
}

/// Why a written value does not have its key's format.
struct Mismatch: Error {
    let reason: String
    /// Set if it is more precise than the line of the key.
    let line: Int?

    init(_ reason: String, line: Int? = nil) {
        self.reason = reason
        self.line = line
    }
}

/// A value as it would be written in the file.
enum WrittenValue: Equatable, Sendable {
    case scalar(String)
    case list([String])
    case map([WrittenEntry])
    case nothing
}

extension WrittenValue {
    /// Without users and passwords in URLs.
    var disclosed: WrittenValue {
        switch self {
        case .scalar(let text): .scalar(Disclosure.withoutUserInfo(text))
        case .list(let items): .list(items.map(Disclosure.withoutUserInfo))
        case .map(let entries): .map(entries.map { WrittenEntry(key: $0.key, value: $0.value.disclosed) })
        case .nothing: .nothing
        }
    }
}

struct WrittenEntry: Equatable, Sendable {
    let key: String
    let value: WrittenValue
}
