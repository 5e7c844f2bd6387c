import HeapModule

/// The deadlines of all entities, at most one per entity, the earliest first. Arming and taking cost O(log n).
///
/// Ordered by the caller's clock: in a replay the recording's own; in the running service a monotonic clock, while a
/// deadline's `due` is the wall time that the ledger uses. Like the ledger's tables it can be rolled back to the
/// beginning of a batch.
public struct DeadlineQueue: Sendable {
    /// A deadline with the time of the caller's clock at which it fires, in milliseconds.
    public struct Armed: Hashable, Comparable, Sendable {
        public let fireAt: Int64
        public let deadline: Deadline

        public static func < (left: Armed, right: Armed) -> Bool {
            (left.fireAt, left.deadline.entity) < (right.fireAt, right.deadline.entity)
        }
    }

    private var heap = Heap<Armed>()
    /// The armed deadline of each entity; another entry in the heap is stale.
    private var armed = Table<EntityID, Armed>()

    public init() {}

    /// Arms all of them at once, which is faster than one after the other. There must be at most one per entity.
    init(_ armed: [Armed]) {
        self.armed.reserve(armed.count)
        for entry in armed { self.armed.restore(entry, at: entry.deadline.entity) }
        heap = Heap(armed)
    }

    /// The number of entities with a deadline.
    public var count: Int { armed.count }

    /// Arms a deadline; it replaces the entity's earlier one.
    public mutating func arm(_ deadline: Deadline, fireAt: Int64) {
        arm(Armed(fireAt: fireAt, deadline: deadline))
    }

    mutating func arm(_ entry: Armed) {
        armed[entry.deadline.entity] = entry
        heap.insert(entry)
        dropStaleIfMany()
    }

    /// When the next deadline fires, in milliseconds of the caller's clock.
    public mutating func next() -> Int64? {
        while let first = heap.min {
            if armed[first.deadline.entity] == first { return first.fireAt }
            heap.removeMin()
        }
        return nil
    }

    /// Removes and returns the earliest deadline that is due at a time, if there is one.
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

    /// Stale entries are dropped when they are reached, or all at once if they outnumber the others.
    private mutating func dropStaleIfMany() {
        guard heap.count > 1024, heap.count > 2 * armed.count else { return }
        heap = Heap(heap.unordered.filter { armed[$0.deadline.entity] == $0 })
    }
}
