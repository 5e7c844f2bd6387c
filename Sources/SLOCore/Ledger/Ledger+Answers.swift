// Which statuses answer which changes, and what that teaches (docs/counting.md, rules 2, 4 and 5).

extension Ledger {
    /// Keeps the time of a status that can answer changes, and lets the changes of the commit look at it.
    mutating func noteAnswer(_ fact: StatusReported, on head: HeadKey) {
        guard fact.name.event == nil else { return }
        let time = (fact.postedAt ?? now).flooredToSecond
        let statedPullRequest = fact.pullRequests.count == 1 ? fact.pullRequests.first : nil
        state.heads.update(head) {
            $0.record(
                answerAt: time, of: fact.deployment, externalID: fact.externalID,
                statedPullRequest: statedPullRequest)
        }
        teach(fact.deployment, answersOn: head)
        for change in state.heads[head]?.changes ?? [] { reconsider(change: change) }
    }

    /// The earliest provider time at which a deployment answered a change; never before its start.
    func answer(to change: Change, by deployment: Deployment) -> Timestamp? {
        answers(to: change, by: deployment) { $0.earliest(from: change.startedAt - PullRequest.clockTolerance) }.min()
            .map { max($0, change.startedAt) }
    }

    /// A change that is heard of after its answers learns from them all at once.
    mutating func teachFromBufferedAnswers(change id: EntityID) {
        for deployment in settings.deployments { teach(deployment, by: id) }
    }

    private mutating func teach(_ deployment: Deployment, answersOn head: HeadKey) {
        for change in state.heads[head]?.changes ?? [] { teach(deployment, by: change) }
    }

    /// Any answer teaches that its deployment handles the change's repository and base branch, also after the verdict.
    private mutating func teach(_ deployment: Deployment, by id: EntityID) {
        guard let change = state.changes[id] else { return }
        let earliest = change.startedAt - PullRequest.clockTolerance
        guard
            let latest = answers(to: change, by: deployment, { $0.times.last.flatMap { $0 >= earliest ? $0 : nil } })
                .max()
        else { return }
        let repository = change.pullRequest.repository
        let before = state.repositories[repository]?.lastAnswer(of: deployment)
        let onBase = state.repositories[repository]?.lastAnswer(of: deployment, baseRef: change.baseRef)
        guard onBase == nil || latest > onBase ?? latest else { return }
        state.repositories.update(repository) {
            $0.learn(deployment, baseRef: change.baseRef, answeredAt: latest)
        }
        guard deployment != settings.primary, before == nil || latest > before ?? latest else { return }
        // Whoever answers in a repository owns the changes there that are still to be judged.
        for open in state.openChanges[repository] ?? [] where open != id { reconsider(change: open) }
    }

    private func answers(
        to change: Change, by deployment: Deployment, _ time: (AnswerSeries) -> Timestamp?
    ) -> [Timestamp] {
        let key = HeadKey(repository: change.pullRequest.repository, sha: change.sha)
        guard let head = state.heads[key] else { return [] }
        return head.answers.compactMap { series in
            guard series.deployment == deployment else { return nil }
            let bound = binding(of: series, on: head)
            return bound == nil || bound == change.pullRequest.number ? time(series) : nil
        }
    }

    /// The pull request that an event at Packit belongs to: the one its payloads state, else the only open one that
    /// had the commit as head when the event was first seen. `nil`: it answers all of them.
    func binding(of series: AnswerSeries, on head: Head) -> Int? {
        if let stated = series.statedPullRequest { return stated }
        guard !series.externalID.isEmpty, let firstSeen = series.times.first else { return nil }
        let atOnce = pullRequests(of: head, at: firstSeen)
        // The provider's two clocks may differ by a second or two: a check may seem to precede its pull request.
        let candidates = atOnce.isEmpty ? pullRequests(of: head, at: firstSeen + PullRequest.clockTolerance) : atOnce
        return candidates.count == 1 ? candidates.first : nil
    }

    /// The pull request that a lane's event belongs to. Without an id of the event, what some of its statuses state
    /// says nothing of the others.
    func binding(of lane: Lane) -> Int? {
        guard let head = state.heads[lane.head] else { return nil }
        let series = head.answers.filter { $0.deployment == lane.deployment && $0.externalID == lane.externalID }
        let bound = Set(series.map { binding(of: $0, on: head) })
        return bound.count == 1 ? bound.first ?? nil : nil
    }

    private func pullRequests(of head: Head, at moment: Timestamp) -> [Int] {
        head.pullRequests.filter {
            let key = PullRequestKey(repository: head.key.repository, number: $0)
            return state.pullRequests[key]?.hasAsHead(head.key.sha, at: moment) ?? false
        }
    }
}

extension Head {
    /// More events at Packit than this on one commit: the later ones answer only what is known when they come.
    static let seriesLimit = 256

    /// Without an `external_id` nothing but the payload itself can bind, so each stated pull request is a series.
    mutating func record(
        answerAt time: Timestamp, of deployment: Deployment, externalID: String, statedPullRequest: Int?
    ) {
        let known = answers.firstIndex {
            $0.deployment == deployment && $0.externalID == externalID
                && (!externalID.isEmpty || $0.statedPullRequest == statedPullRequest)
        }
        if let known {
            answers[known].noteStated(statedPullRequest, at: time)
            answers[known].record(time)
        } else {
            if answers.count >= Self.seriesLimit { answers.remove(at: answers.count - 1) }
            answers.append(
                AnswerSeries(
                    deployment: deployment, externalID: externalID, statedPullRequest: statedPullRequest,
                    times: [time]))
        }
    }
}

extension AnswerSeries {
    /// What binds an event is what it showed when it was first seen: of all in that second whichever states a pull
    /// request, so that their order does not matter.
    fileprivate mutating func noteStated(_ pullRequest: Int?, at time: Timestamp) {
        guard let first = times.first, time <= first else { return }
        let sameSecond = time == first ? statedPullRequest : nil
        statedPullRequest = [sameSecond, pullRequest].compactMap { $0 }.min()
    }
}
