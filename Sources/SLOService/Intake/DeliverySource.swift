import SLOCore

/// Where the writer takes deliveries from, in the order in which it decides them.
protocol DeliverySource: Sendable {
    /// Takes up to one batch. If there is nothing, waits for a delivery.
    /// - Parameter milliseconds: the longest wait.
    func take(atMost count: Int, bytes: Int, waiting milliseconds: Int64) -> TakenDeliveries
}

/// A delivery with its time of receipt.
struct TakenDelivery: Sendable {
    let pending: PendingDelivery
    let at: Moment
}

struct TakenDeliveries: Sendable {
    let deliveries: [TakenDelivery]
    /// Everything received before `now` is in `deliveries` or was taken earlier, unless `hasMore`.
    let now: Moment
    let hasMore: Bool
    let isClosed: Bool
}
