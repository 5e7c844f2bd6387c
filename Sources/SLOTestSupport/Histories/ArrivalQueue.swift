/// A priority queue, the earliest first; equal elements are in order of insertion.
struct ArrivalQueue<Element> {
    private struct Item {
        let time: Int64
        let serial: Int
        let element: Element

        func comes(before other: Item) -> Bool {
            (time, serial) < (other.time, other.serial)
        }
    }

    private var heap: [Item] = []
    private var serial = 0

    var earliest: Int64? { heap.first?.time }

    mutating func insert(_ element: Element, at time: Int64) {
        serial += 1
        heap.append(Item(time: time, serial: serial, element: element))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].comes(before: heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popFirst() -> Element? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first.element
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].comes(before: heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
