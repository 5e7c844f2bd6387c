/// YAML as it is used for configurations and rules: words, lists and maps, each with its line.
///
/// Tags are passed over. A key is a word, and there once. Nothing that is read takes more time or room than its length
/// and `Composer`'s limits allow, whatever its aliases stand for.
public enum YAMLReader {
    /// - Returns: `nil` for a text with nothing in it.
    public static func document(_ text: String) throws(YAMLError) -> YAMLNode? {
        let documents = try documents(text)
        if documents.count > 1 { throw YAMLError(reason: .secondDocument, line: documents[1].line) }
        return documents.first
    }

    public static func documents(_ text: String) throws(YAMLError) -> [YAMLNode] {
        var composer = Composer(events: try EventReader(text))
        return try composer.documents()
    }
}
