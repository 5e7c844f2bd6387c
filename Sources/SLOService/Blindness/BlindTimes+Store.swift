import SLOCore
import SLOStore

extension BlindTimes {
    /// Goes on with what earlier processes refused and has not come since.
    convenience init(longestWait: TimeSpan, startedAt: Moment, continuing store: Store, _ stored: [BlindInterval])
        throws
    {
        let refusals = try stored.compactMap { interval -> Interval? in
            guard interval.caughtUpAt == nil, let missing = interval.missing, let to = interval.endedAt else {
                return nil
            }
            let held = try store.known(missing)
            return Interval(
                from: interval.startedAt, to: to, cause: .refused, missing: Set(missing).subtracting(held.keys))
        }
        self.init(longestWait: longestWait, startedAt: startedAt, refusals: refusals)
    }
}

extension BlindInterval {
    init(_ interval: BlindTimes.Interval) {
        self.init(
            startedAt: interval.from, cause: interval.cause.rawValue, endedAt: interval.to,
            missing: interval.missing.map { $0.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) } })
    }
}
