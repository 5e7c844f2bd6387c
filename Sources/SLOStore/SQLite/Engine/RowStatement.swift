import GRDB
import GRDBSQLite

/// A prepared statement that runs once per row, with values bound by position.
///
/// GRDB boxes each argument and copies each blob twice, which costs more than SQLite's own work. What runs once per
/// delivery therefore calls SQLite directly; the rest of the store uses GRDB.
struct RowStatement {
    private let connection: OpaquePointer?
    private let statement: Statement

    /// - Parameter sql: one statement; it is prepared once per connection.
    init(_ db: Database, _ sql: String) throws {
        connection = db.sqliteConnection
        statement = try db.cachedStatement(sql: sql)
    }

    /// Runs the statement with the values that `bind` provides in order.
    /// - Returns: how many rows were inserted, changed or deleted.
    @discardableResult
    func run(_ bind: (inout RowBinder) -> Void) throws -> Int {
        try step(bind) { handle in
            var result: CInt
            repeat { result = sqlite3_step(handle) } while result == SQLITE_ROW
            guard result == SQLITE_DONE else { throw failure(result) }
        }
        return Int(sqlite3_changes(connection))
    }

    /// The first two columns of the first row, as integers; `nil` if there is no row.
    func firstPair(_ bind: (inout RowBinder) -> Void) throws -> (Int64, Int64)? {
        try step(bind) { handle in
            switch sqlite3_step(handle) {
            case SQLITE_ROW: (sqlite3_column_int64(handle, 0), sqlite3_column_int64(handle, 1))
            case SQLITE_DONE: nil
            case let result: throw failure(result)
            }
        }
    }

    private func step<Result>(
        _ bind: (inout RowBinder) -> Void, _ work: (OpaquePointer?) throws -> Result
    ) throws -> Result {
        let handle = statement.sqliteStatement
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        var binder = RowBinder(handle: handle)
        bind(&binder)
        guard binder.result == SQLITE_OK else { throw failure(binder.result) }
        return try work(handle)
    }

    private func failure(_ result: CInt) -> DatabaseError {
        let text = sqlite3_errmsg(connection).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: result), message: text)
    }
}

/// Binds the values of one row, from left to right.
struct RowBinder {
    fileprivate let handle: OpaquePointer?
    /// The first failure, or `SQLITE_OK`.
    fileprivate var result = SQLITE_OK
    private var position: CInt = 0

    // `SQLITE_TRANSIENT`, which makes SQLite copy the value. A macro that Swift does not import.
    private static let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    fileprivate init(handle: OpaquePointer?) {
        self.handle = handle
    }

    mutating func bind(_ value: Int64) {
        advance { sqlite3_bind_int64($0, $1, value) }
    }

    mutating func bind(_ value: Int64?) {
        guard let value else { return bindNull() }
        bind(value)
    }

    mutating func bind(_ value: Bool) {
        bind(value ? 1 : 0 as Int64)
    }

    mutating func bind(_ value: Double) {
        advance { sqlite3_bind_double($0, $1, value) }
    }

    mutating func bind(_ value: String) {
        var value = value
        value.withUTF8 { text in
            advance { handle, position in
                text.withMemoryRebound(to: CChar.self) { characters in
                    // For a null pointer SQLite would bind NULL instead of an empty text.
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(handle, position, "", 0, Self.copying)
                    }
                    return sqlite3_bind_text64(
                        handle, position, start, UInt64(characters.count), Self.copying, UInt8(SQLITE_UTF8))
                }
            }
        }
    }

    mutating func bind(_ value: String?) {
        guard let value else { return bindNull() }
        bind(value)
    }

    mutating func bind(_ value: [UInt8]) {
        value.withUnsafeBytes { bytes in
            advance { handle, position in
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(handle, position, 0)
                    : sqlite3_bind_blob64(handle, position, bytes.baseAddress, UInt64(bytes.count), Self.copying)
            }
        }
    }

    mutating func bind(_ value: [UInt8]?) {
        guard let value else { return bindNull() }
        bind(value)
    }

    mutating func bindNull() {
        advance { sqlite3_bind_null($0, $1) }
    }

    private mutating func advance(_ bindAt: (OpaquePointer?, CInt) -> CInt) {
        position += 1
        let outcome = bindAt(handle, position)
        if result == SQLITE_OK { result = outcome }
    }
}
