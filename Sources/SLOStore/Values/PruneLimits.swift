public import SLOCore

/// How long each kind of data is kept.
public struct PruneLimits: Equatable, Sendable {
    public var keepBodies: TimeSpan
    /// The limit of all bodies together, as stored.
    public var maxBodyBytes: Int64
    public var keepObservations: TimeSpan
    public var keepIdentities: TimeSpan
    public var keepHistory: TimeSpan

    public init(
        keepBodies: TimeSpan, maxBodyBytes: Int64, keepObservations: TimeSpan, keepIdentities: TimeSpan,
        keepHistory: TimeSpan
    ) {
        self.keepBodies = keepBodies
        self.maxBodyBytes = maxBodyBytes
        self.keepObservations = keepObservations
        self.keepIdentities = keepIdentities
        self.keepHistory = keepHistory
    }
}
