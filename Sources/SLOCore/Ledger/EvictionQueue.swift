import HeapModule

/// Finds the oldest of many entities without checking all, for when a limit is exceeded.
///
/// Built from the tables on the first use. A cache: it can be dropped at any time.
struct EvictionQueue<Age: Comparable & Sendable>: Sendable {
    struct Entry: Comparable, Sendable {
        let age: Age
        let entity: EntityID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.age, left.entity) < (right.age, right.entity)
        }
    }

    private var entries: Heap<Entry>?

    /// Adds a new entity. Removed and newer entities need not be reported: that is checked when they are reached.
    /// - Parameter limit: the number of entities allowed; if the queue has far more entries, it is dropped.
    mutating func add(_ entity: EntityID, age: Age, limit: Int) {
        guard let count = entries?.count else { return }
        if count > 2 * limit { forget() } else { entries?.insert(Entry(age: age, entity: entity)) }
    }

    /// - Parameters:
    ///   - age: an entity's present age; `nil` if it is removed.
    ///   - all: all entities; read on the first use only.
    mutating func first(age: (EntityID) -> Age?, of all: () -> [Entry]) -> EntityID? {
        if entries == nil { entries = Heap(all()) }
        while let first = entries?.min {
            let now = age(first.entity)
            if now == first.age { return first.entity }
            entries?.removeMin()
            if let now { entries?.insert(Entry(age: now, entity: first.entity)) }
        }
        return nil
    }

    /// Drops the queue after a rollback, which may restore removed entities.
    mutating func forget() {
        entries = nil
    }
}
