import FoundationEssentials
import GRDB

extension Row: ResultRow {
    func integer(_ column: Int) -> Int64? { self[column] }
    func double(_ column: Int) -> Double? { self[column] }
    func bool(_ column: Int) -> Bool? { self[column] }
    func text(_ column: Int) -> String? { self[column] }

    func bytes(_ column: Int) throws -> [UInt8]? {
        // Copies from the buffer: iterating over `Data` would copy byte by byte.
        try withUnsafeData(atIndex: column) { data in data.map { $0.withUnsafeBytes { [UInt8]($0) } } }
    }
}
