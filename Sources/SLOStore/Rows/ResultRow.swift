import SLOCore

/// A row of a query's result, whichever the database. Columns count from 0 and have the types that the query gives
/// them. `nil` is NULL.
protocol ResultRow {
    func integer(_ column: Int) -> Int64?
    func double(_ column: Int) -> Double?
    func bool(_ column: Int) -> Bool?
    func text(_ column: Int) -> String?
    func bytes(_ column: Int) throws -> [UInt8]?
}

extension ResultRow {
    func time(_ column: Int) -> Timestamp? { Timestamp(stored: integer(column)) }

    /// `nil` for a name of another version, too.
    func name<Name: RawRepresentable<String>>(_ column: Int) -> Name? { text(column).flatMap(Name.init(rawValue:)) }
}

/// The columns of a row that must have a value. The lack of one, or an unknown name, is an error that says what is
/// damaged.
struct RequiredColumns<Row: ResultRow> {
    private let row: Row
    private let record: String
    private let key: Int?

    /// - Parameters:
    ///   - record: what the row is, for people.
    ///   - key: the column of its number.
    init(_ row: Row, of record: String, key: Int? = nil) {
        self.row = row
        self.record = record
        self.key = key
    }

    func integer(_ column: Int) throws -> Int64 { try required(row.integer(column)) }
    func double(_ column: Int) throws -> Double { try required(row.double(column)) }
    func bool(_ column: Int) throws -> Bool { try required(row.bool(column)) }
    func text(_ column: Int) throws -> String { try required(row.text(column)) }
    func bytes(_ column: Int) throws -> [UInt8] { try required(row.bytes(column)) }
    func time(_ column: Int) throws -> Timestamp { Timestamp(milliseconds: try integer(column)) }
    func deployment(_ column: Int) throws -> Deployment { Deployment(try text(column)) }
    func entity(_ column: Int) throws -> EntityID { EntityID(try integer(column)) }
    func name<Name: RawRepresentable<String>>(_ column: Int) throws -> Name { try required(row.name(column)) }

    var damage: StoreError {
        let number = key.flatMap(row.integer).map { " \($0)" } ?? ""
        return StoreError.damaged(record + number)
    }

    private func required<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw damage }
        return value
    }
}

extension StoreError {
    static func damaged(_ what: String) -> StoreError {
        StoreError(code: .damaged, message: "\(what) is damaged: restore a backup")
    }
}

extension Timestamp {
    init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
