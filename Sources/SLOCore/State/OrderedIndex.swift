/// An index of ordered entries by key, of which only the nearest are read. Like every table it can be rolled back to
/// the state before a batch.
///
/// The entries of a key are in chunks of bounded size, so that neither the before-image nor a change costs noticeably
/// more with many entries.
struct OrderedIndex<Key: Hashable & Sendable>: Sendable {
    struct Entry: Hashable, Comparable, Sendable {
        let order: Int64
        let entity: EntityID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.order, left.entity) < (right.order, right.entity)
        }
    }

    private var lists = Table<Key, OrderedEntries>()

    /// The number of keys.
    var count: Int { lists.count }

    func count(of key: Key) -> Int { lists[key]?.count ?? 0 }

    mutating func add(_ entity: EntityID, at order: Int64, under key: Key) {
        lists.update(key, orInsert: OrderedEntries()) { $0.insert(Entry(order: order, entity: entity)) }
    }

    /// Removes an entity, and the key with its last one.
    mutating func remove(_ entity: EntityID, at order: Int64, under key: Key) {
        let left = lists.update(key) {
            $0.remove(Entry(order: order, entity: entity))
            return $0.count
        }
        if left == 0 { lists[key] = nil }
    }

    /// Entries at or after a place, the nearest first.
    func following(_ order: Int64, under key: Key, atMost limit: Int) -> [EntityID] {
        lists[key]?.following(order, atMost: limit) ?? []
    }

    /// Entries before a place, the nearest first.
    func preceding(_ order: Int64, under key: Key, atMost limit: Int) -> [EntityID] {
        lists[key]?.preceding(order, atMost: limit) ?? []
    }

    func last(_ limit: Int, under key: Key) -> [EntityID] {
        preceding(.max, under: key, atMost: limit)
    }

    func first(under key: Key) -> Entry? { lists[key]?.first }

    mutating func confirm() { lists.confirm() }
    mutating func rollback() { lists.rollback() }

    struct OrderedEntries: Sendable {
        /// In order, none empty.
        private var chunks: [[Entry]] = []
        private(set) var count = 0

        private static var chunkSize: Int { 256 }

        var first: Entry? { chunks.first?.first }

        mutating func insert(_ entry: Entry) {
            guard !chunks.isEmpty else {
                chunks = [[entry]]
                count = 1
                return
            }
            let chunk = min(chunk(of: entry), chunks.count - 1)
            let place = Self.place(of: entry, in: chunks[chunk])
            guard place == chunks[chunk].count || chunks[chunk][place] != entry else { return }
            chunks[chunk].insert(entry, at: place)
            count += 1
            guard chunks[chunk].count > Self.chunkSize else { return }
            // Entries that arrive in order fill one chunk after the other.
            let cut = place == Self.chunkSize ? Self.chunkSize : Self.chunkSize / 2
            let tail = Array(chunks[chunk][cut...])
            chunks[chunk].removeSubrange(cut...)
            chunks.insert(tail, at: chunk + 1)
        }

        mutating func remove(_ entry: Entry) {
            let chunk = chunk(of: entry)
            guard chunk < chunks.count else { return }
            let place = Self.place(of: entry, in: chunks[chunk])
            guard place < chunks[chunk].count, chunks[chunk][place] == entry else { return }
            chunks[chunk].remove(at: place)
            count -= 1
            if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
        }

        func following(_ order: Int64, atMost limit: Int) -> [EntityID] {
            let start = Entry(order: order, entity: EntityID(.min))
            var found: [EntityID] = []
            var chunk = chunk(of: start)
            var place = chunk < chunks.count ? Self.place(of: start, in: chunks[chunk]) : 0
            while chunk < chunks.count, found.count < limit {
                found += chunks[chunk][place...].prefix(limit - found.count).map(\.entity)
                chunk += 1
                place = 0
            }
            return found
        }

        func preceding(_ order: Int64, atMost limit: Int) -> [EntityID] {
            let end = Entry(order: order, entity: EntityID(order == .max ? .max : .min))
            var found: [EntityID] = []
            var chunk = chunk(of: end)
            var place = chunk < chunks.count ? Self.place(of: end, in: chunks[chunk]) : 0
            while found.count < limit {
                if chunk < chunks.count {
                    found += chunks[chunk][..<place].suffix(limit - found.count).reversed().map(\.entity)
                }
                guard chunk > 0 else { break }
                chunk -= 1
                place = chunks[chunk].count
            }
            return found
        }

        /// The first chunk whose last entry is not before it.
        private func chunk(of entry: Entry) -> Int {
            var low = 0
            var high = chunks.count
            while low < high {
                let middle = (low + high) / 2
                if chunks[middle][chunks[middle].count - 1] < entry { low = middle + 1 } else { high = middle }
            }
            return low
        }

        private static func place(of entry: Entry, in chunk: [Entry]) -> Int {
            var low = 0
            var high = chunk.count
            while low < high {
                let middle = (low + high) / 2
                if chunk[middle] < entry { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }
}
