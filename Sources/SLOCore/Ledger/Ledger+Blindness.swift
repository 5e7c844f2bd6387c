// Starts of the service, and times in which it missed something (docs/counting.md, rules 23 and 24).

extension Ledger {
    /// Notes that the service began to observe, or to observe again. Verdicts on what was known before and is overdue
    /// wait one grace period (docs/counting.md, rule 23).
    public mutating func started(at moment: Timestamp) {
        now = moment
        isDeadlineTime = false
        chronicle.startedAt = moment
    }

    /// Notes a time in which the observer missed something, or may have. A longer one that begins at the same moment
    /// takes the place of an earlier one.
    /// - Parameter excludes: whether the deadlines in it are excluded. What nobody signed excludes none: it only casts
    ///   doubt (docs/counting.md, rule 38).
    public mutating func wasBlind(from: Timestamp, to: Timestamp, excludes: Bool) {
        guard from < to else { return }
        let interval = BlindInterval(from: from, to: to)
        if excludes {
            interval.add(to: &chronicle.blindIntervals)
        } else {
            interval.add(to: &chronicle.doubtfulIntervals)
        }
    }

    /// What was missed in the blind interval that began at a moment has been caught up: it casts no doubt any more.
    /// That deadlines lay in it stays true (docs/counting.md, rule 27), and so does what was judged meanwhile.
    public mutating func caughtUp(blindSince from: Timestamp) {
        var intervals = chronicle.blindIntervals
        for place in intervals.indices where intervals[place].from == from { intervals[place].isCaughtUp = true }
        chronicle.blindIntervals = intervals
    }

    /// Whether the observer was blind at a moment, as was first noted.
    func isBlind(at moment: Timestamp) -> Bool {
        chronicle.blindIntervals.contains { $0.overlaps(moment, moment) }
    }

    /// Bad for want of evidence is doubtful where evidence may have been missed.
    func badUnlessMissed(from: Timestamp, to: Timestamp) -> ObjectiveJudgement.Verdict {
        let isDoubtful =
            isUnknown(from: from, to: to) || chronicle.doubtfulIntervals.contains { $0.overlaps(from, to) }
        return isDoubtful ? .doubtful : .bad
    }

    /// Whether something may have been missed in a blind interval that has not come since.
    func isUnknown(from: Timestamp, to: Timestamp) -> Bool {
        chronicle.blindIntervals.contains { !$0.isCaughtUp && $0.overlaps(from, to) }
    }

    /// When a verdict that is due at a moment may be given on something known since a time: what was overdue when the
    /// service started waits one grace period, so that what was queued or is caught up can still speak.
    func verdictTime(_ due: Timestamp, knownSince: Timestamp) -> Timestamp {
        guard let startedAt = chronicle.startedAt, knownSince < startedAt, due < startedAt else { return due }
        return startedAt + settings.initialStatusGrace
    }
}

extension BlindInterval {
    /// Of what has been caught up only deadlines are asked about that are heard of late: none after so long.
    private static let caughtUpRetention = TimeSpan.days(30)

    fileprivate func add(to intervals: inout [BlindInterval]) {
        let longest = intervals.filter { $0.from == from }.map(\.to).max() ?? to
        intervals.removeAll { $0.from == from || $0.isCaughtUp && $0.to + Self.caughtUpRetention < from }
        intervals.append(BlindInterval(from: from, to: max(to, longest)))
        intervals.sort { $0.from < $1.from }
        if intervals.count > Chronicle.blindIntervalsLimit { intervals.removeFirst() }
    }
}
