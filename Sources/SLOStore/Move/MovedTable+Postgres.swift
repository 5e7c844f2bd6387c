extension MovedTable {
    func count(on connection: PostgresConnection) throws -> Int64 {
        try connection.run([PostgresStatement("SELECT count(*) FROM (\(select)) rows")])[0].first?.integer(0) ?? 0
    }

    /// A cluster's bodies stay in its inbox.
    private var select: String {
        let own = "SELECT \(columnNames) FROM packit_slo.\(name)"
        guard name == Self.bodies.name else { return own }
        return """
            \(own) UNION ALL
            SELECT j.sequence, j.received_at, i.codec, i.original_size, i.headers, i.body
            FROM packit_slo.journal j JOIN packit_slo.inbox i ON i.stream = j.stream AND i.pos = j.pos
            WHERE i.body IS NOT NULL
            """
    }

    /// Visits all rows, some at a time. A transaction must be open.
    func forEachPage(on connection: PostgresConnection, _ visit: ([[MovedValue]]) throws -> Void) throws {
        let cursor = "moved_\(name)"
        try connection.run([PostgresStatement("DECLARE \(cursor) NO SCROLL CURSOR FOR \(select)")])
        let fetch = PostgresStatement("FETCH \(Self.pageRows) FROM \(cursor)")
        while true {
            let page = try connection.run([fetch])[0].rows.map { row in
                columns.indices.map { MovedValue(row, $0, columns[$0].type) }
            }
            if page.isEmpty { break }
            try visit(page)
        }
        try connection.run([PostgresStatement("CLOSE \(cursor)")])
    }

    /// - Throws: `StoreError`, among others for a value that a column cannot hold.
    func insert(_ rows: [[MovedValue]], on connection: PostgresConnection) throws {
        let arrays = try columns.enumerated().map { place, column in
            (name: column.name, values: try parameter(of: rows.map { $0[place] }, column))
        }
        try connection.run([.insert(into: "packit_slo.\(name)", arrays)])
    }

    private func parameter(of values: [MovedValue], _ column: Column) throws -> PostgresParameter {
        func unfit(_ value: MovedValue) -> StoreError {
            StoreError(
                code: .rejected, message: "column \(column.name) of table \(name) holds a value of another type",
                cause: "\(value)")
        }
        switch column.type {
        case .integer: return .int8s(try values.map { try $0.integer(or: unfit) })
        case .flag: return .bools(try values.map { try $0.integer(or: unfit).map { $0 != 0 } })
        case .number: return .float8s(try values.map { try $0.number(or: unfit) })
        case .text: return .texts(try values.map { try $0.text(or: unfit) })
        case .bytes: return .byteas(try values.map { try $0.bytes(or: unfit) })
        case .identity:
            return .uuids(
                try values.map { value in
                    guard let bytes = try value.bytes(or: unfit) else { return nil }
                    guard let identity = DeliveryIdentity(digest: bytes[...]) else { throw unfit(value) }
                    return identity
                })
        }
    }
}

extension MovedValue {
    init(_ row: PostgresRow, _ column: Int, _ type: MovedTable.ColumnType) {
        let value: MovedValue? =
            switch type {
            case .integer: row.integer(column).map(MovedValue.integer)
            case .flag: row.bool(column).map { .integer($0 ? 1 : 0) }
            case .number: row.double(column).map(MovedValue.number)
            case .text: row.text(column).map(MovedValue.text)
            case .bytes, .identity: row.bytes(column).map(MovedValue.bytes)
            }
        self = value ?? .null
    }

    fileprivate func integer(or unfit: (MovedValue) -> StoreError) throws -> Int64? {
        switch self {
        case .null: nil
        case .integer(let value): value
        default: throw unfit(self)
        }
    }

    /// SQLite returns a whole number for a column of numbers if it was stored as one.
    fileprivate func number(or unfit: (MovedValue) -> StoreError) throws -> Double? {
        switch self {
        case .null: nil
        case .number(let value): value
        case .integer(let value): Double(value)
        default: throw unfit(self)
        }
    }

    fileprivate func text(or unfit: (MovedValue) -> StoreError) throws -> String? {
        switch self {
        case .null: nil
        case .text(let value): value
        default: throw unfit(self)
        }
    }

    fileprivate func bytes(or unfit: (MovedValue) -> StoreError) throws -> [UInt8]? {
        switch self {
        case .null: nil
        case .bytes(let value): value
        default: throw unfit(self)
        }
    }
}
