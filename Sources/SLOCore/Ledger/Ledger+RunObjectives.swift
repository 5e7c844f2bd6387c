// How objectives judge runs (docs/counting.md, rules 18 and 44 to 46).

extension Ledger {
    /// The next objective that judges an unfinished run for lack of evidence, and when; `nil` if none will.
    func nextJudgement(of run: Run) -> (objective: LedgerSettings.Judge, due: Timestamp)? {
        let end = nextJudgement(of: run, by: run.kind.endIndicator)
        let start = run.queuedAt == nil ? nil : nextJudgement(of: run, by: run.kind.startIndicator)
        guard let end, let start else { return end ?? start }
        return start.due < end.due ? start : end
    }

    private func nextJudgement(
        of run: Run, by indicator: Objective.Indicator?
    ) -> (objective: LedgerSettings.Judge, due: Timestamp)? {
        var next: (objective: LedgerSettings.Judge, due: Timestamp)?
        for objective in settings.judges(of: indicator) {
            // What has a longer deadline is never due sooner than a settle after that.
            if let next, next.due <= run.clockStart + objective.terms.deadline + settings.settle { break }
            guard isPending(objective, for: run), !endsInTime(run, by: objective) else { continue }
            let due = judgementTime(of: run, by: objective)
            if next.map({ due < $0.due }) ?? true { next = (objective, due) }
        }
        return next
    }

    func isPending(_ objective: LedgerSettings.Judge, for run: Run) -> Bool {
        !run.judgedBy.contains(objective.name)
    }

    /// Rules 18 and 46: a settle after the deadline. What waits for a grace after a start may be due later than what
    /// has a longer deadline.
    private func judgementTime(of run: Run, by objective: LedgerSettings.Judge) -> Timestamp {
        let due = notBeforeHeard(
            of: run, run.clockStart + objective.terms.deadline + settings.settle, deadline: objective.terms.deadline)
        return verdictTime(due, knownSince: run.knownSince)
    }

    /// A supersession that is known and lies before the deadline is judged when it takes effect.
    private func endsInTime(_ run: Run, by objective: LedgerSettings.Judge) -> Bool {
        run.supersession.map { $0.endedAt <= run.base + objective.terms.deadline } ?? false
    }

    /// Neither ended nor, for an objective of starts, started in time.
    mutating func judgeUnfinished(_ run: inout Run, by objective: LedgerSettings.Judge) {
        run.judgedBy.append(objective.name)
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        decisions.deciding = decisions.source(of: .opening, run.id)
        judge(run, subject(of: run), by: objective, missed(run, by: objective))
    }

    /// Rule 46: a start in time is good as soon as it is known.
    mutating func judgeStart(of run: inout Run) {
        guard run.isOpen, let queuedAt = run.queuedAt, let startedAt = run.startedAt else { return }
        var subject: ObjectiveSelection.Subject?
        for objective in settings.judges(of: run.kind.startIndicator).reversed() {
            guard startedAt - queuedAt <= objective.terms.deadline else { return }
            guard isPending(objective, for: run) else { continue }
            let known = subject ?? self.subject(of: run)
            subject = known
            run.judgedBy.append(objective.name)
            judge(run, known, by: objective, .good)
        }
    }

    /// Rules 18 and 46, at the end of a run: all objectives that have not judged it.
    mutating func judgeEnd(of run: Run, _ ending: Run.Ending) {
        let subject = subject(of: run)
        for objective in settings.judges(of: run.kind.endIndicator) where isPending(objective, for: run) {
            guard let verdict = verdict(onEndOf: run, ending, by: objective) else { continue }
            judge(run, subject, by: objective, verdict)
        }
        for objective in settings.judges(of: run.kind.startIndicator) where isPending(objective, for: run) {
            guard let verdict = verdict(onStartOf: run, ending, by: objective) else { continue }
            judge(run, subject, by: objective, verdict)
        }
    }

    /// Rule 18.
    private func verdict(
        onEndOf run: Run, _ ending: Run.Ending, by objective: LedgerSettings.Judge
    ) -> ObjectiveJudgement.Verdict? {
        guard ending.finishedAt - run.base <= objective.terms.deadline else { return missed(run, by: objective) }
        switch ending.outcome {
        case .success, .failure: return .good
        case .error where ending.reason != .config: return .bad
        case .error, .canceled, .skipped, .superseded: return nil
        }
    }

    /// Rule 46, of a run without a known start in time: what has ended by itself had started.
    private func verdict(
        onStartOf run: Run, _ ending: Run.Ending, by objective: LedgerSettings.Judge
    ) -> ObjectiveJudgement.Verdict? {
        guard let queuedAt = run.queuedAt else { return nil }
        guard ending.finishedAt - queuedAt <= objective.terms.deadline else { return missed(run, by: objective) }
        switch ending.outcome {
        case .success, .failure: return .good
        case .error, .canceled, .skipped, .superseded: return nil
        }
    }

    /// Rule 24: bad, and doubtful if an end or a start that is not known may have been missed.
    private func missed(_ run: Run, by objective: LedgerSettings.Judge) -> ObjectiveJudgement.Verdict {
        let isKnown = objective.indicator == run.kind.startIndicator ? run.startedAt != nil : run.terminal != nil
        return isKnown ? .bad : badUnlessMissed(from: run.clockStart, to: now)
    }

    mutating func judge(
        _ run: Run, _ subject: ObjectiveSelection.Subject, by objective: LedgerSettings.Judge,
        _ verdict: ObjectiveJudgement.Verdict
    ) {
        guard settings.selects(subject, for: objective),
            !isLeftToOther(objective.name)
        else { return }
        judge(objective.name, run.deployment, verdict, of: run.id, subject)
    }

    /// Rule 45.
    func subject(of run: Run) -> ObjectiveSelection.Subject {
        let lane = run.lane.flatMap { state.lanes[$0] }
        let backend = run.backend.flatMap { state.backends[$0] }
        return ObjectiveSelection.Subject(
            repository: repositoryName(of: run), branch: lane.flatMap { branch(of: $0) },
            chroot: lane?.name.chroot ?? backend?.chroot, name: lane?.name.text, identifier: lane?.name.identifier)
    }

    /// The base of its pull request, else the branch or tag.
    private func branch(of lane: Lane) -> String? {
        if let event = lane.name.event { return event }
        return pullRequest(of: lane).flatMap { state.pullRequests[$0]?.base?.name }
    }
}
