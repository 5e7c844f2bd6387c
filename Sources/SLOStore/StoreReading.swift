public import SLOCore

/// What pages, the API, reports and tools read from a database, while the ledger's writer may write it. Each method
/// reads a consistent state; two calls may see two.
public protocol StoreReading: StateSource, Sendable {
    /// The state that was committed by now.
    func load() throws -> LoadedState
    /// The entries of one of the ledger's tables (`StateKey.table`).
    func state(ofTable table: UInt8) throws -> [LoadedState.Entry]
    /// In order of their starts.
    func blindIntervals() throws -> [BlindInterval]
    /// All objectives that were ever filled in.
    func backfills() throws -> [Backfill]

    // MARK: - The journal

    /// The extent of the journal at this moment.
    func journalExtent() throws -> JournalExtent
    /// Visits the journal's entries in order, whether or not their bodies are still stored.
    ///
    /// - Parameters:
    ///   - first: the first sequence, inclusive.
    ///   - end: the sequence before which it ends, such as an extent's `nextSequence`.
    /// - Throws: `StoreError`, or what `visit` throws.
    func forEachEntry(from first: Int64, before end: Int64, _ visit: (StoredEntry) throws -> Void) throws
    /// Visits the deliveries whose bodies are still stored, in the journal's order.
    ///
    /// - Parameters:
    ///   - from: the first time of receipt, inclusive.
    ///   - until: the last time of receipt, inclusive.
    /// - Throws: `StoreError`, or what `visit` throws.
    func forEachDelivery(
        from: Timestamp?, until: Timestamp?, _ visit: (StoredDelivery) throws -> Void
    ) throws
    /// Matching deliveries before a place in the journal.
    /// - Parameters:
    ///   - before: a sequence, not included; `nil` for the journal's end.
    ///   - limit: the most to return.
    func deliveries(before: Int64?, _ filter: JournalFilter, atMost limit: Int) throws -> JournalPage
    /// The journal's entry of that number, if it is a delivery.
    func delivery(_ sequence: Int64) throws -> StoredEntry?
    /// The deliveries with these numbers whose bodies are still stored.
    func bodies(of sequences: [Int64]) throws -> [StoredDelivery]
    /// The number of the first entry that was received at a time or later, as far as the journal is in order of time.
    func firstEntry(receivedFrom time: Timestamp) throws -> Int64
    /// Which of these deliveries are stored.
    func held(_ identities: [DeliveryIdentity]) throws -> Set<DeliveryIdentity>
    /// When deliveries with these identities were received.
    /// - Parameter limit: the most to return.
    func arrivals(of identities: ClosedRange<DeliveryIdentity>, atMost limit: Int) throws -> [Arrival]
    /// The state that the last reconciliation stored; `nil` before the first one.
    func reconciliationMemory(of source: Source) throws -> [UInt8]?

    // MARK: - History

