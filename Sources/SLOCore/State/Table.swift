/// A dictionary that keeps a before-image of the rows that a batch touches.
///
/// The before-image serves three purposes: a failed batch is rolled back, the touched rows are stored, and gauges
/// change by the difference between before and after.
///
/// Rows are in an array, and the dictionary contains their places. A hash table has up to twice as many places as
/// entries, each of which would otherwise be as large as a row.
struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private var places: [Key: Int32] = [:]
    private var rows: ContiguousArray<Row?> = []
    /// Places of removed rows.
    private var vacant: [Int32] = []
    /// Whether a place is in `touched`.
    private var isTouched: ContiguousArray<Bool> = []
    /// The touched rows, as they were before the batch.
    private var touched: ContiguousArray<Touched> = []
    /// The places of rows that the batch removed, and the number of rows before it. A row that is inserted again during
    /// the batch gets its former place.
    private var vacated: [Key: Int32] = [:]
    private var countBefore = 0
    /// Each row's weight in bytes, by place; -1 for rows to be weighed again. Empty in tables without weights.
    private var weights: ContiguousArray<Int32> = []
    private var unweighed: [Int32] = []
    /// The sum of all known weights.
    private var weighed = 0
    private let isWeighed: Bool

    private struct Touched {
        let key: Key
        let place: Int32
        /// `nil` if it did not exist.
        let row: Row?
    }

    init(isWeighed: Bool = false) {
        self.isWeighed = isWeighed
    }

    var count: Int { places.count }

    /// How many more rows there are than before the batch.
    var added: Int { count - countBefore }

    /// All keys, in no order.
    var keys: Dictionary<Key, Int32>.Keys { places.keys }

    /// All rows, in an arbitrary order.
    var values: some Sequence<Row> { rows.lazy.compactMap { $0 } }

    /// The touched rows before the batch and now; `nil` if they do not exist.
    var changes: some Sequence<(key: Key, before: Row?, now: Row?)> {
        touched.lazy.map { (key: $0.key, before: $0.row, now: rows[Int($0.place)]) }
    }

    /// The same, without copying each row.
    func forEachChange(_ body: (_ before: Row?, _ now: Row?) -> Void) {
        rows.withUnsafeBufferPointer { rows in
            touched.withUnsafeBufferPointer { touched in
                for index in touched.indices { body(touched[index].row, rows[Int(touched[index].place)]) }
            }
        }
    }

    subscript(key: Key) -> Row? {
        get {
            guard let place = places[key] else { return nil }
            return rows[Int(place)]
        }
        set {
            guard let newValue else { return remove(key) }
            let place = places[key] ?? insert(key)
            remember(key, at: place)
            rows[Int(place)] = newValue
            unweigh(place)
        }
    }

    /// Whether there is a row. Comparing one with `nil` would copy it.
    func contains(_ key: Key) -> Bool { places[key] != nil }

    /// A part of a row, without copying the rest of it.
    func part<Part>(of key: Key, _ part: (Row) -> Part) -> Part? {
        guard let place = places[key] else { return nil }
        return rows.withUnsafeBufferPointer { rows in
            // Unwrapping the row would copy it; an optional value begins with what it contains.
            part(UnsafeRawPointer(rows.baseAddress! + Int(place)).assumingMemoryBound(to: Row.self).pointee)
        }
    }

    /// Changes a row in place, if it exists. Its content is copied once per batch, for the before-image.
    /// - Returns: the result of `change`; `nil` if there is no row.
    @discardableResult
    mutating func update<Result>(_ key: Key, _ change: (inout Row) -> Result) -> Result? {
        guard let place = places[key] else { return nil }
        remember(key, at: place)
        defer { unweigh(place) }
        return change(&rows[Int(place)]!)
    }

    /// Changes a row in place, after inserting `row` if it does not exist.
    mutating func update(_ key: Key, orInsert row: @autoclosure () -> Row, _ change: (inout Row) -> Void) {
        if let place = places[key] {
            remember(key, at: place)
            change(&rows[Int(place)]!)
            unweigh(place)
        } else {
            var new = row()
            change(&new)
            self[key] = new
        }
    }

    private mutating func remember(_ key: Key, at place: Int32) {
        guard !isTouched[Int(place)] else { return }
        isTouched[Int(place)] = true
        touched.append(Touched(key: key, place: place, row: rows[Int(place)]))
    }

    /// Inserts a row without a before-image.
    mutating func restore(_ row: Row, at key: Key) {
        if places[key] == nil { countBefore += 1 }
        let place = places[key] ?? insert(key)
        rows[Int(place)] = row
        unweigh(place)
    }

    /// Finds a place for a row.
    private mutating func insert(_ key: Key) -> Int32 {
        let place = (vacated.isEmpty ? nil : vacated.removeValue(forKey: key)) ?? vacant.popLast() ?? append()
        places[key] = place
        return place
    }

    private mutating func append() -> Int32 {
        rows.append(nil)
        isTouched.append(false)
        if isWeighed { weights.append(0) }
        return Int32(rows.count - 1)
    }

    private mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        remember(key, at: place)
        rows[Int(place)] = nil
        vacated[key] = place
        unweigh(place)
    }

    private mutating func unweigh(_ place: Int32) {
        guard isWeighed, weights[Int(place)] >= 0 else { return }
        weighed -= Int(weights[Int(place)])
        weights[Int(place)] = -1
        unweighed.append(place)
    }

    /// Reserves memory for rows.
    mutating func reserve(_ count: Int) {
        places.reserveCapacity(count)
        rows.reserveCapacity(count)
        isTouched.reserveCapacity(count)
    }

    /// Drops the before-image: the rows stay as they are.
    mutating func confirm() {
        endBatch()
    }

    /// Restores the before-image.
    mutating func rollback() {
        for entry in touched {
            if let row = entry.row {
                places[entry.key] = entry.place
                vacated[entry.key] = nil
                rows[Int(entry.place)] = row
            } else if places.removeValue(forKey: entry.key) != nil {
                rows[Int(entry.place)] = nil
                vacated[entry.key] = entry.place
            }
            unweigh(entry.place)
        }
        endBatch()
    }

    private mutating func endBatch() {
        for entry in touched { isTouched[Int(entry.place)] = false }
        touched.removeAll(keepingCapacity: true)
        vacant += vacated.values
        vacated.removeAll(keepingCapacity: true)
        countBefore = count
    }
}

extension Table where Row: Equatable {
    /// Changes a row unless it is equal: what is not touched is not stored again.
    mutating func replace(_ key: Key, by row: Row) {
        let isEqual = part(of: key) { $0 == row } ?? false
        if !isEqual { self[key] = row }
    }
}

/// A row with a known weight in memory.
protocol Weighed {
    /// An estimate in bytes, of the row and of the entries in other tables that refer to it.
    var weight: Int { get }
}

extension Table where Row: Weighed {
    /// The weight of all rows in bytes. Weighs only rows touched since the last call.
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
