import FoundationEssentials
import GRDB
public import SLOCore

extension SQLiteReader {
    /// Rows read at a time. No transaction is open between pages, so that the log can be checkpointed.
    private static let pageRows = 8192
    /// Keys read in one transaction.
    private static let pageKeys = 1024

    public func forEachEntry(
        ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
    ) throws {
        var last: StateKey?
        while true {
            let page = try entries(ofTable: table, after: last, where: isWanted)
            for entry in page.wanted { try visit(entry.key, entry.value) }
            guard let end = page.last else { return }
            last = end
        }
    }

    private func entries(
        ofTable table: UInt8, after last: StateKey?, where isWanted: ([UInt8]) -> Bool
    ) throws -> (wanted: [LoadedState.Entry], last: StateKey?) {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db, sql: PageQuery.stateOfTable,
                    arguments: [Int64(table), last?.repository ?? .min, Self.blob(last?.key ?? []), Self.pageRows])
                var wanted: [LoadedState.Entry] = []
                var end: StateKey?
                while let row = try rows.next() {
                    let key = StateKey(table: table, repository: row[0], key: try row.bytes(1))
                    end = key
                    if isWanted(key.key) { wanted.append(LoadedState.Entry(key: key, value: try row.bytes(2))) }
                }
                return (wanted, end)
            }
        }
    }

    public func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] {
        var found: [(key: StateKey, value: [UInt8])] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let page = rest.prefix(Self.pageKeys)
            rest = rest.dropFirst(Self.pageKeys)
            try translated {
                try queue.read { db in
                    let statement = try db.cachedStatement(sql: PageQuery.stateAtKey)
                    for key in page {
                        let row = try Row.fetchOne(
                            statement, arguments: [Int64(key.table), key.repository, Self.blob(key.key)])
                        if let row { found.append((key, try row.bytes(0))) }
                    }
                }
            }
        }
        return found
    }

    static func blob(_ bytes: [UInt8]) -> DatabaseValue {
        Data(bytes).databaseValue
    }
}
