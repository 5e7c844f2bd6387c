internal import SLOCore

/// Rules 16, 28 and 35: a newer run of the lane or a new head of the pull request ends an open run.
struct Supersession {
    /// When it happened.
    let time: Timestamp
    /// When the run ends by it, unless it ended itself.
    let due: Timestamp
    /// The same with everything received in time (rule 27).
    let dueInTime: Timestamp
}

extension ModelRun {
    /// What superseded a run, as far as known: of several events the earliest gives the time. A run that only a backend
    /// shows has neither lane nor commit, and is ended by the backend only.
    func supersession(of run: Run) -> Supersession? {
        guard let lane = run.lane else { return nil }
        let all = [supersessionByNewer(than: run, in: lane), supersessionByPush(over: run, in: lane)].compactMap { $0 }
        guard let time = all.map(\.time).min(), let due = all.map(\.due).min(),
            let inTime = all.map(\.dueInTime).min()
        else { return nil }
        return Supersession(time: time, due: afterStart(due, knownSince: known(run)), dueInTime: inTime)
    }

    /// Since when a supersession is known: the run settles from then on, also if the event turns out to be earlier or
    /// later.
    func noteSupersession(of run: Run, _ now: Now) {
        run.pushedOverSince = run.lane.flatMap { pushOver(run, in: $0) }.map { _ in run.pushedOverSince ?? now.at }
        run.newerSince = run.lane.flatMap { newer(than: run, in: $0).first }.map { _ in run.newerSince ?? now.at }
    }

    // MARK: Newer runs

    private func newer(than run: Run, in lane: CheckLane) -> [Run] {
        guard let index = lane.runs.firstIndex(where: { $0 === run }) else { return [] }
        return lane.runs[(index + 1)...].filter(\.exists)
    }

    /// A newer run of the lane ends an older one a settling after its opening, and not before a settling after its own
    /// end or the older one's deadline: until then both may be running (rule 28). A test that only waits supersedes
    /// nothing.
    private func supersessionByNewer(than run: Run, in lane: CheckLane) -> Supersession? {
        let newer = newer(than: run, in: lane)
        guard let first = newer.first, let opening = opening(of: first), let since = run.newerSince else { return nil }
        let ends = newer.flatMap { $0.ends.isEmpty ? [$0.endBeforeClaim].compactMap { $0 } : $0.ends }
        let deadline = run.dueBase + twelveHours(of: run)
        let ended = ends.map { $0.receipt.at + settings.settle }.min() ?? .distantFuture
        let endedInTime = ends.map { receivedInTime($0.receipt, $0.time) + settings.settle }.min() ?? .distantFuture
        let openedInTime = max(receivedInTime(opening.receipt, opening.time), self.openedInTime(run))
        return Supersession(
            time: opening.time, due: max(since + settings.settle, min(ended, notBeforeGrace(deadline, run))),
            dueInTime: max(openedInTime + settings.settle, min(endedInTime, deadline)))
    }

    /// When the first evidence that a run exists would have been received in time. Of a backend run it is the first
    /// report: later ones repeat when it was queued.
    private func openedInTime(_ run: Run) -> Timestamp {
        let shown = run.evidence.filter { $0.isFirstStep && $0.isOfCheck }.map { receivedInTime($0.receipt, $0.time) }
        let reported = run.backend.map { receivedInTime($0.firstReceivedAt, $0.time) }
        return (shown + [reported].compactMap { $0 }).min() ?? .distantPast
    }

    /// For a build or a run of another job its first state, for a test its submission.
    private func opening(of run: Run) -> (time: Timestamp, receipt: Receipt)? {
        if run.kind != .testRun, let fact = run.facts.first {
            return (fact.time.map(fact.receipt.believed) ?? fact.receipt.at.flooredToSecond, fact.receipt)
        }
        // Choice: as its check shows it, if it does.
        if let shown = run.evidence.first(where: { $0.isFirstStep && $0.isOfCheck }) {
            return (shown.time.map(shown.receipt.believed) ?? shown.receipt.at.flooredToSecond, shown.receipt)
        }
        return run.backend.map { ($0.firstReceivedAt.believed(run.queuedAt ?? $0.time), $0.firstReceivedAt) }
    }

    /// When something would have been received in time: if it was received more than a grace late, the provider's time
    /// counts (rule 27).
    func receivedInTime(_ receipt: Receipt, _ time: Timestamp?) -> Timestamp {
        guard let time, receipt.at - time > settings.initialStatusGrace else { return receipt.at }
        return time
    }

    // MARK: Pushes

    private func supersessionByPush(over run: Run, in lane: CheckLane) -> Supersession? {
        guard let push = pushOver(run, in: lane), let since = run.pushedOverSince else { return nil }
        let inTime = since - push.time > settings.initialStatusGrace ? push.time : since
        return Supersession(
            time: push.time, due: since + settings.settle,
            dueInTime: max(inTime, openedInTime(run)) + settings.settle)
    }

