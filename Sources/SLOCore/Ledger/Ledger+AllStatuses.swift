// When a change has the first status of each of its checks (docs/counting.md, rule 48).

import HashTreeCollections

extension Ledger {
    /// What follows one grace after the deadline: for each owner the time, once, and the judgements of objectives.
    mutating func judgeAllStatuses(_ change: inout Change) {
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        // Which of its statuses was the last is found out only now.
        decisions.deciding = nil
        for place in change.waits.indices where change.waits[place].isOwner {
            observeAllStatuses(&change, place)
            for objective in settings.judgesOfAllStatuses { judgeAllStatuses(&change, place, by: objective) }
        }
    }

    private mutating func observeAllStatuses(_ change: inout Change, _ place: Int) {
        let wait = change.waits[place]
        let terms = settings.initialStatus.terms
        guard wait.isAllStatusesObserved == nil, hasCome(graceEnd(of: change, heardAt: wait.heardAt, by: terms)) else {
            return
        }
        let isAnswered = wait.verdict == .onTime || wait.verdict == .late
        let time = isAnswered ? timeOfAllStatuses(of: change, for: wait, by: terms) : nil
        change.waits[place].isAllStatusesObserved = time != nil
        if let time { observeDuration(.allStatusesDuration(wait.deployment), time) }
    }

    private mutating func judgeAllStatuses(_ change: inout Change, _ place: Int, by objective: LedgerSettings.Judge) {
        let wait = change.waits[place]
        guard !wait.judgedBy.contains(objective.name),
            hasCome(graceEnd(of: change, heardAt: wait.heardAt, by: objective.terms))
        else { return }
        change.waits[place].judgedBy.append(objective.name)
        let eligibility = eligibility(of: change, for: wait, by: objective)
        judge(change, for: wait, by: objective, judgement(of: change, for: wait, eligibility, by: objective.terms))
    }

    private func judgement(
        of change: Change, for wait: Change.Wait, _ eligibility: Eligibility, by terms: Objective.Terms
    ) -> ObjectiveJudgement.Verdict? {
        guard settings.countedEligibilities.contains(eligibility),
            let time = timeOfAllStatuses(of: change, for: wait, by: terms)
        else { return nil }
        if time <= terms.deadline { return .good }
        switch exclusion(of: change, by: terms) {
        case .closed, .superseded, .limit: return nil
        case .blind, nil: break
        }
        let deadline = deadline(of: change, by: terms)
        // After the interval is caught up nothing is unknown.
        if isUnknown(from: deadline, to: deadline) { return .unknown }
        return badUnlessMissed(from: change.clockStart, to: deadline)
    }

    /// Whether something of it is still to be decided.
    func awaitsAllStatuses(_ wait: Change.Wait) -> Bool {
        wait.isAllStatusesObserved == nil
            || settings.judgesOfAllStatuses.contains { !wait.judgedBy.contains($0.name) }
    }

    /// When something of it is decided next.
    func nextJudgementOfAllStatuses(of change: Change, _ wait: Change.Wait) -> Timestamp? {
        var terms = settings.judgesOfAllStatuses.filter { !wait.judgedBy.contains($0.name) }.map(\.terms)
        if wait.isAllStatusesObserved == nil { terms.append(settings.initialStatus.terms) }
        return terms.map { graceEnd(of: change, heardAt: wait.heardAt, by: $0) }.filter { !hasCome($0) }.min()
    }

    // MARK: - Time

    /// From the start of a change to the first status of its last check, of those that were posted up to one grace
    /// after the deadline; `nil` if it was not answered by then.
    private func timeOfAllStatuses(
        of change: Change, for wait: Change.Wait, by terms: Objective.Terms
    ) -> TimeSpan? {
        let end = lastPosting(on: change, by: terms)
        guard let answeredAt = wait.answeredAt else { return nil }
        let initial = initialStatus(of: change, by: wait.deployment)
        // A start in the future is later than the initial status was posted.
        guard initial?.at ?? answeredAt <= end else { return nil }
        var last = answeredAt
        guard let event = initial?.event else { return last - change.startedAt }
        for lane in state.lanesOfEvent[event] {
            guard let first = state.lanes[lane]?.firstStatus(since: change.answerableFrom), first <= end else {
                continue
            }
            last = max(last, first)
        }
        return last - change.startedAt
    }

