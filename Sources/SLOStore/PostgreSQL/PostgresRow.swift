import SLOCore

/// A row of a result. Columns count from 0, and a column has the type that its statement gives it.
struct PostgresRow: ResultRow, Sendable {
    private let result: PostgresResult
    private let row: CInt

    init(_ result: PostgresResult, _ row: CInt) {
        self.result = result
        self.row = row
    }

    func bytes(_ column: Int) -> [UInt8]? { result.value(row, column).map(Array.init) }

    func text(_ column: Int) -> String? { result.value(row, column).map { String(decoding: $0, as: UTF8.self) } }

    func bool(_ column: Int) -> Bool? { result.value(row, column).map { $0.first != 0 } }

    /// A whole number of any size.
    func integer(_ column: Int) -> Int64? {
        result.value(row, column).map { bytes in
            let sign: Int64 = (bytes.first ?? 0) >= 0x80 ? -1 : 0
            return bytes.reduce(sign) { $0 << 8 | Int64($1) }
        }
    }

    func double(_ column: Int) -> Double? { integer(column).map { Double(bitPattern: UInt64(bitPattern: $0)) } }

    func identity(_ column: Int) -> DeliveryIdentity? { bytes(column).flatMap { DeliveryIdentity(digest: $0[...]) } }
}
