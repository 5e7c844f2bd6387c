/// The delivery that decided something that was counted.
public struct Decision: Hashable, Sendable {
    public let delivery: DeliveryID
    /// What the delivery is about. It was not hidden then; `Ledger.showsDeliveries` tells whether it still is not.
    public let repository: RepositoryID
    /// When it was counted.
    public let at: Timestamp

    public init(delivery: DeliveryID, repository: RepositoryID, at: Timestamp) {
        self.delivery = delivery
        self.repository = repository
        self.at = at
    }
}