    /// The verdicts on the changes of a pull request, the latest first. The repository's name is case-insensitive, as
    /// on GitHub.
    /// - Parameter skipping: how many of the latest to skip.
    func changes(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [ChangeRecord]
    /// The ended runs of a pull request, the latest first.
    /// - Parameter skipping: how many of the latest to skip.
    func runs(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [RunRecord]
    /// The verdicts on these changes, as far as there are any yet.
    func changes(_ changes: [EntityID]) throws -> [ChangeRecord]
    /// The ends of these runs, as far as they have ended.
    func runs(_ runs: [EntityID]) throws -> [RunRecord]
    /// The ended runs that were joined with a build of Copr or a request of Testing Farm.
    func runs(ofBackend id: String, atMost limit: Int) throws -> [RunRecord]
    /// The ended runs on commits that begin so.
    func runs(ofCommit beginning: String, atMost limit: Int) throws -> [RunRecord]
    /// The verdicts on changes to commits that begin so.
    func changes(ofCommit beginning: String, atMost limit: Int) throws -> [ChangeRecord]
    /// Matching runs that were counted as ended within a time range, both ends included.
    /// - Parameters:
    ///   - before: a place, not included; `nil` for the latest.
    ///   - repository: reads only this one's runs; case-insensitive.
    ///   - limit: the most to return.
    func endedRuns(
        before: RunPlace?, repository: String?, from: Timestamp, through: Timestamp, atMost limit: Int,
        where isWanted: (RunRecord) -> Bool
    ) throws -> FoundRuns
    /// Visits the runs counted as ended within a time range, both ends included, in order of time.
    func forEachEndedRun(from: Timestamp, through: Timestamp, _ visit: (EndedRun) -> Void) throws
    /// The first changes that were judged from one moment until before another, in order of time.
    func changesJudged(from: Timestamp, before end: Timestamp, atMost limit: Int) throws -> [JudgedChange]
    /// The first runs that were counted as ended from one moment until before another, in order of time.
    func runsCounted(from: Timestamp, before end: Timestamp, atMost limit: Int) throws -> [CountedRun]
    /// Runs that ended since a moment.
    func runActivity(since: Timestamp) throws -> [RunActivity]
    /// Changes that were judged since a moment.
    func changeActivity(since: Timestamp) throws -> [ChangeActivity]

    // MARK: - Objectives

    /// Visits the judgements within a time range, both ends included, in order of time.
    /// - Throws: `StoreError`, or what `visit` throws.
    func forEachJudgement(from: Timestamp, until: Timestamp, _ visit: (StoredJudgement) throws -> Void) throws
    /// One page of the judgements that match a filter. Reads a limited number of them: a page may have fewer than the
    /// limit, or none, and still a next one.
    /// - Parameters:
    ///   - place: where the page begins; `nil` for the first one.
    ///   - limit: the most to return.
    ///   - isWanted: called with each that matches; others are skipped.
    func judgements(
        _ filter: JudgementFilter, order: TimeOrder, after place: JudgementPlace?, atMost limit: Int,
        where isWanted: (ObjectiveJudgement) -> Bool
    ) throws -> FoundJudgements
    /// Judgements after one moment and up to another. Exact; meant for ranges of hours.
    func judgements(after: Timestamp, through: Timestamp) throws -> [ObjectiveCount]
    /// Judgements in doubt within a time range, both ends included.
    func doubts(from: Timestamp, through: Timestamp) throws -> [DoubtCount]
    /// The hours of all objectives within a range of hours since 1970.
    func objectiveHours(_ hours: ClosedRange<Int64>) throws -> [ObjectiveHour]

    // MARK: - Conditions

    /// The series that are sampled, in order of their numbers.
    func sampledSeries() throws -> [SampledSeriesRecord]
    /// Visits the samples from a moment on, in order of time.
    /// - Throws: `StoreError`, or what `visit` throws.
    func forEachSample(from first: Timestamp, _ visit: (SampleRecord) throws -> Void) throws
    /// The incidents that had not ended when they were last written.
    func openIncidents(atMost limit: Int) throws -> [Incident]
    /// The incidents with an alert that ended at a moment or later, those that ended last first.
    func firedIncidents(endedSince moment: Timestamp, atMost limit: Int) throws -> [Incident]
    /// The incidents with an alert before a place, the latest first; `nil` for the latest.
    func firedIncidents(before place: IncidentPlace?, atMost limit: Int) throws -> [Incident]

    /// The notes on times that overlap a range, both ends included, those that end last first.
    func timeNotes(from: Timestamp, through: Timestamp, atMost limit: Int) throws -> [TimeNote]

    /// The nodes of the cluster; `nil` for a database of one process.
    func clusterNodes() throws -> ClusterNodes?

    func close() throws
}

extension StoreReading {
    public func clusterNodes() throws -> ClusterNodes? { nil }

    /// Visits the journal's entries from the first one on, in order.
    public func forEachEntry(before end: Int64 = .max, _ visit: (StoredEntry) throws -> Void) throws {
        try forEachEntry(from: 0, before: end, visit)
    }

    /// Visits all deliveries whose bodies are still stored, in the journal's order.
    public func forEachDelivery(_ visit: (StoredDelivery) throws -> Void) throws {
        try forEachDelivery(from: nil, until: nil, visit)
    }
}

/// How to open a reader of one database. Each of those who read at the same time opens one of its own.
public struct ReaderSource: Sendable {
    private let make: @Sendable () throws -> any StoreReading

    public init(_ make: @escaping @Sendable () throws -> any StoreReading) {
        self.make = make
    }

    /// Readers of a SQLite file.
    public init(path: String) {
        self.init { try SQLiteReader.open(path: path) }
    }

    /// Readers of a cluster's database, which a node must have made.
    public init(_ address: PostgresAddress) {
        self.init { try PostgresReader(address) }
    }

    /// - Throws: `StoreError`.
    public func open() throws -> any StoreReading { try make() }
}
