// Which parts of the state are stored, under which keys, and how they are restored. All other parts are derived from
// them.

extension LedgerState {
    /// The numbers of the stored tables. Part of the stored form: never reused.
    enum TableNumber: UInt8 {
        case chronicle = 0
        case repositories = 1
        case pullRequests = 2
        case heads = 3
        case changes = 4
        case lanes = 5
        case runs = 6
        case backends = 7
        case apps = 8
        case appPeriods = 9
        case commands = 10
    }

    /// The rows that the batch touched, in their stored form.
    var changedEntries: [StateChange] {
        chronicle.entries(.chronicle)
            + repositories.entries(.repositories)
            + pullRequests.entries(.pullRequests)
            + heads.entries(.heads)
            + changes.entries(.changes)
            + lanes.entries(.lanes)
            + runs.entries(.runs)
            + backends.entries(.backends)
            + apps.entries(.apps)
            + appPeriods.entries(.appPeriods)
            + commands.entries(.commands)
    }
}

extension Table where Key: KeyCodable, Row: ByteCodable {
    fileprivate func entries(_ table: LedgerState.TableNumber) -> [StateChange] {
        changes.compactMap { key, before, now in
            guard now != nil || before != nil else { return nil }
            return StateChange(key: StateKey(table, key), value: now?.stored)
        }
    }
}

/// Why a stored state could not be restored.
public struct RestoreError: Error, Equatable, Sendable, CustomStringConvertible {
    public let table: UInt8
    public let reason: String

    public var description: String {
        "the stored state cannot be read (table \(table): \(reason)); it was written by another version or is damaged"
    }

    /// Decodes an entry of a table.
    static func of<Value>(
        _ table: UInt8, _ decode: () throws(ByteCodingError) -> Value
    ) throws(RestoreError) -> Value {
        do throws(ByteCodingError) { return try decode() } catch {
            throw RestoreError(table: table, reason: error.message)
        }
    }
}

extension Ledger {
    /// Restores a stored state. The deadlines to arm are then in `armedDeadlines`.
    /// - Throws: `RestoreError` if an entry cannot be read.
    public init(settings: LedgerSettings, restoring entries: some Collection<(key: StateKey, value: [UInt8])>) throws {
        var counts: [UInt8: Int] = [:]
        for entry in entries { counts[entry.key.table, default: 0] += 1 }
        try self.init(settings: settings, counts: counts) { take in
            for entry in entries { try take(entry.key, entry.value) }
        }
    }

    /// Restores a stored state entry by entry, so that it is not in memory twice.
    ///
    /// - Parameters:
    ///   - counts: the approximate number of entries of each table, by its number, to reserve memory.
    ///   - read: passes all entries to its argument.
    /// - Throws: `RestoreError` if an entry cannot be read, and what `read` throws.
    public init(
        settings: LedgerSettings, counts: [UInt8: Int],
        from read: (_ take: (StateKey, [UInt8]) throws -> Void) throws -> Void
    ) throws {
        self.init(settings: settings)
        state.reserve { counts[$0.rawValue] ?? 0 }
        try read { key, value in try restore(key, value) }
        indexRestored()
        state.confirm()
    }

    /// Restores one stored entry. The derived tables are not updated yet.
    mutating func restore(_ key: StateKey, _ value: [UInt8]) throws(RestoreError) {
        try RestoreError.of(key.table) { () throws(ByteCodingError) in try state.restore(key, value) }
    }

    /// All deadlines of the restored state, the earliest first.
    public var armedDeadlines: [Deadline] {
        unsortedDeadlines.sorted { ($0.due, $0.entity) < ($1.due, $1.entity) }
    }

    var unsortedDeadlines: [Deadline] {
        var deadlines: [Deadline] = []
        func add(_ entity: EntityID, _ due: Timestamp?) {
            if let due { deadlines.append(Deadline(entity: entity, due: due)) }
        }
        for row in state.runs.values { add(row.id, row.armedFor) }
        for row in state.changes.values { add(row.id, row.armedFor) }
        for row in state.lanes.values { add(row.id, row.armedFor) }
        for row in state.heads.values { add(row.id, row.armedFor) }
        for row in state.pullRequests.values { add(row.id, row.armedFor) }
        for row in state.backends.values { add(row.id, row.armedFor) }
        for row in state.commands.values { add(row.id, row.armedFor) }
        return deadlines
    }

    /// The current gauges.
    public var gauges: [Gauge: Int64] { state.gauges }

    /// Indexes restored repositories by their names.
    mutating func indexNames() {
        for repository in state.repositories.values {
            for name in repository.names { index(name: name, of: repository.id) }
            for project in repository.projects { state.repositoriesOfProject.add(repository.id, under: project.name) }
        }
    }

