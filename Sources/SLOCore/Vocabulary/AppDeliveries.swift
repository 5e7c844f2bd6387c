/// What GitHub's list of the deliveries to an App shows for the first time (docs/counting.md, rule 52).
public struct AppDeliveriesListed: Equatable, Sendable {
    /// The App's id at GitHub.
    public let app: Int64
    public let deployment: Deployment
    /// Attempts that are over.
    public let attempts: [AppDeliveryAttempt]
    /// No attempt up to here is still to be read; `nil` if the list has not been read to its end.
    public let readThrough: Timestamp?

    public init(app: Int64, deployment: Deployment, attempts: [AppDeliveryAttempt], readThrough: Timestamp? = nil) {
        self.app = app
        self.deployment = deployment
        self.attempts = attempts
        self.readThrough = readThrough
    }
}

/// An attempt of GitHub to deliver to an App.
public struct AppDeliveryAttempt: Equatable, Sendable {
    public let id: Int64
    /// A fingerprint of the delivery's GUID, which all attempts to deliver it share.
    public let delivery: UInt64
    public let deliveredAt: Timestamp
    public let isRedelivery: Bool
    public let status: AppDeliveryStatus
    /// How long the answer took.
    public let duration: TimeSpan

    public init(
        id: Int64, delivery: UInt64, deliveredAt: Timestamp, isRedelivery: Bool, status: AppDeliveryStatus,
        duration: TimeSpan
    ) {
        self.id = id
        self.delivery = delivery
        self.deliveredAt = deliveredAt
        self.isRedelivery = isRedelivery
        self.status = status
        self.duration = duration
    }
}

extension AppDeliveryAttempt {
    /// How long GitHub lists an attempt.
    public static let retention = TimeSpan.days(3)

    /// The fingerprint of a GUID: FNV-1a.
    public static func fingerprint(ofGUID guid: String) -> UInt64 {
        guid.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
