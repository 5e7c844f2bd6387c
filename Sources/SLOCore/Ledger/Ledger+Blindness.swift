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

    /// What was missed in the blind time that began at a moment has been caught up: nothing is unknown because of it
    /// any more. What was judged meanwhile stays.
    public mutating func caughtUp(blindSince from: Timestamp) {
        chronicle.blindIntervals.removeAll { $0.from == from }
    }

    /// Whether the observer was blind at a moment.
    func isBlind(at moment: Timestamp) -> Bool {
        chronicle.blindIntervals.contains { $0.overlaps(moment, moment) }
    }

    /// Bad for want of evidence is doubtful where evidence may have been missed.
    func badUnlessMissed(from: Timestamp, to: Timestamp) -> ObjectiveJudgement.Verdict {
        let isDoubtful =
            chronicle.blindIntervals.contains { $0.overlaps(from, to) }
            || chronicle.doubtfulIntervals.contains { $0.overlaps(from, to) }
        return isDoubtful ? .doubtful : .bad
    }

    /// When a verdict that is due at a moment may be given on something known since a time: what was overdue when the
    /// service started waits one grace period, so that what was queued or is caught up can still speak.
    func verdictTime(_ due: Timestamp, knownSince: Timestamp) -> Timestamp {
        guard let startedAt = chronicle.startedAt, knownSince < startedAt, due < startedAt else { return due }
        return startedAt + settings.initialStatusGrace
    }
}

extension BlindInterval {
    fileprivate func add(to intervals: inout [BlindInterval]) {
        intervals.removeAll { $0.from == from }
        intervals.append(self)
        intervals.sort { $0.from < $1.from }
        if intervals.count > Chronicle.blindIntervalsLimit { intervals.removeFirst() }
    }
}
