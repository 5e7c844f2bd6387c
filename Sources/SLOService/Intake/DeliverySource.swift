import SLOCore

/// Where the writer takes deliveries from, in the order in which it decides them.
protocol DeliverySource: Sendable {
    /// Takes some deliveries. If there are none, waits for one, but may return without.
    /// - Parameters:
    ///   - count: the most to take.
    ///   - bytes: the most bytes to take; a single larger delivery is taken alone.
    ///   - milliseconds: the longest wait.
    func take(atMost count: Int, bytes: Int, waiting milliseconds: Int64) -> TakenDeliveries
}

extension DeliverySource {
    /// Takes as many deliveries as one transaction may hold.
    func takeBatch(waiting milliseconds: Int64) -> TakenDeliveries {
        take(atMost: 256, bytes: 4 << 20, waiting: milliseconds)
    }
}

extension Collection {
    /// How many of the first deliveries make one batch: a single one may have more bytes than the limit.
    func batchLength(atMost count: Int, bytes: Int, of pending: (Element) -> PendingDelivery) -> Int {
        var (taken, takenBytes) = (0, 0)
        for element in self.prefix(count) {
            takenBytes += pending(element).queuedBytes
            if taken > 0, takenBytes > bytes { break }
            taken += 1
        }
        return taken
    }
}

/// A delivery with its time of receipt.
struct TakenDelivery: Sendable {
    let pending: PendingDelivery
    let at: Moment
}

struct TakenDeliveries: Sendable {
    let deliveries: [TakenDelivery]
    /// Everything received before `now` is in `deliveries` or was taken earlier, unless `hasMore`. What a cluster's
    /// node brings too late counts as received later.
    let now: Moment
    let hasMore: Bool
    let isClosed: Bool
}
