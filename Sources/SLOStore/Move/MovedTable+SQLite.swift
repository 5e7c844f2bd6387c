import GRDB

extension MovedTable {
    /// Rows that are written at once.
    static let pageRows = 1000

    func count(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(name)") ?? 0
    }

    /// Visits all rows, some at a time.
    func forEachPage(in db: Database, _ visit: ([[MovedValue]]) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columnNames) FROM \(name)")
        var page: [[MovedValue]] = []
        while let row = try rows.next() {
            page.append(columns.indices.map { MovedValue(row[$0] as DatabaseValue) })
            if page.count == Self.pageRows {
                try visit(page)
                page = []
            }
        }
        if !page.isEmpty { try visit(page) }
    }

    func insert(_ rows: [[MovedValue]], into db: Database) throws {
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let insert = try RowStatement(db, "INSERT INTO \(name) (\(columnNames)) VALUES (\(marks))")
        for row in rows {
            try insert.run { binder in
                for value in row {
                    switch value {
                    case .null: binder.bindNull()
                    case .integer(let value): binder.bind(value)
                    case .number(let value): binder.bind(value)
                    case .text(let value): binder.bind(value)
                    case .bytes(let value): binder.bind(value)
                    }
                }
            }
        }
    }
}

extension MovedValue {
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .blob(let value): self = .bytes([UInt8](value))
        }
    }
}
