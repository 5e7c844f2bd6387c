// When GitHub shows how a run ended, and how objectives judge that (docs/counting.md, rule 50).

extension Ledger {
    /// Looks at the report of a run's end again.
    mutating func judgeReport(of run: inout Run, _ evidence: Evidence) {
        guard let end = provenEnd(of: run) else { return }
        if run.isFinished, evidence.isShownAsEnded {
            if let shownAt = evidence.shownEnd { report(run, end, shownAt: shownAt) }
            decideReport(of: &run)
        } else {
            judgeMissingReport(of: &run, end, evidence)
        }
    }

    /// The same of a run that has just been ended before its time.
    mutating func lookAtReport(ofEnded run: inout Run) {
        let evidence = evidence(for: run)
        judgeReport(of: &run, evidence)
        armNext(&run, evidence)
    }

    /// When a report that is missing is next judged for that; `nil` if it is not.
    func nextReportDue(of run: Run, _ evidence: Evidence) -> Timestamp? {
        guard let end = provenEnd(of: run) else { return nil }
        return missing(of: run, end, evidence).map { verdictTime(of: $0, end, evidence) }.min()
    }

    /// Whether the report of a final run may still be judged.
    func awaitsReport(_ run: Run) -> Bool { run.isFinished && provenEnd(of: run) != nil }

    /// A run has become final: which objectives have judged its report is remembered for as long as others may.
    func keepForReport(_ run: inout Run, _ ending: Run.Ending, isPart: Bool) {
        switch ending.outcome {
        case _ where isPart: decideReport(of: &run)
        case .canceled, .skipped, .superseded: decideReport(of: &run)
        case .success, .failure, .error:
            let names = settings.judges(of: run.kind.reportIndicator).map(\.name)
            run.judgedBy.removeAll { !names.contains($0) }
        }
    }

    private func decideReport(of run: inout Run) {
        run.isReportDecided = true
        run.judgedBy = []
    }

    /// When the run ended at its backend, if it is known, its report is not decided, and the join is proven.
    private func provenEnd(of run: Run) -> BackendRun.EndTime? {
        guard !run.isReportDecided, run.lane != nil, let backend = run.backend else { return nil }
        return state.backends.part(of: backend) { backend in
            let isProven = backend.placement == .joined(run.id) && backend.proof != .proposed
            return isProven ? backend.endTime : nil
        } ?? nil
    }

    /// An end that was shown earlier than clocks differ is not the backend's.
    private mutating func report(_ run: Run, _ end: BackendRun.EndTime, shownAt: Timestamp) {
        guard shownAt >= end.at - PullRequest.clockTolerance else { return }
        let span = max(.zero, shownAt - end.at)
        observeDuration(.runReportDuration(run.kind, run.deployment), span)
        let judges = settings.judges(of: run.kind.reportIndicator).filter { isPending($0, for: run) }
        guard !judges.isEmpty else { return }
        let subject = subject(of: run)
        for objective in judges {
            let verdict: ObjectiveJudgement.Verdict = span <= objective.terms.deadline ? .good : .bad
            judge(run, subject, by: objective, verdict)
        }
    }

    /// Rule 24: bad, and doubtful if the end that is not shown may have been missed.
    private mutating func judgeMissingReport(of run: inout Run, _ end: BackendRun.EndTime, _ evidence: Evidence) {
        let due = missing(of: run, end, evidence).filter { hasCome(verdictTime(of: $0, end, evidence)) }
        guard !due.isEmpty else { return }
        let subject = subject(of: run)
        let verdict = badUnlessMissed(from: end.clockStart, to: now)
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        decisions.deciding = nil
        for objective in due {
            run.judgedBy.append(objective.name)
            judge(run, subject, by: objective, verdict)
        }
    }

    /// The objectives that judge the report for want of it. What is shown as ended is judged when it is final, and so
    /// is what is known to have been superseded within the deadline.
    private func missing(
        of run: Run, _ end: BackendRun.EndTime, _ evidence: Evidence
    ) -> [LedgerSettings.Judge] {
        guard !evidence.isShownAsEnded else { return [] }
        return settings.judges(of: run.kind.reportIndicator).filter { objective in
            let isSuperseded = run.supersession.map { $0.endedAt <= end.at + objective.terms.deadline } ?? false
            return isPending(objective, for: run) && !isSuperseded
        }
    }

    private func verdictTime(
        of objective: LedgerSettings.Judge, _ end: BackendRun.EndTime, _ evidence: Evidence
    ) -> Timestamp {
        verdictTime(dueTime(of: objective, end, evidence), knownSince: knownSince(end, evidence))
    }

    /// Rule 27: what is received after the deadline is judged for want of the report no sooner than a grace later.
    private func dueTime(
        of objective: LedgerSettings.Judge, _ end: BackendRun.EndTime, _ evidence: Evidence
    ) -> Timestamp {
        let deadline = end.clockStart + objective.terms.deadline
        let knownSince = knownSince(end, evidence)
        let due = deadline + settings.settle
        return knownSince > deadline ? max(due, knownSince + settings.initialStatusGrace) : due
    }

    /// Since when both the end and the check that is to show it are known.
    private func knownSince(_ end: BackendRun.EndTime, _ evidence: Evidence) -> Timestamp {
        max(end.receivedAt, evidence.checkKnownSince ?? end.receivedAt)
    }
}
