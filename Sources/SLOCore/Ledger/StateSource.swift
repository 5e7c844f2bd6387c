/// Where a stored state is read from, as little of it as a question needs.
public protocol StateSource {
    /// Visits a table's entries.
    /// - Parameter isWanted: of a key in the table; entries without are passed over unread.
    func forEachEntry(
        ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
    ) throws
    /// Those entries that are there.
    func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])]
}

/// What waits for an answer or an end.
public struct OpenWork: Equatable, Sendable {
    /// Changes whose deadline has passed without a status, the longest waiting first.
    public var waitingChanges: [WaitingChange]
    /// Runs that are queued and have not ended, the longest queued first.
    public var unfinishedRuns: [UnfinishedRun]

    public init(waitingChanges: [WaitingChange] = [], unfinishedRuns: [UnfinishedRun] = []) {
        self.waitingChanges = waitingChanges
        self.unfinishedRuns = unfinishedRuns
    }
}

extension Ledger {
    /// What a stored state holds open. Of what is closed nothing but its own row is looked at.
    /// - Throws: what the source throws, or `RestoreError`.
    public static func openWork(settings: LedgerSettings, from source: some StateSource) throws -> OpenWork {
        try withOpenRuns(settings: settings, from: source) { ledger, _ in
            try ledger.takeUpWaitingChanges(from: source)
            return OpenWork(waitingChanges: ledger.waitingChanges, unfinishedRuns: ledger.unfinishedRuns)
        }
    }

    /// Hands over the runs of a stored state that have not ended for good, and a ledger that knows what they rest on.
    static func withOpenRuns<Result>(
        settings: LedgerSettings, from source: some StateSource, _ body: (inout Ledger, [Run]) throws -> Result
    ) throws -> Result {
        var ledger = Ledger(settings: settings)
        try ledger.takeUpOpenRuns(from: source)
        let runs = Array(ledger.state.runs.values)
        let lanes = Set(runs.compactMap { $0.lane.map { StateKey(.lanes, $0).key } })
        try ledger.takeUp(.lanes, from: source) { lanes.contains($0) }
        try ledger.takeUpSurroundings(of: runs, from: source)
        try ledger.takeUp(.repositories, from: source)
        return try body(&ledger, runs)
    }

    /// Of those that are not open none is held beside the one that is being looked at.
    private mutating func takeUpOpenRuns(from source: some StateSource) throws {
        try source.forEachEntry(ofTable: LedgerState.TableNumber.runs.rawValue, where: { _ in true }) { key, value in
            let run: Run = try Self.read(key, value)
            if run.isOpen { state.runs.restore(run, at: run.id) }
        }
    }

    private mutating func takeUpWaitingChanges(from source: some StateSource) throws {
        try source.forEachEntry(ofTable: LedgerState.TableNumber.changes.rawValue, where: { _ in true }) { key, value in
            let change: Change = try Self.read(key, value)
            if change.waits.contains(where: { $0.inGaugeAs != nil }) { state.changes.restore(change, at: change.id) }
        }
    }

    private static func read<Row: ByteCodable>(_ key: StateKey, _ value: [UInt8]) throws(RestoreError) -> Row {
        do throws(ByteCodingError) {
            return try Row(stored: value)
        } catch {
            throw RestoreError(table: key.table, reason: error.message)
        }
    }

    /// What else it takes to say whose the runs are: backends, heads, and the pull requests that had them.
    private mutating func takeUpSurroundings(of runs: [Run], from source: some StateSource) throws {
        try takeUp(runs.compactMap { $0.backend.map { StateKey(.backends, $0) } }, from: source)
        let heads = Set(state.lanes.values.map(\.head))
        try takeUp(heads.map { StateKey(.heads, $0) }, from: source)
        let pullRequests = Set(
            state.heads.values.flatMap { head in
                head.pullRequests.map { PullRequestKey(repository: head.key.repository, number: $0) }
            })
        try takeUp(pullRequests.map { StateKey(.pullRequests, $0) }, from: source)
    }

    /// Restores those entries of a table whose keys are wanted.
    mutating func takeUp(
        _ table: LedgerState.TableNumber, from source: some StateSource,
        where isWanted: ([UInt8]) -> Bool = { _ in true }
    ) throws {
        try source.forEachEntry(ofTable: table.rawValue, where: isWanted) { key, value in try restore(key, value) }
    }

    /// Restores those of the entries that are there.
    mutating func takeUp(_ keys: [StateKey], from source: some StateSource) throws {
        for entry in try source.entries(at: keys) { try restore(entry.key, entry.value) }
    }
}
