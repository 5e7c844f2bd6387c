internal import SLOCore

/// Rules 16, 28 and 35: a newer run of the lane or a new head of the pull request ends a run that is open.
struct Supersession {
    /// When it happened.
    let time: Timestamp
    /// When the run ends by it, unless it ended itself.
    let due: Timestamp
    /// The same as if everything had been heard of in time (rule 27).
    let dueInTime: Timestamp
}

extension Walk {
    /// What superseded a run, as far as known: of several things the earliest gives the time. What only a backend shows
    /// has neither lane nor commit, and is ended by the backend alone.
    func supersession(of run: Run) -> Supersession? {
        guard let lane = run.lane else { return nil }
        let all = [supersessionByNewer(than: run, in: lane), supersessionByPush(over: run, in: lane)].compactMap { $0 }
        guard let time = all.map(\.time).min(), let due = all.map(\.due).min(),
            let inTime = all.map(\.dueInTime).min()
        else { return nil }
        return Supersession(time: time, due: due, dueInTime: inTime)
    }

    // MARK: Newer runs

    /// A newer run of the lane ends an older one a settling after its opening, and not before a settling after its own
    /// end or the older one's deadline: until then both may be under way (rule 28). A test that only waits supersedes
    /// nothing.
    private func supersessionByNewer(than run: Run, in lane: CheckLane) -> Supersession? {
        guard let index = lane.runs.firstIndex(where: { $0 === run }) else { return nil }
        let newer = lane.runs[(index + 1)...].filter(\.exists)
        guard let first = newer.first, let opening = opening(of: first) else { return nil }
        let deadline = max(run.dueBase + twelveHours(of: run), earliestJudgement(of: run) ?? .distantPast)
        let ends = newer.compactMap { ended($0) }
        let end = ends.map { $0.heard + settings.settle }.min() ?? deadline
        let inTime = ends.map { $0.inTime + settings.settle }.min() ?? deadline
        return Supersession(
            time: opening.time,
            due: afterStart(
                max((run.newerSince ?? known(run)) + settings.settle, min(end, deadline)), knownSince: known(run)),
            dueInTime: max(
                receivedInTime(opening.heard, opening.time) + settings.settle, min(inTime, deadline)))
    }

    func hasNewer(_ run: Run) -> Bool {
        guard let lane = run.lane, let index = lane.runs.firstIndex(where: { $0 === run }) else { return false }
        return lane.runs[(index + 1)...].contains(where: \.exists)
    }

    /// Of a build its first state, of a test its submission.
    private func opening(of run: Run) -> (time: Timestamp, heard: Heard)? {
        if run.kind == .build, let fact = run.facts.first {
            return (fact.time.map(fact.heard.believed) ?? fact.heard.at.flooredToSecond, fact.heard)
        }
        // Choice: as its check shows it, where it does.
        let all = run.evidence.filter(\.isFirstStep)
        let shown = all.filter(\.isOfCheck)
        let first = (shown.isEmpty ? all : shown).map {
            ($0.time.map($0.heard.believed) ?? $0.heard.at.flooredToSecond, $0.heard)
        }
        return shown.isEmpty ? first.min { ($0.0, $0.1.order) < ($1.0, $1.1.order) } : first.first
    }

    /// When a newer run ended, by receipt: by its own end or by what was decided.
    private func ended(_ run: Run) -> (heard: Timestamp, inTime: Timestamp)? {
        if let end = run.firstEnd { return (end.heard.at, receivedInTime(end.heard, end.time)) }
        guard let final = run.final else { return nil }
        // What was counted for good before its check claimed it had ended at the backend.
        if let end = run.backend?.ends.first { return (end.heard.at, receivedInTime(end.heard, end.time)) }
        return (final.at, final.at)
    }

    /// When something would have been received in time: more than a grace late it stands for the provider's time
    /// (rule 27).
    func receivedInTime(_ heard: Heard, _ time: Timestamp?) -> Timestamp {
        guard let time, heard.at - time > settings.initialStatusGrace else { return heard.at }
        return time
    }

