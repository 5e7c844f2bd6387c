// What ends a run that nothing else ends: a newer run of its lane, or a push (docs/counting.md, rule 16).

import HashTreeCollections

extension Ledger {
    /// A newer run of the lane ends the older one, unless its own end is heard of first. When the newer one turns out
    /// to have opened earlier, so has the older one ended.
    /// - Parameter opening: of the newer run, if there is one.
    mutating func noteNewer(_ opening: Fact?, than id: EntityID, as kind: RunKind) {
        let openedAt = opening.map { $0.time(as: kind) ?? $0.receivedAt }
        guard let run = state.runs[id], !run.isFinished, run.newerRunAt != openedAt else { return }
        state.runs.update(id) { $0.newerRunAt = openedAt }
    }

    /// A pull request was pushed to: its open runs on other commits end. A closing ends nothing.
    mutating func supersedeRuns(of key: PullRequestKey) {
        guard let pullRequest = state.pullRequests[key] else { return }
        let commits = Set(pullRequest.moves.map(\.sha))
        for sha in commits.sorted() {
            for lane in state.heads[HeadKey(repository: key.repository, sha: sha)]?.lanes ?? [] {
                for run in state.lanes[lane]?.runs ?? [] { supersedeByPush(run) }
            }
        }
        // Checks may name the pull request of a commit that no push has shown as its head.
        for lane in state.strayLanes[key.repository].sorted() {
            for run in state.lanes[lane]?.runs ?? [] where state.runs[run]?.isOpen == true { supersedeByPush(run) }
        }
    }

    /// Judged again at each push: one that came earlier than those heard of may show that nothing ended.
    mutating func supersedeByPush(_ id: EntityID, isOpening: Bool = false) {
        guard let run = state.runs[id], run.isOpen else { return }
        var judged = run
        judgePushes(&judged, isOpening: isOpening)
        guard judged != run else { return }
        state.runs[id] = judged
        reconsider(run: id)
    }

    /// - Parameter isOpening: whether it becomes one that counts only now. That its pull requests were closed meanwhile
    ///   ends it as little as a closing afterwards.
    func judgePushes(_ run: inout Run, isOpening: Bool = false) {
        run.newerHeadAt = pushThatSuperseded(run, isOpening: isOpening)
    }

    /// The provider time of the push that a run did not survive, if there was one.
    private func pushThatSuperseded(_ run: Run, isOpening: Bool) -> Timestamp? {
        guard let lane = run.lane.flatMap({ state.lanes[$0] }), lane.name.event == nil,
            let head = state.heads[lane.head]
        else { return nil }
        if let own = pullRequest(of: lane) {
            return state.pullRequests[own]?.superseded(
                sha: lane.head.sha, openedAt: run.base, seenAt: lane.firstSeenAt)
        }
        let sharing = head.pullRequests.compactMap {
            state.pullRequests[PullRequestKey(repository: head.key.repository, number: $0)]
        }
        guard !sharing.contains(where: { (isOpening || $0.isOpen) && $0.head == head.key.sha }) else { return nil }
        return pushThatLeft(head.key.sha, openedAt: run.base, of: sharing)
    }

    /// The first push after which no open pull request has a commit as head any more (docs/counting.md, rule 35).
    private func pushThatLeft(_ sha: String, openedAt: Timestamp, of sharing: [PullRequest]) -> Timestamp? {
        let lastMove = sharing.flatMap { $0.moves.filter { $0.sha == sha } }.map(\.at).max()
        return sharing.flatMap { $0.pushes(awayFrom: sha, openedAt: openedAt) }.sorted().first { moment in
            (lastMove.map { $0 <= moment } ?? true) && !sharing.contains { $0.hasAsHead(sha, at: moment) }
        }
    }

    /// The pull request that a lane's runs belong to: the one its event is bound to, else the only one that ever had
    /// the commit as head.
    func pullRequest(of lane: Lane) -> PullRequestKey? {
        guard lane.name.event == nil, let head = state.heads[lane.head] else { return nil }
        let number = binding(of: lane) ?? (head.pullRequests.count == 1 ? head.pullRequests.first : nil)
        return number.map { PullRequestKey(repository: lane.head.repository, number: $0) }
    }
}
