internal import SLOCore

/// Decisions on runs.
extension ModelRun {
    /// Divides a lane again, and reconsiders each of its runs.
    /// - Parameter claims: whether the lane has new evidence that may fit a backend run.
    func look(at lane: CheckLane, _ now: Now, claims: Bool = true) {
        divide(lane, now)
        judgeIfUnbound(lane)
        if claims {
            for run in lane.runs { claim(for: run, now) }
        }
        for run in lane.runs { look(at: run, now) }
        countRefusals(in: lane)
    }

    /// Choice: where several lanes divide anew at once, all do so before a run of any claims a backend run.
    func divide(_ lane: CheckLane, _ now: Now) {
        lane.commit.repository.list(lane)
        let undone = lane.divide(now)
        for run in undone { undo(run, in: lane, now) }
    }

    /// A run that turned out to be part of another ends without spending a budget (choice: as superseded). Its backend
    /// run belongs to the run that has its first fact now, otherwise it looks for another.
    func undo(_ run: Run, in lane: CheckLane?, _ now: Now) {
        if run.final == nil, run.countedSince != nil { finishAsPart(run, now) }
        run.isUndone = true
        show(run, in: [])
        guard let backend = run.backend else { return }
        run.backend = nil
        let heir = lane?.runs.first { other in other.facts.contains { $0.id == run.facts.first?.id } }
        if let heir, heir.backend == nil {
            heir.backend = backend
            backend.place = .joined(heir)
        } else {
            backend.place = .choosing
            backend.proof = .proposed
            knowledge.withoutRun.append(backend)
        }
    }

    func look(at run: Run, _ now: Now) {
        decide(run, now)
        judgeReport(of: run, now)
        noteConflict(of: run)
        if let lane = run.lane { showWaiting(lane, now) }
    }

    private func decide(_ run: Run, _ now: Now) {
        guard !run.isClaimed, !run.isUndone else { return }
        if run.final != nil { return compare(run) }
        guard run.exists || run.countedSince != nil else { return }
        if run.countedSince == nil {
            run.countedSince = now.at
            counted.count(.runsQueued(run.group, run.deployment))
            noteOpeningWithoutHead(of: run, now)
            // Before it was counted nothing could supersede it.
            run.pushedOverSince = nil
            run.newerSince = nil
        }
        if run.evidence.contains(where: { $0.says == .started }) { countStart(of: run) }
        judgeStart(of: run, now)
        run.noteSight()
        noteSupersession(of: run, now)
        end(run, now)
        if run.final == nil { judgeOpen(run, now) } else { compare(run) }
        show(run, in: gauges(of: run, now))
        wake(of: run, now)
    }

    /// It turned out to be part of another run, and spends no budget.
    func finishAsPart(_ run: Run, _ now: Now) {
        run.judgedBy.formUnion(settings.objectives.map(\.name))
        finish(run, .superseded, .stated, at: nil, now, isPart: true)
    }

    private func countStart(of run: Run) {
        guard !run.isStartedCounted else { return }
        run.isStartedCounted = true
        counted.count(.runsStarted(run.group, run.deployment))
    }

    /// Rules 15, 16 and 19: what ends a run, when it is due.
    private func end(_ run: Run, _ now: Now) {
        let ends = endsInTime(of: run)
        if let first = ends.first {
            let time = ends.compactMap(\.time).min()
            if run.isSurelySuccess(timely(run)) {
                return finish(run, .success, .stated, at: time, now)
            }
            guard now.hasCome(settleDue(of: run, first)), let best = run.best(timely(run)), let end = best.end
            else { return }
            countIfNotSubmitted(run, decidedBy: best)
            return finish(run, end.outcome, end.reason, at: time, now)
        }
        if let supersession = supersession(of: run), now.hasCome(supersession.due) {
            return finish(run, .superseded, .stated, at: supersession.time, now)
        }
        if now.hasCome(horizonDue(of: run)) {
            finish(run, .error, .timeout, at: run.base + settings.horizon, now)
        }
    }

    /// Its ends, except those that, with everything received in time, would have been received after what superseded
    /// the run had ended it (rule 27); in order of receipt.
    func endsInTime(of run: Run) -> [Evidence] {
        let last = supersession(of: run)?.dueInTime ?? .distantFuture
        return run.ends.filter { end in
            let inTime = receivedInTime(end.receipt, end.time)
            return inTime == end.receipt.at || inTime <= last
        }
    }

    /// Whether evidence counts: with everything received in time, it would have been received before the settling was
    /// over, and before what superseded the run had ended it (rules 15 and 27).
    private func timely(_ run: Run) -> (Evidence) -> Bool {
        isTimely(until: lastHearing(of: run))
    }

    private func isTimely(until last: Timestamp) -> (Evidence) -> Bool {
        { end in
            let inTime = self.receivedInTime(end.receipt, end.time)
            return inTime == end.receipt.at || inTime <= last
        }
    }

    private func lastHearing(of run: Run) -> Timestamp {
        let superseded = supersession(of: run)?.dueInTime ?? .distantFuture
        let first = endsInTime(of: run).map { receivedInTime($0.receipt, $0.time) }.min()
        return min(superseded, first.map { $0 + settings.settle } ?? .distantFuture)
    }

    /// Since when it is known, for the grace after a start.
    func known(_ run: Run) -> Timestamp { run.firstReceivedAt }