    // MARK: Pushes

    private func supersessionByPush(over run: Run, in lane: CheckLane) -> Supersession? {
        guard let push = pushOver(run, in: lane), let since = run.pushedOverSince else { return nil }
        let opening = push.heard.at < run.firstHeard ? run.firstHeard : push.time
        let inTime = max(receivedInTime(push.heard, push.time), opening)
        return Supersession(
            time: push.time, due: afterStart(since + settings.settle, knownSince: known(run)),
            dueInTime: inTime + settings.settle)
    }

    func pushOver(_ run: Run, in lane: CheckLane) -> KnownPullRequest.Push? {
        lane.onlyPull.map { push(over: run, in: lane, pull: $0) } ?? run.unboundEnd
    }

    /// A run that is bound is of one pull request: another head that came after its own ends it. One that opens when
    /// its commit is no longer the head was ended by what is the head since. Choice: that the commit became the head
    /// again afterwards saves nothing that was open before.
    private func push(over run: Run, in lane: CheckLane, pull number: Int) -> KnownPullRequest.Push? {
        guard let pull = lane.commit.repository.pulls[number] else { return nil }
        let pushes = pull.pushes
        // Choice: of a commit whose push was not heard of it is known that it was the head when something was first
        // posted on it.
        let seen = lane.facts.map(\.status).compactMap { $0.startedAt ?? $0.completedAt }.min()?.flooredToSecond
        let over = pushes.own(lane.commit.sha, of: run).map { pushes[($0 + 1)...].filter { $0.sha != lane.commit.sha } }
            ?? pushes.filter { $0.time > seen ?? run.knownSince }
        return over.first
    }

    /// Runs that are bound to no pull request end when none that is open has their commit as head any more: judged at
    /// each push of a pull request that had it, since a close ends nothing.
    func endUnbound(_ push: ChangePushed, of pull: KnownPullRequest, in repository: KnownRepository) {
        let had = Set(pull.pushes.map(\.sha)).union([push.headSHA])
        for commit in had.sorted().map(repository.commit) {
            let isHead = !commit.openPulls(at: .distantFuture).isEmpty
            for lane in commit.allLanes where lane.reading.event == nil && lane.onlyPull == nil {
                for run in lane.runs where !run.isOver {
                    run.unboundEnd = isHead ? nil : unboundEnd(of: run, in: lane)
                }
            }
        }
    }

    /// The same for a run that opens when it is too late. That its pull requests were closed meanwhile ends it as
    /// little as a close afterwards.
    func noteOpeningWithoutHead(of run: Run, _ now: Now) {
        guard !run.isOpeningJudged, let lane = run.lane, lane.reading.event == nil else { return }
        run.isOpeningJudged = true
        guard lane.onlyPull == nil, !lane.commit.pulls.contains(where: { $0.lastHead == lane.commit.sha })
        else { return }
        run.unboundEnd = unboundEnd(of: run, in: lane)
    }

    /// The push after which no open pull request had an unbound run's commit as head any more; a reopening is none.
    private func unboundEnd(of run: Run, in lane: CheckLane) -> KnownPullRequest.Push? {
        let later = lane.commit.pulls.flatMap { pull in
            pull.pushes.own(lane.commit.sha, of: run).map { pull.pushes[($0 + 1)...].filter { $0.action != .reopened } }
                ?? []
        }
        return later.filter { lane.commit.openPulls(at: $0.time).isEmpty }.min { $0.time < $1.time }
    }
}

extension [KnownPullRequest.Push] {
    /// The push by which a commit was the head when a run of it began. The provider's two clocks may differ by two
    /// seconds (rule 4).
    fileprivate func own(_ sha: String, of run: Run) -> Int? {
        lastIndex { $0.sha == sha && $0.time <= run.base + .seconds(2) } ?? firstIndex { $0.sha == sha }
    }
}

extension Timestamp {
    /// Later than anything: as the world is known to be now.
    static let distantFuture = Timestamp(milliseconds: .max / 4)
    static let distantPast = Timestamp(milliseconds: .min / 4)
}
