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
    /// Whether a place is in `touched`.
    private var isTouched: ContiguousArray<Bool> = []
    /// Each row that the batch touched, as it was before.
    private var touched: ContiguousArray<Touched> = []
    /// Places of rows that the batch took out, and how many rows it found. As long as it lasts, a row that comes again
    /// comes to its own place.
    private var vacated: [Key: Int32] = [:]
    private var countBefore = 0
    /// What each row weighs in bytes, by its place; -1 for those that have not been weighed since they were touched.
    /// Empty in tables that are not weighed.
    private var weights: ContiguousArray<Int32> = []
    private var unweighed: [Int32] = []
    /// The weight of all rows that have been weighed since they were touched.
    private var weighed = 0
    private let isWeighed: Bool

    private struct Touched {
        let key: Key
        let place: Int32
        /// `nil` for one that did not exist.
        let row: Row?
    }

    init(isWeighed: Bool = false) {
        self.isWeighed = isWeighed
    }

    var count: Int { places.count }

    /// How many there are more than before the batch.
    var added: Int { count - countBefore }

    /// All keys, in no order.
    var keys: Dictionary<Key, Int32>.Keys { places.keys }

    /// All rows, in no order that means anything.
    var values: some Sequence<Row> { rows.lazy.compactMap { $0 } }

    /// The rows that the batch touched, as they were before it and are now; `nil` for those that are not there.
    var changes: some Sequence<(key: Key, before: Row?, now: Row?)> {
        touched.lazy.map { (key: $0.key, before: $0.row, now: rows[Int($0.place)]) }
    }

    /// The same, without a copy of each row.
    func forEachChange(_ body: (_ before: Row?, _ now: Row?) -> Void) {
        rows.withUnsafeBufferPointer { rows in
            touched.withUnsafeBufferPointer { touched in
                for index in touched.indices { body(touched[index].row, rows[Int(touched[index].place)]) }
            }
        }
    }

    subscript(key: Key) -> Row? {
        get { places[key].flatMap { rows[Int($0)] } }
        set {
            guard let newValue else { return remove(key) }
            let place = places[key] ?? insert(key)
            remember(key, at: place)
            rows[Int(place)] = newValue
            unweigh(place)
        }
    }

    /// Whether there is a row. To compare one with `nil` copies it.
    func contains(_ key: Key) -> Bool { places[key] != nil }

    /// Changes a row in place, if there is one: what it holds is copied once a batch, to be remembered, and not each
    /// time.
    /// - Returns: what the change says; `nil` if there is no row.
    @discardableResult
    mutating func update<Result>(_ key: Key, _ change: (inout Row) -> Result) -> Result? {
        guard let place = places[key] else { return nil }
        remember(key, at: place)
        defer { unweigh(place) }
        return change(&rows[Int(place)]!)
    }

    /// Changes a row in place; one that is not there yet begins as `row`.
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

    /// Puts a row in as if it had always been there.
    mutating func restore(_ row: Row, at key: Key) {
        if places[key] == nil { countBefore += 1 }
        let place = places[key] ?? insert(key)
        rows[Int(place)] = row
        unweigh(place)
    }

    /// Makes a place for a row.
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

    /// Makes room for rows that are about to be put in.
    mutating func reserve(_ count: Int) {
        places.reserveCapacity(count)
        rows.reserveCapacity(count)
        isTouched.reserveCapacity(count)
    }

    /// The rows touched stay as they are now.
    mutating func confirm() {
        endBatch()
    }

    /// The rows touched become what they were.
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
