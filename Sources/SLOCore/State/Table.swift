/// A dictionary that remembers what its rows were before a batch touched them.
///
/// That one memory serves three ends: a batch whose commit fails is undone, the rows to write are those touched, and
/// the gauges move by the difference between before and after.
///
/// Rows lie one behind the other, and the dictionary holds where: of the places that a hash table keeps empty, up to
/// twice as many as it has entries, each would else be as large as a row.
struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private var places: [Key: Int32] = [:]
    private var rows: ContiguousArray<Row?> = []
    /// Places of rows that were taken out.
    private var vacant: [Int32] = []
    /// The row as it was when the batch began; `.some(nil)` for one that did not exist.
    private(set) var before: [Key: Row?] = [:]
    /// What each row weighs in bytes, by its place; -1 for those that have not been weighed since they were touched.
    /// Empty in tables that are not weighed.
    private var weights: ContiguousArray<Int32> = []
    private var unweighed: [Int32] = []
    /// The weight of all rows that have been weighed since they were touched.
    private var weighed = 0
    private let isWeighed: Bool

    init(isWeighed: Bool = false) {
        self.isWeighed = isWeighed
    }

    var count: Int { places.count }

    /// All keys, in no order.
    var keys: Dictionary<Key, Int32>.Keys { places.keys }

    /// All rows, in no order that means anything.
    var values: some Sequence<Row> { rows.lazy.compactMap { $0 } }

    subscript(key: Key) -> Row? {
        get { places[key].flatMap { rows[Int($0)] } }
        set {
            remember(key)
            if let newValue { restore(newValue, at: key) } else { remove(key) }
        }
    }

    /// Changes a row in place, if there is one: what it holds is copied once a batch, for `before`, and not each time.
    mutating func update(_ key: Key, _ change: (inout Row) -> Void) {
        guard let place = places[key] else { return }
        remember(key)
        change(&rows[Int(place)]!)
        unweigh(place)
    }

    /// Changes a row in place; one that is not there yet begins as `row`.
    mutating func update(_ key: Key, orInsert row: Row, _ change: (inout Row) -> Void) {
        remember(key)
        let place = places[key] ?? insert(row, at: key)
        change(&rows[Int(place)]!)
        unweigh(place)
    }

    private mutating func remember(_ key: Key) {
        if before[key] == nil {
            before.updateValue(self[key], forKey: key)
        }
    }

    /// Puts a row in as if it had always been there.
    mutating func restore(_ row: Row, at key: Key) {
        if let place = places[key] {
            rows[Int(place)] = row
            unweigh(place)
        } else {
            insert(row, at: key)
        }
    }

    @discardableResult
    private mutating func insert(_ row: Row, at key: Key) -> Int32 {
        let place = vacant.popLast() ?? Int32(rows.count)
        if Int(place) < rows.count { rows[Int(place)] = row } else { rows.append(row) }
        places[key] = place
        if isWeighed, weights.count < rows.count { weights.append(0) }
        unweigh(place)
        return place
    }

    private mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        rows[Int(place)] = nil
        vacant.append(place)
        unweigh(place)
    }

    private mutating func unweigh(_ place: Int32) {
        guard isWeighed, weights[Int(place)] >= 0 else { return }
        weighed -= Int(weights[Int(place)])
        weights[Int(place)] = -1
        unweighed.append(place)
    }

    /// Makes room for rows that are about to be put in.
    mutating func reserve(_ count: Int) {
        places.reserveCapacity(count)
        rows.reserveCapacity(count)
    }

    /// The rows touched stay as they are now.
    mutating func confirm() {
        before.removeAll(keepingCapacity: true)
    }

    /// The rows touched become what they were.
    mutating func rollback() {
        for (key, row) in before {
            if let row { restore(row, at: key) } else { remove(key) }
        }
        before.removeAll(keepingCapacity: true)
    }
}

/// What says how much memory it takes.
protocol Weighed {
    /// An estimate in bytes, of the row with what leads to it in other tables.
    var weight: Int { get }
}

extension Table where Row: Weighed {
    /// The weight of all rows in bytes. Looks at those that were touched since it was last asked.
    mutating func weigh() -> Int {
        for place in unweighed where weights[Int(place)] < 0 {
            let weight = rows[Int(place)].map { Int32(clamping: $0.weight) } ?? 0
            weights[Int(place)] = weight
            weighed += Int(weight)
        }
        unweighed.removeAll(keepingCapacity: unweighed.count < 1024)
        return weighed
    }
}
