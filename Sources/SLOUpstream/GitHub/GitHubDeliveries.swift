internal import Logging
internal import SLOCore
internal import SLOMetrics
internal import SLOService
internal import SLOStore

/// Compares GitHub's delivery log with the journal at intervals, and requests redeliveries of what is missing
/// (docs/github-app.md).
///
/// Nothing waits for it: it reads the database in parallel with the writer, stays within GitHub's limits, and is
/// interrupted when the server stops. Its state is stored in one transaction with its result, so each attempt is
/// counted once even if the process ends.
final class GitHubDeliveries: Sendable {
    struct Settings: Sendable {
        let app: AppKeyFile
        let redeliver: Bool
        let interval: TimeSpan

        /// The age from which an attempt's outcome is known, at GitHub and in the journal.
        var settle: TimeSpan { min(.seconds(30), interval + interval) }
    }

    private let settings: Settings
    private let journal: any ReconciliationJournal
    private let logger: Logger
    private let surroundings: UpstreamSurroundings

    /// The limit of pages in one comparison: far more than three days of a busy App.
    private static let pagesLimit = 2000
    /// How long an attempt may be pending before the delivery counts as missing.
    private static let pendingWait = TimeSpan.minutes(15)
    private static let requestsPerRound = 100
    /// The log is roughly in the order in which attempts began.
    private static let disorder = TimeSpan.minutes(5)

    /// - Throws: `AppKeyError` if the key cannot be read now.
    init(
        _ settings: Settings, journal: any ReconciliationJournal, logger: Logger, surroundings: UpstreamSurroundings
    ) throws {
        _ = try settings.app.key()
        self.settings = settings
        self.journal = journal
        self.logger = logger
        self.surroundings = surroundings
    }

    /// Runs until its task is cancelled.
    func run(_ client: UpstreamClient) async {
        var round = Round(list: AppDeliveryList(of: settings.app, client: client, surroundings: surroundings))
        let failures = ChangedFailures(
            logger, failing: "GitHub's delivery log cannot be compared with the journal",
            working: "GitHub's delivery log can be read again")
        await surroundings.repeating(every: settings.interval, noting: failures) { try await compare(&round) }
    }

    /// One comparison.
    /// - Returns: how long to wait until the next one.
    private func compare(_ round: inout Round) async throws -> TimeSpan {
        let now = surroundings.clock.now().wall
        let isFirst = round.log == nil
        var log = try await restored(round.log, at: now)
        let list = try await round.attempts(downTo: log.through)
        if let gap = list.unavailableBefore { log.markUnavailable(before: gap) }
        // GitHub has deleted older attempts.
        if log.through < now - DeliveryLog.retention { log.markUnavailable(before: now - DeliveryLog.retention) }
        let end = comparableEnd(list.attempts, after: log.through, at: now)
        let held = try await held(of: list.attempts, and: log)
        let findings = log.take(list.attempts, through: end, held: held, at: now)
        var requests: [DeliveryLog.Outstanding] = []
        if settings.redeliver {
            let pending = Set(list.attempts.filter { $0.outcome == .pending }.map(\.guid))
            requests = log.request(
                atMost: Self.requestsPerRound, except: pending, pause: settings.settle, at: now)
        }
        guard await journal.note(Reconciliation(findings, requests, log, app: settings.app.app)) else {
            try Task.checkCancellation()
            return settings.settle
        }
        round.log = log
        report(findings, log)
        try await round.requestRedeliveries(of: requests, logger)
        let isCatchingUp = isFirst || (settings.redeliver && log.hasMoreToRequest)
        return isCatchingUp ? min(settings.interval, settings.settle + .seconds(1)) : settings.interval
    }

    private func restored(_ log: DeliveryLog?, at now: Timestamp) async throws -> DeliveryLog {
        if let log { return log }
        if let memory = try await journal.memory(of: .github) {
            do { return try DeliveryLog(stored: memory) } catch {
                logger.warning(
                    "the stored state of GitHub's delivery log cannot be read: deliveries are compared from now on")
                return DeliveryLog(since: now)
            }
        }
        // What was sent before the first start is not missing.
        let beginning = try await journal.beginning() ?? now
        return DeliveryLog(since: max(beginning, now - DeliveryLog.retention))
    }