    /// Until when a check must be posted to be one of a change.
    private func lastPosting(on change: Change, by terms: Objective.Terms) -> Timestamp {
        deadline(of: change, by: terms) + terms.grace
    }

    /// When the initial status of a change was posted, and the event at Packit of its check.
    private func initialStatus(
        of change: Change, by deployment: Deployment
    ) -> (at: Timestamp, event: EventKey)? {
        var first: (at: Timestamp, externalID: String)?
        for series in series(answering: change, by: deployment) {
            guard let answeredAt = series.earliest(from: change.answerableFrom) else { continue }
            var externalID = series.externalID
            if externalID.isEmpty {
                guard first.map({ answeredAt <= $0.at }) ?? true else { continue }
                externalID = self.externalID(ofStatusWithoutIDAt: answeredAt, on: change, by: deployment)
            }
            if let known = first, known <= (answeredAt, externalID) { continue }
            first = (answeredAt, externalID)
        }
        return first.map { ($0.at, EventKey(head: change.head, deployment: deployment, externalID: $0.externalID)) }
    }

    /// A commit status has no `external_id`: it has that of the check whose lane it belongs to.
    private func externalID(
        ofStatusWithoutIDAt time: Timestamp, on change: Change, by deployment: Deployment
    ) -> String {
        let lanes = (state.heads[change.head]?.lanes ?? []).lazy.compactMap { state.lanes[$0] }.filter { lane in
            lane.deployment == deployment && lane.name.event == nil
                && lane.facts.contains { fact in
                    (lane.externalID.isEmpty || !fact.isOfCheckRun) && fact.postedAt.flooredToSecond == time
                }
        }
        return lanes.map(\.externalID).min() ?? ""
    }

    // MARK: - Late evidence

    /// A new fact of a lane may be the first status of a check that was posted in time, and is received too late for
    /// the time that was observed.
    mutating func noteLateCheck(in id: EntityID) {
        for change in changesWithLateCheck(in: id) {
            count(.lateEvidence(.late))
            state.changes.update(change) { $0.lateEvidenceCounted = true }
        }
    }

    private func changesWithLateCheck(in id: EntityID) -> [EntityID] {
        let changes = state.lanes.part(of: id) { lane -> [EntityID] in
            guard lane.name.event == nil, let fact = lane.facts.last(where: { $0.input == input }) else { return [] }
            let postedAt = fact.postedAt.flooredToSecond
            if let latest = state.sharedCommits[lane.head]?.latestStart,
                postedAt > latest + settings.initialStatus.terms.longestWait
            {
                return []
            }
            return self.changes(on: lane.head).filter { change in
                state.changes.part(of: change) { isLateCheck(lane, postedAt, of: $0) } ?? false
            }
        }
        return changes ?? []
    }

    private func isLateCheck(_ lane: Lane, _ postedAt: Timestamp, of change: Change) -> Bool {
        let end = lastPosting(on: change, by: settings.initialStatus.terms)
        guard postedAt >= change.answerableFrom, postedAt <= end, !change.lateEvidenceCounted,
            change.waits.contains(where: { $0.deployment == lane.deployment && $0.isAllStatusesObserved == true }),
            !hasCome(forgetTime(of: change))
        else { return false }
        // Later ones of its statuses may have been known before.
        let input = input
        let since = change.answerableFrom
        let isFirst = !lane.facts.contains { fact in
            let other = fact.postedAt.flooredToSecond
            return fact.input != input && other >= since && other <= postedAt
        }
        return isFirst && initialStatus(of: change, by: lane.deployment)?.event == lane.event
    }
}

extension Lane {
    /// The earliest of its facts, from a moment on; none of what answers no change.
    fileprivate func firstStatus(since moment: Timestamp) -> Timestamp? {
        guard name.event == nil else { return nil }
        var first: Timestamp?
        for fact in facts {
            let postedAt = fact.postedAt.flooredToSecond
            if postedAt >= moment { first = Timestamp.earliest(first, postedAt) }
        }
        return first
    }
}
