/// Reads YAML for configurations and rules: scalars, lists and maps, each with its line.
///
/// Tags are ignored. Keys are scalars without repetitions. Time and memory are bounded by the text's length and
/// `Composer`'s limits, whatever its aliases expand to.
public enum YAMLReader {
    /// - Returns: `nil` for an empty document.
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
