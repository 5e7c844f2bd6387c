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

/// A search through ended runs, from the latest back.
struct RunSearch {
    /// The limit of runs that one search reads.
    static let runs = 5000

    /// How far it has come; not included in what is to be read next.
    private(set) var place: RunPlace
    private var found: [RunRecord] = []
    private var looked = 0
    private let limit: Int

    /// - Parameter before: a place, not included; `nil` for the latest.
    init(before: RunPlace?, through: Timestamp, atMost limit: Int) {
        place = RunPlace(countedAt: through, run: .max)
        if let before, before.countedAt <= through { place = before }
        self.limit = limit
    }

    /// Whether it has found or read enough.
    var isOver: Bool { found.count == limit || looked == Self.runs }

    mutating func look(at run: RunRecord, where isWanted: (RunRecord) -> Bool) {
        looked += 1
        place = RunPlace(countedAt: run.countedAt, run: run.run.number)
        if isWanted(run) { found.append(run) }
    }

    /// The result if there are more runs.
    var foundSoFar: FoundRuns { FoundRuns(runs: found, next: looked > 0 ? place : nil) }
    /// The result if there are none.
    var foundAll: FoundRuns { FoundRuns(runs: found, next: nil) }
}