    /// The end of the range to compare: before it no attempt can change any more.
    private func comparableEnd(_ attempts: [DeliveryAttempt], after start: Timestamp, at now: Timestamp) -> Timestamp {
        var end = (now - settings.settle).flooredToSecond
        for attempt in attempts where attempt.outcome == .pending && attempt.isUsed && attempt.deliveredAt > start {
            if now - attempt.deliveredAt < Self.pendingWait {
                end = min(end, attempt.deliveredAt.flooredToSecond - .milliseconds(1))
            }
        }
        return max(end, start)
    }

    private func held(of attempts: [DeliveryAttempt], and log: DeliveryLog) async throws -> Set<String> {
        let guids = Set(attempts.filter(\.isUsed).map(\.guid)).union(log.outstanding.keys)
        let identities = Dictionary(
            guids.flatMap { guid in
                DeliveryAttempt.identities(ofGUID: guid, sentTo: settings.app.app).map { ($0, guid) }
            }
        ) { first, _ in first }
        return Set(try await journal.held(Array(identities.keys)).compactMap { identities[$0] })
    }

    private func report(_ findings: DeliveryLog.Findings, _ log: DeliveryLog) {
        guard !findings.missed.isEmpty || !findings.recovered.isEmpty || findings.givenUp > 0 else { return }
        logger.notice(
            "compared GitHub's delivery log with the journal",
            metadata: [
                "missed": "\(findings.missed.count)", "recovered": "\(findings.recovered.count)",
                "given_up": "\(findings.givenUp)", "missing": "\(log.outstanding.count)",
            ])
    }
}

// MARK: - Requests to GitHub

extension GitHubDeliveries {
    /// The state of one comparison and its token.
    private struct Round {
        var list: AppDeliveryList
        var log: DeliveryLog?

        struct Attempts {
            var attempts: [DeliveryAttempt] = []
            /// Set if the log was too long to be read to its end.
            var unavailableBefore: Timestamp?
        }

        /// All attempts in the log back to a moment.
        mutating func attempts(downTo start: Timestamp) async throws -> Attempts {
            var found = Attempts()
            var cursor: String?
            for _ in 0..<GitHubDeliveries.pagesLimit {
                let page = try await list.page(after: cursor)
                found.attempts += page.attempts.filter(\.isUsed)
                let isBehind = page.attempts.last.map { $0.deliveredAt <= start - GitHubDeliveries.disorder } ?? true
                guard !isBehind, let next = page.cursor, next != cursor else { return found }
                cursor = next
            }
            found.unavailableBefore = found.attempts.last?.deliveredAt
            return found
        }

        /// Requests one redelivery after the other. A failed request is repeated in a later comparison.
        mutating func requestRedeliveries(of deliveries: [DeliveryLog.Outstanding], _ logger: Logger) async throws {
            for delivery in deliveries {
                let answer = try await list.redeliver(delivery.id)
                guard !answer.isSuccess else { continue }
                logger.notice(
                    "GitHub refused to redeliver a delivery",
                    metadata: ["delivery": "\(delivery.guid)", "status": "\(answer.status)"])
            }
        }
    }
}

extension Reconciliation {
    init(
        _ findings: DeliveryLog.Findings, _ requests: [DeliveryLog.Outstanding], _ log: DeliveryLog, app: Int64
    ) {
        self.init(of: .github, covered: min(log.since, log.through)...log.through, memory: log.stored)
        checked = findings.checked
        missed = findings.missed.compactMap { Missed($0, app: app) }
        outstanding = log.outstandingOldestFirst.compactMap { Missed($0, app: app) }
        recovered = findings.recovered.compactMap { Missed($0, app: app) }
        givenUp = findings.givenUp
        requested = Int64(requests.count)
        completeness = log.completeness
    }
}

extension Reconciliation.Missed {
    init?(_ delivery: DeliveryLog.Outstanding, app: Int64) {
        guard let identity = DeliveryAttempt.identities(ofGUID: delivery.guid, sentTo: app).first else { return nil }
        self.init(identity: identity, deliveredAt: delivery.deliveredAt, reason: delivery.reason)
    }
}
