// How long the ledger tracks what is closed.

extension Ledger {
    struct Retention {
        /// An ended entity is tracked as long as a backend may still work on it, and deliveries may be repeated: GitHub
        /// redelivers for three days.
        let ended: TimeSpan
        /// A check that never ended is tracked until GitHub has marked it `stale` after 14 days: its run may have been
        /// counted as superseded, or at the horizon, long before.
        let unended: TimeSpan
        /// An open pull request can be quiet for long and then be pushed to.
        static let openPullRequest = TimeSpan.days(400)
    }

    var retention: Retention {
        Retention(ended: settings.horizon + .days(4), unended: settings.horizon + .days(15))
    }

    /// An entity's retention has ended; if it was touched since, the deadline is armed again.
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

    /// A lane that has ended is closed after days, and removed once its checks cannot become stale any more.
    private mutating func retire(_ lane: Lane, _ deadline: Deadline) {
        guard lane.armedFor == deadline.due else { return }
        if lane.isUnclassified { classify(lane: lane.id) }
        // It may be the one that passes on the kind of its name.
        if lane.name.subject == .unknown { passOnKind(of: lane.kindKey) }
        guard let lane = state.lanes[lane.id] else { return }
        let isBusy = isBusy(lane) || isAwaited(lane)
        if lane.hasEnded, !isBusy, hasCome(lane.touchedAt + retention.ended) { close(lane) }
        let next = lane.hasEnded && !hasCome(lane.touchedAt + retention.ended) ? retention.ended : retention.unended
        let expiry = laterExpiry(touchedAt: lane.touchedAt, span: next, isBusy: isBusy)
        if let later = Timestamp.earliest(expiry, pendingClassification(of: lane)) {
            state.lanes.update(lane.id) { $0.armedFor = later }
            arm(lane.id, at: later)
            return
        }
        forget(lane)
    }

    /// What ended need not be remembered for as long as what may still end.
    mutating func forgetSooner(lane id: EntityID) {
        let expiry = now + retention.ended
        let isSooner = state.lanes.part(of: id) { lane in lane.hasEnded && lane.armedFor.map { expiry < $0 } ?? false }
        guard isSooner ?? false else { return }
        state.lanes.update(id) { $0.armedFor = expiry }
        arm(id, at: expiry)
    }

    func isBusy(_ lane: Lane) -> Bool {
        lane.runs.contains { state.runs[$0]?.isOpen ?? false }
    }

    private mutating func retire(head key: HeadKey, _ deadline: Deadline) {
        guard let head = state.heads[key], head.armedFor == deadline.due else { return }
        let isBusy = !head.changes.isEmpty || !head.lanes.isEmpty || isHeadOfOpenPullRequest(head)
        if let later = laterExpiry(touchedAt: head.touchedAt, span: retention.ended, isBusy: isBusy) {
            state.heads.update(key) { $0.armedFor = later }
            arm(head.id, at: later)
            return
        }
        forget(head)
    }

    /// It can be built again at any time.
    func isHeadOfOpenPullRequest(_ head: Head) -> Bool {
        head.pullRequests.contains { isOpen($0, on: head) }
    }

    /// Whether a pull request is open with a commit as its head.
    func isOpen(_ number: Int, on head: Head) -> Bool {
        let pullRequest = state.pullRequests[PullRequestKey(repository: head.key.repository, number: number)]
        return pullRequest.map { $0.isOpen && $0.head == head.key.sha } ?? false
    }

    private mutating func retire(pullRequest key: PullRequestKey, _ deadline: Deadline) {
        guard let pullRequest = state.pullRequests[key], pullRequest.armedFor == deadline.due else { return }
        let span = pullRequest.isOpen ? Retention.openPullRequest : retention.unended
        if let later = laterExpiry(touchedAt: pullRequest.touchedAt, span: span, isBusy: false) {
            state.pullRequests.update(key) { $0.armedFor = later }
            arm(pullRequest.id, at: later)
            return
        }
        forget(pullRequest)
    }

    /// A closed pull request is tracked for less time than an open one.
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
        if let later = laterExpiry(
            touchedAt: backend.touchedAt, span: retention.unended, isBusy: isBusy(backend))
        {
            state.backends.update(key) { $0.armedFor = later }
            arm(backend.id, at: later)
            return
        }
        forget(backend)
    }

    /// One that waits for a choice is busy; one that may wait forever is not.
    func isBusy(_ backend: BackendRun) -> Bool {
        if case .undecided = backend.placement { return isOfPackit(backend) }
        return backend.placement.run.flatMap { state.runs[$0]?.isOpen } ?? false
    }

    private func laterExpiry(touchedAt: Timestamp, span: TimeSpan, isBusy: Bool) -> Timestamp? {
        let expiry = touchedAt + span
        if !hasCome(expiry) { return expiry }
        return isBusy ? now + .days(1) : nil
    }
}

extension BackendRun.Placement {
    /// The run that it is, or is part of.
    var run: EntityID? {
        switch self {
        case .undecided, .unattributed: nil
        case .alone(let run), .joined(let run): run
        }
    }
}
