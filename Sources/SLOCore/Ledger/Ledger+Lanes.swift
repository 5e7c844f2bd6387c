// How the facts of a lane become runs (docs/counting.md, rule 12 and lanes).

extension Ledger {
    /// Divides the lane's facts into runs again and looks at each run.
    /// - Parameter mayClaim: whether something is new that a run which only a backend shows may fit.
    mutating func reconsider(lane id: EntityID, mayClaim: Bool = true) {
        guard let lane = state.lanes[id], let kind = lane.kind else { return }
        let partition = Partition(kind: kind, returns: returns(to: lane), decided: decidedRanges(of: lane, kind))
        let ranges = partition.runs(of: lane.facts)
        assignRuns(to: ranges, of: lane, kind)
        if mayClaim { for run in state.lanes[id]?.runs ?? [] { claim(for: run) } }
        let runs = state.lanes[id]?.runs ?? []
        for (place, run) in runs.enumerated() {
            let next = ranges.indices.contains(place + 1) ? lane.facts[ranges[place + 1].lowerBound] : nil
            noteNewer(next, than: run, as: kind)
            reconsider(run: run)
        }
        // What was claimed from a backend was not known to run on this commit before.
        for run in runs where state.runs[run]?.claimInput == chronicle.inputs { supersedeByPush(run, isOpening: true) }
        trim(lane: id)
    }

    private func decidedRanges(of lane: Lane, _ kind: RunKind) -> [ClosedRange<Int>] {
        lane.runs.compactMap { id in
            guard state.runs[id]?.isFinished == true else { return nil }
            let own = lane.facts.indices.filter {
                lane.facts[$0].decidedRun == id && lane.facts[$0].step(as: kind) != .unclear
            }
            guard let first = own.first, let last = own.last else { return nil }
            return first...last
        }
    }

    /// Says which run each range of facts is: one that the lane had, or a new one.
    private mutating func assignRuns(to ranges: [Range<Int>], of lane: Lane, _ kind: RunKind) {
        let kept = keptRuns(in: ranges, of: lane, kind)
        var runs: [EntityID] = []
        for (range, known) in zip(ranges, kept) {
            let run = known ?? addRun(kind, in: lane)
            state.lanes.update(lane.id) {
                for fact in range { $0.facts[fact].run = run }
            }
            runs.append(run)
        }
        state.lanes.update(lane.id) { $0.runs = runs }
        for run in lane.runs where !runs.contains(run) { dissolve(run: run, of: lane) }
    }

    /// The run of the lane that goes on in each range, if any. A run stays with the fact that its highest counted step
    /// rests on. Where two turn out to be in one range, it is that of the newer one, and the older one goes on with the
    /// last of its own facts elsewhere. What was not counted yet gives way.
    private func keptRuns(in ranges: [Range<Int>], of lane: Lane, _ kind: RunKind) -> [EntityID?] {
        var kept: [EntityID?] = Array(repeating: nil, count: ranges.count)
        let counted = lane.runs.filter { state.runs[$0]?.counted.queued == true }
        for run in counted.reversed() + lane.runs.reversed().filter({ !counted.contains($0) }) {
            let own = ownFacts(of: run, in: lane.facts)
            guard let anchor = anchor(among: own, of: lane.facts, kind) else { continue }
            let home = ranges.indices.filter { ranges[$0].contains(anchor) }
            let places = ranges.indices.filter { place in own.contains { ranges[place].contains($0) } }
            if let place = (home + places.reversed()).first(where: { kept[$0] == nil }) { kept[place] = run }
        }
        return kept
    }

    /// Where the facts of a run are; of a final one those that it had when it was decided.
    private func ownFacts(of run: EntityID, in facts: [Fact]) -> [Int] {
        let isFinished = state.runs[run]?.isFinished ?? false
        return facts.indices.filter { facts[$0].run == run && (!isFinished || facts[$0].decidedRun == run) }
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
    private mutating func dissolve(run id: EntityID, of lane: Lane) {
        guard var run = state.runs[id] else { return }
        if run.isOpen { finish(&run, .superseded, .stated, at: nil) }
        handOver(run, of: lane)
        state.runs[id] = nil
    }

    /// What was joined to a dissolved run is of the one that took its facts.
    private mutating func handOver(_ run: Run, of lane: Lane) {
        guard let key = run.backend else { return }
        let own = lane.facts.indices.first { lane.facts[$0].run == run.id }
        guard let heir = own.flatMap({ state.lanes[lane.id]?.facts[$0].run }), state.runs[heir]?.backend == nil else {
            return
        }
        state.runs.update(heir) { $0.backend = key }
        state.backends.update(key) { $0.placement = .joined(heir) }
    }

    private mutating func addRun(_ kind: RunKind, in lane: Lane) -> EntityID {
        let id = nextEntity()
        state.runs[id] = Run(
            id: id, kind: kind, deployment: lane.deployment, lane: lane.id, knownSince: now,
            firstSeenAt: now.flooredToSecond)
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

    /// Bounds a lane: the facts of its oldest finished run go first.
    private mutating func trim(lane id: EntityID) {
        while let lane = state.lanes[id], lane.facts.count > Lane.factsLimit, let oldest = lane.runs.first {
            guard lane.runs.count > 1, state.runs[oldest]?.isOpen != true else { return }
            state.lanes.update(id) {
                $0.close { $0.run == oldest }
                $0.runs.removeFirst()
            }
            forget(run: oldest)
        }
    }
}
