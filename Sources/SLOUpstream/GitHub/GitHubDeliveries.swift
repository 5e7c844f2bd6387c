public import Logging
public import SLOCore
public import SLOMetrics
public import SLOService
internal import SLOSources
internal import SLOStore
public import ServiceLifecycle

/// Compares what GitHub says it sent to the App with what is held, again and again, and has it send again what is not
/// (docs/github-app.md).
///
/// Nothing waits for it: it reads the database beside the writer, asks GitHub within its limits, and gives up whatever
/// it is at when the server stops. What it remembers is written in one transaction with what it found, and an attempt
/// in GitHub's list is counted once, whenever the process ends.
public final class GitHubDeliveries: Service {
    public struct Settings: Sendable {
        /// `https://api.github.com`
        public let url: String
        public let app: Int64
        /// Path of the App's private key; read again for every token.
        public let keyFile: String
        public let redeliver: Bool
        public let interval: TimeSpan
        public let requestsPerMinute: Int
        public let version: String

        public init(
            url: String, app: Int64, keyFile: String, redeliver: Bool, interval: TimeSpan, requestsPerMinute: Int,
            version: String
        ) {
            self.url = url
            self.app = app
            self.keyFile = keyFile
            self.redeliver = redeliver
            self.interval = interval
            self.requestsPerMinute = requestsPerMinute
            self.version = version
        }

        /// For so long after an attempt its outcome, here or there, may not be known yet.
        var settle: TimeSpan { min(.seconds(30), interval + interval) }
    }

    private let settings: Settings
    private let journal: any ReconciliationJournal
    private let metrics: MetricsRegistry
    private let logger: Logger
    private let surroundings: UpstreamSurroundings

    /// Pages of one look through the list: far more than three days of a busy App.
    private static let pagesLimit = 2000
    /// How long an attempt may be on its way before it is taken for missing.
    private static let pendingWait = TimeSpan.minutes(15)
    private static let requestsPerRound = 100
    /// The list is in the order in which attempts began, more or less.
    private static let disorder = TimeSpan.minutes(5)

    /// - Throws: `AppKeyError` if the key cannot be read now.
    public init(
        _ settings: Settings, journal: any ReconciliationJournal, metrics: MetricsRegistry, logger: Logger,
        surroundings: UpstreamSurroundings = .real
    ) throws {
        _ = try AppKey.read(settings.keyFile)
        self.settings = settings
        self.journal = journal
        self.metrics = metrics
        self.logger = logger
        self.surroundings = surroundings
    }

    public func run() async throws {
        let client = UpstreamClient(
            UpstreamSettings(
                .github, url: settings.url, requestsPerMinute: settings.requestsPerMinute, version: settings.version),
            metrics: metrics, surroundings: surroundings)
        await cancelWhenGracefulShutdown { await self.work(client) }
        try await client.shutdown()
    }

    private func work(_ client: UpstreamClient) async {
        var round = Round(settings: settings, client: client, surroundings: surroundings)
        var complaint: String?
        while !Task.isCancelled {
            var pause: TimeSpan
            do {
                pause = try await look(&round)
                if complaint != nil { logger.notice("GitHub's list of deliveries can be read again") }
                complaint = nil
            } catch is CancellationError {
                return
            } catch {
                // Said once, not every few minutes.
                if complaint != "\(error)" {
                    complaint = "\(error)"
                    logger.warning(
                        "GitHub's list of deliveries cannot be compared with what is held",
                        metadata: ["reason": "\(error)"])
                }
                pause = settings.interval
                if case .rateLimited(let until) = (error as? UpstreamError)?.problem {
                    pause = max(pause, until - surroundings.clock.now().wall)
                }
            }
            do { try await surroundings.sleep(pause) } catch { return }
        }
    }

    /// One comparison.
    /// - Returns: how long to wait until the next.
    private func look(_ round: inout Round) async throws -> TimeSpan {
        let now = surroundings.clock.now().wall
        let isFirst = round.book == nil
        var book = try await remembered(round.book, at: now)
        let list = try await round.list(downTo: book.through)
        if let gap = list.lostBefore { book.lostSight(before: gap) }
        // GitHub no longer tells what was sent before.
        if book.through < now - DeliveryLog.retention { book.lostSight(before: now - DeliveryLog.retention) }
        let end = ripe(list.attempts, after: book.through, at: now)
        let held = try await held(of: list.attempts, and: book)
        let findings = book.take(list.attempts, through: end, held: held, at: now)
        var requests: [DeliveryLog.Outstanding] = []
        if settings.redeliver {
            let pending = Set(list.attempts.filter { $0.outcome == .pending }.map(\.guid))
            requests = book.request(
                atMost: Self.requestsPerRound, except: pending, pause: settings.settle, at: now)
        }
        guard await journal.note(Reconciliation(findings, requests, book, app: settings.app)) else {
            try Task.checkCancellation()
            return settings.settle
        }
        round.book = book
        tell(findings, book)
        try await round.askAgain(for: requests, logger)
        let isCatchingUp = isFirst || (settings.redeliver && book.hasMoreToRequest)
        return isCatchingUp ? min(settings.interval, settings.settle + .seconds(1)) : settings.interval
    }

    private func remembered(_ book: DeliveryLog?, at now: Timestamp) async throws -> DeliveryLog {
        if let book { return book }
        if let memory = try await journal.memory(of: .github) {
            do { return try DeliveryLog(stored: memory) } catch {
                logger.warning("what was known of GitHub's deliveries cannot be read: it is looked at from now on")
                return DeliveryLog(since: now)
            }
        }
        // What was sent before anybody observed is not missed.
        let beginning = try await journal.beginning() ?? now
        return DeliveryLog(since: max(beginning, now - DeliveryLog.retention))
    }