    private mutating func indexRestored() {
        indexNames()
        // Inserted without a before-image, because there is no batch.
        indexRepositoryUses()
        for head in state.heads.values { state.subjects.restore(.head(head.key), at: head.id) }
        for row in state.pullRequests.values { state.subjects.restore(.pullRequest(row.key), at: row.id) }
        bindRestored()
        for id in state.lanes.keys.sorted() { index(restored: id) }
        var waiting: [BackendKey] = []
        for backend in state.backends.values.sorted(by: { $0.id < $1.id }) { index(restored: backend, &waiting) }
        for backend in waiting.compactMap({ state.backends[$0] }) {
            wait(backend.key, fitting: candidates(of: backend).fitting)
        }
        indexChanges()
        indexCommands()
        for run in state.runs.values { noteBusy(run) }
        state.openCounts[.run] = state.runs.values.count { $0.isOpen }
    }

    private mutating func indexRepositoryUses() {
        var uses: [RepositoryID: Int] = [:]
        for key in state.heads.keys { uses[key.repository, default: 0] += 1 }
        for key in state.pullRequests.keys { uses[key.repository, default: 0] += 1 }
        for (repository, count) in uses { state.repositoryUses.restore(count, at: repository) }
    }

    private mutating func index(restored lane: EntityID) {
        guard let row = state.lanes[lane] else { return }
        index(row)
        if !row.facts.isEmpty { place(lane: lane) }
        offerRuns(ofLane: lane)
        noteUnclassified(lane: lane)
        for request in Set(row.facts.compactMap(\.requestID)) { state.lanesOfRequest.add(lane, under: request) }
    }

    private mutating func indexChanges() {
        var open = 0
        for id in state.changes.keys.sorted() {
            guard let change = state.changes[id] else { continue }
            state.changeNumbers.restore(id, at: change.key)
            guard !change.isJudged else { continue }
            state.openChanges.add(id, under: change.pullRequest.repository)
            open += 1
        }
        state.openCounts[.change] = open
        for head in state.heads.values where head.changes.count > SharedCommitIndex.size {
            indexSharedCommit(on: head.key)
        }
    }

    private mutating func indexCommands() {
        for id in state.commands.keys.sorted() {
            guard let command = state.commands[id] else { continue }
            state.commandNumbers.restore(id, at: command.key)
            state.commandsOfPullRequest.add(id, under: command.pullRequest)
            guard command.isOpen else { continue }
            if let head = command.head { state.commandsOfHead.add(id, under: head) }
        }
        state.openCounts[.command] = state.commands.values.count { $0.isOpen }
    }

    private mutating func index(restored backend: BackendRun, _ waiting: inout [BackendKey]) {
        state.subjects[backend.id] = .backend(backend.key)
        if case .copr(let build, _) = backend.key { state.backendsOfBuild.add(backend.key, under: build) }
        switch backend.placement {
        case .undecided: waiting.append(backend.key)
        case .alone: keepClaims(on: backend.key)
        case .joined: keepProposal(backend.key)
        case .unattributed: break
        }
    }
}

extension LedgerState {
    /// Reserves memory at once, instead of moving all rows each time a table doubles.
    fileprivate mutating func reserve(_ count: (TableNumber) -> Int) {
        repositories.reserve(count(.repositories))
        pullRequests.reserve(count(.pullRequests))
        heads.reserve(count(.heads))
        changes.reserve(count(.changes))
        lanes.reserve(count(.lanes))
        runs.reserve(count(.runs))
        backends.reserve(count(.backends))
        commands.reserve(count(.commands))
        subjects.reserve(count(.pullRequests) + count(.heads) + count(.backends))
        laneNumbers.reserve(count(.lanes))
        commandNumbers.reserve(count(.commands))
    }

    mutating func restore(_ key: StateKey, _ value: [UInt8]) throws(ByteCodingError) {
        switch TableNumber(rawValue: key.table) {
        case .chronicle: chronicle.restore(try Chronicle(stored: value), at: try Int64(key))
        case .repositories: repositories.restore(try RepositoryState(stored: value), at: try RepositoryID(key))
        case .pullRequests:
            pullRequests.restore(try PullRequest(stored: value), at: try PullRequestKey(key))
        case .heads:
            // The restored key, so that the commit's hash is in memory once.
            let head = try Head(stored: value)
            heads.restore(head, at: head.key)
        case .changes: changes.restore(try Change(stored: value), at: try EntityID(key))
        case .lanes: lanes.restore(try Lane(stored: value), at: try EntityID(key))
        case .runs: runs.restore(try Run(stored: value), at: try EntityID(key))
        case .backends: backends.restore(try BackendRun(stored: value), at: try BackendKey(key))
        case .apps: apps.restore(try WatchedApp(stored: value), at: try Int64(key))
        case .appPeriods: appPeriods.restore(try AppPeriod(stored: value), at: try AppPeriodKey(key))
        case .commands: commands.restore(try Command(stored: value), at: try EntityID(key))
        case nil: throw ByteCodingError(message: "there is no such table in this version")
        }
    }
}
