// How objectives judge changes (docs/counting.md, rules 6, 7, 44 and 45).

extension Ledger {
    /// The objectives besides the one that judges by the verdict: each by its own deadline and grace.
    mutating func judgeByFurtherObjectives(_ change: inout Change) {
        for objective in settings.furtherInitialStatuses {
            // All others have longer deadlines.
            guard hasCome(deadline(of: change, by: objective)) else { return }
            for place in change.waits.indices {
                let wait = change.waits[place]
                guard wait.isOwner, !wait.judgedBy.contains(objective.name),
                    let (verdict, exclusion) = dueVerdict(on: change, for: wait, by: objective)
                else { continue }
                change.waits[place].judgedBy.append(objective.name)
                judge(change, for: wait, by: objective, verdict, exclusion)
            }
        }
    }

    /// Whether further objectives have not judged.
    func isPending(_ wait: Change.Wait) -> Bool {
        settings.furtherInitialStatuses.contains { !wait.judgedBy.contains($0.name) }
    }

    /// When a further objective may judge next.
    func nextFurtherJudgement(of change: Change, _ wait: Change.Wait) -> Timestamp? {
        var next: Timestamp?
        for objective in settings.furtherInitialStatuses {
            // All others have longer deadlines, and judge no sooner.
            if let next, next <= deadline(of: change, by: objective) { break }
            guard !wait.judgedBy.contains(objective.name) else { continue }
            for due in [
                onTimeIsDue(change, heardAt: wait.heardAt, by: objective),
                graceEnd(of: change, heardAt: wait.heardAt, by: objective),
            ] where !hasCome(due) { next = min(next ?? due, due) }
        }
        return next
    }

    private mutating func judge(
        _ change: Change, for wait: Change.Wait, by objective: Objective, _ verdict: Verdict, _ exclusion: Exclusion?
    ) {
        let then = deadline(of: change, by: objective) + objective.grace
        let eligibility = eligibility(of: change, for: wait, then: then)
        guard isSelected(change, by: objective),
            let judgement = judgement(of: verdict, exclusion, on: change, eligibility, by: objective)
        else { return }
        let name = state.repositories[change.pullRequest.repository]?.fullName
        judge(objective.name, wait.deployment, judgement, of: change.id, in: name)
    }

    /// The judgement that follows from a verdict; `nil` if none does.
    func judgement(
        of verdict: Verdict, _ exclusion: Exclusion?, on change: Change, _ eligibility: Eligibility,
        by objective: Objective
    ) -> ObjectiveJudgement.Verdict? {
        guard settings.countedEligibilities.contains(eligibility) else { return nil }
        let deadline = deadline(of: change, by: objective)
        switch verdict {
        case .onTime: return .good
        case .late, .never: return badUnlessMissed(from: change.clockStart, to: deadline)
        case .excluded:
            // After the interval is caught up nothing is unknown.
            return exclusion == .blind && isUnknown(from: deadline, to: deadline) ? .unknown : nil
        }
    }

    func isSelected(_ change: Change, by objective: Objective) -> Bool {
        guard !objective.selection.isEverything else { return true }
        return objective.selection.contains(
            ObjectiveSelection.Subject(
                repository: state.repositories[change.pullRequest.repository]?.fullName, branch: change.baseRef))
    }
}
