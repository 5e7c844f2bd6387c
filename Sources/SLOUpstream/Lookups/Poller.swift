internal import Logging
internal import SLOCore
internal import SLOMetrics
internal import SLOService
import Synchronization

/// Asks one upstream about what is open, one thing after the other, at the pace that its schedule and client allow.
final class Poller: Sendable {
    let upstream: Upstream
    private let lookup: any Lookup
    private let source: any LookupSource
    private let metrics: MetricsRegistry
    private let surroundings: UpstreamSurroundings
    private let trouble: TroubleLog
    private let schedule: Mutex<LookupSchedule>

    /// More open runs than this are not looked at one by one.
    static let watchedLimit = 10_000
    /// How long it takes at most until what is urgent is seen.
    private static let longestSleep = TimeSpan.seconds(1)

    init(
        _ upstream: Upstream, _ lookup: any Lookup, interval: TimeSpan, source: any LookupSource,
        metrics: MetricsRegistry, surroundings: UpstreamSurroundings, logger: Logger, limit: Int = Poller.watchedLimit
    ) {
        self.upstream = upstream
        self.lookup = lookup
        self.source = source
        self.metrics = metrics
        self.surroundings = surroundings
        trouble = TroubleLog(upstream, logger)
        schedule = Mutex(LookupSchedule(pace: LookupPace(interval: interval), limit: limit))
    }

    /// Takes over what is open now.
    func survey(_ open: [LookupRequest]) {
        let now = surroundings.clock.now().wall
        let own = open.filter { $0.subject.upstream == upstream }
        let (watched, leftOut) = schedule.withLock { schedule in
            let leftOut = schedule.survey(own, at: now)
            return (schedule.count, leftOut)
        }
        metrics.set(.lookupsWatched(upstream), to: Int64(watched))
        if leftOut > 0 { metrics.count(.lookupsLeftOut(upstream), by: Int64(leftOut)) }
    }

    /// Works until its task is canceled.
    func run() async {
        while !Task.isCancelled { await step() }
    }

    /// Asks about what is due, or sleeps for a while.
    func step() async {
        enqueueUrgent()
        let now = surroundings.clock.now().wall
        if let lookupRequest = schedule.withLock({ $0.next(at: now) }) {
            await ask(lookupRequest)
        } else {
            await sleep(until: schedule.withLock { $0.nextDue }, from: now)
        }
    }

    private func enqueueUrgent() {
        let now = surroundings.clock.now().wall
        for lookupRequest in source.urgentLookupRequests(of: upstream) {
            let hasRoom = schedule.withLock { $0.enqueueUrgent(lookupRequest, at: now) }
            if !hasRoom { metrics.count(.lookupsLeftOut(upstream)) }
        }
    }

    private func sleep(until due: Timestamp?, from now: Timestamp) async {
        let wait = due.map { min($0 - now, Self.longestSleep) } ?? Self.longestSleep
        await sleep(max(wait, .milliseconds(1)))
    }

    /// Ends early when the task is canceled, as `run` sees.
    private func sleep(_ span: TimeSpan) async {
        try? await surroundings.sleep(span)
    }

    private func ask(_ lookupRequest: LookupRequest) async {
        do {
            note(try await lookup.ask(lookupRequest), of: lookupRequest.subject)
        } catch let error as UpstreamError {
            metrics.count(.lookups(upstream, .failed))
            schedule.withLock { $0.failed(lookupRequest.subject) }
            trouble.failed(error)
            await pause(after: error)
        } catch {
            // Given up since the task was canceled. Anything else would be a defect, and must not become a busy loop.
            if !Task.isCancelled { trouble.failed(error) }
            schedule.withLock { $0.failed(lookupRequest.subject) }
        }
    }

    /// While nothing can be asked, nothing else is asked either.
    private func pause(after error: UpstreamError) async {
        switch error.problem {
        case .rateLimited(let until), .resting(let until):
            await sleep(max(until - surroundings.clock.now().wall, .seconds(1)))
        case .crowded: await sleep(.seconds(10))
        case .unreachable, .timedOut, .failed, .invalidResponse, .tooLarge: break
        }
    }

    private func note(_ finding: Finding, of subject: LookupRequest.Subject) {
        switch finding {
        case .told(let observations):
            trouble.ended()
            take(observations, about: subject)
        case .absent(let conclusion):
            trouble.ended()
            let times = schedule.withLock { $0.absent(subject) }
            if times > 1, !conclusion.isEmpty {
                take(conclusion, about: subject)
            } else {
                metrics.count(.lookups(upstream, .absent))
            }
        case .denied(let status):
            metrics.count(.lookups(upstream, .denied))
            schedule.withLock { $0.failed(subject) }
            trouble.denied(status: status)
        }
    }

    /// What is not stored is asked for again.
    private func take(_ observations: [Observation], about subject: LookupRequest.Subject) {
        guard !observations.isEmpty else {
            metrics.count(.lookups(upstream, .unchanged))
            schedule.withLock { $0.answered(subject) }
            return
        }
        source.take(observations, from: upstream) { [self] answer in
            schedule.withLock { schedule in
                if case .refused = answer { schedule.failed(subject) } else { schedule.answered(subject) }
            }
        }
    }
}
