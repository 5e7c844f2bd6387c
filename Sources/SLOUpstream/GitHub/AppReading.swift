internal import SLOCore

/// How far the list of deliveries to an App has been read, and how far back to read next. A value without I/O and
/// clock.
///
/// Everything listed from `through` on is read again while an attempt from then waits for its answer. When that takes
/// long, most readings go back only to the last one.
struct AppReading: Equatable {
    /// Everything up to here is read and over.
    private(set) var through: Timestamp
    /// Everything up to here was listed when it was read.
    private var listed: Timestamp
    private var deepReadings = 0
    private var nextDeepReading: Timestamp?

    /// An attempt may appear in the list minutes after it was made.
    static let overlap = TimeSpan.minutes(10)
    private static let longestPause = TimeSpan.hours(6)

    init(through: Timestamp) {
        self.through = through
        listed = through
    }

    /// Where the next reading ends.
    func beginning(at now: Timestamp) -> Timestamp {
        let isDeep = nextDeepReading.map { now >= $0 } ?? true
        return max((isDeep ? through : listed) - Self.overlap, now - AppDeliveryAttempt.retention)
    }

    /// The list was read to its end.
    /// - Parameters:
    ///   - beginning: where the reading ended, which goes back in time.
    ///   - start: when the first page was read.
    ///   - waiting: the time of the oldest attempt without an answer.
    ///   - interval: between two readings.
    mutating func finish(
        from beginning: Timestamp, startedAt start: Timestamp, waiting: Timestamp?, interval: TimeSpan
    ) {
        listed = max(listed, start)
        guard beginning <= max(through, start - AppDeliveryAttempt.retention) else { return }
        through = max(through, min(start, waiting.map { $0 - .milliseconds(1) } ?? start))
        if through < listed - Self.overlap {
            deepReadings += 1
            let backoff = Backoff(first: interval, longest: max(interval, Self.longestPause))
            nextDeepReading = start + backoff.pause(after: deepReadings)
        } else {
            deepReadings = 0
            nextDeepReading = nil
        }
    }
}
