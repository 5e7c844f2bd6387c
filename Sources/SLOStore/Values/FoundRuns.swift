public import SLOCore

/// The boundary between two pages of runs.
public struct RunPlace: Equatable, Sendable {
    public let countedAt: Timestamp
    public let run: Int64

    public init(countedAt: Timestamp, run: Int64) {
        self.countedAt = countedAt
        self.run = run
    }
}

/// A page of ended runs, the latest first.
public struct FoundRuns: Equatable, Sendable {
    public let runs: [RunRecord]
    /// Where the next page begins; `nil` if nothing is left.
    public let next: RunPlace?
}
