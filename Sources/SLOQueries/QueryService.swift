import Dispatch
public import SLOConditions
public import SLOCore
public import SLOStore
import Synchronization

/// Answers queries from the database on its own threads and connections, so that intake and pages do not wait for each
/// other.
public final class QueryService: Sendable {
    /// The results of one moment, so that pages are consistent.
    struct Standing: Sendable {
        let overview: Overview
        let openWork: OpenWorkSnapshot
    }

    let settings: LedgerSettings
    let showsPrivate: Bool
    private let statistics: @Sendable (Source) -> SourceStatistics
    private let identify: @Sendable (Source, String) -> DeliveryIdentity?
    private let holding: @Sendable () -> ConditionsNow
    private let clock: ServiceClock
    private let lookups: Connection
    private let directory = Mutex(RepositoryDirectoryReader())
    private let standing: CachedQuery<Standing>
    private let pastRuns: CachedQuery<HistorySnapshot>
    private let reports: CachedQuery<Report>
    private let lastDeliveries: CachedQuery<[Source: Timestamp]>
    private let notExplained: CachedQuery<UnexplainedSnapshot>

    /// - Parameters:
    ///   - rank: the deployments that are shown first, in their order.
    ///   - showsPrivate: whether to show the names of private repositories.
    ///   - statistics: the running service's counts for a source.
    ///   - identify: the identity of a source's delivery by its id.
    ///   - isKnown: whether a classification rule knows a check's name.
    ///   - conditions: what the running service sees to hold.
    public init(
        readers: ReaderSource, settings: LedgerSettings, rank: [Deployment] = [], showsPrivate: Bool,
        clock: ServiceClock,
        statistics: @escaping @Sendable (Source) -> SourceStatistics,
        identify: @escaping @Sendable (Source, String) -> DeliveryIdentity?,
        isKnown: @escaping @Sendable (String) -> Bool,
        conditions: @escaping @Sendable () -> ConditionsNow = { ConditionsNow() }
    ) {
        holding = conditions
        self.settings = settings
        self.showsPrivate = showsPrivate
        self.statistics = statistics
        self.identify = identify
        self.clock = clock
        let lookups = Connection(readers)
        self.lookups = lookups
        let overviewQuery = OverviewQuery(settings: settings, rank: rank, showsPrivate: showsPrivate)
        let surveys = Connection(readers)
        let summaries = Connection(readers)
        standing = CachedQuery(
            goodFor: .seconds(3), staleFor: .minutes(2), idleFor: .minutes(1),
            on: DispatchQueue(label: "packit-slo.pages.standing"), clock: clock
        ) { now in try surveys.read { try overviewQuery.standing(at: now.wall, in: $0) } }
        let judgements = Connection(readers)
        reports = CachedQuery(
            goodFor: .seconds(5), staleFor: .minutes(10), idleFor: .minutes(10),
            on: DispatchQueue(label: "packit-slo.pages.report"), clock: clock
        ) { now in try judgements.read { try overviewQuery.report(at: now.wall, in: $0) } }
        lastDeliveries = CachedQuery(
            goodFor: .minutes(1), staleFor: .hours(1), idleFor: .hours(1), on: queue, clock: clock
        ) { _ in try lookups.read(Self.lastDeliveries) }
        pastRuns = CachedQuery(
            goodFor: .minutes(1), staleFor: .hours(1), idleFor: .minutes(10),
            on: DispatchQueue(label: "packit-slo.pages.history"), clock: clock
        ) { now in try summaries.read { try overviewQuery.history(at: now.wall, in: $0) } }
        notExplained = Self.comparison(
            Connection(readers), settings: settings, showsPrivate: showsPrivate, clock: clock, isKnown: isKnown)
    }

    private static func comparison(
        _ connection: Connection, settings: LedgerSettings, showsPrivate: Bool, clock: ServiceClock,
        isKnown: @escaping @Sendable (String) -> Bool
    ) -> CachedQuery<UnexplainedSnapshot> {
        let survey = JournalSurveyHolder()
        return CachedQuery(
            goodFor: .seconds(30), staleFor: .minutes(10), idleFor: .minutes(10),
            on: DispatchQueue(label: "packit-slo.pages.unexplained"), clock: clock
        ) { now in
            try connection.read { store in
                let query = UnexplainedQuery(
                    settings: settings,
                    mask: EventMask(directory: try RepositoryDirectory(from: store), showsPrivate: showsPrivate),
                    now: now.wall, store: store)
                return try query.snapshot(survey.read(from: store, isKnown: isKnown))
            }
        }
    }