    /// Up to when attempts may be looked at: none that could still change, and none before one that could.
    private func ripe(_ attempts: [DeliveryAttempt], after start: Timestamp, at now: Timestamp) -> Timestamp {
        var end = (now - settings.settle).flooredToSecond
        for attempt in attempts where attempt.outcome == .pending && attempt.isUsed && attempt.deliveredAt > start {
            if now - attempt.deliveredAt < Self.pendingWait {
                end = min(end, attempt.deliveredAt.flooredToSecond - .milliseconds(1))
            }
        }
        return max(end, start)
    }

    private func held(of attempts: [DeliveryAttempt], and book: DeliveryLog) async throws -> Set<String> {
        let guids = Set(attempts.filter(\.isUsed).map(\.guid)).union(book.outstanding.keys)
        let identities = Dictionary(
            guids.flatMap { guid in
                DeliveryAttempt.identities(ofGUID: guid, sentTo: settings.app).map { ($0, guid) }
            }
        ) { first, _ in first }
        return Set(try await journal.held(Array(identities.keys)).compactMap { identities[$0] })
    }

    private func tell(_ findings: DeliveryLog.Findings, _ book: DeliveryLog) {
        guard !findings.missed.isEmpty || !findings.recovered.isEmpty || findings.givenUp > 0 else { return }
        logger.notice(
            "compared with GitHub's list of deliveries",
            metadata: [
                "missed": "\(findings.missed.count)", "recovered": "\(findings.recovered.count)",
                "given_up": "\(findings.givenUp)", "missing": "\(book.outstanding.count)",
            ])
    }
}

// MARK: - Asking GitHub

extension GitHubDeliveries {
    /// What lasts from one comparison to the next.
    private struct Round {
        let settings: Settings
        let client: UpstreamClient
        let surroundings: UpstreamSurroundings
        var book: DeliveryLog?
        var token: (text: String, endsAt: Timestamp)?

        struct List {
            var attempts: [DeliveryAttempt] = []
            /// Set where the list was too long to be read to its end.
            var lostBefore: Timestamp?
        }

        /// All that the list has back to a moment.
        mutating func list(downTo start: Timestamp) async throws -> List {
            var list = List()
            var cursor: String?
            for _ in 0..<GitHubDeliveries.pagesLimit {
                let path = DeliveryPage.path(after: cursor)
                let page = try await client.get(path, headers: try headers()) { answer in
                    guard answer.isSuccess else { throw DeliveryListError(status: answer.status) }
                    return try DeliveryPage(answer)
                }
                list.attempts += page.attempts.filter(\.isUsed)
                let isBehind = page.attempts.last.map { $0.deliveredAt <= start - GitHubDeliveries.disorder } ?? true
                guard !isBehind, let next = page.cursor, next != cursor else { return list }
                cursor = next
            }
            list.lostBefore = list.attempts.last?.deliveredAt
            return list
        }

        /// One request after the other; what is not taken is asked for again in a later round.
        mutating func askAgain(for deliveries: [DeliveryLog.Outstanding], _ logger: Logger) async throws {
            for delivery in deliveries {
                let answer = try await client.post(
                    "/app/hook/deliveries/\(delivery.id)/attempts", headers: try headers())
                guard !answer.isSuccess else { continue }
                logger.notice(
                    "GitHub does not send a delivery again",
                    metadata: ["delivery": "\(delivery.guid)", "status": "\(answer.status)"])
            }
        }

        private mutating func headers() throws -> UpstreamClient.Headers {
            let now = surroundings.clock.now().wall
            if token.map({ $0.endsAt - now < .minutes(2) || $0.endsAt - now > .minutes(10) }) ?? true {
                token = try AppKey.read(settings.keyFile).token(of: settings.app, at: now)
            }
            guard let token else { throw AppKeyError(reason: "cannot sign") }
            return [
                ("Authorization", "Bearer \(token.text)"), ("Accept", "application/vnd.github+json"),
                ("X-GitHub-Api-Version", "2022-11-28"),
            ]
        }
    }
}

/// GitHub refuses to show the list.
struct DeliveryListError: Error, CustomStringConvertible {
    let status: Int

    var description: String {
        switch status {
        case 401:
            "GitHub does not accept the App's token: check github.app_id, github.app_private_key_file and the clock"
        case 404: "GitHub knows no list of deliveries there: check github.api_url, and that the App has a webhook"
        default: "GitHub answered with status \(status)"
        }
    }
}

extension Reconciliation {
    init(
        _ findings: DeliveryLog.Findings, _ requests: [DeliveryLog.Outstanding], _ book: DeliveryLog, app: Int64
    ) {
        self.init(of: .github, covered: min(book.since, book.through)...book.through, memory: book.stored)
        checked = findings.checked
        missed = findings.missed.compactMap { Missed($0, app: app) }
        outstanding = book.outstandingOldestFirst.compactMap { Missed($0, app: app) }
        recovered = findings.recovered.compactMap { Missed($0, app: app) }
        givenUp = findings.givenUp
        requested = Int64(requests.count)
        completeness = book.completeness
    }
}

extension Reconciliation.Missed {
    init?(_ delivery: DeliveryLog.Outstanding, app: Int64) {
        guard let identity = DeliveryAttempt.identities(ofGUID: delivery.guid, sentTo: app).first else { return nil }
        self.init(identity: identity, deliveredAt: delivery.deliveredAt, reason: delivery.reason)
    }
}
