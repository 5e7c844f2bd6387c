import SLOCore

extension PostgresReader {
    func state(ofTable table: UInt8) throws -> [LoadedState.Entry] {
        try inSnapshot { run in
            var entries: [LoadedState.Entry] = []
            while true {
                let page = try run([Self.page(ofTable: table, after: entries.last?.key)])[0]
                    .rows.map(LoadedState.Entry.init)
                entries += page
                if page.count < ReadingLimit.stateRows { return entries }
            }
        }
    }

    func forEachEntry(
        ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
    ) throws {
        var last: StateKey?
        while true {
            var count = 0
            for row in try session.run([Self.page(ofTable: table, after: last)])[0].rows {
                let key = try StateKey(row)
                last = key
                count += 1
                if isWanted(key.key) { try visit(key, LoadedState.Entry(row).value) }
            }
            if count < ReadingLimit.stateRows { return }
        }
    }

    private static func page(ofTable table: UInt8, after last: StateKey?) -> PostgresStatement {
        PostgresStatement(
            PostgresQuery.stateOfTable,
            [
                .int8(Int64(table)), .int8(last?.repository ?? .min), .bytea(last?.key ?? []),
                .count(ReadingLimit.stateRows),
            ])
    }

    func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] {
        var found: [(key: StateKey, value: [UInt8])] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let page = rest.prefix(ReadingLimit.keys)
            rest = rest.dropFirst(ReadingLimit.keys)
            let entries = try records(
                PostgresQuery.stateAtKeys,
                [
                    .int8s(page.map { Int64($0.table) }), .int8s(page.map(\.repository)), .byteas(page.map(\.key)),
                ], LoadedState.Entry.init)
            found += entries.map { ($0.key, $0.value) }
        }
        return found
    }
}
