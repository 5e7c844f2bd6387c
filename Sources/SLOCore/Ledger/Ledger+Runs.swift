// How a run is counted: steps once each, settling, supersession, the 12 hours, the horizon (docs/counting.md, rules 13
// to 19).

extension Ledger {
    /// Looks at a run again, after anything that may concern it.
    mutating func reconsider(run id: EntityID) {
        guard var run = state.runs[id] else { return }
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        decisions.deciding = source(deciding, for: run)
        var evidence = evidence(for: run)
        if run.isFinished {
            compare(&run, with: evidence)
        } else {
            let wasWaiting = run.phase == .waiting
            take(evidence, into: &run)
            let newerHead = run.newerHead
            if wasWaiting, run.phase != .waiting {
                runOpened(&run)
            } else if run.isOpen {
                // What was claimed from a backend was not known to run on this commit before. Otherwise its beginning
                // may have moved; a run of several pull requests is judged at pushes only.
                let isClaimed = run.claimInput == input
                if isClaimed || isOfOnePullRequest(run) { judgePushes(&run, isOpening: isClaimed) }
            }
            if run.newerHead != newerHead {
                // It may have superseded the run before an end that was heard of late.
                evidence = self.evidence(for: run)
                take(evidence, into: &run)
            }
            let superseded = run.supersession
            run.supersession = run.isOpen ? supersession(of: run) : nil
            rememberSupersession(of: run, before: superseded)
            judgeStart(of: &run)
            noteWaiting(&run, evidence)
            finishIfCertain(&run, evidence)
            passTime(&run, evidence)
            rememberDecider(of: run, evidence)
            if run.isFinished { compare(&run, with: evidence) }
        }
        judgeReport(of: &run, evidence)
        updateOverdue(&run)
        armNext(&run, evidence)
        state.runs.replace(id, by: run)
        noteBusy(run)
        noteConflict(of: id)
        concern(run)
        askIfUrgent(of: run)
    }

    private func isOfOnePullRequest(_ run: Run) -> Bool {
        guard let lane = run.lane else { return false }
        return state.lanes.part(of: lane) { pullRequest(of: $0) != nil } ?? false
    }

    func evidence(for run: Run) -> Evidence {
        Evidence(
            facts: facts(of: run), kind: run.kind, backend: run.backend.flatMap { state.backends[$0] },
            isShownByCheck: run.lane.map { state.lanes.contains($0) } ?? false,
            timing: .init(grace: settings.initialStatusGrace, settle: settings.settle),
            supersededBy: { lastHearing(of: run, openedAt: $0, clockStart: $1) })
    }

    /// What its lane shows of a run, in the lane's order.
    func facts(of run: Run) -> some BidirectionalCollection<Fact> {
        let facts = run.lane.flatMap { state.lanes.part(of: $0) { $0.facts } } ?? []
        return facts.lazy.filter { $0.run == run.id }
    }

    /// Fills in what the evidence says of a run that is not final, and counts the steps it newly shows.
    private mutating func take(_ evidence: Evidence, into run: inout Run) {
        run.queuedAt = evidence.queuedAt
        run.startedAt = evidence.startedAt
        run.firstSeenAt = evidence.firstSeenAt ?? run.firstSeenAt
        run.terminal = evidence.terminal
        // A late opening may have taken what it was counted for to another run: then it is open again.
        guard evidence.exists || run.counted.queued else {
            recordUncounted(&run, evidence)
            return
        }
        // However long a backend's run waited for a check to fit, or a check to be known as a build's or a test's.
        run.knownSince = evidence.knownSince ?? run.knownSince
        if run.phase == .waiting { run.phase = .unfinished }
        countQueued(&run)
        if evidence.hasStarted { countStarted(&run) }
        if let terminal = evidence.terminal {
            run.phase = .settling(until: terminal.receivedAt + settings.settle)
        } else {
            run.phase = .unfinished
        }
    }

    private mutating func runOpened(_ run: inout Run) {
        // Before there was anything to count, nothing could supersede it.
        run.newerRun?.settlesUntil = now + settings.settle
        run.newerHead = nil
        counted(run: run.id)
        judgePushes(&run, isOpening: true)
    }

    private mutating func countQueued(_ run: inout Run) {
        guard !run.counted.queued else { return }
        run.counted.queued = true
        decisions.remember(.opening, of: run.id, from: decisions.deciding)
        count(.runsQueued(run.group, run.deployment))
    }

    private mutating func countStarted(_ run: inout Run) {
        guard !run.counted.started else { return }
        run.counted.started = true
        count(.runsStarted(run.group, run.deployment))
    }

    /// Rule 15: an explicit success is final at once, and so is one that the best evidence gives while it settles.
    private mutating func finishIfCertain(_ run: inout Run, _ evidence: Evidence) {
        guard case .settling = run.phase, let (outcome, reason) = evidence.outcome, outcome == .success else { return }
        finish(&run, outcome, reason, at: run.terminal?.finishedAt, by: decider(of: run, evidence))
    }

