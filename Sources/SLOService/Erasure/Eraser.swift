public import Logging
public import SLOCore
public import SLOStore

/// Erases a repository or a login from a database that no server uses (docs/privacy.md).
///
/// The counters and the totals of objectives stay as they are. Changes and runs that are open count as excluded and
/// canceled. Repeat an erasure that was interrupted: it finds what is left.
public struct Eraser {
    public let target: ErasureTarget
    private let store: SQLiteStore
    private let settings: ServiceSettings
    private let logger: Logger

    /// What was erased, or would be.
    public struct Result: Equatable, Sendable {
        /// Deliveries and replies of which only time and identity remain.
        public var deliveries: Int64 = 0
        public var bodies: Int64 = 0
        /// Deliveries of other repositories that are stored without the name.
        public var renamedDeliveries: Int64 = 0
        public var rows = ErasedRows()
        public var state = Ledger.Erased()

        /// Whether nothing was found.
        public var isEmpty: Bool { self == Result() }
    }

    /// What is being done, for people.
    public typealias Progress = (_ step: String) throws -> Void

    public init(_ target: ErasureTarget, from store: SQLiteStore, settings: ServiceSettings, logger: Logger) {
        self.target = target
        self.store = store
        self.settings = settings
        self.logger = logger
    }

    /// - Parameters:
    ///   - now: the present time.
    ///   - isDryRun: whether to erase nothing, and only tell what would be erased.
    ///   - progress: what it throws ends the erasure.
    /// - Throws: `StoreError`, `RestoreError`.
    public func run(at now: Timestamp, isDryRun: Bool, progress: Progress = { _ in }) throws -> Result {
        if !isDryRun { try store.beginErasing() }
        let restored = try RestoredLedger(
            from: store, settings: settings, at: Moment(virtual: now), logger: logger)
        var timeline = restored.timeline
        var erasure = try findNames(knownTo: timeline.ledger, progress)
        var result = Result()
        result.state = timeline.erase(&erasure, at: Moment(virtual: now))
        try eraseJournal(erasure, &result, isDryRun: isDryRun, progress)
        try progress("history")
        result.rows = try store.erase(
            erasure, with: batch(of: timeline.drain().effects, erasure, restored), isDryRun: isDryRun)
        guard !isDryRun else { return result }
        try progress("rewriting the database")
        try store.rewrite()
        return result
    }

    // MARK: - Names

    private func findNames(knownTo ledger: Ledger, _ progress: Progress) throws -> Erasure {
        var names = RepositoryNames()
        for repository in ledger.namedRepositories { names.add(repository) }
        for (repository, name) in try store.namesInHistory() {
            if let repository { names.add(name, of: repository) }
        }
        try forEachObservation(progress) { observation in
            if let repository = observation.repository { names.add(repository.fullName, of: repository.id) }
        }
        var erasure = names.erasure(of: target)
        for backend in try store.backendsInHistory(of: erasure.repositories) { erasure.add(backend: backend) }
        try forEachObservation(progress) { erasure.learn($0) }
        return erasure
    }

    private func forEachObservation(_ progress: Progress, _ visit: (Observation) -> Void) throws {
        let reader = try SQLiteReader.open(path: store.path)
        var entries = 0
        try reader.forEachEntry { entry in
            entries += 1
            if entries.isMultiple(of: 1000) { try progress("names in \(entries) entries of the journal") }
            for observation in Self.observations(entry.kind, entry.observation) ?? [] { visit(observation) }
        }
        try reader.close()
    }

    /// - Returns: `nil` for what cannot be read.
    private static func observations(_ kind: JournalEntry.Kind, _ stored: [UInt8]?) -> [Observation]? {
        guard let stored, kind == .delivery || kind == .answer else { return [] }
        return try? [Observation](stored: stored)
    }

    // MARK: - Journal

    private func eraseJournal(
        _ erasure: Erasure, _ result: inout Result, isDryRun: Bool, _ progress: Progress
    ) throws {
        var entries = 0
        try store.eraseJournal(isDryRun: isDryRun) { page in
            var found = JournalErasure()
            for entry in page { judge(entry, erasure, &found) }
            result.deliveries += Int64(found.entries.count)
            result.bodies += Int64(found.bodies.count)
            result.renamedDeliveries += Int64(found.observations.count)
            entries += page.count
            try progress("\(entries) entries of the journal")
            return found
        }
    }

    private func judge(_ entry: ErasableEntry, _ erasure: Erasure, _ found: inout JournalErasure) {
        switch treatment(of: entry, erasure) {
        case .erase:
            found.entries.append(entry.sequence)
            if entry.body != nil { found.bodies.append(entry.sequence) }
            return
        case .replace(let observations): found.observations[entry.sequence] = observations.stored
        case .keep: break
        }
        if let body = entry.body, erasure.search.isIn(body: body) { found.bodies.append(entry.sequence) }
    }

    private enum Treatment {
        case keep
        case erase
        case replace([Observation])
    }

    /// An entry with several observations is of one repository.
    private func treatment(of entry: ErasableEntry, _ erasure: Erasure) -> Treatment {
        guard let observations = Self.observations(entry.kind, entry.observation) else {
            return erasure.search.isIn(body: entry.observation ?? []) ? .erase : .keep
        }
        let treatments = observations.map(erasure.treatment(of:))
        if treatments.contains(.erase) { return .erase }
        guard treatments.contains(where: { $0 != .keep }) else { return .keep }
        return .replace(
            zip(observations, treatments).map { observation, treatment in
                if case .replace(let nameless) = treatment { nameless } else { observation }
            })
    }

    // MARK: - State

    /// What the end of open work counts, and the state without the repositories. History gets no record of it.
    private func batch(
        of effects: Effects, _ erasure: Erasure, _ restored: RestoredLedger
    ) -> CommitBatch {
        var batch = Batch()
        batch.add(effects, settings: settings.ledger)
        batch.resolve(in: restored.metrics)
        var commit = batch.commit
        commit.changes.removeAll { erasure.repositories.contains($0.repository) }
        // Of a run that only a backend knew, history has no repository.
        commit.runs.removeAll { $0.repository.map(erasure.repositories.contains) ?? true }
        // Without it the server would not know that the last one stopped regularly.
        commit.cleanStop = restored.loaded.lastCleanStop
        return commit
    }
}
