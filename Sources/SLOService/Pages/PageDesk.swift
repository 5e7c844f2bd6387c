import Dispatch
import SLOCore
import SLOMetrics
package import SLOStore
import Synchronization

/// Answers the pages from the database, on threads and connections of its own: neither deliveries nor those who look
/// wait for one another.
final class PageDesk: Sendable {
    /// Of one moment, so that pages agree with one another.
    struct Standing: Sendable {
        let overview: Overview
        let openWork: OpenWorkReading
    }

    let settings: LedgerSettings
    let showsPrivate: Bool
    private let metrics: MetricsRegistry
    private let clock: ServiceClock
    private let lookups: Connection
    private let standing: KeptReading<Standing>
    private let pastRuns: KeptReading<HistoryReading>
    private let reports: KeptReading<Report>
    private let lastDeliveries: KeptReading<[Source: Timestamp]>

    init(
        database: String, settings: LedgerSettings, showsPrivate: Bool, metrics: MetricsRegistry, clock: ServiceClock
    ) {
        self.settings = settings
        self.showsPrivate = showsPrivate
        self.metrics = metrics
        self.clock = clock
        let lookups = Connection(database: database)
        self.lookups = lookups
        let surveys = Connection(database: database)
        let summaries = Connection(database: database)
        standing = KeptReading(
            goodFor: .seconds(3), staleFor: .minutes(2), idleFor: .minutes(1),
            on: DispatchQueue(label: "packit-slo.pages.standing"), clock: clock
        ) { now in
            try surveys.read {
                try Survey(settings: settings, showsPrivate: showsPrivate).standing(at: now.wall, in: $0)
            }
        }
        let judgements = Connection(database: database)
        reports = KeptReading(
            goodFor: .seconds(5), staleFor: .minutes(10), idleFor: .minutes(10),
            on: DispatchQueue(label: "packit-slo.pages.report"), clock: clock
        ) { now in
            try judgements.read {
                try Survey(settings: settings, showsPrivate: showsPrivate).report(at: now.wall, in: $0)
            }
        }
        lastDeliveries = KeptReading(
            goodFor: .minutes(1), staleFor: .hours(1), idleFor: .hours(1), on: queue, clock: clock
        ) { _ in try lookups.read(Self.lastDeliveries) }
        pastRuns = KeptReading(
            goodFor: .minutes(1), staleFor: .hours(1), idleFor: .minutes(10),
            on: DispatchQueue(label: "packit-slo.pages.history"), clock: clock
        ) { now in
            try summaries.read {
                try Survey(settings: settings, showsPrivate: showsPrivate).history(at: now.wall, in: $0)
            }
        }
    }

    /// After a start the series know of no delivery until one comes; the journal may.
    private static func lastDeliveries(in store: StoreReader) throws -> [Source: Timestamp] {
        var last: [Source: Timestamp] = [:]
        for source in Source.allCases {
            last[source] = try store.arrivals(before: nil, source: source, result: nil, atMost: 1)
                .arrivals.first?.receivedAt
        }
        return last
    }

    /// A connection that is opened when it is first needed, and again after an error.
    private final class Connection: Sendable {
        private let database: String
        private let store = Mutex<StoreReader?>(nil)

        init(database: String) {
            self.database = database
        }

        /// One reader at a time.
        func read<Result>(_ work: (StoreReader) throws -> Result) throws -> Result {
            try store.withLock { store in
                let open = try store ?? StoreReader.open(path: database)
                store = nil
                let result = try work(open)
                store = open
                return result
            }
        }
    }

    private let queue = DispatchQueue(label: "packit-slo.pages.lookups")

    private func lookUp<Result: Sendable>(
        _ work: @escaping @Sendable (StoreReader) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [lookups] in
                continuation.resume(with: Swift.Result { try lookups.read(work) })
            }
        }
    }
}

extension PageDesk: PageSource {
    var pageSettings: LedgerSettings { settings }

    func overview() async throws -> Overview { try await standing.value().overview }

    func openWork() async throws -> OpenWorkReading { try await standing.value().openWork }

    func history() async throws -> HistoryReading { try await pastRuns.value() }

    func report(of repository: String?) async throws -> Report? {
        let report = try await reports.value()
        guard let repository else { return report }
        // One that came after the report was made is known all the same: nothing of it was judged by then.
        let isTold = try await lookUp { [showsPrivate] store in
            let directory = try RepositoryDirectory(from: store)
            return showsPrivate ? directory.id(of: repository) != nil : directory.isPublic(repository)
        }
        return isTold ? report.filtered(to: repository) : nil
    }

    func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestReading.Place
    ) async throws -> PullRequestReading? {
        let (now, settings, showsPrivate) = (clock.now().wall, settings, showsPrivate)
        return try await lookUp { store in
            let directory = try RepositoryDirectory(from: store)
            guard let id = directory.id(of: repository), let name = directory.name(of: id) else { return nil }
            // Under its present name, too, another may have been private.
            guard showsPrivate || directory.isPublic(repository) && directory.isPublic(name) else { return nil }
            return try PullRequestReading(
                number, in: id, named: name, from: place, at: now, settings: settings, store: store)
        }
    }

    func endedRuns(_ query: RunQuery) async throws -> EndedRunsReading {
        let (now, showsPrivate) = (clock.now().wall, showsPrivate)
        return try await lookUp { store in
            try EndedRunsReading(
                query, at: now, directory: RepositoryDirectory(from: store), showing: showsPrivate, from: store)
        }
    }

    func blindTimes() async throws -> (at: Timestamp, times: [BlindTime]) {
        let now = clock.now().wall
        return try await lookUp { (now, try $0.blindIntervals().reversed().map(BlindTime.init)) }
    }

    func sources() async throws -> [SourceReading] {
        let inJournal = try await lastDeliveries.value()
        return Source.allCases.map { source in
            let told = metrics.value(of: .lastDeliveryMilliseconds(source)).map { Timestamp(milliseconds: $0) }
            return SourceReading(
                source: source, lastDelivery: told ?? inJournal[source],
                medianLag: metrics.bound(of: .deliveryLag(source), atQuantile: 0.5).map {
                    .milliseconds(Int64($0 * 1000))
                },
                results: DeliveryResult.allCases.map { ($0, metrics.value(of: .deliveries(source, $0))) })
        }
    }

    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesReading {
        let now = clock.now().wall
        return try await lookUp { store in
            let found = try store.arrivals(
                before: query.before, source: query.source, result: query.result?.rawValue, atMost: query.limit)
            return DeliveriesReading(
                at: now, arrivals: found.arrivals.map(DeliveriesReading.Arrival.init), next: found.next,
                blindTimes: try store.blindIntervals().suffix(20).reversed().map(BlindTime.init))
        }
    }
}

extension DeliveriesReading.Arrival {
    fileprivate init(_ stored: JournalledArrival) {
        self.init(
            sequence: stored.sequence, receivedAt: stored.receivedAt, source: stored.source, event: stored.event,
            result: stored.result, bodyByteCount: stored.bodyByteCount)
    }
}

extension BlindTime {
    package init(_ stored: BlindInterval) {
        self.init(
            from: stored.startedAt, to: stored.endedAt, cause: stored.cause, excludes: stored.excludes,
            caughtUpAt: stored.caughtUpAt)
    }
}
