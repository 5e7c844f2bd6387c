internal import Logging
internal import SLOCore
internal import SLOMetrics
internal import SLOService
import Synchronization

/// Executes the lookups of one upstream, one at a time, at the pace of its schedule and client.
final class Poller: Sendable {
    let upstream: Upstream
    private let lookup: any Lookup
    private let source: any LookupSource
    private let metrics: MetricsRegistry
    private let surroundings: UpstreamSurroundings
    private let trouble: TroubleLog
    private let schedule: Mutex<LookupSchedule>

    /// The limit of open runs that are looked up.
    static let watchedLimit = 10_000
    /// The longest time until an urgent lookup is noticed.
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

    /// Replaces the schedule by the lookups that are open now.
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

    /// Runs until its task is cancelled.
    func run() async {
        while !Task.isCancelled { await step() }
    }

    /// Executes the next due lookup, or sleeps for a while.
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

    /// Ends early when the task is cancelled, which `run` checks.
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
            // The lookup was interrupted because the task is cancelled. Any other cancellation is a defect, and must
            // not cause a busy loop.
            if !Task.isCancelled { trouble.failed(error) }
            schedule.withLock { $0.failed(lookupRequest.subject) }
        }
    }

    /// While the upstream accepts no requests, no other lookup is tried.
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
        case .found(let observations):
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

    /// A reply that cannot be stored is looked up again.
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