    func pushOver(_ run: Run, in lane: CheckLane) -> KnownPullRequest.Push? {
        lane.onlyPull.map { push(over: lane, openedAt: run.beganAt, pull: $0) } ?? run.unboundEnd
    }

    /// The same for a test that waits, which a closing does not end either.
    func push(overTestThatWaitsIn lane: CheckLane, since: Timestamp) -> KnownPullRequest.Push? {
        guard lane.reading.event == nil else { return nil }
        if let number = lane.onlyPull { return push(over: lane, openedAt: since, pull: number) }
        return isHead(lane.commit) ? nil : unboundEnd(in: lane, openedAt: since)
    }

    /// Whether a commit is the head of a pull request, open or not.
    private func isHead(_ commit: Commit) -> Bool {
        commit.pulls.contains { $0.lastHead == commit.sha }
    }

    /// A bound run belongs to one pull request: another head after its own ends it. A run that opens when its commit is
    /// no longer the head was ended by the next head. Choice: a later return to the commit saves nothing that was open
    /// before.
    private func push(over lane: CheckLane, openedAt: Timestamp, pull number: Int) -> KnownPullRequest.Push? {
        guard let pull = lane.commit.repository.pulls[number] else { return nil }
        let pushes = pull.pushes
        // Choice: a commit whose push was not received counts as head from its first post on.
        let seen = lane.allFacts.compactMap { fact in
            (fact.status.startedAt ?? fact.status.completedAt).map { fact.receipt.believed($0.flooredToSecond) }
        }.min()
        let own = pushes.own(lane.commit.sha, openedAt: openedAt)
        let over = own.map { pushes[($0 + 1)...].filter { $0.sha != lane.commit.sha } }
        return (over ?? pushes.filter { $0.time > seen ?? openedAt }).first
    }

    /// Unbound runs end when no open pull request has their commit as head any more: evaluated at each push of a pull
    /// request that had it, because a closing ends nothing, and when another one turns out to have had it.
    func endUnbound(on commits: [Commit]) {
        for lane in commits.flatMap(\.allLanes) where !lane.isBound { endUnbound(in: lane) }
    }

    private func endUnbound(in lane: CheckLane) {
        let isHead = !lane.commit.openPulls(at: .distantFuture).isEmpty
        for run in lane.runs where run.final == nil {
            run.unboundEnd = isHead ? nil : unboundEnd(in: lane, openedAt: run.beganAt)
        }
    }

    /// Choice: a lane that turns out to belong to no single pull request is judged as if that had always been known.
    func judgeIfUnbound(_ lane: CheckLane) {
        let isBound = lane.isBound
        if lane.wasBound, !isBound { endUnbound(in: lane) }
        lane.wasBound = isBound
    }

    /// The same for a run that opens too late. That its pull requests were closed meanwhile ends it as little as a
    /// later closing.
    func noteOpeningWithoutHead(of run: Run, _ now: Now) {
        guard !run.isOpeningJudged, let lane = run.lane, lane.reading.event == nil else { return }
        run.isOpeningJudged = true
        run.unboundEnd = nil
        guard lane.onlyPull == nil, !isHead(lane.commit) else { return }
        run.unboundEnd = unboundEnd(in: lane, openedAt: run.beganAt)
    }

    /// The push after which no open pull request had an unbound run's commit as head any more; a reopening is none.
    /// Choice: a pull request that returned to it, and left it again, counts with the later push.
    private func unboundEnd(in lane: CheckLane, openedAt: Timestamp) -> KnownPullRequest.Push? {
        let commit = lane.commit
        let lastMove = commit.pulls.flatMap { $0.pushes.filter { $0.sha == commit.sha } }.map(\.time).max()
        let away = commit.pulls.flatMap { pull in
            let own = pull.pushes.own(commit.sha, openedAt: openedAt) ?? pull.pushes.endIndex
            return pull.pushes[own...].filter { $0.sha != commit.sha && $0.action == .synchronize }
        }
        return away.filter { $0.time >= lastMove ?? .distantPast && commit.openPulls(at: $0.time).isEmpty }
            .min { $0.time < $1.time }
    }
}

extension [KnownPullRequest.Push] {
    /// The push by which a commit was the head when a run of it began. The provider's clocks may differ by two seconds
    /// (rule 4).
    fileprivate func own(_ sha: String, openedAt: Timestamp) -> Int? {
        lastIndex { $0.sha == sha && $0.time <= openedAt + .seconds(2) } ?? firstIndex { $0.sha == sha }
    }
}

extension Timestamp {
    /// Later than any time: for queries on the present state.
    static let distantFuture = Timestamp(milliseconds: .max / 4)
    static let distantPast = Timestamp(milliseconds: .min / 4)
}
