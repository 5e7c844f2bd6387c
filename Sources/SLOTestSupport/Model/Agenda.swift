internal import SLOCore

/// What is due at which time. What is due at the same time is in order of insertion, without repetitions.
struct Agenda<Item: Equatable> {
    private var items: [Timestamp: [Item]] = [:]
    /// A binary heap of the times, the earliest first.
    private var moments: [Timestamp] = []

    var earliest: Timestamp? { moments.first }

    mutating func add(_ item: Item, at moment: Timestamp) {
        if items[moment] == nil { insert(moment) }
        if let known = items[moment], known.contains(item) { return }
        items[moment, default: []].append(item)
    }

    /// Removes and returns what is due at the earliest time.
    mutating func removeAll(at moment: Timestamp) -> [Item] {
        guard moments.first == moment else { return [] }
        removeFirst()
        return items.removeValue(forKey: moment) ?? []
    }

    private mutating func insert(_ moment: Timestamp) {
        moments.append(moment)
        var child = moments.count - 1
        while child > 0, moments[child] < moments[(child - 1) / 2] {
            moments.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeFirst() {
        moments.swapAt(0, moments.count - 1)
        moments.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < moments.count }
            guard let least = children.min(by: { moments[$0] < moments[$1] }), moments[least] < moments[parent] else {
                return
            }
            moments.swapAt(parent, least)
            parent = least
        }
    }
}
