// How long the ledger remembers what is closed, and what happens when too much is open.

extension Ledger {
    struct Retention {
        /// What has ended is remembered as long as a backend may still be at it, and deliveries of that be repeated:
        /// GitHub keeps them for three days.
        let ended: TimeSpan
        /// A check that never ended is remembered until GitHub has marked it `stale`, which it does after 14 days: by
        /// then its run may long have been counted as superseded, or at the horizon.
        let unended: TimeSpan
        /// An open pull request can be quiet for long and then be pushed to.
        static let openPullRequest = TimeSpan.days(400)
    }

    var retention: Retention {
        Retention(ended: settings.horizon + .days(4), unended: settings.horizon + .days(15))
    }

    /// An entity's time to be forgotten came: if it was touched since, that time is moved on.
    mutating func retire(_ deadline: Deadline) {
        if let lane = state.lanes[deadline.entity] {
            retire(lane, deadline)
            return
        }
        switch state.subjects[deadline.entity] {
        case .head(let key): retire(head: key, deadline)
        case .pullRequest(let key): retire(pullRequest: key, deadline)
        case .backend(let key): retire(backend: key, deadline)
        case nil: break
        }
    }

    /// A lane that has ended is closed after days, and forgotten once its checks cannot become stale any more.
    private mutating func retire(_ lane: Lane, _ deadline: Deadline) {
        guard lane.armedFor == deadline.due else { return }
        let isBusy = lane.runs.contains { state.runs[$0]?.isOpen ?? false }
        if lane.hasEnded, !isBusy, hasCome(lane.touchedAt + retention.ended) { close(lane) }
        let next = lane.hasEnded && !hasCome(lane.touchedAt + retention.ended) ? retention.ended : retention.unended
        if let later = laterExpiry(touchedAt: lane.touchedAt, span: next, isBusy: isBusy) {
            state.lanes.update(lane.id) { $0.armedFor = later }
            arm(lane.id, at: later)
            return
        }
        close(lane)
        state.laneNumbers[lane.key] = nil
        state.heads.update(lane.head) { $0.lanes.removeAll { $0 == lane.id } }
        state.lanes[lane.id] = nil
    }

    private mutating func close(_ lane: Lane) {
        for run in lane.runs { forget(run: run) }
        for request in Set(lane.facts.compactMap(\.requestID)) {
            state.lanesOfRequest.remove(lane.id, under: request)
        }
        state.strayLanes.remove(lane.id, under: lane.head.repository)
        state.lanes.update(lane.id) {
            $0.close { _ in true }
            $0.runs = []
        }
    }

    private mutating func retire(head key: HeadKey, _ deadline: Deadline) {
        guard let head = state.heads[key], head.armedFor == deadline.due else { return }
        let isBusy = !head.changes.isEmpty || !head.lanes.isEmpty || isHeadOfOpenPullRequest(head)
        if let later = laterExpiry(touchedAt: head.touchedAt, span: retention.ended, isBusy: isBusy) {
            state.heads.update(key) { $0.armedFor = later }
            arm(head.id, at: later)
            return
        }
        state.heads[key] = nil
        state.subjects[head.id] = nil
    }

    /// It can be built again at any time.
    private func isHeadOfOpenPullRequest(_ head: Head) -> Bool {
        head.pullRequests.contains {
            let pullRequest = state.pullRequests[PullRequestKey(repository: head.key.repository, number: $0)]
            return pullRequest.map { $0.isOpen && $0.head == head.key.sha } ?? false
        }
    }

    private mutating func retire(pullRequest key: PullRequestKey, _ deadline: Deadline) {
        guard let pullRequest = state.pullRequests[key], pullRequest.armedFor == deadline.due else { return }
        let span = pullRequest.isOpen ? Retention.openPullRequest : retention.unended
        if let later = laterExpiry(touchedAt: pullRequest.touchedAt, span: span, isBusy: false) {
            state.pullRequests.update(key) { $0.armedFor = later }
            arm(pullRequest.id, at: later)
            return
        }
        state.pullRequests[key] = nil
        state.subjects[pullRequest.id] = nil
        let heads = Set(pullRequest.moves.map { HeadKey(repository: key.repository, sha: $0.sha) })
        for change in heads.flatMap({ state.heads[$0]?.changes ?? [] }).sorted() { reconsider(change: change) }
    }

