// A change's wait for its first status: owners, eligibility, verdict, gauge (docs/counting.md, rules 1, 2, 6 to 8).

extension Ledger {
    /// Looks at a change again, after anything that may concern it.
    mutating func reconsider(change id: EntityID) {
        guard var change = state.changes[id] else { return }
        noteAnswers(&change)
        noteOwners(&change)
        passDeadline(&change)
        giveVerdicts(&change)
        noteLateEvidence(&change)
        updateGauge(&change)
        armNext(&change)
        if state.changes[id] != change { state.changes[id] = change }
        forgetIfOld(change)
    }

    private func noteAnswers(_ change: inout Change) {
        for deployment in settings.deployments {
            let answeredAt = answer(to: change, by: deployment)
            if answeredAt == nil, !change.waits.contains(where: { $0.deployment == deployment }) { continue }
            change.withWait(of: deployment) { $0.answeredAt = answeredAt }
        }
    }

    private mutating func noteOwners(_ change: inout Change) {
        for deployment in settings.deployments where owns(deployment, change) {
            let isNew = change.withWait(of: deployment) { wait in
                defer { wait.isOwner = true }
                return !wait.isOwner
            }
            if isNew { count(.changesSeen(deployment)) }
        }
    }

    /// Rule 1, with its fine print.
    private func owns(_ deployment: Deployment, _ change: Change) -> Bool {
        if change.addressees.contains(deployment) { return true }
        guard change.isUnaddressed else { return false }
        if deployment == settings.primary { return true }
        // Owners that a delivery names may become known at any time; others only as long as there is something to
        // judge.
        guard !change.isJudged else { return false }
        if change.waits.contains(where: { $0.deployment == deployment && $0.answeredAt != nil }) { return true }
        return isWithinLearnedWindow(
            state.repositories[change.pullRequest.repository]?.lastAnswer(of: deployment), change)
    }

    private func isWithinLearnedWindow(_ answeredAt: Timestamp?, _ change: Change) -> Bool {
        guard let answeredAt else { return false }
        return answeredAt >= change.startedAt - settings.learnedWindow
    }

    /// Rule 2: read at the moment something is counted.
    private func eligibility(of change: Change, for wait: Change.Wait) -> Eligibility {
        guard let repository = state.repositories[change.pullRequest.repository] else { return .assumed }
        if settings.isListed(repository.fullName) { return .listed }
        if wait.answeredAt != nil { return .learned }
        let lastAnswer = repository.lastAnswer(of: wait.deployment, baseRef: change.baseRef)
        return isWithinLearnedWindow(lastAnswer, change) ? .learned : .assumed
    }

    private func deadline(of change: Change) -> Timestamp {
        change.startedAt + settings.initialStatusDeadline
    }

    private func verdictTime(of change: Change, due: Timestamp) -> Timestamp {
        verdictTime(due, knownSince: change.receivedAt)
    }

    /// Rule 8: the moment at which a missing answer becomes visible.
    private mutating func passDeadline(_ change: inout Change) {
        guard !change.deadlinePassed, hasCome(deadline(of: change)) else { return }
        change.deadlinePassed = true
        guard !hasEnded(change) else { return }
        for wait in change.waits where wait.isOwner && wait.answeredAt == nil {
            count(.deadlinesMissed(wait.deployment, eligibility(of: change, for: wait)))
        }
    }

    /// Whether a closing or the next push ended the wait.
    private func hasEnded(_ change: Change) -> Bool {
        guard let pullRequest = state.pullRequests[change.pullRequest] else { return false }
        return pullRequest.closing(after: change.move) != nil
            || pullRequest.next(after: change.move) != nil
    }

    /// Rule 7: on time as soon as the deadline has passed, everything else a grace later.
    private mutating func giveVerdicts(_ change: inout Change) {
        guard change.deadlinePassed else { return }
        let deadline = deadline(of: change)
        let graceEnds = verdictTime(of: change, due: deadline + settings.initialStatusGrace)
        let isGraceOver = hasCome(graceEnds)
        for place in change.waits.indices {
            let wait = change.waits[place]
            guard wait.isOwner, wait.verdict == nil else { continue }
            let (verdict, exclusion) = verdict(on: change, for: wait)
            guard isGraceOver || (verdict == .onTime && hasCome(verdictTime(of: change, due: deadline))) else {
                continue
            }
            change.waits[place].verdict = verdict
            record(verdict, exclusion, on: change, for: wait)
        }
        if isGraceOver, !change.isJudged {
            change.isJudged = true
            changeJudged(change)
        }
    }

    /// Rule 6, on what is known now.
    private func verdict(on change: Change, for wait: Change.Wait) -> (Verdict, Exclusion?) {
        let deadline = deadline(of: change)
        if let answeredAt = wait.answeredAt, answeredAt <= deadline { return (.onTime, nil) }
        if let exclusion = exclusion(of: change, before: deadline) { return (.excluded, exclusion) }
        return (wait.answeredAt == nil ? .never : .late, nil)
    }

    private func exclusion(of change: Change, before deadline: Timestamp) -> Exclusion? {
        if let pullRequest = state.pullRequests[change.pullRequest] {
            if let closing = pullRequest.closing(after: change.move), closing < deadline { return .closed }
            if let next = pullRequest.next(after: change.move), next < deadline { return .superseded }
        }
        return isBlind(at: deadline) ? .blind : nil
    }

