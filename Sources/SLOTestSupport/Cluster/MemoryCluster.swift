public import SLOCore
public import SLOStore
import Synchronization

/// The shared store of a cluster, in memory: what a database is to its nodes, without one.
///
/// Nothing in it happens by itself: its clock is given, and each transaction is done when its call returns.
/// Transactions of connections that fail, at the points of `StoreFaultPoint`, are done whole or not at all.
public final class MemoryCluster: Sendable {
    private let database = Mutex(Database())
    private let clock: ManualClock
    /// How long a claim or renewal lasts.
    public static let leaseTime = TimeSpan.seconds(4)

    public init(clock: ManualClock) {
        self.clock = clock
    }

    /// The tables.
    struct Database {
        var lease = Lease()
        /// How many numbers of streams were drawn.
        var streams: Int64 = 0
        var receivers: [StreamID: ReceiverLife] = [:]
        var inbox: [StreamID: [InboxEntry]] = [:]
        var ledger = MemoryLedger()
    }

    struct Lease {
        var epoch: Int64 = 0
        var until: Timestamp?
    }

    /// What a connection is about to do.
    public enum Operation: String, CaseIterable, Hashable, Sendable {
        case begin, append, end, read, claim, renew, release, commit
    }

    /// Throws to make a connection fail at a point of an operation.
    public typealias Fault = @Sendable (Operation, StoreFaultPoint) throws -> Void

    /// A node's connection.
    /// - Parameter isShown: whether a reading shows the entry at a place already.
    public func connection(
        fault: @escaping Fault = { _, _ in }, isShown: @escaping @Sendable (InboxPlace) -> Bool = { _ in true }
    ) -> MemoryConnection {
        MemoryConnection(self, fault: fault, isShown: isShown)
    }

    /// Does the work of a transaction, with the points at which its connection can fail.
    fileprivate func transact<Result>(
        _ operation: Operation, _ fault: Fault, _ work: (inout Database, Timestamp) throws -> Result
    ) throws -> Result {
        try Self.failing(inDoubt: false) { try fault(operation, .beforeTransaction) }
        try Self.failing(inDoubt: false) { try fault(operation, .beforeCommit) }
        let isWriting = operation != .read
        try Self.failing(inDoubt: isWriting) { try fault(operation, .insteadOfCommit) }
        // What refuses a transaction does so before it changes anything.
        let result = try database.withLock { try work(&$0, clock.now.wall) }
        try Self.failing(inDoubt: isWriting) { try fault(operation, .afterCommit) }
        return result
    }

    private static func failing(inDoubt: Bool, _ pass: () throws -> Void) throws {
        do { try pass() } catch {
            guard inDoubt else {
                if let error = error as? StoreError { throw error }
                throw StoreError(code: .inputOutput, message: "the connection ended", cause: "\(error)")
            }
            throw StoreError(
                code: .commitAmbiguous, message: "the connection ended amid COMMIT", cause: "\(error)",
                ambiguousCode: .inputOutput)
        }
    }

    fileprivate func newStream() -> StreamID {
        database.withLock { database in
            database.streams += 1
            return StreamID(database.streams)
        }
    }

    // MARK: - What is stored

    /// The state that the next decider would load.
    public var loaded: LoadedState { database.withLock { $0.ledger.loaded } }

    /// The journal, in order.
    public var journal: [JournalEntry] { database.withLock { $0.ledger.journal } }

    /// Streams with entries that are not decided.
    public var undecided: [StreamID] {
        database.withLock { database in
            database.inbox.filter { stream, entries in
                (entries.last?.place.position ?? 0) > (database.ledger.loaded.consumed[stream] ?? 0)
            }.map(\.key)
        }
    }

    public var epoch: Int64 { database.withLock { $0.lease.epoch } }
}

/// A node's connection to a `MemoryCluster`.
public final class MemoryConnection: Inbox, DeciderLease {
    private let cluster: MemoryCluster
    fileprivate let fault: MemoryCluster.Fault
    private let isShown: @Sendable (InboxPlace) -> Bool

    fileprivate init(
        _ cluster: MemoryCluster, fault: @escaping MemoryCluster.Fault,
        isShown: @escaping @Sendable (InboxPlace) -> Bool
    ) {
        self.cluster = cluster
        self.fault = fault
        self.isShown = isShown
    }

    fileprivate func transact<Result>(
        _ operation: MemoryCluster.Operation, _ work: (inout MemoryCluster.Database, Timestamp) throws -> Result
    ) throws -> Result {
        try cluster.transact(operation, fault, work)
    }

    // MARK: - Inbox

    public func newStream(startedAt: Timestamp) -> StreamID { cluster.newStream() }

    public func beginStream(_ stream: StreamID, node: String, startedAt: Timestamp) throws {
        try transact(.begin) { database, now in
            var life = ReceiverLife(stream: stream, node: node, startedAt: startedAt, seenAt: now)
            if let known = database.receivers[stream] {
                guard known.node == node, known.startedAt == startedAt else {
                    throw StoreError(code: .foreign, message: "stream \(stream.number) is of another process")
                }
                life = known
                life.seenAt = now
            } else {
                // Its first append tells its clock.
                life.sentAt = now
            }
            database.receivers[stream] = life
        }
    }

