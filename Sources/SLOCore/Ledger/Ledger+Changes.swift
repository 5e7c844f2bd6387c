// A change's wait for its first status: owners, eligibility, verdict, gauge (docs/counting.md, rules 1, 2, 6 to 8).

extension Ledger {
    /// Looks at a change again, after anything that may concern it.
    mutating func reconsider(change id: EntityID) {
        if let change = state.changes[id] { reconsider(change) }
    }

    /// - Parameter changed: as it is now, which the table need not know yet.
    mutating func reconsider(_ changed: Change) {
        var change = changed
        noteOwners(&change)
        passDeadlines(&change)
        giveVerdicts(&change)
        noteLateEvidence(&change)
        updateGauge(&change)
        armNext(&change)
        if state.changes[change.id] != change { state.changes[change.id] = change }
        forgetIfOld(change)
    }

    private mutating func noteOwners(_ change: inout Change) {
        for deployment in settings.deployments {
            if let known = change.waits.first(where: { $0.deployment == deployment }), known.isOwner { continue }
            let isNamed = isNamed(deployment, of: change)
            guard isNamed || isLearned(deployment, of: change) else { continue }
            let heardAt = isNamed ? now : change.unaddressedAt ?? change.receivedAt
            change.withWait(of: deployment) {
                $0.isOwner = true
                $0.heardAt = heardAt
            }
            count(.changesSeen(deployment))
            // Who comes to own it by an answer elsewhere, after its deadline, missed none (docs/counting.md, rule 8).
            guard !isNamed, hasCome(gaugeTime(of: change, heardAt: heardAt)) else { continue }
            change.withWait(of: deployment) { $0.deadlinePassed = true }
        }
    }

    /// Rule 1: whether its deliveries make a deployment its owner.
    private func isNamed(_ deployment: Deployment, of change: Change) -> Bool {
        change.addressees.contains(deployment) || change.isUnaddressed && deployment == settings.primary
    }

    /// Rule 1: whether a deployment that nothing names has answered it, or others in its repository. Such owners become
    /// known only as long as there is something to judge.
    private func isLearned(_ deployment: Deployment, of change: Change) -> Bool {
        guard change.isUnaddressed, !change.isJudged else { return false }
        if change.answeredAt(by: deployment) != nil { return true }
        let lastAnswer = state.repositories[change.pullRequest.repository]?.lastAnswer(of: deployment)
        return lastAnswer.map { $0 >= learnedSince(change) } ?? false
    }

    /// From when on answers teach of a change.
    private func learnedSince(_ change: Change) -> Timestamp {
        change.clockStart - settings.learnedWindow
    }

    /// Rule 2: read at the moment something is counted.
    /// - Parameter then: when it would have been counted had all been heard of in time. What came late counts from its
    ///   own time on.
    private func eligibility(of change: Change, for wait: Change.Wait, then: Timestamp) -> Eligibility {
        guard let repository = state.repositories[change.pullRequest.repository] else { return .assumed }
        if settings.isListed(repository.fullName) { return .listed }
        if wait.answeredAt != nil { return .learned }
        let lesson = repository.lesson(of: wait.deployment, baseRef: change.baseRef)
        let isLearned = lesson?.times.holdsAnswer(since: learnedSince(change), receivedBy: then) ?? false
        return isLearned ? .learned : .assumed
    }

    // MARK: - Time

    /// By the receiver's clock.
    private func deadline(of change: Change) -> Timestamp {
        change.clockStart + settings.initialStatusDeadline
    }

    /// Rule 27: what is heard of after its deadline waits from its receipt on.
    private func waitStart(of change: Change, heardAt: Timestamp?) -> Timestamp {
        max(deadline(of: change), heardAt ?? change.receivedAt)
    }

    /// When a missing answer becomes visible: at the deadline, or, of what is heard of after that, as long after its
    /// receipt.
    private func gaugeTime(of change: Change, heardAt: Timestamp?) -> Timestamp {
        let deadline = deadline(of: change)
        let heardAt = heardAt ?? change.receivedAt
        return heardAt > deadline ? heardAt + settings.initialStatusDeadline : deadline
    }

    /// From when on an answer in time is final.
    private func onTimeIsDue(_ change: Change, heardAt: Timestamp?) -> Timestamp {
        verdictTime(deadline(of: change), knownSince: heardAt ?? change.receivedAt)
    }

    /// When the evidence that there is decides.
    private func graceEnd(of change: Change, heardAt: Timestamp?) -> Timestamp {
        let start = waitStart(of: change, heardAt: heardAt)
        return verdictTime(start + settings.initialStatusGrace, knownSince: heardAt ?? change.receivedAt)
    }

    /// Rule 8: the moment at which a missing answer becomes visible.
    private mutating func passDeadlines(_ change: inout Change) {
        for place in change.waits.indices {
            let wait = change.waits[place]
            guard wait.isOwner, !wait.deadlinePassed, hasCome(gaugeTime(of: change, heardAt: wait.heardAt)) else {
                continue
            }
            change.waits[place].deadlinePassed = true
            guard wait.answeredAt == nil, !hasEnded(change) else { continue }
            let eligibility = eligibility(of: change, for: wait, then: deadline(of: change))
            count(.deadlinesMissed(wait.deployment, eligibility))
        }
    }

