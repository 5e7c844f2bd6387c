/// A dictionary that remembers what its rows were before a batch touched them.
///
/// That one memory serves three ends: a batch whose commit fails is undone, the rows to write are those touched, and
/// the gauges move by the difference between before and after.
struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private(set) var rows: [Key: Row] = [:]
    /// The row as it was when the batch began; `.some(nil)` for one that did not exist.
    private(set) var before: [Key: Row?] = [:]

    var count: Int { rows.count }

    subscript(key: Key) -> Row? {
        get { rows[key] }
        set {
            remember(key)
            rows[key] = newValue
        }
    }

    /// Changes a row in place, if there is one: what it holds is copied once a batch, for `before`, and not each time.
    mutating func update(_ key: Key, _ change: (inout Row) -> Void) {
        guard let place = rows.index(forKey: key) else { return }
        remember(key)
        change(&rows.values[place])
    }

    /// Changes a row in place; one that is not there yet begins as `row`.
    mutating func update(_ key: Key, orInsert row: Row, _ change: (inout Row) -> Void) {
        remember(key)
        change(&rows[key, default: row])
    }

    private mutating func remember(_ key: Key) {
        if before[key] == nil {
            before.updateValue(rows[key], forKey: key)
        }
    }

    /// Puts a row in as if it had always been there.
    mutating func restore(_ row: Row, at key: Key) {
        rows[key] = row
    }

    /// Makes room for rows that are about to be put in.
    mutating func reserve(_ count: Int) {
        rows.reserveCapacity(count)
    }

    /// The rows touched stay as they are now.
    mutating func confirm() {
        before.removeAll(keepingCapacity: true)
    }

    /// The rows touched become what they were.
    mutating func rollback() {
        for (key, row) in before {
            rows[key] = row
        }
        before.removeAll(keepingCapacity: true)
    }
}