    /// Does what has become due, the earliest first.
    private mutating func passTime(_ run: inout Run, _ evidence: Evidence) {
        while run.isOpen, let stage = stages(of: run, evidence).first, hasCome(stage.due) {
            switch stage.kind {
            case .settled(let outcome, let reason):
                finish(&run, outcome, reason, at: run.terminal?.finishedAt, by: decider(of: run, evidence))
            case .superseded(let endedAt):
                let source = decisions.source(of: .supersession, run.id)
                finish(&run, .superseded, .stated, at: endedAt, by: source)
            case .deadline(let objective):
                judgeUnfinished(&run, by: objective)
            case .horizon:
                finish(&run, .error, .timeout, at: run.base + settings.horizon, by: nil)
            }
        }
    }

    /// What a run waits for.
    private struct Stage {
        enum Kind {
            case settled(Outcome, OutcomeReason)
            case superseded(endedAt: Timestamp)
            case deadline(LedgerSettings.Judge)
            case horizon
        }

        let kind: Kind
        let due: Timestamp
    }

    private func stages(of run: Run, _ evidence: Evidence) -> [Stage] {
        var stages: [Stage] = []
        stages.reserveCapacity(3)
        func add(_ kind: Stage.Kind, _ due: Timestamp) {
            stages.append(Stage(kind: kind, due: verdictTime(due, knownSince: run.knownSince)))
        }
        switch run.phase {
        case .waiting, .finished: break
        case .settling(let until):
            if let (outcome, reason) = evidence.outcome { add(.settled(outcome, reason), until) }
        case .unfinished:
            if let supersession = run.supersession {
                add(.superseded(endedAt: supersession.endedAt), supersession.due)
            }
            // What ended it outweighs that it is too old, as when an older fact of it is heard of.
            let isSuperseded = stages.contains { hasCome($0.due) }
            if let (objective, due) = nextJudgement(of: run) { add(.deadline(objective), due) }
            if !isSuperseded { add(.horizon, notBeforeHeard(of: run, run.clockStart + settings.horizon)) }
        }
        return stages.sorted { $0.due < $1.due }
    }

    func deadline(of run: Run) -> TimeSpan {
        settings.deadline(of: run.kind)
    }

    /// Rule 27: what is first heard of after its deadline is judged for want of evidence no sooner than a grace later.
    /// - Parameter deadline: that of the objective, instead of the mission's.
    func notBeforeHeard(of run: Run, _ due: Timestamp, deadline: TimeSpan? = nil) -> Timestamp {
        guard run.knownSince > run.clockStart + (deadline ?? self.deadline(of: run)) else { return due }
        return max(due, run.knownSince + settings.initialStatusGrace)
    }

    /// Counts the end. Counter, histogram and objective move together.
    /// - Parameters:
    ///   - isPart: whether it turned out to be part of another run, and is no event of any objective.
    ///   - source: who decided it.
    mutating func finish(
        _ run: inout Run, _ outcome: Outcome, _ reason: OutcomeReason, at providerTime: Timestamp?,
        isPart: Bool = false, by source: DecisionMemory.Source?
    ) {
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        decisions.deciding = source
        countQueued(&run)
        if [.success, .failure, .error].contains(outcome) { countStarted(&run) }
        count(.runsFinished(run.group, run.deployment, outcome))
        let heardAt = (run.terminal?.receivedAt ?? now).flooredToSecond
        let finishedAt = max(providerTime ?? heardAt, run.queuedAt ?? providerTime ?? heardAt)
        if providerTime != nil, let queuedAt = run.queuedAt {
            observeDuration(.runDuration(run.group, run.deployment, outcome), finishedAt - queuedAt)
        }
        if !isPart {
            observeStart(of: run, finishedAt: finishedAt)
            judgeEnd(of: run, Run.Ending(outcome: outcome, reason: reason, finishedAt: finishedAt))
        }
        let ending = Run.Ending(outcome: outcome, reason: reason, finishedAt: finishedAt)
        run.phase = .finished(ending)
        run.finalInput = input
        let evidence = evidence(for: run)
        run.decidedUntil = evidence.lastHearing
        keepForReport(&run, ending, isPart: isPart)
        if !isPart { countUnsubmitted(&run, ending, evidence) }
        decideFacts(of: run)
        run.supersession = nil
        runFinished()
        checkStepOrder(of: run)
        record(run, revisedOutcome: nil)
    }

    /// Rule 47. What a push or a newer run has ended may start at its backend afterwards.
    private mutating func observeStart(of run: Run, finishedAt: Timestamp) {
        guard run.kind != .job, let queuedAt = run.queuedAt, let startedAt = run.startedAt, startedAt <= finishedAt
        else { return }
        observeDuration(.runStartDuration(run.kind, run.deployment), max(.zero, startedAt - queuedAt))
    }

