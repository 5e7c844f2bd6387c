import HashTreeCollections

/// A table of sets by key. Like every table it can be rolled back to the state before a batch. The sets share their
/// structure with their earlier versions, so that large ones cost no more. They have no order: sort before doing
/// something with each element.
struct Index<Key: Hashable & Sendable, Element: Hashable & Sendable>: Sendable {
    private var sets = Table<Key, TreeSet<Element>>()

    subscript(key: Key) -> TreeSet<Element> { sets[key] ?? [] }

    var isEmpty: Bool { sets.count == 0 }

    /// All elements under any key, in no order.
    var elements: some Sequence<Element> { sets.values.lazy.flatMap { $0 } }

    mutating func add(_ element: Element, under key: Key) {
        guard !self[key].contains(element) else { return }
        sets.update(key, orInsert: []) { $0.insert(element) }
    }

    /// Removes an element, and the key with its last one.
    mutating func remove(_ element: Element, under key: Key) {
        guard self[key].contains(element) else { return }
        let isEmpty = sets.update(key) {
            $0.remove(element)
            return $0.isEmpty
        }
        if isEmpty == true { sets[key] = nil }
    }

    mutating func confirm() { sets.confirm() }
    mutating func rollback() { sets.rollback() }
}
