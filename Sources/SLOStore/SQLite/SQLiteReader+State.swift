import FoundationEssentials
import GRDB
public import SLOCore

extension SQLiteReader {
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
                    db.cachedStatement(sql: PageQuery.stateOfTable),
                    arguments: [
                        Int64(table), last?.repository ?? .min, Self.blob(last?.key ?? []), ReadingLimit.stateRows,
                    ])
                var wanted: [LoadedState.Entry] = []
                var end: StateKey?
                while let row = try rows.next() {
                    let key = try StateKey(row)
                    end = key
                    if isWanted(key.key) { wanted.append(try LoadedState.Entry(row)) }
                }
                return (wanted, end)
            }
        }
    }

    public func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] {
        var found: [(key: StateKey, value: [UInt8])] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let page = rest.prefix(ReadingLimit.keys)
            rest = rest.dropFirst(ReadingLimit.keys)
            try translated {
                try queue.read { db in
                    let statement = try db.cachedStatement(sql: PageQuery.stateAtKey)
                    for key in page {
                        let row = try Row.fetchOne(
                            statement, arguments: [Int64(key.table), key.repository, Self.blob(key.key)])
                        if let row { found.append((key, try LoadedState.Entry(row).value)) }
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
