// What versions have added to the tables since they were first made.

extension PostgresSchema {
    /// Adds what a version that made the tables did not know. Such a version runs on beside it.
    /// - Throws: `StoreError`.
    static func addMissing(on connection: PostgresConnection) throws {
        for (condition, addition) in additions {
            let isMissing = PostgresStatement("SELECT \(condition)")
            guard try connection.run([isMissing])[0].first?.bool(0) == true else { continue }
            do { try connection.transact([PostgresStatement(addition)]) } catch let failure as StoreError {
                // Of two nodes that start together one adds it.
                guard try connection.run([isMissing])[0].first?.bool(0) == false else { throw failure }
            }
        }
    }

    /// What tells that something is missing, and what adds it.
    private static let additions = [
        ("to_regclass('packit_slo.node') IS NULL", nodes),
        (
            """
            NOT EXISTS (SELECT FROM pg_attribute
                WHERE attrelid = 'packit_slo.runs'::regclass AND attname = 'backend_ended_at')
            """, "ALTER TABLE packit_slo.runs ADD COLUMN backend_ended_at bigint"
        ),
    ]
}
