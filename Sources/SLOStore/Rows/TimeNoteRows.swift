import SLOCore

extension TimeNote {
    static let columns = "id, kind, from_at, to_at, words"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a note on a time")
        self.init(
            id: try required.integer(0), kind: try required.text(1), from: try required.time(2),
            to: try required.time(3), words: try required.text(4))
    }
}
