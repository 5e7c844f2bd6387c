// Pushes to pull requests and their closings: what starts a change (docs/counting.md, rules 1 to 3, 34).
//
// A pull request may have had hundreds of heads, and a commit may be the head of many: only those for which something
// changes are considered.

extension Ledger {
    mutating func changePushed(_ fact: ChangePushed) {
        heard(ofRef: fact.baseRef, in: fact.repository.id)
        let pullRequest = PullRequestKey(repository: fact.repository.id, number: fact.number)
        let head = ensure(head: HeadKey(repository: fact.repository.id, sha: fact.headSHA))
        let before = state.pullRequests[pullRequest]?.head
        let (move, isDivided) = noteMove(of: pullRequest, to: head, fact)
        if isMeasured(fact) { noteChange(fact, pullRequest: pullRequest, head: head) }
        for concerned in concerned(by: move, of: pullRequest) { reconsider(change: concerned) }
        forgetOld(of: pullRequest, on: before)
        reconsiderCommands(of: pullRequest)
        // What was divided anew claims before it is counted.
        joinWhatFits(head: head, isDivided: isDivided)
        supersedeRuns(of: pullRequest)
    }

    mutating func changeClosed(_ fact: ChangeClosed) {
        let pullRequest = PullRequestKey(repository: fact.repository.id, number: fact.number)
        let before = receive(pullRequest)
        let (closing, isNew) = noteClosing(of: pullRequest, fact)
        forgetSooner(pullRequest)
        let found = before.flatMap { noteClosedHead(fact, of: $0) }
        if isNew || found != nil { rebindAffected(pullRequest, at: closing.at) }
        let ended = state.pullRequests[pullRequest]?.moves(closedAt: closing.at) ?? []
        for change in changes(of: pullRequest, startedBy: ended) { reconsider(change: change) }
        forgetOld(of: pullRequest, on: state.pullRequests[pullRequest]?.head)
        reconsiderCommands(of: pullRequest)
        guard let found else { return }
        supersedeRuns(on: found)
        joinWhatFits(head: found)
    }

    /// A delivery of the pull request itself is received.
    /// - Returns: the pull request before it.
    private mutating func receive(_ key: PullRequestKey) -> PullRequest? {
        ensure(pullRequest: key)
        let before = state.pullRequests[key]
        if before?.isReceived == false { concern(buildsOf: key.repository) }
        return before
    }

    /// - Returns: the closing as it was first received, and whether that is now.
    private mutating func noteClosing(
        of key: PullRequestKey, _ fact: ChangeClosed
    ) -> (PullRequest.Closing, isNew: Bool) {
        let statedAt = fact.closedAt.flooredToSecond
        let shown = fact.pullRequest.map {
            PullRequest.Shown(sha: $0.headSHA, createdAt: effective($0.createdAt.flooredToSecond))
        }
        var closing = PullRequest.Closing(at: effective(statedAt), statedAt: statedAt, shown: shown)
        var isNew = false
        state.pullRequests.update(key) {
            (closing, isNew) = $0.record(closing)
            if let base = fact.pullRequest?.baseRef { $0.noteBase(base, at: closing.at) }
            $0.touchedAt = now
        }
        return (closing, isNew)
    }

    /// Rule 34: a closing names the pull request's head, as an opening does.
    /// - Parameter before: the pull request before the closing.
    /// - Returns: the head, if it was not known to be one.
    private mutating func noteClosedHead(_ fact: ChangeClosed, of before: PullRequest) -> HeadKey? {
        guard let closed = fact.pullRequest else { return nil }
        heard(ofRef: closed.baseRef, in: before.key.repository)
        guard !before.shas.contains(closed.headSHA) else { return nil }
        let head = ensure(head: HeadKey(repository: before.key.repository, sha: closed.headSHA))
        note(before.key.number, asHoldingOf: head)
        return head
    }

    /// Records that a pull request has, or had, a commit as head.
    private mutating func note(_ number: Int, asHoldingOf key: HeadKey) {
        guard let head = state.heads[key], !head.pullRequests.contains(number) else { return }
        if head.pullRequests.count >= Head.pullRequestsLimit {
            let gone = head.pullRequests.firstIndex { !isOpen($0, on: head) } ?? 0
            state.heads.update(key) { $0.pullRequests.remove(at: gone) }
            count(.limitReached(.pullRequestOfCommit))
        }
        state.heads.update(key) { $0.pullRequests.append(number) }
        placeLanes(on: key)
    }

    /// Reindexes the lanes of a commit after its pull requests changed.
    private mutating func placeLanes(on key: HeadKey) {
        for lane in state.heads[key]?.lanes ?? [] { place(lane: lane) }
    }

    /// - Returns: the move as the pull request has it, and whether the lanes of its commit are divided anew and have to
    ///   be looked at.
    private mutating func noteMove(
        of key: PullRequestKey, to head: HeadKey, _ fact: ChangePushed
    ) -> (PullRequest.HeadMove, isDivided: Bool) {
        let statedAt = fact.startedAt.flooredToSecond
        let move = PullRequest.HeadMove(
            at: effective(statedAt), sha: head.sha, action: fact.action, statedAt: statedAt)
        let before = receive(key)
        var isNew = false
        state.pullRequests.update(key) {
            isNew = $0.record(move)
            $0.noteBase(fact.baseRef, at: move.at)
            $0.touchedAt = now
        }
        note(fact.number, asHoldingOf: head)
        guard isNew, let before, let after = state.pullRequests[key] else { return (move, false) }
        if state.waits.count > 0 { placeLanes(on: head) }
        rebindAffected(key, at: move.at)
        return (move, divideAfterReturns(of: key, before: before, after: after, to: move))
    }

