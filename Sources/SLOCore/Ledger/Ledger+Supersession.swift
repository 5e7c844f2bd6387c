// What ends a run without an end of its own: a newer run of its lane, or a push (docs/counting.md, rule 16).

import HashTreeCollections

extension Ledger {
    /// Records the newer run of a run's lane. If that turns out to have opened earlier, the older run has ended
    /// earlier; if there is none any more, it continues.
    mutating func note(newer: Run.NewerRun?, than id: EntityID) {
        guard let run = state.runs[id], !run.isFinished else { return }
        var noted = newer
        if let known = run.newerRun { noted?.settlesUntil = known.settlesUntil }
        guard run.newerRun != noted else { return }
        state.runs.update(id) { $0.newerRun = noted }
    }

    /// What supersedes a run unless its own end is received before (docs/counting.md, rule 28).
    func supersession(of run: Run) -> Run.Supersession? {
        guard let endedAt = Timestamp.earliest(run.newerRun?.openedAt, run.newerHead?.at) else { return nil }
        let byLane = run.newerRun.map { newer in
            let newerEnded = newer.end.map { $0.receivedAt + settings.settle }
            let ownDeadline = notBeforeHeard(of: run, run.clockStart + deadline(of: run))
            return max(newer.settlesUntil, min(newerEnded ?? ownDeadline, ownDeadline))
        }
        return Timestamp.earliest(byLane, run.newerHead?.settlesUntil).map { .init(endedAt: endedAt, due: $0) }
    }

    /// Until when an end must be received to count before the supersession of a run.
    /// - Parameters:
    ///   - openedAt: when the run was received.
    ///   - clockStart: the time from which its deadline counts.
    func lastHearing(of run: Run, openedAt: Timestamp?, clockStart: Timestamp?) -> Timestamp? {
        let byLane = run.newerRun.map { newer in
            let opened = max(newer.openedHeardAt, openedAt ?? newer.openedHeardAt) + settings.settle
            let ends = [newer.end.map { $0.heardAt + settings.settle }, clockStart.map { $0 + deadline(of: run) }]
            return ends.compactMap { $0 }.min().map { max(opened, $0) }
        }
        let byHead = run.newerHead.map { head in
            let known = Evidence.Heard(
                head.at, receivedAt: head.settlesUntil - settings.settle, grace: settings.initialStatusGrace)
            return max(known.at, openedAt ?? known.at) + settings.settle
        }
        return Timestamp.earliest(byLane ?? nil, byHead)
    }

    /// A pull request was pushed to: its open runs on other commits end. A closing ends nothing.
    mutating func supersedeRuns(of key: PullRequestKey) {
        guard let pullRequest = state.pullRequests[key] else { return }
        let heads = pullRequest.shas.map { HeadKey(repository: key.repository, sha: $0) }
        for head in heads.filter({ !state.busyLanes[$0].isEmpty }).sorted(by: { $0.sha < $1.sha }) {
            supersedeRuns(on: head)
        }
        // Checks may name the pull request of a commit that no push has shown as its head.
        for lane in state.strayLanes[key].sorted() {
            for run in state.lanes[lane]?.runs ?? [] where state.runs[run]?.isFinished == false { supersedeByPush(run) }
        }
    }

    /// New knowledge about a commit's pull requests may end runs on it, or show that nothing ended them.
    mutating func supersedeRuns(on head: HeadKey) {
        for lane in state.busyLanes[head].sorted() {
            let unfinished = (state.lanes[lane]?.runs ?? []).filter { state.runs[$0]?.isFinished == false }
            if unfinished.isEmpty { state.busyLanes.remove(lane, under: head) }
            for run in unfinished { supersedeByPush(run) }
        }
    }

    /// A push may concern a lane whose runs are not final.
    mutating func noteBusy(_ run: Run) {
        guard !run.isFinished, let lane = run.lane, let head = state.lanes.part(of: lane, { $0.head })
        else { return }
        state.busyLanes.add(lane, under: head)
    }

    /// Recomputed at each push: an earlier one that arrives late may show that nothing ended.
    mutating func supersedeByPush(_ id: EntityID) {
        guard let run = state.runs[id], run.isOpen else {
            if state.runs[id]?.phase == .waiting { reconsider(run: id) }
            return
        }
        var judged = run
        judgePushes(&judged)
        guard judged != run else { return }
        state.runs[id] = judged
        reconsider(run: id)
    }

    /// - Parameter isOpening: whether the run begins to count only now. That its pull requests were closed meanwhile
    ///   ends it as little as a later closing.
    func judgePushes(_ run: inout Run, isOpening: Bool = false) {
        let settlesUntil = run.newerHead?.settlesUntil ?? now + settings.settle
        run.newerHead = pushThatSuperseded(run, openedAt: run.beganAt, isOpening: isOpening).map {
            Run.NewerHead(at: $0, settlesUntil: settlesUntil)
        }
    }

    /// The provider time of the push that superseded the run, if there is one.
    func pushThatSuperseded(_ run: Run, openedAt: Timestamp, isOpening: Bool = false) -> Timestamp? {
        guard let id = run.lane else { return nil }
        return state.lanes.part(of: id) { lane in
            guard lane.name.event == nil else { return nil }
            return state.heads.part(of: lane.head) { head in
                pushThatSuperseded(lane, on: head, openedAt: openedAt, isOpening: isOpening)
            } ?? nil
        } ?? nil
    }

    private func pushThatSuperseded(
        _ lane: Lane, on head: Head, openedAt: Timestamp, isOpening: Bool
    ) -> Timestamp? {
        if let own = pullRequest(of: lane, on: head) {
            return state.pullRequests.part(of: own) {
                $0.superseded(sha: lane.head.sha, openedAt: openedAt, seenAt: lane.firstSeenAt)
            } ?? nil
        }
        let sharing = head.pullRequests.compactMap {
            state.pullRequests[PullRequestKey(repository: head.key.repository, number: $0)]
        }
        guard !sharing.contains(where: { (isOpening || $0.isOpen) && $0.head == head.key.sha }) else { return nil }
        return pushThatLeft(head.key.sha, openedAt: openedAt, of: sharing)
    }

    /// The first push after which no open pull request has the commit as head any more (docs/counting.md, rule 35).
    private func pushThatLeft(_ sha: String, openedAt: Timestamp, of sharing: [PullRequest]) -> Timestamp? {
        let lastMove = sharing.flatMap { $0.moves.filter { $0.sha == sha } }.map(\.at).max()
        return sharing.flatMap { $0.pushes(awayFrom: sha, openedAt: openedAt) }.sorted().first { moment in
            (lastMove.map { $0 <= moment } ?? true) && !sharing.contains { $0.hasAsHead(sha, at: moment) }
        }
    }

    /// The pull request to which a lane's runs belong: the one that its event is bound to, otherwise the only one that
    /// ever had the commit as head.
    func pullRequest(of lane: Lane) -> PullRequestKey? {
        guard lane.name.event == nil else { return nil }
        return state.heads.part(of: lane.head) { pullRequest(of: lane, on: $0) } ?? nil
    }

    func pullRequest(of lane: Lane, on head: Head) -> PullRequestKey? {
        let number = binding(of: lane, on: head) ?? (head.pullRequests.count == 1 ? head.pullRequests.first : nil)
        return number.map { PullRequestKey(repository: lane.head.repository, number: $0) }
    }
}
