public import SLOCore

/// What statistics need of an ended run.
public struct EndedRun: Equatable, Sendable {
    public let kind: RunKind
    public let deployment: Deployment
    public let repositoryName: String?
    public let chroot: String?
    public let outcome: Outcome
    public let countedAt: Timestamp
    /// From queued to finished; `nil` if the queue time is unknown.
    public let duration: TimeSpan?
}
