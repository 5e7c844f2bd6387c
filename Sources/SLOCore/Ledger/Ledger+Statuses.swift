// Statuses that Packit posts: they answer changes, and move the runs of their lane (docs/counting.md, rules 9 to 13).

extension Ledger {
    mutating func statusReported(_ fact: StatusReported) {
        meet(fact.repository)
        let head = ensure(head: HeadKey(repository: fact.repository.id, sha: fact.sha))
        noteAnswer(fact, on: head)
        guard fact.name.subject != .other else { return }
        let lane = lane(of: fact, on: head)
        add(fact, to: lane)
        // What one status states of its pull request holds for all lanes of its event at Packit.
        for concerned in fact.pullRequests.isEmpty ? [lane] : state.heads[head]?.lanes ?? [] { place(lane: concerned) }
        reconsider(lane: lane)
    }

    private mutating func lane(of fact: StatusReported, on head: HeadKey) -> EntityID {
        let key = LaneKey(
            deployment: fact.deployment, head: head, externalID: fact.externalID, name: fact.name.text)
        if case .commitStatus = fact.carrier, let only = onlyLane(like: key) { return only }
        if let known = state.laneNumbers[key] { return known }
        return addLane(key, name: kept(fact.name))
    }

    /// The same names come again and again: each is kept once.
    private mutating func kept(_ name: CheckName) -> CheckName {
        if let known = names[name.text] { return known }
        if names.count >= Self.namesLimit { names = [:] }
        names[name.text] = name
        return name
    }

    private static let namesLimit = 4096

    /// A fallback status carries no `external_id`: it joins the only lane of its name.
    private func onlyLane(like key: LaneKey) -> EntityID? {
        let lanes = (state.heads[key.head]?.lanes ?? []).filter {
            guard let lane = state.lanes[$0] else { return false }
            return lane.deployment == key.deployment && lane.name.text == key.name
        }
        return lanes.count == 1 ? lanes.first : nil
    }

    private mutating func addLane(_ key: LaneKey, name: CheckName) -> EntityID {
        let id = nextEntity()
        let expiry = now + retention.ended
        let lane = Lane(
            id: id, deployment: key.deployment, head: key.head, externalID: key.externalID, name: name,
            kind: RunKind(name.subject), touchedAt: now, armedFor: expiry)
        state.lanes[id] = lane
        state.laneNumbers[lane.key] = id
        state.heads.update(key.head) { $0.lanes.append(id) }
        arm(id, at: expiry)
        return id
    }

    private mutating func add(_ report: StatusReported, to id: EntityID) {
        let fact = Fact(
            carrier: report.carrier, startedAt: report.startedAt?.flooredToSecond,
            completedAt: report.completedAt?.flooredToSecond, receivedAt: now,
            input: chronicle.inputs, state: report.state,
            asBuild: report.asBuild, asTestRun: report.asTestRun, job: report.job, requestID: report.requestID)
        guard state.lanes[id]?.isForgotten(fact) == false else { return }
        state.lanes.update(id) {
            $0.touchedAt = now
            $0.kind = $0.kind ?? RunKind(link: report.job)
            $0.insert(fact)
        }
        if let request = report.requestID { state.lanesOfRequest.add(id, under: request) }
    }