    /// After a start the metrics have no last delivery yet, but the journal may.
    private static func lastDeliveries(in store: any StoreReading) throws -> [Source: Timestamp] {
        var last: [Source: Timestamp] = [:]
        for source in Source.allCases {
            last[source] = try store.deliveries(before: nil, JournalFilter(source: source), atMost: 1)
                .deliveries.first?.receivedAt
        }
        return last
    }

    /// A connection that opens when it is first needed, and again after an error.
    private final class Connection: Sendable {
        private let readers: ReaderSource
        private let store = Mutex<(any StoreReading)?>(nil)

        init(_ readers: ReaderSource) {
            self.readers = readers
        }

        /// One query at a time.
        func read<Result>(_ work: (any StoreReading) throws -> Result) throws -> Result {
            try store.withLock { store in
                let open = try store ?? readers.open()
                store = nil
                let result = try work(open)
                store = open
                return result
            }
        }
    }

    private let queue = DispatchQueue(label: "packit-slo.pages.lookups")

    private func lookUp<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreReading) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [lookups] in
                continuation.resume(with: Swift.Result { try lookups.read(work) })
            }
        }
    }

    /// Looks up what has repositories' names, as they are stored now.
    private func lookUpNamed<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreReading, RepositoryDirectory) throws -> Result
    ) async throws -> Result {
        try await lookUp { [self] store in
            try work(store, directory.withLock { try $0.read(from: store) })
        }
    }
}

extension QueryService: QueryAPI {
    public var pageSettings: LedgerSettings { settings }

