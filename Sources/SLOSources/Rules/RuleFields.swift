internal import SLOYAML

extension RuleFileReader {
    /// The members of one mapping in a rule file.
    struct Fields {
        private let members: [YAMLMember]
        private let reader: RuleFileReader

        /// - Throws: `RuleError` if the node is not a mapping or has an unknown key.
        init(_ node: YAMLNode, known: [String], reader: RuleFileReader) throws(RuleError) {
            guard let members = node.mapping else {
                throw reader.error(at: node, "expected a mapping with the keys \(Self.list(known))")
            }
            for member in members where !known.contains(member.key) {
                throw reader.error(
                    line: member.line, "unknown key `\(member.key)`; known are \(Self.list(known))")
            }
            self.members = members
            self.reader = reader
        }

        private func node(_ key: String) -> YAMLNode? {
            members.first { $0.key == key }?.value
        }

        /// The members of a list; empty if the key is missing.
        func list(_ key: String) throws(RuleError) -> [YAMLNode] {
            guard let node = node(key) else { return [] }
            guard let sequence = node.sequence else { throw reader.error(at: node, "`\(key)` is not a list") }
            return sequence
        }

        func string(_ key: String) throws(RuleError) -> String? {
            guard let node = node(key) else { return nil }
            return try text(node, key)
        }

        /// One text, or a list of texts that is not empty.
        func strings(_ key: String) throws(RuleError) -> [String]? {
            guard let node = node(key) else { return nil }
            guard let sequence = node.sequence else { return [try text(node, key)] }
            var texts: [String] = []
            for member in sequence { texts.append(try text(member, key)) }
            guard !texts.isEmpty else { throw reader.error(at: node, "`\(key)` is an empty list") }
            return texts
        }

        func flag(_ key: String) throws(RuleError) -> Bool? {
            guard let node = node(key) else { return nil }
            guard let flag = node.text.flatMap(Bool.init) else {
                throw reader.error(at: node, "`\(key)` is neither true nor false")
            }
            return flag
        }

        func word<Word: RawRepresentable<String>>(_ key: String, among words: [Word]) throws(RuleError) -> Word? {
            guard let node = node(key) else { return nil }
            return try word(node, key, among: words)
        }

        func words<Word: RawRepresentable<String>>(_ key: String, among words: [Word]) throws(RuleError) -> [Word]? {
            guard let node = node(key) else { return nil }
            guard let sequence = node.sequence else { return [try word(node, key, among: words)] }
            var found: [Word] = []
            for member in sequence { found.append(try word(member, key, among: words)) }
            guard !found.isEmpty else { throw reader.error(at: node, "`\(key)` is an empty list") }
            return found
        }

        private func word<Word: RawRepresentable<String>>(
            _ node: YAMLNode, _ key: String, among words: [Word]
        ) throws(RuleError) -> Word {
            let text = try text(node, key)
            guard let word = words.first(where: { $0.rawValue == text }) else {
                throw reader.error(
                    at: node, "`\(key)` is `\(text)`; it can be \(Self.list(words.map(\.rawValue)))")
            }
            return word
        }

        private func text(_ node: YAMLNode, _ key: String) throws(RuleError) -> String {
            guard let text = node.text, !text.isEmpty else {
                throw reader.error(at: node, "`\(key)` is not a text")
            }
            return text
        }

        private static func list(_ words: [String]) -> String {
            words.map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}