    /// A pull request that was closed need not be remembered for as long as an open one.
    mutating func forgetSooner(_ key: PullRequestKey) {
        guard let pullRequest = state.pullRequests[key], !pullRequest.isOpen else { return }
        let expiry = now + retention.unended
        state.pullRequests.update(key) { $0.armedFor = expiry }
        arm(pullRequest.id, at: expiry)
    }

    private mutating func retire(backend key: BackendKey, _ deadline: Deadline) {
        guard let backend = state.backends[key], backend.armedFor == deadline.due else { return }
        if case .undecided = backend.placement {
            place(backend: key)
            return
        }
        let run = backend.placement.run.flatMap { state.runs[$0] }
        if let later = laterExpiry(
            touchedAt: backend.touchedAt, span: retention.unended, isBusy: run?.isOpen ?? false)
        {
            state.backends.update(key) { $0.armedFor = later }
            arm(backend.id, at: later)
            return
        }
        if let run, run.lane == nil { forget(run: run.id) }
        if let build = backend.buildID { state.backendsOfBuild.remove(key, under: build) }
        for claim in claimKeys(of: backend) { state.claimable.remove(key, under: claim) }
        state.backends[key] = nil
        state.subjects[backend.id] = nil
    }

    private func laterExpiry(touchedAt: Timestamp, span: TimeSpan, isBusy: Bool) -> Timestamp? {
        let expiry = touchedAt + span
        if !hasCome(expiry) { return expiry }
        return isBusy ? now + .days(1) : nil
    }

    mutating func forget(run id: EntityID) {
        state.runs[id] = nil
    }

    // MARK: - Limits

    mutating func opened(change id: EntityID) {
        let count = (state.openCounts[.change] ?? 0) + 1
        state.openCounts[.change] = count
        if count > settings.openChangesLimit { closeOldestChange() }
        oldestChanges.add(id, limit: settings.openChangesLimit)
    }

    private mutating func closeOldestChange() {
        let oldest = oldestChanges.first { state.changes[$0]?.isJudged == false } of: {
            state.openChanges.values.flatMap { $0 }
        }
        guard let oldest else { return }
        exclude(change: oldest)
        count(.limitReached(.change))
    }

    mutating func changeJudged(_ change: Change) {
        let repository = change.pullRequest.repository
        state.openChanges.update(repository) { open in open.removeAll { $0 == change.id } }
        if state.openChanges[repository]?.isEmpty == true { state.openChanges[repository] = nil }
        state.openCounts[.change] = (state.openCounts[.change] ?? 1) - 1
    }

    /// The run itself is still in hand: in the table it is not open yet.
    mutating func counted(run id: EntityID) {
        let count = (state.openCounts[.run] ?? 0) + 1
        state.openCounts[.run] = count
        if count > settings.openRunsLimit { closeOldestRun() }
        oldestRuns.add(id, limit: settings.openRunsLimit)
    }

    private mutating func closeOldestRun() {
        let oldest = oldestRuns.first { state.runs[$0]?.isOpen == true } of: {
            state.runs.values.filter(\.isOpen).map(\.id)
        }
        guard let oldest, var run = state.runs[oldest] else { return }
        finish(&run, .error, .limit, at: nil)
        state.runs[oldest] = run
        count(.limitReached(.run))
    }

    mutating func runFinished() {
        state.openCounts[.run] = (state.openCounts[.run] ?? 1) - 1
    }
}

extension BackendRun.Placement {
    /// The run that it is, or is part of.
    var run: EntityID? {
        switch self {
        case .undecided: nil
        case .alone(let run), .joined(let run): run
        }
    }
}
