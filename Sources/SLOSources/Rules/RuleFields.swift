internal import Yams

extension RuleFileReader {
    /// The members of one mapping in a rule file.
    struct Fields {
        private let mapping: Node.Mapping
        private let reader: RuleFileReader

        /// - Throws: `RuleError` when the node is no mapping or has a key that is not `known`.
        init(_ node: Node, known: [String], reader: RuleFileReader) throws(RuleError) {
            guard let mapping = node.mapping else {
                throw reader.error(at: node, "here a mapping is expected: \(Self.list(known))")
            }
            for (key, _) in mapping where !known.contains(key.string ?? "") {
                let name = key.string ?? "?"
                throw reader.error(at: key, "unknown key `\(name)`; known are \(Self.list(known))")
            }
            self.mapping = mapping
            self.reader = reader
        }

        /// The members of a list; none if the key is not there.
        func list(_ key: String) throws(RuleError) -> [Node] {
            guard let node = mapping[key] else { return [] }
            guard let sequence = node.sequence else { throw reader.error(at: node, "`\(key)` is not a list") }
            return Array(sequence)
        }

        func string(_ key: String) throws(RuleError) -> String? {
            guard let node = mapping[key] else { return nil }
            return try text(node, key)
        }

        /// One text, or a list of them that is not empty.
        func strings(_ key: String) throws(RuleError) -> [String]? {
            guard let node = mapping[key] else { return nil }
            guard let sequence = node.sequence else { return [try text(node, key)] }
            var texts: [String] = []
            for member in sequence { texts.append(try text(member, key)) }
            guard !texts.isEmpty else { throw reader.error(at: node, "`\(key)` is an empty list") }
            return texts
        }

        func flag(_ key: String) throws(RuleError) -> Bool? {
            guard let node = mapping[key] else { return nil }
            guard let flag = node.bool else { throw reader.error(at: node, "`\(key)` is neither true nor false") }
            return flag
        }

        func word<Word: RawRepresentable<String>>(_ key: String, among words: [Word]) throws(RuleError) -> Word? {
            guard let node = mapping[key] else { return nil }
            return try word(node, key, among: words)
        }

        func words<Word: RawRepresentable<String>>(_ key: String, among words: [Word]) throws(RuleError) -> [Word]? {
            guard let node = mapping[key] else { return nil }
            guard let sequence = node.sequence else { return [try word(node, key, among: words)] }
            var found: [Word] = []
            for member in sequence { found.append(try word(member, key, among: words)) }
            guard !found.isEmpty else { throw reader.error(at: node, "`\(key)` is an empty list") }
            return found
        }

        private func word<Word: RawRepresentable<String>>(
            _ node: Node, _ key: String, among words: [Word]
        ) throws(RuleError) -> Word {
            let text = try text(node, key)
            guard let word = words.first(where: { $0.rawValue == text }) else {
                throw reader.error(
                    at: node, "`\(key)` is `\(text)`; it can be \(Self.list(words.map(\.rawValue)))")
            }
            return word
        }

        private func text(_ node: Node, _ key: String) throws(RuleError) -> String {
            guard let text = node.string, !text.isEmpty else {
                throw reader.error(at: node, "`\(key)` is not a text")
            }
            return text
        }

        private static func list(_ words: [String]) -> String {
            words.map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}
