// How the facts of a lane become runs (docs/counting.md, rules 12 and 28, and lanes).

extension Ledger {
    /// Assigns the lane's facts to runs again and looks at its runs.
    /// - Parameters:
    ///   - mayClaim: whether something is new that a run which only a backend shows may fit.
    ///   - isOneFact: whether all that is new is a fact of the lane: then the runs that it does not concern stay as
    ///     they are.
    mutating func reconsider(lane id: EntityID, mayClaim: Bool = true, isOneFact: Bool = false) {
        guard let lane = state.lanes[id], let kind = lane.kind else {
            noteOpenings(ofLane: id)
            trim(lane: id)
            return
        }
        var concerned = divide(lane, kind)
        if mayClaim, kind.hasBackend { for run in runs(of: id) { claim(for: run) } }
        let runs = runs(of: id)
        concerned.formUnion(noteNewer(runs, of: id, kind))
        // Of tests only the latest waits (docs/counting.md, rule 41).
        if let last = lane.runs.last, last != runs.last { concerned.insert(last) }
        for run in runs where !isOneFact || concerned.contains(run) || !lane.runs.contains(run) { reconsider(run: run) }
        trim(lane: id)
    }

    func runs(of lane: EntityID) -> [EntityID] { state.lanes.part(of: lane) { $0.runs } ?? [] }

    /// Assigns the lane's facts to runs, and looks at none of them yet.
    mutating func divide(lane id: EntityID) {
        if let lane = state.lanes[id], let kind = lane.kind { _ = divide(lane, kind) }
    }

    /// - Returns: the runs whose facts are not what they were.
    private mutating func divide(_ lane: Lane, _ kind: RunKind) -> Set<EntityID> {
        var final: [EntityID: Int64] = [:]
        for run in lane.runs {
            let finalInput = state.runs.part(of: run) { $0.isFinished ? $0.finalInput : nil } ?? nil
            if let finalInput { final[run] = finalInput }
        }
        let portions = Partition(kind: kind, returns: returns(to: lane), final: final).portions(of: lane.facts)
        let moved = assignRuns(to: portions, of: lane, kind)
        noteOpenings(ofLane: lane.id)
        return moved
    }

    // MARK: - Which run is which

    /// Says which run each portion is: one that the lane had, or a new one.
    /// - Returns: the runs whose facts are not what they were.
    private mutating func assignRuns(
        to portions: [Partition.Portion], of lane: Lane, _ kind: RunKind
    ) -> Set<EntityID> {
        let kept = keptRuns(in: portions, of: lane, kind)
        let runs = zip(portions, kept).map { $1 ?? addRun(kind, in: lane) }
        var owners: [EntityID?] = Array(repeating: nil, count: lane.facts.count)
        for (portion, run) in zip(portions, runs) {
            for place in portion.places { owners[place] = run }
        }
        let moved = lane.facts.indices.filter { lane.facts[$0].run != owners[$0] }
        if !moved.isEmpty || runs != lane.runs {
            state.lanes.update(lane.id) {
                for place in moved { $0.facts[place].run = owners[place] }
                $0.runs = runs
            }
        }
        for run in lane.runs where !runs.contains(run) { dissolve(run: run, of: lane) }
        var concerned: Set<EntityID> = []
        for place in moved {
            if let run = lane.facts[place].run { concerned.insert(run) }
            if let run = owners[place] { concerned.insert(run) }
        }
        return concerned
    }

