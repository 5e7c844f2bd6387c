import HeapModule

/// The deadlines of all entities, one for each, the earliest first. Arming and taking cost O(log n).
///
/// It is keyed by the clock that the caller arms with: the recording's own in a replay; in the running service one
/// that no step of the wall clock moves, while a deadline's `due` stays the wall time that the ledger knows it by.
public struct DeadlineQueue: Sendable {
    /// A deadline that was taken out, with the time it was armed for.
    private struct Entry: Comparable, Sendable {
        let fireAt: Int64
        let deadline: Deadline

        static func < (left: Entry, right: Entry) -> Bool {
            (left.fireAt, left.deadline.entity) < (right.fireAt, right.deadline.entity)
        }
    }

    private var heap = Heap<Entry>()
    /// What each entity is armed for; an entry of the heap that says otherwise is stale.
    private var armed: [EntityID: Deadline] = [:]

    public init() {}

    /// How many entities have a deadline.
    public var count: Int { armed.count }

    /// Arms a deadline in place of the entity's earlier one.
    /// - Parameter fireAt: when it comes, in milliseconds of the caller's clock.
    public mutating func arm(_ deadline: Deadline, fireAt: Int64) {
        armed[deadline.entity] = deadline
        heap.insert(Entry(fireAt: fireAt, deadline: deadline))
        dropStaleIfMany()
    }

    /// When the next deadline comes, in milliseconds of the caller's clock.
    public mutating func next() -> Int64? {
        while let first = heap.min {
            if armed[first.deadline.entity] == first.deadline { return first.fireAt }
            heap.removeMin()
        }
        return nil
    }

    /// Takes out the earliest deadline that has come by a time, if there is one.
    public mutating func takeDue(by moment: Int64) -> Deadline? {
        guard let next = next(), next <= moment else { return nil }
        let entry = heap.removeMin()
        armed[entry.deadline.entity] = nil
        return entry.deadline
    }

    /// Stale entries go when they come up; should they outnumber the live ones, all at once.
    private mutating func dropStaleIfMany() {
        guard heap.count > 1024, heap.count > 2 * armed.count else { return }
        heap = Heap(heap.unordered.filter { armed[$0.deadline.entity] == $0.deadline })
    }
}
