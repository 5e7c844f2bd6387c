import HeapModule

/// Finds the oldest of what is open without looking at all of it, once there is so much that the oldest must go.
///
/// It is made of the tables when it is first asked, and can be forgotten at any time: nothing depends on it.
struct OldestFirst: Sendable {
    private var numbers: Heap<EntityID>?

    /// Something was opened. Closing is not told: what is no longer open is passed over when it comes up.
    /// - Parameter limit: how much may be open; when mostly closed ones would be kept, all are forgotten.
    mutating func add(_ entity: EntityID, limit: Int) {
        guard let count = numbers?.count else { return }
        if count > 2 * limit { forget() } else { numbers?.insert(entity) }
    }

    /// - Parameter open: all that are open; asked for only the first time.
    mutating func first(where isOpen: (EntityID) -> Bool, of open: () -> [EntityID]) -> EntityID? {
        if numbers == nil { numbers = Heap(open()) }
        while let entity = numbers?.min {
            if isOpen(entity) { return entity }
            numbers?.removeMin()
        }
        return nil
    }

    /// What was closed may be open again.
    mutating func forget() {
        numbers = nil
    }
}
