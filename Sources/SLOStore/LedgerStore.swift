public import SLOCore

/// What the one writer of a ledger asks of its database. `SQLiteStore` is a file of its own; a cluster's store is
/// shared, and belongs to whoever holds the lease.
///
/// Every call blocks until it is done. What is committed survives a crash at any point, and no batch is ever stored in
/// part.
public protocol LedgerStore: Sendable {
    /// The state that a new process needs to continue, with the ledger's entries passed to `visit` one by one, in order
    /// of their keys. Read it again after an ambiguous commit.
    /// - Parameter visit: what it throws ends the reading and is thrown.
    func load(eachEntry visit: (StateKey, [UInt8]) throws -> Void) throws -> LoadedState
    /// How many entries each of the ledger's tables has.
    func countsOfState() throws -> [UInt8: Int]
    /// Which of these deliveries are stored already, whichever process stored them.
    func known(_ identities: [DeliveryIdentity]) throws -> [DeliveryIdentity: KnownDelivery]
    /// Writes a whole batch or nothing of it, and returns once it is on disk.
    ///
    /// - Throws: `StoreError`. With the code `commitAmbiguous` it is unknown whether the batch is on disk: discard what
    ///   was decided and `load` again. With every other code nothing of it is; `isDiskFault` tells whether to try its
    ///   entries one by one.
    func commit(_ batch: CommitBatch) throws
    /// Deletes a few rows that are too old, oldest first, in one short transaction, or returns a little space to the
    /// file system.
    ///
    /// - Parameter rows: the most rows to delete at once; deliveries wait meanwhile.
    /// - Returns: whether there may be more to do.
    func prune(now: Timestamp, limits: PruneLimits, rows: Int) throws -> Bool
    /// Tests whether the database accepts writes. Called after a failed commit, so that the service becomes ready again
    /// without a restart.
    func probe() throws
    /// The size of the database on disk.
    var databaseBytes: Int64 { get throws }
    /// The free space on the database's file system; `nil` if that is on another machine, or cannot be told.
    var freeBytes: Int64? { get }

    /// Deletes a few judgements of an objective that are to be filled in anew, then its hours up to then.
    ///
    /// - Parameters:
    ///   - objective: as it is configured.
    ///   - rows: the most judgements to delete at once; deliveries wait meanwhile.
    /// - Returns: whether there is more to delete.
    func clear(_ backfill: Backfill, of objective: Objective, rows: Int) throws -> Bool
    /// Adds judgements of an objective that were filled in, with their hours.
    func add(_ judgements: [BackfilledJudgement], hours: [ObjectiveHour]) throws
    /// Nothing of it is missing any more.
    func complete(_ backfill: Backfill) throws
    /// All objectives that were ever filled in.
    func backfills() throws -> [Backfill]
    /// The hours of an objective.
    func objectiveHours(of objective: Objective.Name) throws -> [ObjectiveHour]

    /// The notes that matter at a moment, whichever process stored them.
    func timeNotes(at moment: Timestamp) throws -> TimeNotesNow

    /// Ends the use of the database. Nothing that was committed is lost if it fails.
    func close() throws
}

extension LedgerStore {
    /// As `load(eachEntry:)`, with the ledger's entries in the result.
    public func load() throws -> LoadedState {
        var entries: [LoadedState.Entry] = []
        var state = try load { entries.append(LoadedState.Entry(key: $0, value: $1)) }
        state.state = entries
        return state
    }

    public func known(_ identity: DeliveryIdentity) throws -> KnownDelivery? {
        try known([identity])[identity]
    }

    /// Prunes as many rows as one short transaction may hold.
    public func prune(now: Timestamp, limits: PruneLimits) throws -> Bool {
        try prune(now: now, limits: limits, rows: Self.rowsAtOnce)
    }

    /// Clears as many rows as one short transaction may hold.
    public func clear(_ backfill: Backfill, of objective: Objective) throws -> Bool {
        try clear(backfill, of: objective, rows: Self.rowsAtOnce)
    }

    public var freeBytes: Int64? { nil }

    private static var rowsAtOnce: Int { 256 }
}
