// Pull requests being pushed to and closed: what starts a change (docs/counting.md, rules 1 to 3).

extension Ledger {
    mutating func changePushed(_ fact: ChangePushed) {
        heard(ofRef: fact.baseRef, in: fact.repository.id)
        let pullRequest = PullRequestKey(repository: fact.repository.id, number: fact.number)
        let head = ensure(head: HeadKey(repository: fact.repository.id, sha: fact.headSHA))
        noteMove(of: pullRequest, to: head.sha, fact)
        state.heads.update(head) {
            if !$0.pullRequests.contains(fact.number) { $0.pullRequests.append(fact.number) }
        }
        for lane in state.heads[head]?.lanes ?? [] { place(lane: lane) }
        if isMeasured(fact) { noteChange(fact, pullRequest: pullRequest, head: head) }
        reconsiderChanges(of: pullRequest, andOn: head)
        divideAfterReturns(of: pullRequest, pushed: head)
        supersedeRuns(of: pullRequest)
        joinWhatFits(head: head)
    }

    /// That a commit became the head again may divide what is known of it (docs/counting.md, lanes). Only on the one
    /// that was pushed may checks claim anything: of the others nothing new is known.
    private mutating func divideAfterReturns(of key: PullRequestKey, pushed: HeadKey) {
        for sha in state.pullRequests[key]?.shasOfReturns ?? [] {
            let head = HeadKey(repository: key.repository, sha: sha)
            for lane in state.heads[head]?.lanes ?? [] { reconsider(lane: lane, mayClaim: head == pushed) }
        }
    }

    mutating func changeClosed(_ fact: ChangeClosed) {
        let pullRequest = PullRequestKey(repository: fact.repository.id, number: fact.number)
        ensure(pullRequest: pullRequest)
        state.pullRequests.update(pullRequest) {
            $0.recordClosing(at: fact.closedAt.flooredToSecond)
            $0.touchedAt = now
        }
        forgetSooner(pullRequest)
        reconsiderChanges(of: pullRequest, andOn: nil)
    }

    private mutating func noteMove(of key: PullRequestKey, to sha: String, _ fact: ChangePushed) {
        ensure(pullRequest: key)
        state.pullRequests.update(key) {
            $0.record(.init(at: fact.startedAt.flooredToSecond, sha: sha, action: fact.action))
            $0.touchedAt = now
        }
    }

    /// Not measured: what `handled.ignore` names, and a pull request whose fork is deleted (docs/counting.md, rule 2);
    /// nor what may have been measured and forgotten.
    private func isMeasured(_ fact: ChangePushed) -> Bool {
        fact.headRepository != nil && !settings.isIgnored(fact.repository.fullName)
            && !mayBeForgotten(fact.startedAt)
    }

    private mutating func noteChange(_ fact: ChangePushed, pullRequest: PullRequestKey, head: HeadKey) {
        let startedAt = fact.startedAt.flooredToSecond
        let known = state.heads[head]?.changes.first {
            guard let change = state.changes[$0] else { return false }
            return change.pullRequest == pullRequest && change.action == fact.action && change.startedAt == startedAt
        }
        let id = known ?? addChange(fact, startedAt: startedAt, pullRequest: pullRequest, head: head)
        state.changes.update(id) {
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
            id: id, pullRequest: pullRequest, action: fact.action, sha: head.sha, startedAt: startedAt,
            receivedAt: now, baseRef: fact.baseRef)
        state.heads.update(head) { $0.changes.append(id) }
        state.openChanges.update(pullRequest.repository, orInsert: []) { $0.append(id) }
        opened(change: id)
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
        noteUse(of: key.repository, 1)
        arm(id, at: expiry)
        remembers(id)
    }

    /// - Returns: the key that is kept already, if it is, so that a commit's name is kept once for all that hangs on
    ///   it.
    mutating func ensure(head key: HeadKey) -> HeadKey {
        if let known = state.heads[key] {
            state.heads.update(key) { $0.touchedAt = now }
            return known.key
        }
        let id = nextEntity()
        let expiry = now + retention.ended
        state.heads[key] = Head(key: key, id: id, touchedAt: now, armedFor: expiry)
        state.subjects[id] = .head(key)
        noteUse(of: key.repository, 1)
        arm(id, at: expiry)
        remembers(id)
        return key
    }
}
