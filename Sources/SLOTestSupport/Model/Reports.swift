internal import SLOCore

/// Rule 50: when GitHub shows that a run ended at its backend.
extension ModelRun {
    /// Call it whenever something about a run may have changed.
    func judgeReport(of run: Run, _ now: Now) {
        guard !run.isClaimed, !run.isUndone, run.countedSince != nil, run.lane != nil,
            let backend = run.backend, backend.proof == .proven, let began = backend.reportedEnd
        else { return }
        if let final = run.final, [.canceled, .skipped, .superseded].contains(final.outcome) { return leaveOut(run) }
        guard let shown = run.shownEnd else {
            // Only GitHub ended it.
            if run.final != nil, !run.ends.isEmpty { return leaveOut(run) }
            return judgeMissingReport(of: run, backend, now)
        }
        guard run.final != nil else { return }
        // It reports something else.
        if began.seconds - shown.seconds > 2 { return leaveOut(run) }
        let lasted = max(0, shown.seconds - began.seconds)
        for objective in unreported(run) {
            judge(run, objective, lasted <= objective.deadline.wholeSeconds ? .good : .bad, now)
        }
        guard !run.isReportObserved else { return }
        run.isReportObserved = true
        counted.observe(.runReportDuration(run.kind, run.deployment), seconds: lasted)
    }

    /// It is no event, and remains none.
    private func leaveOut(_ run: Run) {
        run.judgedBy.formUnion(unreported(run).map(\.name))
        run.isReportObserved = true
    }

    private func judgeMissingReport(of run: Run, _ backend: Backend, _ now: Now) {
        // It settles.
        guard run.ends.isEmpty, let dueBegan = backend.reportedEndDue else { return }
        for objective in unreported(run) {
            let due = missingReportDue(of: run, backend, from: dueBegan, objective)
            guard now.hasCome(due) else {
                wake(.run(run), at: due, now)
                continue
            }
            if run.final == nil, let end = supersession(of: run)?.time,
                end <= (backend.reportedEnd ?? dueBegan) + objective.deadline
            {
                continue
            }
            judge(run, objective, wasBlind(dueBegan, now.at) ? .doubtful : .bad, now)
        }
    }

    /// A settling after the deadline; what was received after that, at the earliest a grace after its receipt.
    private func missingReportDue(
        of run: Run, _ backend: Backend, from began: Timestamp, _ objective: Objective
    ) -> Timestamp {
        let deadline = began + objective.deadline
        let received = [backend.reportedEndReceivedAt, run.facts.map(\.receipt.at).min()].compactMap { $0 }
        let late = received.filter { $0 > deadline }.map { $0 + settings.initialStatusGrace }
        let due = max(deadline + settings.settle, late.max() ?? .distantPast)
        return afterStart(due, knownSince: received.max() ?? due)
    }

    private func unreported(_ run: Run) -> [Objective] {
        let indicator: Objective.Indicator? =
            switch run.kind {
            case .build: .buildReport
            case .testRun: .testRunReport
            case .job: nil
            }
        return settings.objectives.filter { $0.indicator == indicator && !run.judgedBy.contains($0.name) }
    }
}

extension Run {
    /// When its check first shows an end that is not in GitHub's own words: by the provider, otherwise by receipt.
    fileprivate var shownEnd: Timestamp? {
        let ends = facts.filter { !$0.isEndByGitHub && $0.evidence(of: kind)?.end != nil }
        return ends.compactMap(\.time).min()
            ?? ends.min { $0.receipt.order < $1.receipt.order }?.receipt.at.flooredToSecond
    }
}

extension Backend {
    /// The earliest of all times of its end.
    fileprivate var reportedEnd: Timestamp? { endTimes.map(\.time).min() }

    /// The time from which the deadline counts (rule 39).
    fileprivate var reportedEndDue: Timestamp? { endTimes.map { $0.receipt.due($0.time) }.min() }

    fileprivate var reportedEndReceivedAt: Timestamp? { endTimes.map(\.receipt.at).min() }
}
