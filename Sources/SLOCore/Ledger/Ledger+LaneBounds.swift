// How much of a lane is kept (docs/reliability.md): however often one check changes its state, what is kept of its
// lane, stored with each of its states and looked at again, stays small.

extension Ledger {
    /// Bounds a lane: what says nothing new of its runs goes first, then its oldest runs that are final. More open runs
    /// than there is room for end as superseded, and are counted.
    mutating func trim(lane id: EntityID) {
        guard let runs = state.lanes.part(of: id, { $0.runs }) else { return }
        if runs.count > settings.bounds.openRunsOfLane {
            let open = runs.filter { state.runs[$0]?.isFinished == false }
            for run in open.dropLast(settings.bounds.openRunsOfLane) { endForRoom(run) }
        }
        let factCount = state.lanes.part(of: id) { $0.facts.count } ?? 0
        guard factCount > settings.bounds.factsOfLane else { return }
        thinOut(lane: id)
        while let lane = state.lanes[id], lane.facts.count > settings.bounds.factsKept, lane.runs.count > 1,
            let oldest = lane.runs.first(where: { state.runs[$0]?.isFinished != false })
        {
            fold(run: oldest, in: id)
        }
        while let lane = state.lanes[id], lane.facts.count > settings.bounds.factsKept, lane.runs.count > 1,
            let oldest = lane.runs.first
        {
            endForRoom(oldest)
            fold(run: oldest, in: id)
        }
    }

    /// A run that newer ones leave no room for: what settles has its best evidence already.
    private mutating func endForRoom(_ id: EntityID) {
        guard var run = state.runs[id], run.isOpen else { return }
        let evidence = evidence(for: run)
        if case .settling = run.phase, let (outcome, reason) = evidence.outcome {
            finish(&run, outcome, reason, at: run.terminal?.finishedAt, by: decider(of: run, evidence))
        } else {
            finish(&run, .superseded, .limit, at: run.newerRun?.openedAt, by: nil)
        }
        run.isOverdue = false
        lookAtReport(ofEnded: &run)
        state.runs[id] = run
        count(.limitReached(.run))
    }

    private mutating func thinOut(lane id: EntityID) {
        guard let lane = state.lanes[id], let kind = lane.kind else {
            let kept = settings.bounds.factsKept
            state.lanes.update(id) { $0.keepNewest(kept) }
            return
        }
        let final = Set(lane.runs.filter { state.runs[$0]?.isFinished == true })
        state.lanes.update(id) { $0.thinOut(kind, final: final) }
    }

    /// Of a run that is final nothing is kept but that its job is over.
    private mutating func fold(run: EntityID, in lane: EntityID) {
        state.lanes.update(lane) {
            $0.close { $0.run == run }
            $0.runs.removeAll { $0 == run }
        }
        forget(run: run)
    }
}

extension Lane {
    /// Drops facts that say nothing which another of their run does not say. What belongs to no run says nothing.
    fileprivate mutating func thinOut(_ kind: RunKind, final: Set<EntityID>) {
        var kept: Set<Int> = []
        let places = Dictionary(grouping: facts.indices) { facts[$0].run }
        for case (let run?, let own) in places {
            kept.formUnion(final.contains(run) ? outline(own, kind) : telling(own, kind))
        }
        let old = facts
        facts = old.indices.filter { kept.contains($0) }.map { old[$0] }
    }

    /// Without a kind there are no runs to keep them for.
    fileprivate mutating func keepNewest(_ count: Int) {
        facts.removeFirst(max(0, facts.count - count))
    }

    /// The first fact of a run, the last, its first end, its last, and those that carry its number and its request.
    private func outline(_ own: [Int], _ kind: RunKind) -> [Int] {
        [
            own.first, own.last, own.filter { facts[$0].isTerminal }.min { time($0, kind) < time($1, kind) },
            own.last { facts[$0].isTerminal }, own.last { facts[$0].jobID(as: kind) != nil },
            own.first { facts[$0].requestID != nil },
        ].compactMap { $0 }
    }

    /// Beside these the earliest of each of its steps, and the last.
    private func telling(_ own: [Int], _ kind: RunKind) -> [Int] {
        let bySteps = Dictionary(grouping: own) { facts[$0].step(as: kind) }
        let ofSteps = bySteps.values.flatMap { same in
            [
                same.min { time($0, kind) < time($1, kind) },
                same.min { facts[$0].input < facts[$1].input }, same.last,
            ].compactMap { $0 }
        }
        return outline(own, kind) + ofSteps
    }

    private func time(_ place: Int, _ kind: RunKind) -> Timestamp {
        facts[place].time(as: kind) ?? facts[place].receivedAt
    }
}

extension LedgerSettings.Bounds {
    fileprivate var factsKept: Int { factsOfLane / 4 * 3 }
}
