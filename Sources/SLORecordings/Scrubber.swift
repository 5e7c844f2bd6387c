import SLOCore
import SLOJSON

/// Makes recordings publishable: replaces people, projects, mails, texts and tokens, and keeps what is measured.
///
/// One scrubber renames a name always to the same pseudonym, so use one scrubber per export. Ids, commit hashes, times,
/// states, Packit's titles, chroots, the names of jobs and of Packit's Apps are kept. Everything that is not known to
/// be harmless is renamed word by word; free text is emptied.
public struct Scrubber {
    /// The number of deliveries that could not be read and are therefore left out.
    public private(set) var unreadable = 0

    var names: Pseudonyms
    private let commandPrefixes: [String]

    /// - Parameters:
    ///   - words: further words to keep: the slugs, accounts and labels in the configuration.
    ///   - commandPrefixes: the words with which lines of comments begin that are commands.
    public init(keeping words: [String] = [], commandPrefixes: [String] = ["/packit", "/packit-stg"]) {
        names = Pseudonyms(keeping: words)
        self.commandPrefixes = commandPrefixes
    }

    /// The scrubbed delivery.
    /// - Returns: `nil` if the body cannot be read and may therefore contain anything. Such deliveries are counted.
    public mutating func scrub(_ delivery: RecordedDelivery) -> RecordedDelivery? {
        let isForm = delivery.isForm
        guard
            let json = isForm ? delivery.body.withUnsafeBytes(FormPayload.decoded) : delivery.body,
            let body = scrubbed(json, of: delivery.source)
        else {
            unreadable += 1
            return nil
        }
        var scrubbed = delivery
        scrubbed.headers = RecordedHeaders(delivery.headers.filter { Self.keptHeaders.contains($0.name.lowercased()) })
        scrubbed.body = isForm ? FormPayload.encoded(body) : body
        return scrubbed
    }

    /// The pseudonym of a name in scrubbed deliveries.
    public mutating func rename(_ name: String) -> String {
        names.rename(name)
    }

    /// The signature is left out: it belongs to the original body.
    private static let keptHeaders: Set<String> = [
        "content-type", "x-github-event", "x-github-delivery", "x-github-hook-installation-target-type",
        "x-github-hook-installation-target-id",
    ]

    private mutating func scrubbed(_ body: [UInt8], of source: Source) -> [UInt8]? {
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch { return nil }
        return scrub(value, at: FieldPath()).bytes
    }

    private mutating func scrub(_ value: JSONValue, at path: FieldPath) -> JSONValue {
        switch value {
        case .null, .bool: return value
        case .number: return path.treatment == .hide ? .text(Self.hidden) : value
        case .array(let elements): return .array(elements.map { scrub($0, at: path) })
        case .object(let members):
            return .object(
                members.map { member in
                    JSONValue.Member(
                        key: key(member.key, in: path), value: scrub(member.value, at: path.appending(member.key)))
                })
        case .text(let text): return .text(scrub(text, at: path))
        }
    }

    /// Messages of Fedora Messaging have names in the keys of their headers.
    private mutating func key(_ key: String, in path: FieldPath) -> String {
        key.hasPrefix("fedora_messaging_") ? names.rename(key) : key
    }

    private mutating func scrub(_ text: String, at path: FieldPath) -> String {
        switch path.treatment {
        case .keep: text
        case .empty: ""
        case .commands: commands(in: text)
        case .hide: text.isEmpty ? "" : Self.hidden
        case .sentence: sentence(text)
        case .rename: Shape.isHarmless(text) ? text : renamed(text)
        }
    }

    /// The first command of each prefix, one a line, without its arguments.
    private mutating func commands(in text: String) -> String {
        var text = text
        var found: [(prefix: String, line: String)] = []
        text.withUTF8 { text in
            for (first, second) in LeadingWords(of: text) {
                let prefix = String(decoding: first, as: UTF8.self)
                guard commandPrefixes.contains(prefix), !found.contains(where: { $0.prefix == prefix }) else {
                    continue
                }
                found.append((prefix, prefix + " " + names.rename(String(decoding: second, as: UTF8.self))))
            }
        }
        return found.map(\.line).joined(separator: "\n")
    }

    static let hidden = "scrubbed"

    private mutating func renamed(_ text: String) -> String {
        text.contains("://") ? sentence(text) : names.rename(text)
    }

    /// Keeps the words of a sentence, and renames the links, mails and repositories in it.
    private mutating func sentence(_ text: String) -> String {
        var scrubbed = ""
        var rest = Substring(text)
        while let first = rest.first {
            let isGap = Self.isGap(first)
            let run = rest.prefix { Self.isGap($0) == isGap }
            scrubbed += isGap ? String(run) : mention(String(run))
            rest = rest[run.endIndex...]
        }
        return scrubbed
    }

    private mutating func mention(_ word: String) -> String {
        if word.contains("://") {
            let address = word.prefix { $0 != "?" && $0 != "#" }
            return Shape.link(String(address)) { names.rename($0) }
        }
        let isName = word.contains("@") || (word.contains("/") && word.count > 1)
        return isName ? names.rename(word) : word
    }

    private static func isGap(_ character: Character) -> Bool {
        character.isWhitespace || "|()[]<>\"'`,;".contains(character)
    }
}
