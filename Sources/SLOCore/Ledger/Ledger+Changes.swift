// A change's wait for its first status: owners, eligibility, verdict, gauge (docs/counting.md, rules 1, 2, 6 to 8).

extension Ledger {
    /// Recomputes a change after anything that may concern it.
    mutating func reconsider(change id: EntityID) {
        if let change = state.changes[id] { reconsider(change) }
    }

    /// - Parameter changed: its present value, which may not be in the table yet.
    mutating func reconsider(_ changed: Change) {
        var change = changed
        noteOwners(&change)
        passDeadlines(&change)
        giveVerdicts(&change)
        judgeByFurtherObjectives(&change)
        judgeAllStatuses(&change)
        noteLateEvidence(&change)
        updateGauge(&change)
        armNext(&change)
        state.changes.replace(change.id, by: change)
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
            // A deployment that becomes an owner by an answer elsewhere, after the deadline, has missed none
            // (docs/counting.md, rule 8).
            guard !isNamed, hasCome(gaugeTime(of: change, heardAt: heardAt)) else { continue }
            change.withWait(of: deployment) { $0.deadlinePassed = true }
        }
    }

    /// Rule 1: whether its deliveries make a deployment its owner.
    private func isNamed(_ deployment: Deployment, of change: Change) -> Bool {
        change.addressees.contains(deployment) || change.isUnaddressed && deployment == settings.primary
    }

    /// Rule 1: whether a deployment that no delivery names has answered it, or others in its repository. Adds owners
    /// only until the verdict.
    private func isLearned(_ deployment: Deployment, of change: Change) -> Bool {
        guard change.isUnaddressed, !change.isJudged else { return false }
        if change.answeredAt(by: deployment) != nil { return true }
        let lastAnswer = state.repositories[change.pullRequest.repository]?.lastAnswer(of: deployment)
        return lastAnswer.map { $0 >= learnedSince(change) } ?? false
    }

    /// The time from which on answers teach about a change.
    private func learnedSince(_ change: Change) -> Timestamp {
        change.clockStart - settings.learnedWindow
    }

    /// Rule 2: evaluated when something is counted.
    /// - Parameter then: when it would have been counted with everything received in time. Late answers count from
    ///   their own time on.
    func eligibility(of change: Change, for wait: Change.Wait, then: Timestamp) -> Eligibility {
        eligibility(
            for: wait.deployment, in: change.pullRequest.repository, baseRef: change.baseRef,
            isAnswered: wait.answeredAt != nil, learnedSince: learnedSince(change), then: then)
    }

    /// The same of anything that waits for a deployment's answer.
    /// - Parameter baseRef: `nil` if it is not known.
    func eligibility(
        for deployment: Deployment, in repository: RepositoryID, baseRef: String?, isAnswered: Bool,
        learnedSince: Timestamp, then: Timestamp
    ) -> Eligibility {
        guard let repository = state.repositories[repository] else { return .assumed }
        if settings.isListed(repository.fullName) { return .listed }
        if isAnswered { return .learned }
        let lesson = baseRef.flatMap { repository.lesson(of: deployment, baseRef: $0) }
        let isLearned = lesson?.times.holdsAnswer(since: learnedSince, receivedBy: then) ?? false
        return isLearned ? .learned : .assumed
    }

    // MARK: - Time

    /// By the receiver's clock.
    private func deadline(of change: Change) -> Timestamp {
        deadline(of: change, by: settings.initialStatus.terms)
    }

    func deadline(of change: Change, by terms: Objective.Terms) -> Timestamp {
        change.clockStart + terms.deadline
    }

    /// Rule 27: a change received after its deadline waits from its receipt on.
    func waitStart(of change: Change, heardAt: Timestamp?, by terms: Objective.Terms) -> Timestamp {
        max(deadline(of: change, by: terms), heardAt ?? change.receivedAt)
    }

    /// When a missing answer becomes visible: at the deadline or, for a change received after that, one deadline after
    /// its receipt.
    private func gaugeTime(of change: Change, heardAt: Timestamp?) -> Timestamp {
        let deadline = deadline(of: change)
        let heardAt = heardAt ?? change.receivedAt
        return heardAt > deadline ? heardAt + settings.initialStatusDeadline : deadline
    }

    /// From when on an answer in time is final.
    func onTimeIsDue(_ change: Change, heardAt: Timestamp?, by terms: Objective.Terms) -> Timestamp {
        verdictTime(deadline(of: change, by: terms), knownSince: heardAt ?? change.receivedAt)
    }

    /// When the known evidence decides.
    func graceEnd(of change: Change, heardAt: Timestamp?, by terms: Objective.Terms) -> Timestamp {
        let start = waitStart(of: change, heardAt: heardAt, by: terms)
        return verdictTime(start + terms.grace, knownSince: heardAt ?? change.receivedAt)
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
            let deciding = decisions.deciding
            decisions.deciding = decisions.source(of: .opening, change.id)
            count(.deadlinesMissed(wait.deployment, eligibility))
            decisions.deciding = deciding
        }
    }

    /// Whether a closing or the next push ended the wait.
    private func hasEnded(_ change: Change) -> Bool {
        guard let pullRequest = state.pullRequests[change.pullRequest] else { return false }
        return pullRequest.closing(after: change.move) != nil
            || pullRequest.next(after: change.move) != nil
    }

    /// Rule 7: on time at the deadline, all others a grace later. Rule 27: for a late delivery, a grace after its
    /// receipt.
    private mutating func giveVerdicts(_ change: inout Change) {
        for place in change.waits.indices {
            let wait = change.waits[place]
            guard wait.isOwner, wait.verdict == nil else { continue }
            guard let (verdict, exclusion) = dueVerdict(on: change, for: wait, by: settings.initialStatus.terms) else {
                continue
            }
            change.waits[place].verdict = verdict
            record(verdict, exclusion, on: change, for: wait)
        }
        let graceEnd = graceEnd(of: change, heardAt: change.unaddressedAt, by: settings.initialStatus.terms)
        if !change.isJudged, hasCome(graceEnd) {
            change.isJudged = true
            changeJudged(change)
        }
    }

    /// The verdict that can be given now; `nil` before that.
    func dueVerdict(
        on change: Change, for wait: Change.Wait, by terms: Objective.Terms
    ) -> (Verdict, Exclusion?)? {
        let (verdict, exclusion) = verdict(on: change, for: wait, by: terms)
        let isOnTimeDue = verdict == .onTime && hasCome(onTimeIsDue(change, heardAt: wait.heardAt, by: terms))
        guard isOnTimeDue || hasCome(graceEnd(of: change, heardAt: wait.heardAt, by: terms)) else { return nil }
        return (verdict, exclusion)
    }

    /// Rule 6, by what is known now.
    private func verdict(
        on change: Change, for wait: Change.Wait, by terms: Objective.Terms
    ) -> (Verdict, Exclusion?) {
        if let answeredAt = wait.answeredAt, answeredAt - change.startedAt <= terms.deadline {
            return (.onTime, nil)
        }
        if let exclusion = exclusion(of: change, by: terms) { return (.excluded, exclusion) }
        return (wait.answeredAt == nil ? .never : .late, nil)
    }

    func exclusion(of change: Change, by terms: Objective.Terms) -> Exclusion? {
        let deadline = change.movedAt + terms.deadline
        if let pullRequest = state.pullRequests[change.pullRequest] {
            if let closing = pullRequest.closing(after: change.move), closing < deadline { return .closed }
            if let next = pullRequest.next(after: change.move), next < deadline { return .superseded }
        }
        return isBlind(at: self.deadline(of: change, by: terms)) ? .blind : nil
    }

    private mutating func record(
        _ verdict: Verdict, _ exclusion: Exclusion?, on change: Change, for wait: Change.Wait
    ) {
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        decisions.deciding = exclusion == nil ? decider(on: change, for: wait) : nil
        let then = deadline(of: change) + settings.initialStatusGrace
        let eligibility = eligibility(of: change, for: wait, then: then)
        count(.changesJudged(wait.deployment, verdict, eligibility))
        if verdict == .onTime || verdict == .late, let answeredAt = wait.answeredAt {
            observeDuration(.initialStatusDuration(wait.deployment), answeredAt - change.startedAt)
        }
        let name = state.repositories[change.pullRequest.repository]?.fullName
        let subject = subject(of: change)
        let isJudged =
            settings.judgesByVerdict && settings.initialStatus.selection.contains(subject)
            && !isLeftToOther(.initialStatus)
        let judgement =
            isJudged
            ? judgement(of: verdict, exclusion, on: change, eligibility, by: settings.initialStatus.terms) : nil
        if let judgement { judge(.initialStatus, wait.deployment, judgement, of: change.id, subject) }
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

    /// Who brought the answer, or else what waits for one.
    func decider(on change: Change, for wait: Change.Wait) -> DecisionMemory.Source? {
        decisions.source(of: wait.answeredAt == nil ? .opening : .answer(wait.deployment), change.id)
    }

    /// More changes are open than the limit allows: gives the verdict without waiting for evidence.
    mutating func exclude(change id: EntityID) {
        guard var change = state.changes[id] else { return }
        for place in change.waits.indices where change.waits[place].isOwner && change.waits[place].verdict == nil {
            // An answer that is already known is not late evidence.
            let (verdict, _) = verdict(on: change, for: change.waits[place], by: settings.initialStatus.terms)
            if verdict == .onTime { change.lateEvidenceCounted = true }
            change.waits[place].verdict = .excluded
            record(.excluded, .limit, on: change, for: change.waits[place])
        }
        change.isJudged = true
        for place in change.waits.indices {
            change.waits[place].deadlinePassed = true
            change.waits[place].inGaugeAs = nil
            change.waits[place].isOverLimit = true
            change.waits[place].judgedBy =
                settings.furtherJudgesOfChanges.map(\.name) + settings.judgesOfAllStatuses.map(\.name)
            change.waits[place].isAllStatusesObserved = false
        }
        state.changes[id] = change
        changeJudged(change)
    }

    /// Counts evidence that would have changed the verdict, once per change, by that verdict. An excluded change counts
    /// as a miss unless an answer in time is received.
    private mutating func noteLateEvidence(_ change: inout Change) {
        guard !change.lateEvidenceCounted, !hasCome(forgetTime(of: change)) else { return }
        for wait in change.waits {
            guard let given = wait.verdict else { continue }
            let (verdict, _) = verdict(on: change, for: wait, by: settings.initialStatus.terms)
            guard verdict != given, given != .excluded || verdict == .onTime else { continue }
            count(.lateEvidence(verdict))
            change.lateEvidenceCounted = true
            return
        }
    }

    /// Rule 8: in the gauge from the deadline until answered, closed, superseded or too old. If its answer turns out to
    /// belong to another change, it is unanswered again.
    private func updateGauge(_ change: inout Change) {
        guard change.waits.contains(where: \.deadlinePassed) else { return }
        let isOver = hasEnded(change) || hasCome(horizon(of: change))
        for place in change.waits.indices {
            let wait = change.waits[place]
            guard wait.isOwner, wait.deadlinePassed, !wait.isOverLimit else { continue }
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
        let terms = settings.initialStatus.terms
        var stages = [
            onTimeIsDue(change, heardAt: nil, by: terms),
            graceEnd(of: change, heardAt: change.unaddressedAt, by: terms),
            horizon(of: change), forgetTime(of: change),
        ]
        for wait in change.waits where wait.isOwner {
            if !wait.deadlinePassed { stages.append(gaugeTime(of: change, heardAt: wait.heardAt)) }
            if let next = nextFurtherJudgement(of: change, wait) { stages.append(next) }
            if let next = nextJudgementOfAllStatuses(of: change, wait) { stages.append(next) }
            guard wait.verdict == nil else { continue }
            stages.append(onTimeIsDue(change, heardAt: wait.heardAt, by: terms))
            stages.append(graceEnd(of: change, heardAt: wait.heardAt, by: terms))
        }
        return stages.filter { !hasCome($0) }.min()
    }

    func forgetTime(of change: Change) -> Timestamp {
        change.receivedAt + settings.horizon + settings.longestInitialStatusWait
    }

    /// A change that is still the latest of its pull request is kept, because its answers teach (docs/counting.md, rule
    /// 2).
    private mutating func forgetIfOld(_ change: Change) {
        guard change.isJudged, hasCome(forgetTime(of: change)), !isPresent(change), isDecided(change) else { return }
        forget(change)
    }

    private func isDecided(_ change: Change) -> Bool {
        change.waits.allSatisfy { !$0.isOwner || $0.verdict != nil && !isPending($0) }
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
