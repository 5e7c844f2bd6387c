import FoundationEssentials
import GRDB

extension Row {
    /// The bytes of a blob's column; none for NULL.
    func bytes(_ column: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: column) { data in data.map { [UInt8]($0) } ?? [] }
    }
}
