import HashTreeCollections

/// What is found under a key: a table of sets that, like every table, remembers what they were before a batch touched
/// them. The sets share their structure with what they were, so that neither that memory nor a change takes longer
/// where much is found. They have no order: who does something with each element sorts them.
struct Index<Key: Hashable & Sendable, Element: Hashable & Sendable>: Sendable {
    private var sets = Table<Key, TreeSet<Element>>()

    subscript(key: Key) -> TreeSet<Element> { sets[key] ?? [] }

    /// All that is found under any key, in no order.
    var elements: some Sequence<Element> { sets.values.lazy.flatMap { $0 } }

    mutating func add(_ element: Element, under key: Key) {
        guard !self[key].contains(element) else { return }
        sets.update(key, orInsert: []) { $0.insert(element) }
    }

    /// Takes an element out, and the key with its last one.
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
