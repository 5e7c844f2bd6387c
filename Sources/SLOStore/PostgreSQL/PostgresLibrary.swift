import CPostgres

/// libpq's functions. The library is loaded when a process first uses PostgreSQL, and then stays.
enum PostgresLibrary {
    private static let loaded: Result<CPostgresFunctions, StoreError> = {
        var functions = CPostgresFunctions()
        var missing: UnsafePointer<CChar>?
        guard cpostgres_load(&functions, &missing) != 0 else {
            return .failure(
                StoreError(
                    code: .cannotOpen,
                    message: "PostgreSQL's client library is missing, or older than version 14: install libpq5",
                    cause: missing.map { String(cString: $0) + " is not found" }))
        }
        return .success(functions)
    }()

    /// - Throws: `StoreError` if the library cannot be loaded.
    static func functions() throws -> CPostgresFunctions { try loaded.get() }
}
