import FoundationEssentials
import GRDB

extension Row {
    /// The bytes of a blob's column; none for NULL.
    func bytes(_ column: Int) throws -> [UInt8] {
        // From the buffer and not from the data itself, which would hand over one byte after the other.
        try withUnsafeData(atIndex: column) { data in data?.withUnsafeBytes { [UInt8]($0) } ?? [] }
    }
}
