internal import SLOCore

/// Rule 16: a newer run of the lane or a new head of the pull request ends a run that is open.
extension Walk {
    /// What superseded a run, as far as known: of several the earliest, from when the first was heard of. What only a backend shows has
    /// neither lane nor commit, and is ended by the backend alone.
    func supersession(of run: Run) -> Run.Supersession? {
        guard let lane = run.lane else { return nil }
        let byPush = lane.onlyPull.flatMap { push(over: run, in: lane, pull: $0) } ?? unboundEnd(of: run, in: lane)
        let all = [newerRun(than: run, in: lane), byPush].compactMap { $0 }
        guard let heardAt = all.map(\.heardAt).min() else { return nil }
        return Run.Supersession(heardAt: heardAt, time: all.compactMap(\.time).min())
    }

    private func newerRun(than run: Run, in lane: CheckLane) -> Run.Supersession? {
        guard let index = lane.runs.firstIndex(where: { $0 === run }) else { return nil }
        let newer = lane.runs[(index + 1)...]
        guard let next = newer.first, let heardAt = newer.map(\.knownSince).min() else { return nil }
        return Run.Supersession(heardAt: heardAt, time: next.facts.first?.time)
    }

    /// A run that is bound is of one pull request: another head that came after its own ends it. One that opens when
    /// its commit is no longer the head was ended by what is the head since. Choice: that the commit became the head
    /// again afterwards saves nothing that was open before.
    private func push(over run: Run, in lane: CheckLane, pull number: Int) -> Run.Supersession? {
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
        guard let first = over.first, let heardAt = over.map(\.heard.at).min() else { return nil }
        // Unless a list tells whose it is, only once its own push was heard of, too, was it known to be over.
        let isListed = lane.commit.events[lane.event]?.first.listed == [number]
        let known = isListed ? nil : own.map { pushes[$0].heard.at }
        return Run.Supersession(heardAt: max(heardAt, known ?? heardAt), time: first.time)
    }

    private func unboundEnd(of run: Run, in lane: CheckLane) -> Run.Supersession? {
        lane.onlyPull == nil ? run.unboundEnd : nil
    }

    /// Runs that are bound to no pull request end when none that is open has their commit as head any more: judged at
    /// each push, since a close ends nothing.
    func endUnbound(_ push: ChangePushed, of pull: KnownPullRequest, in repository: KnownRepository, _ heard: Heard) {
        let left = Set(pull.pushes.map(\.sha)).subtracting([push.headSHA])
        for commit in (left.sorted() + [push.headSHA]).map(repository.commit) {
            let isHead = !commit.openPulls(at: .distantFuture).isEmpty
            for lane in commit.allLanes where lane.name.event == nil && lane.onlyPull == nil {
                for run in lane.runs where run.countedSince != nil && !run.isOver {
                    let over = isHead ? nil : pushOver(run, in: lane)
                    run.unboundEnd = over.map {
                        Run.Supersession(heardAt: run.unboundEnd?.heardAt ?? heard.at, time: $0)
                    }
                }
            }
        }
    }

    /// The same for a run that opens when it is too late. That its pull requests were closed meanwhile ends it as little
    /// as a close afterwards.
    func noteOpeningWithoutHead(of run: Run, _ now: Now) {
        guard !run.isOpeningJudged, let lane = run.lane, lane.name.event == nil else { return }
        run.isOpeningJudged = true
        guard lane.onlyPull == nil, !lane.commit.pulls.contains(where: { $0.pushes.last?.sha == lane.commit.sha })
        else { return }
        guard let over = pushOver(run, in: lane) else { return }
        run.unboundEnd = Run.Supersession(heardAt: now.at, time: over)
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