    /// Divides the lane's facts into runs again and looks at each run.
    mutating func reconsider(lane id: EntityID) {
        guard let lane = state.lanes[id], let kind = lane.kind else { return }
        let partition = Partition(kind: kind, returns: returns(to: lane), decided: decidedRanges(of: lane, kind))
        let ranges = partition.runs(of: lane.facts)
        let runs = assignRuns(to: ranges, of: lane, kind)
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
            guard let run = state.runs[id], run.isFinished else { return nil }
            let own = lane.facts.indices.filter {
                let fact = lane.facts[$0]
                return fact.run == id && fact.input <= run.decidedThrough && fact.step(as: kind) != .unclear
            }
            guard let first = own.first, let last = own.last else { return nil }
            return first...last
        }
    }

    /// Which run each range of facts is. A run stays with the facts that its highest counted step rests on; ranges
    /// left over become new runs, or take over what a backend had shown alone.
    private mutating func assignRuns(to ranges: [Range<Int>], of lane: Lane, _ kind: RunKind) -> [EntityID] {
        var runs: [EntityID?] = Array(repeating: nil, count: ranges.count)
        // Where two turn out to be one, it is the one that was counted.
        let known = lane.runs.filter { state.runs[$0]?.counted.queued == true }
        for run in known + lane.runs.filter({ !known.contains($0) }) {
            guard let anchor = anchor(of: run, in: lane.facts, kind) else { continue }
            guard let place = ranges.firstIndex(where: { $0.contains(anchor) }), runs[place] == nil else { continue }
            runs[place] = run
        }
        var assigned: [EntityID] = []
        for (place, range) in ranges.enumerated() {
            let run = runs[place] ?? addRun(kind, in: lane)
            state.lanes.update(lane.id) {
                for fact in range { $0.facts[fact].run = run }
            }
            assigned.append(run)
        }
        state.lanes.update(lane.id) { $0.runs = assigned }
        for run in assigned { claim(for: run) }
        return state.lanes[lane.id]?.runs ?? assigned
    }

    /// The fact by which a run is the same however its lane divides: the first heard of, of those on which the highest
    /// step rests that was counted of it.
    private func anchor(of run: EntityID, in facts: [Fact], _ kind: RunKind) -> Int? {
        let decidedThrough = state.runs[run].map { $0.isFinished ? $0.decidedThrough : .max } ?? .max
        let own = facts.indices.filter { facts[$0].run == run && facts[$0].input <= decidedThrough }
            .sorted { facts[$0].input < facts[$1].input }
        return own.first { facts[$0].step(as: kind) == .started } ?? own.first { facts[$0].isFirstStep(as: kind) }
            ?? own.first
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

extension RunKind {
    init?(_ subject: CheckName.Subject) {
        switch subject {
        case .build: self = .build
        case .testRun: self = .testRun
        case .other, .unknown: return nil
        }
    }

    /// A name that no rule knows is classified by the run that its link names (docs/counting.md, rule 9).
    init?(link: JobLink?) {
        switch link?.job {
        case .copr: self = .build
        case .testingFarm: self = .testRun
        case .srpm, .other, nil: return nil
        }
    }
}

extension Lane {
    /// Puts a fact in its place. The same state of the same check again adds nothing.
    ///
    /// Check runs stand by id, and within one by how far it got; a status stands before the first check that is later
    /// than it. So the order is the same in whatever order they arrive.
    mutating func insert(_ fact: Fact) {
        guard !facts.contains(where: { $0.carrier == fact.carrier && $0.state == fact.state }) else { return }
        var checks = facts.filter(\.isOfCheckRun)
        var statuses = facts.filter { !$0.isOfCheckRun }
        if fact.isOfCheckRun {
            checks.insert(fact, at: checks.firstIndex { fact.isBefore(check: $0) } ?? checks.count)
        } else {
            statuses.insert(fact, at: statuses.firstIndex { $0.place > fact.place } ?? statuses.count)
        }
        facts = []
        for check in checks {
            while let status = statuses.first, status.place < check.place { facts.append(statuses.removeFirst()) }
            facts.append(check)
        }
        facts += statuses
    }
}

extension Fact {
    fileprivate var isOfCheckRun: Bool {
        if case .checkRun = carrier { true } else { false }
    }

    fileprivate func isBefore(check other: Fact) -> Bool {
        guard case .checkRun(let id) = carrier, case .checkRun(let otherID) = other.carrier, id != otherID else {
            return progress < other.progress
        }
        return id < otherID
    }

    /// When it was posted: what a check's id tells, too.
    fileprivate var place: Timestamp { startedAt ?? completedAt ?? receivedAt }

    private var progress: Int {
        switch state {
        case "queued": 0
        case "in_progress": 1
        default: 2
        }
    }
}
