internal import SLOCore
internal import SLOService

/// Reads a list of deliveries page by page, from the newest attempt back to where it was read before.
///
/// The ledger counts what is read and remembers it in one transaction. So this keeps nothing that a crash could take
/// away, and may read a page as often as it likes.
struct AppDeliveryReader<Pages: AppDeliveryPages> {
    private var pages: Pages
    private let app: Int64
    private let deployment: Deployment
    private let interval: TimeSpan
    private let journal: any AppDeliveryJournal
    private let clock: ServiceClock
    private let pagesLimit: Int

    private var reading: AppReading?
    /// How far the database says that the list was read.
    private var storedThrough: Timestamp?
    /// One that was interrupted goes on where it was.
    private var round: Round?
    private var hasRead = false

    /// Three days of an App with more than 300,000 deliveries a day.
    static var pagesLimit: Int { 10_000 }
    /// If nothing new is listed, how far the list was read is stored only this often.
    private static var longestUnnoted: TimeSpan { .hours(1) }

    init(
        _ pages: Pages, app: Int64, deployment: Deployment, interval: TimeSpan, journal: any AppDeliveryJournal,
        clock: ServiceClock, pagesLimit: Int = Self.pagesLimit
    ) {
        self.pages = pages
        self.app = app
        self.deployment = deployment
        self.interval = interval
        self.journal = journal
        self.clock = clock
        self.pagesLimit = pagesLimit
    }

    /// One reading of the list.
    private struct Round {
        let beginning: Timestamp
        let startedAt: Timestamp
        var cursor: String?
        var oldestWaiting: Timestamp?
        /// Read and not stored yet: with the last page it is stored how far the list was read.
        var unstored: [AppDeliveryAttempt] = []
        var report: Report
    }

    /// What a reading found.
    struct Report: Equatable {
        var isFirst: Bool
        var pages = 0
        var counted = 0
        /// Whether the list was too long to be read to its end.
        var isCut = false
    }

    /// Reads the list to its end.
    /// - Throws: what `page` throws, `NotStored`, `CancellationError`. The next call goes on from there.
    mutating func read() async throws -> Report {
        let now = clock.now().wall
        if reading == nil {
            storedThrough = try await journal.readThrough(ofApp: app)
            reading = AppReading(through: storedThrough ?? now - AppDeliveryAttempt.retention)
        }
        var reading = reading ?? AppReading(through: now)
        var round =
            round
            ?? Round(beginning: reading.beginning(at: now), startedAt: now, report: Report(isFirst: !hasRead))
        do {
            while try await readPage(&round) {}
            reading.finish(
                from: round.beginning, startedAt: round.startedAt, waiting: round.oldestWaiting, interval: interval)
            let unnoted = storedThrough.map { reading.through - $0 } ?? Self.longestUnnoted
            if round.report.counted > 0 || !round.unstored.isEmpty || unnoted >= Self.longestUnnoted {
                try await store(&round, through: reading.through)
                storedThrough = reading.through
            }
        } catch {
            // GitHub may have deleted what the cursor points to.
            self.round = error is DeliveryListError ? nil : round
            throw error
        }
        self.reading = reading
        self.round = nil
        hasRead = true
        return round.report
    }

    /// - Returns: whether there is more to read.
    private mutating func readPage(_ round: inout Round) async throws -> Bool {
        guard round.report.pages < pagesLimit else {
            round.report.isCut = true
            return false
        }
        let page = try await pages.page(after: round.cursor)
        let now = clock.now().wall
        // One from the future is listed again when its time has come.
        let attempts = page.attempts.filter {
            $0.deliveredAt >= round.beginning && $0.deliveredAt <= now + Ledger.futureTolerance
        }
        let new = try await journal.uncounted(attempts.compactMap(\.counted), ofApp: app)
        if !new.isEmpty {
            if !round.unstored.isEmpty { try await store(&round, through: nil) }
            round.unstored = new
        }
        round.report.pages += 1
        for attempt in attempts where attempt.counted == nil {
            round.oldestWaiting = min(round.oldestWaiting ?? attempt.deliveredAt, attempt.deliveredAt)
        }
        guard let newest = page.attempts.map(\.deliveredAt).max(), newest >= round.beginning,
            let next = page.cursor, next != round.cursor
        else { return false }
        round.cursor = next
        return true
    }

    private func store(_ round: inout Round, through: Timestamp?) async throws {
        let listed = AppDeliveriesListed(
            app: app, deployment: deployment, attempts: round.unstored, readThrough: through)
        guard await journal.note(listed) else {
            try Task.checkCancellation()
            throw NotStored()
        }
        round.report.counted += round.unstored.count
        round.unstored = []
    }
}

/// What was read cannot be stored now.
struct NotStored: Error, CustomStringConvertible {
    let description = "what was read cannot be stored now"
}
