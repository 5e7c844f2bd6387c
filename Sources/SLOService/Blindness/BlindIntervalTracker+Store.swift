import SLOCore
import SLOStore

extension BlindIntervalTracker {
    /// Continues the blind intervals that earlier processes stored. Intervals older than every source's delivery log
    /// are left out: their deliveries cannot be recovered any more.
    convenience init(
        longestWait: TimeSpan, startedAt: Moment, continuing store: any LedgerStore, _ stored: [BlindInterval]
    )
        throws
    {
        let open = try stored.compactMap { interval -> Interval? in
            guard interval.caughtUpAt == nil, let cause = Interval.Cause(rawValue: interval.cause),
                cause.excludes, let to = interval.endedAt, startedAt.wall - to < Self.helpless
            else { return nil }
            let missing = try interval.missing.map { Set($0).subtracting(try store.known($0).keys) }
            return Interval(from: interval.startedAt, to: to, cause: cause, missing: missing)
        }
        self.init(longestWait: longestWait, startedAt: startedAt, continuing: open)
    }

    private static let helpless = TimeSpan.days(4)
}

extension BlindInterval {
    init(_ interval: BlindIntervalTracker.Interval) {
        self.init(
            startedAt: interval.from, cause: interval.cause.rawValue, endedAt: interval.to,
            missing: interval.missing.map { $0.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) } })
    }
}
