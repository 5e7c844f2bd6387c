// How objectives judge changes (docs/counting.md, rules 6, 7, 44 and 45).

extension Ledger {
    /// The objectives besides the one that judges by the verdict: each by its own deadline and grace.
    mutating func judgeByFurtherObjectives(_ change: inout Change) {
        for objective in settings.furtherJudgesOfChanges {
            // All others have longer deadlines.
            guard hasCome(deadline(of: change, by: objective.terms)) else { return }
            for place in change.waits.indices {
                guard change.waits[place].isOwner, !change.waits[place].judgedBy.contains(objective.name),
                    let (verdict, exclusion) = dueVerdict(on: change, for: change.waits[place], by: objective.terms)
                else { continue }
                change.waits[place].judgedBy.append(objective.name)
                let eligibility = eligibility(of: change, for: change.waits[place], by: objective)
                let judgement = judgement(of: verdict, exclusion, on: change, eligibility, by: objective.terms)
                let deciding = decisions.deciding
                decisions.deciding = exclusion == nil ? decider(on: change, for: change.waits[place]) : nil
                judge(change, for: change.waits[place], by: objective, judgement)
                decisions.deciding = deciding
            }
        }
    }

    /// Whether further objectives have not judged, or when it has all its statuses is not decided.
    func isPending(_ wait: Change.Wait) -> Bool {
        settings.furtherJudgesOfChanges.contains { !wait.judgedBy.contains($0.name) } || awaitsAllStatuses(wait)
    }

    /// When a further objective may judge next.
    func nextFurtherJudgement(of change: Change, _ wait: Change.Wait) -> Timestamp? {
        var next: Timestamp?
        for objective in settings.furtherJudgesOfChanges {
            // All others have longer deadlines, and judge no sooner.
            if let next, next <= deadline(of: change, by: objective.terms) { break }
            guard !wait.judgedBy.contains(objective.name) else { continue }
            let onTime = onTimeIsDue(change, heardAt: wait.heardAt, by: objective.terms)
            let others = graceEnd(of: change, heardAt: wait.heardAt, by: objective.terms)
            if !hasCome(onTime) { next = min(next ?? onTime, onTime) }
            if !hasCome(others) { next = min(next ?? others, others) }
        }
        return next
    }

    /// Rule 2, when an objective judges.
    func eligibility(
        of change: Change, for wait: Change.Wait, by objective: LedgerSettings.Judge
    ) -> Eligibility {
        eligibility(
            of: change, for: wait, then: deadline(of: change, by: objective.terms) + objective.terms.grace)
    }

    /// - Parameter judgement: `nil` of what is no event.
    mutating func judge(
        _ change: Change, for wait: Change.Wait, by objective: LedgerSettings.Judge,
        _ judgement: ObjectiveJudgement.Verdict?
    ) {
        guard let judgement else { return }
        let subject = subject(of: change)
        guard settings.selects(subject, for: objective), !isLeftToOther(objective.name) else { return }
        judge(objective.name, wait.deployment, judgement, of: change.id, subject)
    }

    /// The judgement that follows from a verdict; `nil` if none does.
    func judgement(
        of verdict: Verdict, _ exclusion: Exclusion?, on change: Change, _ eligibility: Eligibility,
        by terms: Objective.Terms
    ) -> ObjectiveJudgement.Verdict? {
        guard settings.countedEligibilities.contains(eligibility) else { return nil }
        return judgement(of: verdict, exclusion, from: change.clockStart, to: deadline(of: change, by: terms))
    }

    /// Rule 24, of anything that waited for an answer until a deadline.
    func judgement(
        of verdict: Verdict, _ exclusion: Exclusion?, from start: Timestamp, to deadline: Timestamp
    ) -> ObjectiveJudgement.Verdict? {
        switch verdict {
        case .onTime: .good
        case .late, .never: badUnlessMissed(from: start, to: deadline)
        // After the interval is caught up nothing is unknown.
        case .excluded: exclusion == .blind && isUnknown(from: deadline, to: deadline) ? .unknown : nil
        }
    }

    /// Rule 45.
    func subject(of change: Change) -> ObjectiveSelection.Subject {
        ObjectiveSelection.Subject(
            repository: state.repositories[change.pullRequest.repository]?.fullName, branch: change.baseRef)
    }
}
