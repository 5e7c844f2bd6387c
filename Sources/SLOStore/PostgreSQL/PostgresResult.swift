import CPostgres

/// What a statement returned, in binary format.
final class PostgresResult: @unchecked Sendable {
    // Proof of sendability: libpq's functions only read a result until it is cleared.
    private let result: OpaquePointer
    private let libpq: CPostgresFunctions

    init(_ result: OpaquePointer, _ libpq: CPostgresFunctions) {
        self.result = result
        self.libpq = libpq
    }

    deinit { libpq.PQclear(result) }

    var status: Int { Int(libpq.PQresultStatus(result)) }

    /// What was done, such as `COMMIT` or `INSERT 0 3`.
    var tag: String { libpq.PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    /// How many rows were changed or returned.
    var affectedRows: Int { libpq.PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The five letters of SQLSTATE for an error of the server's; `nil` if the connection failed.
    var sqlState: String? { field(CPOSTGRES_SQLSTATE) }
    var errorMessage: String? { field(CPOSTGRES_MESSAGE) }

    private func field(_ code: Int) -> String? {
        libpq.PQresultErrorField(result, CInt(code)).map { String(cString: $0) }
    }

    var rows: some Sequence<PostgresRow> {
        (0..<libpq.PQntuples(result)).lazy.map { PostgresRow(self, $0) }
    }

    var first: PostgresRow? { libpq.PQntuples(result) > 0 ? PostgresRow(self, 0) : nil }

    /// `nil` for NULL.
    func value(_ row: CInt, _ column: Int) -> UnsafeRawBufferPointer? {
        guard libpq.PQgetisnull(result, row, CInt(column)) == 0 else { return nil }
        let count = Int(libpq.PQgetlength(result, row, CInt(column)))
        return UnsafeRawBufferPointer(start: libpq.PQgetvalue(result, row, CInt(column)), count: count)
    }
}