    /// Of what turned out to be part of another: it ends as superseded, and spends no budget.
    mutating func finishAsPart(_ run: inout Run) {
        finish(&run, .superseded, .stated, at: nil, isPart: true, by: nil)
    }

    /// Rule 26, once for each run. Copr's clock and GitHub's may differ a little, and what was superseded may start at
    /// the backend afterwards.
    private mutating func checkStepOrder(of run: Run) {
        let startedAt = run.ending?.outcome == .superseded ? nil : run.startedAt
        let steps = [run.queuedAt, startedAt, run.ending?.finishedAt].compactMap { $0 }
        let isBroken = zip(steps, steps.dropFirst()).contains { $0 > $1 + PullRequest.clockTolerance }
        if isBroken { count(.invariantViolations(.stepOrder)) }
    }

    /// Evidence on a run that is final: once per run, if it gives another outcome.
    private mutating func compare(_ run: inout Run, with evidence: Evidence) {
        guard !run.isRevised, let ending = run.ending,
            let outcome = evidence.best(after: run.finalInput, decidedUntil: run.decidedUntil),
            outcome != ending.outcome
        else { return }
        run.isRevised = true
        count(.outcomesRevised)
        record(run, revisedOutcome: outcome)
    }

    /// Rule 18: strictly more than 12 hours.
    private func updateOverdue(_ run: inout Run) {
        run.isOverdue = run.phase == .unfinished && hasCome(overdueTime(of: run))
    }

    private func overdueTime(of run: Run) -> Timestamp {
        notBeforeHeard(of: run, run.clockStart + deadline(of: run) + .milliseconds(1))
    }

    mutating func armNext(_ run: inout Run, _ evidence: Evidence) {
        var dues = stages(of: run, evidence).map(\.due)
        if run.phase == .unfinished, !run.isOverdue { dues.append(overdueTime(of: run)) }
        if let since = run.waitsSince { dues.append(since + settings.horizon) }
        if let due = nextReportDue(of: run, evidence) { dues.append(due) }
        guard let next = dues.min() else {
            run.armedFor = nil
            return
        }
        guard run.armedFor != next else { return }
        run.armedFor = next
        arm(run.id, at: next)
    }

    // MARK: - Waiting

    /// Rule 41: a test that Packit accepted and never submitted is no run, but is shown until it ends, is superseded or
    /// is too old. Of the runs of its lane only the latest waits.
    private func noteWaiting(_ run: inout Run, _ evidence: Evidence) {
        run.waitsSince = nil
        guard run.kind == .testRun, run.phase == .waiting, evidence.uncountedEnd == nil,
            let lane = run.lane, state.lanes.part(of: lane, { $0.runs.last }) == run.id
        else { return }
        let accepted = facts(of: run).filter { $0.asTestRun == .accepted }.map { $0.clockStart(as: .testRun) }
        guard let since = accepted.min(), !hasCome(since + settings.horizon) else { return }
        run.waitsSince = pushThatSuperseded(run, openedAt: since, isOpening: true) == nil ? since : nil
    }

    // MARK: - History

    private mutating func record(_ run: Run, revisedOutcome: Outcome?) {
        guard let ending = run.ending else { return }
        effects.runRecords.append(
            runRecord(run, ending, revisedOutcome: revisedOutcome, isCounted: true))
    }

    /// A test whose build failed, a build that was never allowed: in the history, in no series.
    private mutating func recordUncounted(_ run: inout Run, _ evidence: Evidence) {
        guard !run.counted.queued, let ending = evidence.uncountedEnd else { return }
        countRefusal(&run)
        effects.runRecords.append(runRecord(run, ending, revisedOutcome: nil, isCounted: false))
    }

    private func runRecord(
        _ run: Run, _ ending: Run.Ending, revisedOutcome: Outcome?, isCounted: Bool
    ) -> RunRecord {
        let lane = run.lane.flatMap { state.lanes[$0] }
        let backend = run.backend.flatMap { state.backends[$0] }
        return RunRecord(
            run: run.id, kind: run.kind, deployment: run.deployment, repository: lane?.head.repository,
            repositoryName: repositoryName(of: run), sha: lane?.head.sha ?? backend?.sha,
            pullRequest: lane.flatMap { pullRequest(of: $0)?.number }, name: name(of: run),
            chroot: lane?.name.chroot ?? backend?.chroot, backendID: backend?.label, queuedAt: run.queuedAt,
            startedAt: run.startedAt,
            backendEndedAt: lane == nil || backend?.proof == .proposed ? nil : backend?.end?.finishedAt,
            finishedAt: ending.finishedAt, outcome: ending.outcome, reason: ending.reason,
            revisedOutcome: revisedOutcome, countedAt: now, isCounted: isCounted,
            proof: lane == nil ? nil : backend.map { $0.proof ?? .proven })
    }
}
