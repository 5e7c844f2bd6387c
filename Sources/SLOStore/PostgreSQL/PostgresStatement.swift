/// A statement with its parameters. Each text is prepared once a connection, so it must not hold values.
struct PostgresStatement: Sendable {
    let sql: String
    let parameters: [PostgresParameter]

    init(_ sql: String, _ parameters: [PostgresParameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }

    static let begin = PostgresStatement("BEGIN")
    static let commit = PostgresStatement("COMMIT")
    static let rollback = PostgresStatement("ROLLBACK")
    /// All statements of the transaction read one state.
    static let beginReading = PostgresStatement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    /// Inserts rows that are given column by column: one statement for every number of rows.
    /// - Parameters:
    ///   - columns: arrays of one length.
    ///   - conflict: what follows, such as `ON CONFLICT DO NOTHING`.
    static func insert(
        into table: String, _ columns: [(name: String, values: PostgresParameter)], _ conflict: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            """
            INSERT INTO \(table) (\(columns.map(\.name).joined(separator: ", ")))
            SELECT * FROM \(unnest(columns.map(\.values))) \(conflict)
            """, columns.map(\.values))
    }

    /// The rows of arrays of one length.
    static func unnest(_ arrays: [PostgresParameter]) -> String {
        let casts = arrays.enumerated().map { "$\($0 + 1)::\($1.type.name)" }
        return "unnest(\(casts.joined(separator: ", ")))"
    }
}
