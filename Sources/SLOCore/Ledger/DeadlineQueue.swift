import HeapModule

/// The deadlines of all entities, one for each, the earliest first. Arming and taking cost O(log n).
///
/// It is keyed by the clock that the caller arms with: the recording's own in a replay; in the running service one
/// that no step of the wall clock moves, while a deadline's `due` stays the wall time that the ledger knows it by.
/// Like the ledger's tables it can be rolled back to where a batch began.
public struct DeadlineQueue: Sendable {
    /// A deadline with the time of the caller's clock at which it comes, in milliseconds.
    public struct Armed: Hashable, Comparable, Sendable {
        public let fireAt: Int64
        public let deadline: Deadline

        public static func < (left: Armed, right: Armed) -> Bool {
            (left.fireAt, left.deadline.entity) < (right.fireAt, right.deadline.entity)
        }
    }

    private var heap = Heap<Armed>()
    /// What each entity is armed for; an entry of the heap that says otherwise is stale.
    private var armed = Table<EntityID, Armed>()

    public init() {}

    /// Arms all of them at once, which takes less than one after the other. There must be one for each entity.
    init(_ armed: [Armed]) {
        self.armed.reserve(armed.count)
        for entry in armed { self.armed.restore(entry, at: entry.deadline.entity) }
        heap = Heap(armed)
    }

    /// How many entities have a deadline.
    public var count: Int { armed.count }

    /// Arms a deadline in place of the entity's earlier one.
    public mutating func arm(_ deadline: Deadline, fireAt: Int64) {
        arm(Armed(fireAt: fireAt, deadline: deadline))
    }

    mutating func arm(_ entry: Armed) {
        armed[entry.deadline.entity] = entry
        heap.insert(entry)
        dropStaleIfMany()
    }

    /// When the next deadline comes, in milliseconds of the caller's clock.
    public mutating func next() -> Int64? {
        while let first = heap.min {
            if armed[first.deadline.entity] == first { return first.fireAt }
            heap.removeMin()
        }
        return nil
    }

    /// Takes out the earliest deadline that has come by a time, if there is one.
    public mutating func takeDue(by moment: Int64) -> Armed? {
        guard let next = next(), next <= moment else { return nil }
        let entry = heap.removeMin()
        armed[entry.deadline.entity] = nil
        return entry
    }

    public mutating func confirm() {
        armed.confirm()
    }

    public mutating func rollback() {
        let touched = armed.changes.compactMap(\.before)
        armed.rollback()
        for entry in touched { heap.insert(entry) }
    }

    /// Stale entries go when they come up; should they outnumber the live ones, all at once.
    private mutating func dropStaleIfMany() {
        guard heap.count > 1024, heap.count > 2 * armed.count else { return }
        heap = Heap(heap.unordered.filter { armed[$0.deadline.entity] == $0 })
    }
}