    /// Recomputes the binding of statuses on the commits whose time as head has changed.
    private mutating func rebindAffected(_ key: PullRequestKey, at moment: Timestamp) {
        for sha in (state.pullRequests[key]?.shasTouched(at: moment) ?? []).sorted() {
            rebind(on: HeadKey(repository: key.repository, sha: sha))
        }
    }

    /// A commit that became the head again may divide its lanes' facts differently (docs/counting.md, lanes). Only
    /// checks of the pushed commit may claim backend runs: nothing new is known about others. They do so once, when all
    /// is known that the push tells.
    /// - Returns: whether those were divided, and not looked at.
    private mutating func divideAfterReturns(
        of key: PullRequestKey, before: PullRequest, after: PullRequest, to move: PullRequest.HeadMove
    ) -> Bool {
        var isDivided = false
        let near = Set([move.sha] + after.neighbours(of: move).map(\.sha))
        for sha in near.sorted() where before.returns(to: sha) != after.returns(to: sha) {
            let head = HeadKey(repository: key.repository, sha: sha)
            for lane in state.heads[head]?.lanes ?? [] {
                if sha == move.sha { divide(lane: lane) } else { reconsider(lane: lane, mayClaim: false) }
            }
            if sha == move.sha { isDivided = true }
        }
        return isDivided
    }

    /// Not measured: repositories in `handled.ignore`, pull requests of deleted forks (docs/counting.md, rule 2), and
    /// what may have been measured and evicted.
    private func isMeasured(_ fact: ChangePushed) -> Bool {
        fact.headRepository != nil && !settings.isIgnored(fact.repository.fullName)
            && !mayBeForgotten(fact.startedAt)
    }

    private mutating func noteChange(_ fact: ChangePushed, pullRequest: PullRequestKey, head: HeadKey) {
        let key = ChangeKey(
            pullRequest: pullRequest, action: fact.action, sha: head.sha, startedAt: fact.startedAt.flooredToSecond)
        let known = state.changeNumbers[key]
        let id = known ?? addChange(key, baseRef: fact.baseRef)
        state.changes.update(id) {
            if let addressee = fact.addressee {
                if !$0.addressees.contains(addressee) { $0.addressees.append(addressee) }
            } else if !$0.isUnaddressed {
                $0.isUnaddressed = true
                if known != nil { $0.unaddressedAt = now }
            }
        }
        if known == nil { findAnswers(toNew: id) }
    }

    private mutating func addChange(_ key: ChangeKey, baseRef: String) -> EntityID {
        let id = nextEntity()
        let change = Change(
            id: id, pullRequest: key.pullRequest, action: key.action, sha: key.sha, startedAt: key.startedAt,
            receivedAt: now, baseRef: baseRef)
        state.changes[id] = change
        decisions.remember(.opening, of: id, from: decisions.deciding)
        makeRoomForChange(on: change.head)
        state.heads.update(change.head) { $0.changes.append(id) }
        state.changeNumbers[key] = id
        join(change)
        state.openChanges.add(id, under: key.pullRequest.repository)
        opened(change: id)
        return id
    }

    /// A change may be one of many on its commit.
    private mutating func join(_ change: Change) {
        if !state.sharedCommits.contains(change.head) {
            if state.heads[change.head]?.changes.count ?? 0 > SharedCommitIndex.size {
                indexSharedCommit(on: change.head)
            }
        } else {
            let deployments = settings.deployments
            state.sharedCommits.update(change.head) { $0.add(change, deployments) }
        }
    }

    /// The change that a push started, and the one whose wait it ended.
    private func concerned(by move: PullRequest.HeadMove, of key: PullRequestKey) -> [EntityID] {
        changes(of: key, startedBy: [move] + (state.pullRequests[key]?.neighbours(of: move) ?? []))
    }

    func changes(of key: PullRequestKey, startedBy moves: [PullRequest.HeadMove]) -> [EntityID] {
        moves.compactMap {
            state.changeNumbers[
                ChangeKey(pullRequest: key, action: $0.action, sha: $0.sha, startedAt: $0.statedAt)]
        }.sorted()
    }

    mutating func ensure(pullRequest key: PullRequestKey) {
        guard !state.pullRequests.contains(key) else { return }
        let id = nextEntity()
        let expiry = now + Retention.openPullRequest
        state.pullRequests[key] = PullRequest(key: key, id: id, touchedAt: now)
        state.pullRequests.update(key) { $0.armedFor = expiry }
        state.subjects[id] = .pullRequest(key)
        noteUse(of: key.repository, 1)
        arm(id, at: expiry)
        track(id)
    }

    /// - Returns: the key in the table, if there is one, so that the commit's hash is in memory once.
    mutating func ensure(head key: HeadKey) -> HeadKey {
        let moment = now
        let known = state.heads.update(key) {
            $0.touchedAt = moment
            return $0.key
        }
        if let known { return known }
        let id = nextEntity()
        let expiry = now + retention.ended
        state.heads[key] = Head(key: key, id: id, touchedAt: now, armedFor: expiry)
        state.subjects[id] = .head(key)
        noteUse(of: key.repository, 1)
        arm(id, at: expiry)
        track(id)
        return key
    }
}