    /// Whether a closing or the next push ended the wait.
    private func hasEnded(_ change: Change) -> Bool {
        guard let pullRequest = state.pullRequests[change.pullRequest] else { return false }
        return pullRequest.closing(after: change.move) != nil
            || pullRequest.next(after: change.move) != nil
    }

    /// Rule 7: on time as soon as the deadline has passed, everything else a grace later. Rule 27: of what is heard of
    /// late, a grace after its receipt.
    private mutating func giveVerdicts(_ change: inout Change) {
        for place in change.waits.indices {
            let wait = change.waits[place]
            guard wait.isOwner, wait.verdict == nil else { continue }
            let (verdict, exclusion) = verdict(on: change, for: wait)
            let isOnTimeDue = verdict == .onTime && hasCome(onTimeIsDue(change, heardAt: wait.heardAt))
            guard isOnTimeDue || hasCome(graceEnd(of: change, heardAt: wait.heardAt)) else { continue }
            change.waits[place].verdict = verdict
            record(verdict, exclusion, on: change, for: wait)
        }
        if !change.isJudged, hasCome(graceEnd(of: change, heardAt: change.unaddressedAt)) {
            change.isJudged = true
            changeJudged(change)
        }
    }

    /// Rule 6, on what is known now.
    private func verdict(on change: Change, for wait: Change.Wait) -> (Verdict, Exclusion?) {
        if let answeredAt = wait.answeredAt, answeredAt - change.startedAt <= settings.initialStatusDeadline {
            return (.onTime, nil)
        }
        if let exclusion = exclusion(of: change) { return (.excluded, exclusion) }
        return (wait.answeredAt == nil ? .never : .late, nil)
    }

    private func exclusion(of change: Change) -> Exclusion? {
        let deadline = change.movedAt + settings.initialStatusDeadline
        if let pullRequest = state.pullRequests[change.pullRequest] {
            if let closing = pullRequest.closing(after: change.move), closing < deadline { return .closed }
            if let next = pullRequest.next(after: change.move), next < deadline { return .superseded }
        }
        return isBlind(at: self.deadline(of: change)) ? .blind : nil
    }

    private mutating func record(
        _ verdict: Verdict, _ exclusion: Exclusion?, on change: Change, for wait: Change.Wait
    ) {
        let then = deadline(of: change) + settings.initialStatusGrace
        let eligibility = eligibility(of: change, for: wait, then: then)
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
        case .late, .never: badUnlessMissed(from: change.clockStart, to: deadline(of: change))
        case .excluded:
            // What has been caught up is unknown no more.
            exclusion == .blind && isUnknown(from: deadline(of: change), to: deadline(of: change)) ? .unknown : nil
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
        change.isJudged = true
        for place in change.waits.indices {
            change.waits[place].deadlinePassed = true
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
        guard change.waits.contains(where: \.deadlinePassed) else { return }
        let isOver = hasEnded(change) || hasCome(horizon(of: change))
        for place in change.waits.indices {
            let wait = change.waits[place]
            guard wait.isOwner, wait.deadlinePassed, !wait.isGivenUp else { continue }
            if isOver || wait.answeredAt != nil {
                change.waits[place].inGaugeAs = nil
            } else if wait.inGaugeAs == nil {
                change.waits[place].inGaugeAs = eligibility(of: change, for: wait, then: deadline(of: change))
            }
        }
    }

    private func horizon(of change: Change) -> Timestamp {
        change.clockStart + settings.horizon
    }

    private mutating func armNext(_ change: inout Change) {
        guard let next = nextStage(of: change), change.armedFor != next else { return }
        change.armedFor = next
        arm(change.id, at: next)
    }

    private func nextStage(of change: Change) -> Timestamp? {
        var stages = [
            onTimeIsDue(change, heardAt: nil), graceEnd(of: change, heardAt: change.unaddressedAt),
            horizon(of: change), forgetTime(of: change),
        ]
        for wait in change.waits where wait.isOwner {
            if !wait.deadlinePassed { stages.append(gaugeTime(of: change, heardAt: wait.heardAt)) }
            guard wait.verdict == nil else { continue }
            stages.append(onTimeIsDue(change, heardAt: wait.heardAt))
            stages.append(graceEnd(of: change, heardAt: wait.heardAt))
        }
        return stages.filter { !hasCome($0) }.min()
    }

    private func forgetTime(of change: Change) -> Timestamp {
        change.receivedAt + settings.horizon + settings.initialStatusDeadline
            + settings.initialStatusGrace
    }

    /// One that is still what its pull request waits for goes on to be answered, which teaches (docs/counting.md,
    /// rule 2).
    private mutating func forgetIfOld(_ change: Change) {
        guard change.isJudged, hasCome(forgetTime(of: change)), !isPresent(change) else { return }
        forget(change)
    }

    /// What was kept as long as a commit was the head of a pull request.
    mutating func forgetOld(of key: PullRequestKey, on sha: String?) {
        guard let sha, let moves = state.pullRequests[key]?.moves(to: sha) else { return }
        for change in changes(of: key, startedBy: moves).compactMap({ state.changes[$0] }) { forgetIfOld(change) }
    }

    private func isPresent(_ change: Change) -> Bool {
        guard let pullRequest = state.pullRequests[change.pullRequest] else { return false }
        return pullRequest.isOpen && pullRequest.head == change.sha
    }
}
