import Testing

@testable import SLOCore

/// What a table remembers of a batch.
@Suite struct TableTests {
    private static func table(_ rows: [String: Int]) -> Table<String, Int> {
        var table = Table<String, Int>()
        for (key, row) in rows { table[key] = row }
        table.confirm()
        return table
    }

    private static func rows(of table: Table<String, Int>) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: table.keys.map { ($0, table[$0] ?? -1) })
    }

    /// A row that was taken out, put in, changed, or all of it, is undone.
    @Test func aBatchIsUndone() {
        let before = ["a": 1, "b": 2, "c": 3]
        var table = Self.table(before)
        table["a"] = nil
        table["new"] = 4
        table["a"] = 5
        table.update("b") { $0 += 10 }
        table["c"] = nil
        table["gone"] = 6
        table["gone"] = nil
        table.update("other", orInsert: 7) { $0 += 1 }
        #expect(Self.rows(of: table) == ["a": 5, "b": 12, "new": 4, "other": 8])
        #expect(table.added == 1)
        table.rollback()
        #expect(Self.rows(of: table) == before)
        #expect(table.added == 0)
        #expect(Array(table.changes).isEmpty)
    }

    /// Each row that a batch touched is told once, as it was and as it is.
    @Test func aBatchReportsTouchedRows() {
        var table = Self.table(["a": 1, "b": 2, "c": 3])
        table["a"] = nil
        table["new"] = 4
        table["a"] = 5
        table.update("b") { $0 += 10 }
        table.update("b") { $0 += 10 }
        let changes = Dictionary(uniqueKeysWithValues: table.changes.map { ($0.key, [$0.before, $0.now]) })
        #expect(changes == ["a": [1, 5], "b": [2, 22], "new": [nil, 4]])
        table.confirm()
        #expect(Array(table.changes).isEmpty)
        #expect(Self.rows(of: table) == ["a": 5, "b": 22, "c": 3, "new": 4])
    }

    /// The place of a row that is gone is another's in a later batch.
    @Test func placesAreReused() {
        var table = Self.table(["a": 1, "b": 2])
        table["a"] = nil
        table.confirm()
        table["c"] = 3
        table.rollback()
        table["d"] = 4
        table.confirm()
        #expect(Self.rows(of: table) == ["b": 2, "d": 4])
        #expect(Array(table.values).sorted() == [2, 4])
    }

    /// What is put back from the store was always there.
    @Test func aRestoredRowIsNotAChange() {
        var table = Table<String, Int>()
        table.restore(1, at: "a")
        #expect(table.added == 0)
        #expect(Array(table.changes).isEmpty)
        table["a"] = 2
        table.rollback()
        #expect(Self.rows(of: table) == ["a": 1])
    }
}