    public func append(
        _ entries: [InboxEntry], to stream: StreamID, through: Timestamp, sentAt: Timestamp
    ) throws {
        try transact(.append) { database, now in
            guard var life = database.receivers[stream] else { throw Self.unknown(stream) }
            guard sentAt - now <= Self.clockTolerance else {
                throw StoreError(
                    code: .rejected, message: "the clock of \(life.node) is ahead of the database's: set it")
            }
            for entry in entries where entry.place.position > life.appended {
                database.inbox[stream, default: []].append(entry)
                life.appended = entry.place.position
            }
            life.through = max(life.through, through)
            life.seenAt = now
            life.sentAt = sentAt
            database.receivers[stream] = life
        }
    }

    public func endStream(_ stream: StreamID, at moment: Timestamp) throws {
        try transact(.end) { database, now in
            guard var life = database.receivers[stream] else { throw Self.unknown(stream) }
            life.endedAt = moment
            life.through = max(life.through, moment)
            life.seenAt = now
            database.receivers[stream] = life
        }
    }

    public func read(
        after positions: [StreamID: Int64], atMost count: Int, except full: Set<StreamID>
    ) throws -> InboxReading {
        try transact(.read) { database, now in
            let wanted = database.inbox.filter { !full.contains($0.key) }.sorted { $0.key < $1.key }
            let entries = wanted.flatMap { stream, entries in
                entries.dropFirst(Int(positions[stream] ?? 0)).prefix(count).filter { isShown($0.place) }
            }
            return InboxReading(
                entries: entries, receivers: database.receivers.values.sorted { $0.stream < $1.stream }, now: now)
        }
    }

    private static let clockTolerance = TimeSpan.seconds(1)

    private static func unknown(_ stream: StreamID) -> StoreError {
        StoreError(code: .foreign, message: "the inbox has no stream \(stream.number)")
    }

    // MARK: - DeciderLease

    public func claim(by node: String) throws -> (any TermStore)? {
        let epoch: Int64? = try transact(.claim) { database, now in
            if let until = database.lease.until, until >= now { return nil }
            database.lease = MemoryCluster.Lease(
                epoch: database.lease.epoch + 1, until: now + MemoryCluster.leaseTime)
            return database.lease.epoch
        }
        return epoch.map { MemoryTerm(epoch: $0, on: self) }
    }
}

/// The store of one term.
final class MemoryTerm: TermStore {
    let epoch: Int64
    private let connection: MemoryConnection
    private let isFenced = Atomic<Bool>(false)

    init(epoch: Int64, on connection: MemoryConnection) {
        self.epoch = epoch
        self.connection = connection
    }

    var isOver: Bool { isFenced.load(ordering: .relaxed) }

    /// Does what only the holder of the lease may, and extends the lease.
    private func transact<Result>(
        _ operation: MemoryCluster.Operation, _ work: (inout MemoryCluster.Database, Timestamp) throws -> Result
    ) throws -> Result {
        do {
            return try connection.transact(operation) { database, now in
                guard database.lease.epoch == epoch else {
                    throw StoreError(code: .ownershipLost, message: "another node has claimed the lease")
                }
                database.lease.until = now + MemoryCluster.leaseTime
                return try work(&database, now)
            }
        } catch let error as StoreError {
            if error.code == .ownershipLost { isFenced.store(true, ordering: .relaxed) }
            throw error
        }
    }

    func renew() throws { try transact(.renew) { _, _ in } }

    func release() throws { try transact(.release) { database, _ in database.lease.until = nil } }

    // MARK: - LedgerStore

    func commit(_ batch: CommitBatch) throws { try transact(.commit) { database, _ in try database.ledger.add(batch) } }

    func load(eachEntry visit: (StateKey, [UInt8]) throws -> Void) throws -> LoadedState {
        var loaded = try connection.transact(.read) { database, _ in database.ledger.loaded }
        for entry in loaded.state { try visit(entry.key, entry.value) }
        loaded.state = []
        return loaded
    }

    func countsOfState() throws -> [UInt8: Int] {
        try connection.transact(.read) { database, _ in
            Dictionary(grouping: database.ledger.state.keys, by: \.table).mapValues(\.count)
        }
    }

    func known(_ identities: [DeliveryIdentity]) throws -> [DeliveryIdentity: KnownDelivery] {
        try connection.transact(.read) { database, _ in
            let known = identities.compactMap { identity in
                database.ledger.identities[identity].map { (identity, $0) }
            }
            return Dictionary(known) { first, _ in first }
        }
    }

    /// It keeps everything.
    func prune(now: Timestamp, limits: PruneLimits, rows: Int) throws -> Bool { false }

    func probe() throws { try renew() }

    var databaseBytes: Int64 { 0 }

    /// It keeps none.
    func timeNotes(at moment: Timestamp) throws -> TimeNotesNow { TimeNotesNow() }

    func clear(_ backfill: Backfill, of objective: Objective, rows: Int) throws -> Bool {
        try transact(.commit) { database, _ in database.ledger.clear(backfill, of: objective) }
        return false
    }

    func add(_ judgements: [BackfilledJudgement], hours: [ObjectiveHour]) throws {
        try transact(.commit) { database, _ in database.ledger.add(judgements, hours: hours) }
    }

    func complete(_ backfill: Backfill) throws {
        try transact(.commit) { database, _ in database.ledger.backfills[backfill.objective] = backfill }
    }

    func backfills() throws -> [Backfill] {
        try connection.transact(.read) { database, _ in
            database.ledger.backfills.values.sorted { $0.objective.rawValue < $1.objective.rawValue }
        }
    }

    func objectiveHours(of objective: Objective.Name) throws -> [ObjectiveHour] {
        try connection.transact(.read) { database, _ in
            database.ledger.loaded.objectiveHours.filter { $0.objective == objective }
        }
    }

    func close() throws { try release() }
}