    private func settleDue(of run: Run, _ first: Evidence) -> Timestamp {
        afterStart(first.receipt.at + settings.settle, knownSince: known(run))
    }

    private func horizonDue(of run: Run) -> Timestamp {
        afterStart(notBeforeGrace(run.dueBase + settings.horizon, run), knownSince: known(run))
    }

    private func overdueSince(_ run: Run) -> Timestamp {
        notBeforeGrace(run.dueBase + twelveHours(of: run) + .milliseconds(1), run)
    }

    /// Rule 27: what is first received after its deadline is judged a grace later at the earliest.
    /// - Parameter limit: the deadline; otherwise the mission's.
    func notBeforeGrace(_ due: Timestamp, _ run: Run, within limit: TimeSpan? = nil) -> Timestamp {
        guard run.firstReceivedAt > run.dueBase + (limit ?? twelveHours(of: run)) else { return due }
        return max(due, run.firstReceivedAt + settings.initialStatusGrace)
    }

    func twelveHours(of run: Run) -> TimeSpan {
        settings.deadline(of: run.kind)
    }

    /// Rules 13, 17, 18 and 46, at the end of a run: the implied steps, its outcome, its duration and its objectives.
    func finish(
        _ run: Run, _ outcome: Outcome, _ reason: OutcomeReason, at time: Timestamp?, _ now: Now, isPart: Bool = false
    ) {
        if [.success, .failure, .error].contains(outcome) { countStart(of: run) }
        counted.count(.runsFinished(run.group, run.deployment, outcome))
        if let time, let queued = run.queuedAt {
            let duration = max(0, time.seconds - queued.seconds)
            counted.observe(.runDuration(run.group, run.deployment, outcome), seconds: duration)
        }
        let end = time ?? endsInTime(of: run).first?.receipt.at ?? now.at
        if !isPart { observeStart(of: run, endedAt: end) }
        judgeEnd(of: run, outcome, reason, at: end, now)
        run.final = Run.Final(
            outcome: outcome, time: time, ended: time ?? endsInTime(of: run).first?.receipt.at ?? now.at, at: now.at,
            receivedCount: receivedCount, until: lastHearing(of: run),
            isOfCheck: run.lane != nil && outcome != .superseded && !endsInTime(of: run).isEmpty,
            facts: Set(run.facts.filter { $0.step(of: run.kind) != .unclear }.map(\.id)))
        checkOrder(of: run, outcome)
        // The end of a newer run concerns older ones of its lane.
        guard let lane = run.lane, let index = lane.runs.firstIndex(where: { $0 === run }) else { return }
        for older in lane.runs[..<index] where older.final == nil { look(at: older, now) }
    }

    /// Rule 47: of a run whose queue time and start are known, unless it started after its end.
    private func observeStart(of run: Run, endedAt: Timestamp) {
        guard run.kind != .job, let queued = run.queuedAt, let started = run.startedAt,
            started <= max(endedAt.flooredToSecond, queued)
        else { return }
        counted.observe(
            .runStartDuration(run.kind, run.deployment), seconds: max(0, started.seconds - queued.seconds))
    }

    /// Rule 26: two clocks may differ by two seconds, and a superseded run may start at its backend afterwards. An end
    /// before the queue time counts as one at the queue time.
    private func checkOrder(of run: Run, _ outcome: Outcome) {
        let started = outcome == .superseded ? nil : run.startedAt
        let ended = run.final.map { max($0.ended.flooredToSecond, run.queuedAt ?? $0.ended.flooredToSecond) }
        let steps = [run.queuedAt, started, ended].compactMap { $0 }
        if zip(steps, steps.dropFirst()).contains(where: { $0 > $1 + .seconds(2) }) {
            counted.count(.invariantViolations(.stepOrder))
        }
    }

    /// Rules 12 and 15: evidence received after the end, or too late for it (rule 27), is counted once if it differs.
    /// Choice: a superseded run that ends after all is revised.
    private func compare(_ run: Run) {
        guard let final = run.final, !run.isRevisionCounted else { return }
        guard let later = run.best(after: final, isTimely(until: final.until))?.end, later.outcome != final.outcome
        else { return }
        run.isRevisionCounted = true
        counted.count(.outcomesRevised)
    }

    /// Unfinished, settling or neither; overdue later than twelve hours after it was queued; and unjoined while only a
    /// backend shows it.
    private func gauges(of run: Run, _ now: Now) -> [Gauge] {
        guard run.final == nil else { return [] }
        let unjoined: [Gauge] = run.lane == nil ? [.unjoinedRuns] : []
        if !endsInTime(of: run).isEmpty { return unjoined + [.runsSettling(run.kind, run.deployment)] }
        let isOverdue = now.at >= overdueSince(run)
        return unjoined + [.runsUnfinished(run.group, run.deployment)]
            + (isOverdue ? [.runsOverdue(run.group, run.deployment)] : [])
    }

    private func wake(of run: Run, _ now: Now) {
        guard run.final == nil else { return }
        if let supersession = supersession(of: run) { wake(.run(run), at: supersession.due, now) }
        if let first = endsInTime(of: run).first { return wake(.run(run), at: settleDue(of: run, first), now) }
        wake(.run(run), at: overdueSince(run), now)
        for objective in unjudged(run) { wake(.run(run), at: judgementDue(of: run, objective), now) }
        wake(.run(run), at: horizonDue(of: run), now)
    }
}
