internal import SLOCore

/// Rule 16: a newer run of the lane or a new head of the pull request ends a run that is open.
extension Walk {
    /// When a run was superseded, as far as known: of several things that did the earliest counts. What only a backend
    /// shows has neither lane nor commit, and is ended by the backend alone.
    func supersession(of run: Run) -> Timestamp? {
        guard let lane = run.lane else { return nil }
        let byPush = lane.onlyPull.map { push(over: run, in: lane, pull: $0) } ?? run.unboundEnd
        return [newerRun(than: run, in: lane), byPush].compactMap { $0 }.min()
    }

    private func newerRun(than run: Run, in lane: CheckLane) -> Timestamp? {
        guard let index = lane.runs.firstIndex(where: { $0 === run }) else { return nil }
        let next = lane.runs[(index + 1)...].first?.facts.first
        return next.map { $0.time ?? $0.heard.at }
    }

    /// A run that is bound is of one pull request: another head that came after its own ends it. One that opens when
    /// its commit is no longer the head was ended by what is the head since. Choice: that the commit became the head
    /// again afterwards saves nothing that was open before.
    private func push(over run: Run, in lane: CheckLane, pull number: Int) -> Timestamp? {
        guard let pull = lane.commit.repository.pulls[number] else { return nil }
        let pushes = pull.pushes
        // The provider's two clocks may differ by two seconds (rule 4). Choice: of a commit whose push was not heard of
        // it is known that it was the head when something was first posted on it.
        let own =
            pushes.lastIndex { $0.sha == lane.commit.sha && $0.time <= run.base + .seconds(2) }
            ?? pushes.firstIndex { $0.sha == lane.commit.sha }
        let seen = lane.facts.map(\.status).compactMap { $0.startedAt ?? $0.completedAt }.min()?.flooredToSecond
        let over = own.map { pushes[($0 + 1)...].filter { $0.sha != lane.commit.sha } }
            ?? pushes.filter { $0.time > seen ?? run.knownSince }
        return over.first?.time
    }

    /// Runs that are bound to no pull request end when none that is open has their commit as head any more: judged at
    /// each push, since a close ends nothing.
    func endUnbound(_ push: ChangePushed, of pull: KnownPullRequest, in repository: KnownRepository) {
        let left = Set(pull.pushes.map(\.sha)).subtracting([push.headSHA])
        for commit in (left.sorted() + [push.headSHA]).map(repository.commit) {
            let isHead = !commit.openPulls(at: .distantFuture).isEmpty
            for lane in commit.allLanes where lane.name.event == nil && lane.onlyPull == nil {
                for run in lane.runs where run.countedSince != nil && !run.isOver {
                    run.unboundEnd = isHead ? nil : pushOver(run, in: lane)
                }
            }
        }
    }

    /// The same for a run that opens when it is too late. That its pull requests were closed meanwhile ends it as
    /// little as a close afterwards.
    func noteOpeningWithoutHead(of run: Run, _ now: Now) {
        guard !run.isOpeningJudged, let lane = run.lane, lane.name.event == nil else { return }
        run.isOpeningJudged = true
        guard lane.onlyPull == nil, !lane.commit.pulls.contains(where: { $0.pushes.last?.sha == lane.commit.sha })
        else { return }
        run.unboundEnd = pushOver(run, in: lane)
    }

    /// When the last of the pull requests that had an unbound run's commit as head went on from it.
    private func pushOver(_ run: Run, in lane: CheckLane) -> Timestamp? {
        lane.commit.pulls.compactMap { pull in
            let own =
                pull.pushes.lastIndex { $0.sha == lane.commit.sha && $0.time <= run.base + .seconds(2) }
                ?? pull.pushes.firstIndex { $0.sha == lane.commit.sha }
            return own.flatMap { pull.pushes[($0 + 1)...].first { $0.sha != lane.commit.sha }?.time }
        }.max()
    }
}

extension Timestamp {
    /// Later than anything: as the world is known to be now.
    static let distantFuture = Timestamp(milliseconds: .max / 4)
}
