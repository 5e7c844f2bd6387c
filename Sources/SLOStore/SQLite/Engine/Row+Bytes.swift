import FoundationEssentials
import GRDB

extension Row {
    /// The bytes of a blob column; empty for NULL.
    func bytes(_ column: Int) throws -> [UInt8] {
        // Copies from the buffer: iterating over `Data` would copy byte by byte.
        try withUnsafeData(atIndex: column) { data in data?.withUnsafeBytes { [UInt8]($0) } ?? [] }
    }
}
