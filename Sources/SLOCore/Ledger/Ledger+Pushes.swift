// Pull requests being pushed to and closed: what starts a change (docs/counting.md, rules 1 to 3).

extension Ledger {
    mutating func changePushed(_ fact: ChangePushed) {
        meet(fact.repository)
        let pullRequest = PullRequestKey(repository: fact.repository.id, number: fact.number)
        let head = HeadKey(repository: fact.repository.id, sha: fact.headSHA)
        noteMove(of: pullRequest, fact)
        ensure(head: head)
        state.heads.update(head) {
            if !$0.pullRequests.contains(fact.number) { $0.pullRequests.append(fact.number) }
        }
        if isMeasured(fact) { noteChange(fact, pullRequest: pullRequest, head: head) }
        reconsiderChanges(of: pullRequest, andOn: head)
        supersedeRuns(of: pullRequest)
        joinWhatFits(head: head)
    }

    mutating func changeClosed(_ fact: ChangeClosed) {
        meet(fact.repository)
        let pullRequest = PullRequestKey(repository: fact.repository.id, number: fact.number)
        ensure(pullRequest: pullRequest)
        state.pullRequests.update(pullRequest) {
            $0.recordClosing(at: fact.closedAt.flooredToSecond)
            $0.touchedAt = now
        }
        forgetSooner(pullRequest)
        reconsiderChanges(of: pullRequest, andOn: nil)
    }

    private mutating func noteMove(of key: PullRequestKey, _ fact: ChangePushed) {
        ensure(pullRequest: key)
        state.pullRequests.update(key) {
            $0.record(.init(at: fact.startedAt.flooredToSecond, sha: fact.headSHA, action: fact.action))
            $0.touchedAt = now
        }
    }

    /// Not measured: what `handled.ignore` names, and a pull request whose fork is deleted (docs/counting.md, rule 2).
    private func isMeasured(_ fact: ChangePushed) -> Bool {
        fact.headRepository != nil && !settings.isIgnored(fact.repository.fullName)
    }

    private mutating func noteChange(_ fact: ChangePushed, pullRequest: PullRequestKey, head: HeadKey) {
        let startedAt = fact.startedAt.flooredToSecond
        let known = state.heads[head]?.changes.first {
            guard let change = state.changes[$0] else { return false }
            return change.pullRequest == pullRequest && change.action == fact.action && change.startedAt == startedAt
        }
        let id = known ?? addChange(fact, startedAt: startedAt, pullRequest: pullRequest, head: head)
        state.changes.update(id) {
            guard !$0.isJudged else { return }
            if let addressee = fact.addressee {
                if !$0.addressees.contains(addressee) { $0.addressees.append(addressee) }
            } else {
                $0.isUnaddressed = true
            }
        }
        if known == nil { teachFromBufferedAnswers(change: id) }
    }

    private mutating func addChange(
        _ fact: ChangePushed, startedAt: Timestamp, pullRequest: PullRequestKey, head: HeadKey
    ) -> EntityID {
        let id = nextEntity()
        state.changes[id] = Change(
            id: id, pullRequest: pullRequest, action: fact.action, sha: fact.headSHA, startedAt: startedAt,
            receivedAt: now, baseRef: fact.baseRef)
        state.heads.update(head) { $0.changes.append(id) }
        state.openChanges.add(id, under: pullRequest.repository)
        changeOpened()
        return id
    }

    /// A push or a closing may end the wait of any change of the pull request; a push may also bind or unbind events
    /// on the commit it leads to.
    private mutating func reconsiderChanges(of key: PullRequestKey, andOn head: HeadKey?) {
        guard let pullRequest = state.pullRequests[key] else { return }
        var heads = Set(pullRequest.moves.map { HeadKey(repository: key.repository, sha: $0.sha) })
        if let head { heads.insert(head) }
        let touched = heads.flatMap { state.heads[$0]?.changes ?? [] }
        for change in touched.sorted() { reconsider(change: change) }
    }

    mutating func ensure(pullRequest key: PullRequestKey) {
        guard state.pullRequests[key] == nil else { return }
        let id = nextEntity()
        let expiry = now + Retention.openPullRequest
        state.pullRequests[key] = PullRequest(key: key, id: id, touchedAt: now)
        state.pullRequests.update(key) { $0.armedFor = expiry }
        state.subjects[id] = .pullRequest(key)
        arm(id, at: expiry)
    }

    mutating func ensure(head key: HeadKey) {
        if state.heads[key] != nil {
            state.heads.update(key) { $0.touchedAt = now }
            return
        }
        let id = nextEntity()
        let expiry = now + retention.closed
        state.heads[key] = Head(key: key, id: id, touchedAt: now, armedFor: expiry)
        state.subjects[id] = .head(key)
        arm(id, at: expiry)
    }
}