    private mutating func record(
        _ verdict: Verdict, _ exclusion: Exclusion?, on change: Change, for wait: Change.Wait
    ) {
        let eligibility = eligibility(of: change, for: wait)
        count(.changesJudged(wait.deployment, verdict, eligibility))
        if verdict == .onTime || verdict == .late, let answeredAt = wait.answeredAt {
            observeDuration(.initialStatusDuration(wait.deployment), answeredAt - change.startedAt)
        }
        let isMeant = settings.countedEligibilities.contains(eligibility)
        let judgement = isMeant ? judgement(of: verdict, exclusion, on: change) : nil
        let name = state.repositories[change.pullRequest.repository]?.fullName
        if let judgement { judge(.initialStatus, wait.deployment, judgement, of: change.id, in: name) }
        effects.changeRecords.append(
            ChangeRecord(
                change: change.id, deployment: wait.deployment, repository: change.pullRequest.repository,
                repositoryName: name ?? "",
                number: change.pullRequest.number, action: change.action, headSHA: change.sha,
                baseRef: change.baseRef, startedAt: change.startedAt, receivedAt: change.receivedAt,
                answeredAt: wait.answeredAt, verdict: verdict, exclusion: exclusion, eligibility: eligibility,
                judgedAt: now,
                isCounted: judgement != nil && judgement != .unknown))
    }

    /// What a verdict means for the objective; `nil`: nothing.
    private func judgement(
        of verdict: Verdict, _ exclusion: Exclusion?, on change: Change
    ) -> ObjectiveJudgement.Verdict? {
        switch verdict {
        case .onTime: .good
        case .late, .never: badUnlessMissed(from: change.startedAt, to: deadline(of: change))
        case .excluded: exclusion == .blind ? .unknown : nil
        }
    }

    /// More changes are open than the limit allows: this one is judged without waiting for its evidence.
    mutating func exclude(change id: EntityID) {
        guard var change = state.changes[id] else { return }
        for place in change.waits.indices where change.waits[place].isOwner && change.waits[place].verdict == nil {
            // What is known already is no later evidence.
            if verdict(on: change, for: change.waits[place]).0 == .onTime { change.lateEvidenceCounted = true }
            change.waits[place].verdict = .excluded
            record(.excluded, .limit, on: change, for: change.waits[place])
        }
        change.deadlinePassed = true
        change.isJudged = true
        for place in change.waits.indices {
            change.waits[place].inGaugeAs = nil
            change.waits[place].isGivenUp = true
        }
        state.changes[id] = change
        changeJudged(change)
    }

    /// Evidence that would have given another verdict; once per change, with that verdict. What was excluded
    /// would have missed as well, unless an answer in time is heard of.
    private mutating func noteLateEvidence(_ change: inout Change) {
        guard !change.lateEvidenceCounted, !hasCome(forgetTime(of: change)) else { return }
        for wait in change.waits {
            guard let given = wait.verdict else { continue }
            let (verdict, _) = verdict(on: change, for: wait)
            guard verdict != given, given != .excluded || verdict == .onTime else { continue }
            count(.lateEvidence(verdict))
            change.lateEvidenceCounted = true
            return
        }
    }

    /// Rule 8: in the gauge from the deadline until answered, closed, superseded or too old. What turns out to answer
    /// another change answered nothing.
    private func updateGauge(_ change: inout Change) {
        guard change.deadlinePassed else { return }
        let isOver = hasEnded(change) || hasCome(change.startedAt + settings.horizon)
        for place in change.waits.indices where change.waits[place].isOwner && !change.waits[place].isGivenUp {
            if isOver || change.waits[place].answeredAt != nil {
                change.waits[place].inGaugeAs = nil
            } else if change.waits[place].inGaugeAs == nil {
                change.waits[place].inGaugeAs = eligibility(of: change, for: change.waits[place])
            }
        }
    }

    private mutating func armNext(_ change: inout Change) {
        let deadline = deadline(of: change)
        let stages = [
            deadline, verdictTime(of: change, due: deadline),
            verdictTime(of: change, due: deadline + settings.initialStatusGrace),
            change.startedAt + settings.horizon, forgetTime(of: change),
        ]
        guard let next = stages.filter({ !hasCome($0) }).min(), change.armedFor != next else { return }
        change.armedFor = next
        arm(change.id, at: next)
    }

    private func forgetTime(of change: Change) -> Timestamp {
        max(change.startedAt, change.receivedAt) + settings.horizon + settings.initialStatusDeadline
            + settings.initialStatusGrace
    }

    /// One that is still what its pull request waits for goes on to be answered, which teaches (docs/counting.md,
    /// rule 2).
    private mutating func forgetIfOld(_ change: Change) {
        guard change.isJudged, hasCome(forgetTime(of: change)), !isPresent(change) else { return }
        state.changes[change.id] = nil
        state.heads.update(HeadKey(repository: change.pullRequest.repository, sha: change.sha)) {
            $0.changes.removeAll { $0 == change.id }
        }
    }

    private func isPresent(_ change: Change) -> Bool {
        guard let pullRequest = state.pullRequests[change.pullRequest] else { return false }
        return pullRequest.isOpen && pullRequest.head == change.sha
    }
}