    /// The run of the lane that goes on in each portion, if any. A run stays with the fact that its highest counted
    /// step rests on. Where two turn out to be one, it is that of the newer one, and the older one goes on with the
    /// last of its own facts elsewhere, or as one that nothing was counted of. What was not counted yet gives way.
    private func keptRuns(in portions: [Partition.Portion], of lane: Lane, _ kind: RunKind) -> [EntityID?] {
        if let run = onlyRun(in: portions, of: lane) { return [run] }
        var portionOf: [Int?] = Array(repeating: nil, count: lane.facts.count)
        for (number, portion) in portions.enumerated() {
            for place in portion.places { portionOf[place] = number }
        }
        let own = ownFacts(of: lane)
        var kept = portions.map(\.decided)
        let others = lane.runs.reversed().filter { !kept.contains($0) }
        let isCounted = Set(others.filter { state.runs[$0]?.counted.queued == true })
        for run in others.filter(isCounted.contains) + others.filter({ !isCounted.contains($0) }) {
            guard let places = own[run], let anchor = anchor(among: places, of: lane.facts, kind) else { continue }
            let elsewhere = Set(places.compactMap { portionOf[$0] }).sorted(by: >)
            let candidates = [portionOf[anchor]].compactMap { $0 } + elsewhere
            if let place = candidates.first(where: { kept[$0] == nil }) { kept[place] = run }
        }
        // One whose facts turned out to be another's is the one that would be counted anew.
        var homeless = others.filter { isCounted.contains($0) && !kept.contains($0) }
        for place in portions.indices where kept[place] == nil {
            guard portions[place].places.contains(where: { lane.facts[$0].isFirstStep(as: kind) }) else { continue }
            kept[place] = homeless.popLast()
        }
        return kept
    }

    /// The run of a lane that has one, and shows one: nearly all do.
    private func onlyRun(in portions: [Partition.Portion], of lane: Lane) -> EntityID? {
        guard portions.count == 1, lane.runs.count == 1,
            state.runs.part(of: lane.runs[0], { $0.isFinished }) == false
        else { return nil }
        return portions[0].places.contains { lane.facts[$0].run == lane.runs[0] } ? lane.runs[0] : nil
    }

    /// Where the facts of each run are; of a final one those that it had when it was decided.
    private func ownFacts(of lane: Lane) -> [EntityID: [Int]] {
        var own: [EntityID: [Int]] = [:]
        for (place, fact) in lane.facts.enumerated() {
            guard let run = fact.run else { continue }
            if fact.decidedRun != run, state.runs[run]?.isFinished == true { continue }
            own[run, default: []].append(place)
        }
        return own
    }

    /// What its lane shows of a run is part of it for good.
    mutating func decideFacts(of run: Run) {
        guard let lane = run.lane else { return }
        state.lanes.update(lane) {
            for fact in $0.facts.indices where $0.facts[fact].run == run.id { $0.facts[fact].decidedRun = run.id }
        }
    }

    /// The fact by which a run is the same however its lane divides: the first heard of, of those on which the highest
    /// step rests that was counted of it.
    private func anchor(among own: [Int], of facts: [Fact], _ kind: RunKind) -> Int? {
        let heard = own.sorted { facts[$0].input < facts[$1].input }
        return heard.first { facts[$0].step(as: kind) == .started } ?? heard.first { facts[$0].isFirstStep(as: kind) }
            ?? heard.first
    }

    /// A run that turned out to be part of another is none any more. What was counted of it stays counted, and it ends
    /// as superseded, which spends no budget.
    mutating func dissolve(run id: EntityID, of lane: Lane) {
        guard var run = state.runs[id] else { return }
        if run.isOpen { finishAsPart(&run) }
        handOver(run, of: lane)
        withdraw(id, of: lane)
        state.runs[id] = nil
    }

    /// What was joined to a dissolved run is of the one that took its facts; else it looks for another.
    private mutating func handOver(_ run: Run, of lane: Lane) {
        guard let key = run.backend else { return }
        let own = lane.facts.indices.first { lane.facts[$0].run == run.id }
        guard let heir = own.flatMap({ state.lanes[lane.id]?.facts[$0].run }), state.runs[heir]?.backend == nil else {
            free(key)
            homeless.append(key)
            return
        }
        state.runs.update(heir) { $0.backend = key }
        state.backends.update(key) { $0.placement = .joined(heir) }
        if state.runs[heir].map({ isProven($0) }) ?? false { withdraw(heir, of: lane) }
    }

