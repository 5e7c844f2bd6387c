/// A parameter of a statement in PostgreSQL's binary format: big-endian numbers, text and bytes as they are.
struct PostgresParameter: Sendable {
    let type: PostgresType
    /// `nil` for NULL.
    let bytes: [UInt8]?

    static func int8(_ value: Int64?) -> PostgresParameter { one(.int8, value) { $0.append(bigEndian: $1) } }
    static func float8(_ value: Double?) -> PostgresParameter {
        one(.float8, value) { $0.append(bigEndian: $1.bitPattern) }
    }
    static func bool(_ value: Bool?) -> PostgresParameter { one(.bool, value) { $0.append($1 ? 1 : 0) } }
    static func text(_ value: String?) -> PostgresParameter {
        one(.text, value) { $0.append(contentsOf: $1.storable.utf8) }
    }
    static func uuid(_ value: DeliveryIdentity?) -> PostgresParameter {
        one(.uuid, value) { $0.append(contentsOf: $1.bytes) }
    }
    static func bytea(_ value: [UInt8]?) -> PostgresParameter { PostgresParameter(type: .bytea, bytes: value) }

    static func int8s(_ values: [Int64?]) -> PostgresParameter { array(.int8, values) { $0.append(bigEndian: $1) } }
    static func float8s(_ values: [Double?]) -> PostgresParameter {
        array(.float8, values) { $0.append(bigEndian: $1.bitPattern) }
    }
    static func bools(_ values: [Bool?]) -> PostgresParameter { array(.bool, values) { $0.append($1 ? 1 : 0) } }
    static func texts(_ values: [String?]) -> PostgresParameter {
        array(.text, values) { $0.append(contentsOf: $1.storable.utf8) }
    }
    static func byteas(_ values: [[UInt8]?]) -> PostgresParameter {
        array(.bytea, values) { $0.append(contentsOf: $1) }
    }
    static func uuids(_ values: [DeliveryIdentity?]) -> PostgresParameter {
        array(.uuid, values) { $0.append(contentsOf: $1.bytes) }
    }

    private static func one<Value>(
        _ type: PostgresType, _ value: Value?, _ write: (inout [UInt8], Value) -> Void
    ) -> PostgresParameter {
        guard let value else { return PostgresParameter(type: type, bytes: nil) }
        var bytes: [UInt8] = []
        write(&bytes, value)
        return PostgresParameter(type: type, bytes: bytes)
    }

    /// An array of one dimension, whose first index is 1: the number of dimensions, whether there are NULLs, the
    /// element's type, the length, the first index; then each element with its length, which is -1 for NULL.
    private static func array<Value>(
        _ type: PostgresType, _ values: [Value?], _ write: (inout [UInt8], Value) -> Void
    ) -> PostgresParameter {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + values.count * 12)
        bytes.append(bigEndian: Int32(values.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(values.contains { $0 == nil } ? 1 : 0))
        bytes.append(bigEndian: type.number)
        if !values.isEmpty {
            bytes.append(bigEndian: Int32(values.count))
            bytes.append(bigEndian: Int32(1))
        }
        for value in values {
            let start = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard let value else { continue }
            write(&bytes, value)
            bytes.set(bigEndian: Int32(bytes.count - start - 4), at: start)
        }
        return PostgresParameter(type: type.array, bytes: bytes)
    }
}

/// A type of PostgreSQL's, by its fixed number.
struct PostgresType: Hashable, Sendable {
    let number: UInt32
    let name: String
    private let arrayNumber: UInt32

    private init(_ number: UInt32, _ name: String, array: UInt32) {
        self.number = number
        self.name = name
        arrayNumber = array
    }

    static let bool = PostgresType(16, "bool", array: 1000)
    static let bytea = PostgresType(17, "bytea", array: 1001)
    static let int8 = PostgresType(20, "int8", array: 1016)
    static let text = PostgresType(25, "text", array: 1009)
    static let float8 = PostgresType(701, "float8", array: 1022)
    static let uuid = PostgresType(2950, "uuid", array: 2951)

    /// The type of its arrays.
    var array: PostgresType { PostgresType(arrayNumber, name + "[]", array: 0) }
}

extension String {
    /// PostgreSQL's text has no NUL.
    fileprivate var storable: String { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func set(bigEndian value: Int32, at place: Int) {
        Swift.withUnsafeBytes(of: value.bigEndian) { source in
            for offset in source.indices { self[place + offset] = source[offset] }
        }
    }
}
