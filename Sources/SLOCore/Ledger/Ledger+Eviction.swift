// The limits of tracked entities, by number and in bytes. Beyond them the entities that were not touched for longest
// are removed, and counted.

extension Ledger {
    /// One input adds a few entities. Checking this many old ones catches up even if many are busy, and delays no
    /// input.
    private static let looksAtOnce = 64
    /// Checking a busy entity writes it. If only bytes are short, there is an eighth to spare for that.
    private static let busyLooksAtOnce = 8

    /// Adds an entity that was just created.
    mutating func track(_ entity: EntityID) {
        leastRecentlyTouched.add(entity, age: now, limit: settings.trackedLimit)
    }

    /// Removes the entities that were not touched for longest while a limit is exceeded. Busy ones are touched instead,
    /// because open entities have limits of their own, unless even the eighth above the limit of bytes is full.
    mutating func evict() {
        var bytes = state.weigh()
        var (looks, busy) = (0, 0)
        while looks < Self.looksAtOnce, isFull(bytes: bytes) {
            looks += 1
            switch evictOnce(bytes: bytes) {
            case .nothingLeft: return
            case .made: bytes = state.weigh()
            case .foundBusy:
                busy += 1
                if busy >= Self.busyLooksAtOnce, state.trackedCount <= settings.trackedLimit { return }
            }
        }
    }

    private enum Look {
        case made
        /// The oldest entity is busy: it was touched.
        case foundBusy
        case nothingLeft
    }

    private func isFull(bytes: Int) -> Bool {
        state.trackedCount > settings.trackedLimit || state.repositories.count > settings.trackedLimit
            || bytes > settings.trackedBytesLimit
    }

    private mutating func evictOnce(bytes: Int) -> Look {
        let oldest = leastRecentEntity()
        // Repositories have their own limit by number; in bytes they share one with all tracked entities.
        if state.repositories.count > settings.trackedLimit || bytes > settings.trackedBytesLimit,
            let repository = leastRecentRepository(), (repository.heardAt ?? now) < now,
            state.repositories.count > settings.trackedLimit
                || oldest.map({ (repository.heardAt ?? now) <= $0.touchedAt }) ?? true
        {
            forget(repository)
            count(.limitReached(.repository))
            return .made
        }
        guard let row = oldest, state.trackedCount > settings.trackedLimit || bytes > settings.trackedBytesLimit
        else { return .nothingLeft }
        let isCrowded = bytes > settings.trackedBytesLimit + settings.trackedBytesLimit / 8
        guard isCrowded || !isBusy(row) else {
            state.touch(row, at: now)
            return .foundBusy
        }
        chronicle.forgottenThrough = max(chronicle.forgottenThrough ?? row.touchedAt, row.touchedAt)
        giveUp(row)
        pushOut(row)
        return .made
    }

    private mutating func leastRecentEntity() -> TrackedEntity? {
        let oldest = leastRecentlyTouched.first {
            state.trackedEntity($0)?.touchedAt
        } of: {
            state.entriesByTime
        }
        return oldest.flatMap { state.trackedEntity($0) }.flatMap { $0.touchedAt < now ? $0 : nil }
    }

    /// Whether something with this provider time may have been known and evicted, so that it must not be counted again.
    func mayBeForgotten(_ moment: Timestamp?) -> Bool {
        guard let moment, let through = chronicle.forgottenThrough else { return false }
        return moment <= through
    }

    /// Closes its open parts, as the limits by number do.
    private mutating func giveUp(_ row: TrackedEntity) {
        switch row {
        case .pullRequest(let pullRequest):
            for change in changes(of: pullRequest) where state.changes[change]?.pullRequest == pullRequest.key {
                giveUp(change: change)
            }
            for command in openCommands(of: pullRequest.key) { giveUp(command: command.id) }
        case .head(let head):
            for change in head.changes { giveUp(change: change) }
            for lane in head.lanes.compactMap({ state.lanes[$0] }) { giveUp(.lane(lane)) }
        case .lane(let lane):
            for run in lane.runs { giveUp(run: run) }
        case .backend(let backend):
            if let run = backend.placement.run, state.runs[run]?.lane == nil { giveUp(run: run) }
        }
    }

    private mutating func pushOut(_ row: TrackedEntity) {
        switch row {
        case .pullRequest(let pullRequest):
            forget(pullRequest)
            count(.limitReached(.pullRequest))
        case .head(let head):
            for lane in head.lanes.compactMap({ state.lanes[$0] }) { pushOut(.lane(lane)) }
            forget(head)
            count(.limitReached(.head))
        case .lane(let lane):
            forget(lane)
            count(.limitReached(.lane))
        case .backend(let backend):
            forget(backend)
            count(.limitReached(.backendRun))
        }
    }

    /// Whether any part of it is still to be counted.
    private func isBusy(_ row: TrackedEntity) -> Bool {
        switch row {
        case .pullRequest(let pullRequest):
            changes(of: pullRequest).contains { isOpen(change: $0) } || !openCommands(of: pullRequest.key).isEmpty
        case .head(let head):
            head.changes.contains { isOpen(change: $0) } || isHeadOfOpenPullRequest(head)
                || head.lanes.contains { state.lanes[$0].map { isBusy($0) } ?? false }
        case .lane(let lane): isBusy(lane)
        case .backend(let backend): isBusy(backend)
        }
    }

    private func isOpen(change id: EntityID) -> Bool {
        state.changes[id]?.isJudged == false
    }
}
