// How much may be remembered at all. Beyond it goes what was heard of longest ago, and is counted.

extension Ledger {
    /// One input brings a few entities. Looking at more of the old ones than that catches up where many are busy, and
    /// still keeps no input waiting.
    private static let looksAtOnce = 64

    /// It came about just now.
    mutating func remembers(_ entity: EntityID) {
        longestUnheard.add(entity, age: now, limit: settings.trackedLimit)
    }

    /// Forgets what was heard of longest ago while too much is remembered. What is busy goes on as if it had just been
    /// heard of: what is open has limits of its own.
    mutating func makeRoom() {
        var looks = 0
        while state.rememberedCount > settings.trackedLimit, looks < Self.looksAtOnce {
            looks += 1
            let oldest = longestUnheard.first { state.remembered($0)?.touchedAt } of: { state.rememberedByTime }
            guard let row = oldest.flatMap(state.remembered), row.touchedAt < now else { return }
            if isBusy(row) {
                state.touch(row, at: now)
            } else {
                chronicle.forgottenThrough = max(chronicle.forgottenThrough ?? row.touchedAt, row.touchedAt)
                pushOut(row)
            }
        }
    }

    /// Whether what a provider dates so may have been known once and be forgotten: it is not to be counted again.
    func mayBeForgotten(_ moment: Timestamp?) -> Bool {
        guard let moment, let through = chronicle.forgottenThrough else { return false }
        return moment <= through
    }

    private mutating func pushOut(_ row: Remembered) {
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

    /// Whether something of it is still to be counted.
    private func isBusy(_ row: Remembered) -> Bool {
        switch row {
        case .pullRequest(let pullRequest): changes(of: pullRequest).contains(where: isOpen)
        case .head(let head):
            head.changes.contains(where: isOpen) || isHeadOfOpenPullRequest(head)
                || head.lanes.contains { state.lanes[$0].map(isBusy) ?? false }
        case .lane(let lane): isBusy(lane)
        case .backend(let backend): isBusy(backend)
        }
    }

    private func isOpen(change id: EntityID) -> Bool {
        state.changes[id]?.isJudged == false
    }
}
