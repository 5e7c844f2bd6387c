import HeapModule

/// Finds the oldest of many without looking at all of them, once there are so many that the oldest must go.
///
/// It is made of the tables when it is first asked, and can be forgotten at any time: nothing depends on it.
struct EvictionQueue<Age: Comparable & Sendable>: Sendable {
    struct Entry: Comparable, Sendable {
        let age: Age
        let entity: EntityID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.age, left.entity) < (right.age, right.entity)
        }
    }

    private var entries: Heap<Entry>?

    /// Something came about. That it has gone, or become younger, is not told: it is found out when it comes up.
    /// - Parameter limit: how many there may be; when mostly others would be kept, all are forgotten.
    mutating func add(_ entity: EntityID, age: Age, limit: Int) {
        guard let count = entries?.count else { return }
        if count > 2 * limit { forget() } else { entries?.insert(Entry(age: age, entity: entity)) }
    }

    /// - Parameters:
    ///   - age: what an entity's is now; `nil` for one that has gone.
    ///   - all: all there are; asked for only the first time.
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

    /// What had gone may be there again.
    mutating func forget() {
        entries = nil
    }
}
