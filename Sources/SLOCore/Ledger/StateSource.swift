/// Reads parts of a stored state.
public protocol StateSource {
    /// Visits a table's entries.
    /// - Parameter isWanted: called with each key; other entries are skipped without reading them.
    func forEachEntry(
        ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
    ) throws
    /// Those of the entries that exist.
    func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])]
}

/// What waits for a status or an end: the longest waiting one by one, and the total numbers.
public struct OpenWork: Equatable, Sendable {
    /// Changes whose deadline has passed without a status, the longest waiting first.
    public var waitingChanges: [WaitingChange]
    /// Runs that are queued and have not ended, the longest queued first.
    public var unfinishedRuns: [UnfinishedRun]
    /// Tests that were accepted and not submitted, the longest waiting first.
    public var waitingTests: [WaitingTest]
    /// Of all of them, listed or not.
    public var changeCounts: [Deployment: Int]
    public var runCounts: [RunsOfKind: RunCounts]

    public struct RunsOfKind: Hashable, Sendable {
        public let kind: RunKind
        public let deployment: Deployment

        public init(_ kind: RunKind, _ deployment: Deployment) {
            self.kind = kind
            self.deployment = deployment
        }
    }

    public struct RunCounts: Equatable, Sendable {
        public var unfinished = 0
        public var overdue = 0
        /// Since the given moment.
        public var queuedLately = 0
        public var startedLately = 0

        public init() {}

        fileprivate mutating func add(_ run: Run, since: Timestamp) {
            unfinished += 1
            if run.isOverdue { overdue += 1 }
            if run.base >= since { queuedLately += 1 }
            if run.counted.started, (run.startedAt ?? run.base) >= since { startedLately += 1 }
        }
    }

    public init(
        waitingChanges: [WaitingChange] = [], unfinishedRuns: [UnfinishedRun] = [], waitingTests: [WaitingTest] = [],
        changeCounts: [Deployment: Int] = [:], runCounts: [RunsOfKind: RunCounts] = [:]
    ) {
        self.waitingChanges = waitingChanges
        self.unfinishedRuns = unfinishedRuns
        self.waitingTests = waitingTests
        self.changeCounts = changeCounts
        self.runCounts = runCounts
    }
}

/// Keeps the first of many elements in bounded memory.
private struct FirstOfMany<Element> {
    private let limit: Int
    private let precedes: (Element, Element) -> Bool
    private var kept: [Element] = []

    init(_ limit: Int, by precedes: @escaping (Element, Element) -> Bool) {
        self.limit = limit
        self.precedes = precedes
    }

    mutating func add(_ element: Element) {
        kept.append(element)
        if kept.count >= 2 * limit { kept = elements }
    }

    var elements: [Element] { Array(kept.sorted(by: precedes).prefix(limit)) }
}

extension Ledger {
    /// The limit of listed changes, and of listed runs.
    public static let openWorkLimit = 5000

    /// The open work in a stored state. Of closed entities, and of those beyond the limit, only their own row is read.
    /// - Parameter since: what was queued or started since then is counted separately.
    /// - Throws: what the source throws, or `RestoreError`.
    public static func openWork(
        settings: LedgerSettings, since: Timestamp, atMost limit: Int = openWorkLimit, from source: some StateSource
    ) throws -> OpenWork {
        var work = OpenWork()
        var runs = FirstOfMany<Run>(limit) {
            ($0.isOverdue ? 0 : 1, $0.base, $0.id) < ($1.isOverdue ? 0 : 1, $1.base, $1.id)
        }
        var tests = FirstOfMany<Run>(limit) { ($0.waitsSince ?? $0.base, $0.id) < ($1.waitsSince ?? $1.base, $1.id) }
        try forEachRow(.runs, of: source) { (run: Run) in
            if run.waitsSince != nil { tests.add(run) }
            guard run.phase == .unfinished else { return }
            work.runCounts[OpenWork.RunsOfKind(run.kind, run.deployment), default: .init()].add(run, since: since)
            runs.add(run)
        }
        var changes = FirstOfMany<Change>(limit) { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        try forEachRow(.changes, of: source) { (change: Change) in
            let waits = change.waits.filter { $0.inGaugeAs != nil }
            for wait in waits { work.changeCounts[wait.deployment, default: 0] += 1 }
            if !waits.isEmpty { changes.add(change) }
        }
        var ledger = Ledger(settings: settings)
        for run in runs.elements + tests.elements { ledger.state.runs.restore(run, at: run.id) }
        for change in changes.elements { ledger.state.changes.restore(change, at: change.id) }
        try ledger.takeUpSurroundings(from: source)
        work.waitingChanges = ledger.waitingChanges
        work.unfinishedRuns = ledger.unfinishedRuns
        work.waitingTests = ledger.waitingTests
        return work
    }

    private static func forEachRow<Row: ByteCodable>(
        _ table: LedgerState.TableNumber, of source: some StateSource, _ visit: (Row) -> Void
    ) throws {
        try source.forEachEntry(ofTable: table.rawValue, where: { _ in true }) { key, value in
            do throws(ByteCodingError) {
                visit(try Row(stored: value))
            } catch {
                throw RestoreError(table: key.table, reason: error.message)
            }
        }
    }

    /// Restores the runs that are not final, and calls the closure with a ledger that contains their evidence.
    static func withOpenRuns<Result>(
        settings: LedgerSettings, from source: some StateSource, _ body: (inout Ledger, [Run]) throws -> Result
    ) throws -> Result {
        var ledger = Ledger(settings: settings)
        var runs: [Run] = []
        try forEachRow(.runs, of: source) { (run: Run) in
            guard run.isOpen else { return }
            ledger.state.runs.restore(run, at: run.id)
            runs.append(run)
        }
        try ledger.takeUpSurroundings(from: source)
        try ledger.takeUp(.repositories, from: source)
        return try body(&ledger, runs)
    }

    /// Restores what runs and changes refer to: lanes, backend runs, heads, pull requests and repositories.
    private mutating func takeUpSurroundings(from source: some StateSource) throws {
        let runs = state.runs.values
        try takeUp(Set(runs.compactMap { $0.lane.map { StateKey(.lanes, $0) } }), from: source)
        try takeUp(runs.compactMap { $0.backend.map { StateKey(.backends, $0) } }, from: source)
        let heads = Set(state.lanes.values.map(\.head))
        try takeUp(heads.map { StateKey(.heads, $0) }, from: source)
        let pullRequests = Set(
            state.heads.values.flatMap { head in
                head.pullRequests.map { PullRequestKey(repository: head.key.repository, number: $0) }
            })
        try takeUp(pullRequests.map { StateKey(.pullRequests, $0) }, from: source)
        let repositories = Set(heads.map(\.repository)).union(state.changes.values.map(\.pullRequest.repository))
        try takeUp(repositories.map { StateKey(.repositories, $0) }, from: source)
    }

    /// Restores those entries of a table whose keys are wanted.
    mutating func takeUp(
        _ table: LedgerState.TableNumber, from source: some StateSource,
        where isWanted: ([UInt8]) -> Bool = { _ in true }
    ) throws {
        try source.forEachEntry(ofTable: table.rawValue, where: isWanted) { key, value in try restore(key, value) }
    }

    /// Restores those of the entries that exist.
    mutating func takeUp(_ keys: some Collection<StateKey>, from source: some StateSource) throws {
        for entry in try source.entries(at: Array(keys)) { try restore(entry.key, entry.value) }
    }
}
