// Starts of the service, and blind intervals (docs/counting.md, rules 23 and 24).

extension Ledger {
    /// The service began to observe, or to observe again. Overdue verdicts on what was known before wait one grace
    /// period (docs/counting.md, rule 23).
    public mutating func started(at moment: Timestamp) {
        now = moment
        isDeadlineTime = false
        chronicle.startedAt = moment
        noteObjectives()
        forgetAppPeriods()
    }

    /// Adds a blind interval. A longer one with the same start replaces an earlier one.
    /// - Parameter excludes: whether deadlines within it are excluded. One from unverified requests excludes none: it
    ///   only casts doubt (docs/counting.md, rule 38).
    public mutating func wasBlind(from: Timestamp, to: Timestamp, excludes: Bool) {
        guard from < to else { return }
        let interval = BlindInterval(from: from, to: to)
        if excludes {
            interval.add(to: &chronicle.blindIntervals)
        } else {
            interval.add(to: &chronicle.doubtfulIntervals)
        }
    }

    /// All deliveries missed in the blind interval with this start have arrived: it casts no doubt any more. That
    /// deadlines were within it stays true (docs/counting.md, rule 27), and so do verdicts given meanwhile.
    public mutating func caughtUp(blindSince from: Timestamp) {
        var intervals = chronicle.blindIntervals
        for place in intervals.indices where intervals[place].from == from { intervals[place].isCaughtUp = true }
        chronicle.blindIntervals = intervals
    }

    /// Whether a moment is within a blind interval, by its length when it was added.
    func isBlind(at moment: Timestamp) -> Bool {
        chronicle.blindIntervals.contains { $0.overlaps(moment, moment) }
    }

    /// Bad for lack of evidence is doubtful if evidence may have been missed.
    func badUnlessMissed(from: Timestamp, to: Timestamp) -> ObjectiveJudgement.Verdict {
        let isDoubtful =
            isUnknown(from: from, to: to) || chronicle.doubtfulIntervals.contains { $0.overlaps(from, to) }
        return isDoubtful ? .doubtful : .bad
    }

    /// Whether deliveries may have been missed that have not arrived since.
    func isUnknown(from: Timestamp, to: Timestamp) -> Bool {
        chronicle.blindIntervals.contains { !$0.isCaughtUp && $0.overlaps(from, to) }
    }

    /// When a verdict that is due at a moment may be given on something known since a time. Verdicts that were overdue
    /// when the service started wait one grace period, so that queued and redelivered evidence counts.
    func verdictTime(_ due: Timestamp, knownSince: Timestamp) -> Timestamp {
        guard let startedAt = state.chronicle.part(of: Self.chronicleKey, { $0.startedAt }) ?? nil,
            knownSince < startedAt, due < startedAt
        else { return due }
        return startedAt + settings.initialStatusGrace
    }
}

extension BlindInterval {
    /// A caught-up interval is needed only for deadlines of late deliveries, none of which is later than this.
    private static let caughtUpRetention = TimeSpan.days(30)

    fileprivate func add(to intervals: inout [BlindInterval]) {
        let longest = intervals.filter { $0.from == from }.map(\.to).max() ?? to
        intervals.removeAll { $0.from == from || $0.isCaughtUp && $0.to + Self.caughtUpRetention < from }
        intervals.append(BlindInterval(from: from, to: max(to, longest)))
        intervals.sort { $0.from < $1.from }
        if intervals.count > Chronicle.blindIntervalsLimit { intervals.removeFirst() }
    }
}