    public func isReading(_ part: HistoryPart) async -> Bool {
        // With a manual clock nothing is read unless somebody waits for it.
        guard clock.runsByItself else { return false }
        let end = ContinuousClock.now + Self.readingPatience
        while !hasRead(part) {
            guard ContinuousClock.now < end, !Task.isCancelled else { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Longer than a small database takes.
    private static let readingPatience = Duration.seconds(2)

    private func hasRead(_ part: HistoryPart) -> Bool {
        switch part {
        case .standing: standing.hasRun
        case .runs: pastRuns.hasRun
        case .report: reports.hasRun
        }
    }

    public func nodes() async throws -> NodesSnapshot? {
        try await lookUp { store in try store.clusterNodes().map(NodesSnapshot.init) }
    }

    public func overview() async throws -> Overview { try await standing.value().overview }

    public func openWork() async throws -> OpenWorkSnapshot { try await standing.value().openWork }

    public func history() async throws -> HistorySnapshot { try await pastRuns.value() }

    public func report(of repository: String?) async throws -> Report? {
        let report = try await reports.value()
        guard let repository else { return report }
        // A repository added since the report was made is known, but has no judgements in it.
        let isKnown = try await lookUpNamed { [showsPrivate] _, directory in
            showsPrivate ? directory.id(of: repository) != nil : directory.isPublic(repository)
        }
        return isKnown ? report.filtered(to: repository) : nil
    }

    public func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestSnapshot.Place
    ) async throws -> PullRequestSnapshot? {
        let (now, settings, showsPrivate) = (clock.now().wall, settings, showsPrivate)
        return try await lookUpNamed { store, directory in
            guard let id = directory.id(of: repository), let name = directory.name(of: id) else { return nil }
            // Its present name must be public, too: another repository with that name may have been private.
            guard showsPrivate || directory.isPublic(repository) && directory.isPublic(name) else { return nil }
            return try PullRequestSnapshot(
                number, in: id, named: name, from: place, at: now, settings: settings, store: store)
        }
    }

    public func endedRuns(_ query: RunQuery) async throws -> EndedRunsSnapshot {
        let (now, showsPrivate) = (clock.now().wall, showsPrivate)
        return try await lookUpNamed { store, directory in
            try EndedRunsSnapshot(query, at: now, directory: directory, showing: showsPrivate, from: store)
        }
    }

    public func events(_ query: EventQuery) async throws -> EventsSnapshot {
        let (now, settings, showsPrivate) = (clock.now().wall, settings, showsPrivate)
        return try await lookUpNamed { store, directory in
            try EventsSnapshot(
                query, at: now, settings: settings, directory: directory, showing: showsPrivate, from: store)
        }
    }

    public func search(_ term: SearchTerm) async throws -> SearchSnapshot {
        let (now, showsPrivate, identify) = (clock.now().wall, showsPrivate, identify)
        let work = try await openWork()
        return try await lookUpNamed { store, directory in
            let mask = EventMask(directory: directory, showsPrivate: showsPrivate)
            return try SearchSnapshot(term, at: now, openWork: work, mask: mask, identify: identify, from: store)
        }
    }

    public func blindIntervals() async throws -> (at: Timestamp, times: [BlindIntervalSnapshot]) {
        let now = clock.now().wall
        return try await lookUp { (now, try $0.blindIntervals().reversed().map(BlindIntervalSnapshot.init)) }
    }

    public func charts(
        of objective: Objective.Name, _ deployment: Deployment, over range: ChartRange
    ) async throws -> ChartSnapshot? {
        guard let objective = settings[objective] else { return nil }
        let now = clock.now().wall
        let (from, to) = range.times(window: settings.window(of: objective), at: now)
        return try await lookUp { store in
            try ChartSnapshot(of: objective, deployment, from: from, to: to, at: now, in: store)
        }
    }

    public func timeNotes(
        from: Timestamp?, through: Timestamp?, limit: Int
    ) async throws -> (at: Timestamp, notes: [TimeNoteSnapshot]) {
        let now = clock.now().wall
        return try await lookUp { store in
            let notes = try store.timeNotes(
                from: from ?? Timestamp(milliseconds: 0), through: through ?? Timestamp(milliseconds: .max),
                atMost: limit)
            return (now, notes.map(TimeNoteSnapshot.init))
        }
    }

    public func sources() async throws -> [SourceSnapshot] {
        let inJournal = try await lastDeliveries.value()
        return Source.allCases.map { source in
            let counted = statistics(source)
            return SourceSnapshot(
                source: source, lastDelivery: counted.lastDelivery ?? inJournal[source], medianLag: counted.medianLag,
                outcomes: DeliveryOutcome.allCases.map { ($0, counted.outcomes[$0] ?? 0) })
        }
    }

    /// More do not fit a page.
    private static let maxIncidents = 500

    public func conditions() async throws -> ConditionsNow {
        let now = holding()
        // What holds is told even if the database cannot be read.
        guard now.areAboutWaiting, let work = try? await openWork() else { return now }
        return now.told(by: work)
    }

    public func incidents(over span: TimeSpan) async throws -> IncidentsSnapshot {
        let now = clock.now().wall
        return try await lookUp { store in
            let open = try store.openIncidents(atMost: Self.maxIncidents).filter { $0.firedAt != nil }
            let ended = try store.firedIncidents(endedSince: now - span, atMost: Self.maxIncidents)
            let all = (open + ended).sorted {
                ($1.beganAt, $0.condition, $0.subject) < ($0.beganAt, $1.condition, $1.subject)
            }
            return IncidentsSnapshot(at: now, incidents: Array(all.prefix(Self.maxIncidents)))
        }
    }

    public func incidents(before place: IncidentsSnapshot.Place?, limit: Int) async throws -> IncidentsSnapshot {
        let now = clock.now().wall
        return try await lookUp { store in
            let found = try store.firedIncidents(
                before: place.map { IncidentPlace(beganAt: $0.beganAt, skipping: $0.skipping) }, atMost: limit + 1)
            let page = Array(found.prefix(limit))
            let next = found.count > limit ? page.last : nil
            return IncidentsSnapshot(
                at: now, incidents: page,
                next: next.map { last in
                    let before = place?.beganAt == last.beganAt ? place?.skipping ?? 0 : 0
                    return IncidentsSnapshot.Place(
                        beganAt: last.beganAt, skipping: before + page.count { $0.beganAt == last.beganAt })
                })
        }
    }

    public func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesSnapshot {
        let (now, showsPrivate) = (clock.now().wall, showsPrivate)
        return try await lookUpNamed { store, directory in
            let mask = EventMask(directory: directory, showsPrivate: showsPrivate)
            return try DeliveriesSnapshot(query, at: now, mask: mask, from: store)
        }
    }

    public func delivery(_ sequence: Int64) async throws -> DeliverySnapshot? {
        let (now, showsPrivate) = (clock.now().wall, showsPrivate)
        return try await lookUpNamed { store, directory in
            let mask = EventMask(directory: directory, showsPrivate: showsPrivate)
            return try DeliverySnapshot(sequence, at: now, mask: mask, from: store)
        }
    }

    public func unexplained() async throws -> UnexplainedSnapshot { try await notExplained.value() }
}

extension BlindIntervalSnapshot {
    package init(_ stored: BlindInterval) {
        self.init(
            from: stored.startedAt, to: stored.endedAt, cause: stored.cause, excludes: stored.excludes,
            caughtUpAt: stored.caughtUpAt)
    }
}