    private mutating func addRun(_ kind: RunKind, in lane: Lane) -> EntityID {
        let id = nextEntity()
        state.runs[id] = Run(
            id: id, group: RunGroup(kind, job: lane.name.jobKind), deployment: lane.deployment, lane: lane.id,
            knownSince: now,
            firstSeenAt: now.flooredToSecond)
        offer(id)
        return id
    }

    private func returns(to lane: Lane) -> [Timestamp] {
        guard lane.name.event == nil else { return [] }
        let numbers = binding(of: lane).map { [$0] } ?? state.heads[lane.head]?.pullRequests ?? []
        return numbers.flatMap {
            let key = PullRequestKey(repository: lane.head.repository, number: $0)
            return state.pullRequests[key]?.returns(to: lane.head.sha) ?? []
        }
    }

    // MARK: - What is newer

    /// Tells each run of the lane which one opened after it, and whether one of those has ended.
    /// - Returns: the runs for which that is news.
    private mutating func noteNewer(_ runs: [EntityID], of lane: EntityID, _ kind: RunKind) -> [EntityID] {
        if runs.count == 1, state.runs.part(of: runs[0], { $0.newerRun == nil }) ?? true { return [] }
        let shown = Dictionary(grouping: state.lanes.part(of: lane) { $0.facts } ?? []) { $0.run }
        var newer: Run.NewerRun?
        var news: [EntityID] = []
        for id in runs.reversed() {
            let known = state.runs[id]?.newerRun
            note(newer: newer, than: id)
            if state.runs[id]?.newerRun != known { news.append(id) }
            let facts = shown[id] ?? []
            guard let run = state.runs[id], let opening = opening(of: run, facts) else { continue }
            let ends = [end(of: run, facts), newer?.end].compactMap { $0 }
            newer = Run.NewerRun(
                openedAt: opening.at, openedHeardAt: opening.heardAt, end: Run.NewerRun.End(earliestOf: ends),
                settlesUntil: now + settings.settle)
        }
        return news
    }

    /// When a run opened, for those that are older: a test when it was submitted, any other when its check showed its
    /// first state, whatever shows that it exists. A test that only waits supersedes nothing.
    private func opening(of run: Run, _ facts: [Fact]) -> (at: Timestamp, heardAt: Timestamp)? {
        let firstStep = facts.first { $0.isFirstStep(as: run.kind) }
        let backend = run.backend.flatMap { state.backends[$0] }
        let exists = firstStep != nil || backend != nil
        if exists, let opening = run.kind == .testRun ? firstStep : facts.first {
            let time = opening.time(as: run.kind)
            return (opening.effectiveTime(as: run.kind), heard(time, opening.receivedAt))
        }
        guard let backend else { return nil }
        let stated = backend.queuedAt ?? backend.firstSeenAt
        let at = Self.effective(stated, receivedAt: backend.receivedAt)
        return (at, heard(at, backend.receivedAt))
    }

    private func end(of run: Run, _ facts: [Fact]) -> Run.NewerRun.End? {
        shownEnd(of: run, facts) ?? endBeforeClaim(of: run)
    }

    private func shownEnd(of run: Run, _ facts: [Fact]) -> Run.NewerRun.End? {
        let ends = facts.filter { $0.isEnd(as: run.kind) }.map { fact in
            let heardAt = heard(fact.time(as: run.kind), fact.receivedAt)
            return Run.NewerRun.End(receivedAt: fact.receivedAt, heardAt: heardAt)
        }
        return Run.NewerRun.End(earliestOf: ends)
    }

    /// Of what was counted for good before its check claimed it.
    private func endBeforeClaim(of run: Run) -> Run.NewerRun.End? {
        guard run.isFinished, run.claimInput != 0, let terminal = run.terminal else { return nil }
        let heardAt = heard(terminal.finishedAt, terminal.receivedAt)
        return Run.NewerRun.End(receivedAt: terminal.receivedAt, heardAt: heardAt)
    }

    private func heard(_ time: Timestamp?, _ receivedAt: Timestamp) -> Timestamp {
        Evidence.Heard(time, receivedAt: receivedAt, grace: settings.initialStatusGrace).at
    }
}
