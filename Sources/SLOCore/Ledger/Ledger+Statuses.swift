// Statuses that Packit posts: they answer changes, and advance the runs of their lane (docs/counting.md, rules 9 to
// 13).

extension Ledger {
    mutating func statusReported(_ report: StatusReported) {
        let head = ensure(head: HeadKey(repository: report.repository.id, sha: report.sha))
        let fact = read(report, on: head)
        noteAnswer(fact, on: head)
        guard let lane = lane(of: fact, on: head) else { return }
        let isNew = add(fact, to: lane)
        // The other lanes of its event were placed when its answer was recorded.
        place(lane: lane)
        guard isNew else { return }
        noteLateCheck(in: lane)
        classify(lane: lane, isOneFact: true)
        guard fact.name.subject.hasBackend else { return }
        proveJoins(of: lane)
        lookUpJob(of: fact, in: lane)
    }

    /// - Returns: `nil` if the commit has the most lanes allowed.
    private mutating func lane(of fact: StatusReported, on head: HeadKey) -> EntityID? {
        let key = LaneKey(
            deployment: fact.deployment, head: head, externalID: fact.externalID, name: fact.name.text)
        if case .commitStatus = fact.carrier, let only = onlyLane(like: key) { return only }
        if let known = state.laneNumbers[key] { return known }
        guard state.heads[head]?.lanes.count ?? 0 < Head.lanesLimit else {
            count(.limitReached(.lane))
            return nil
        }
        return addLane(key, name: fact.name.alternative == nil ? kept(fact.name) : fact.name, of: fact)
    }

    /// The same names are repeated often: each is in memory once.
    private mutating func kept(_ name: CheckName) -> CheckName {
        // The rules may have read the same text in another way when an older delivery was received.
        if let known = names[name.text], known == name { return known }
        if names.count >= Self.namesLimit { names = [:] }
        names[name.text] = name
        return name
    }

    private static let namesLimit = 4096

    /// A fallback status has no `external_id`: it belongs to the only lane of its name.
    private func onlyLane(like key: LaneKey) -> EntityID? {
        let lanes = state.lanesOfName[key.withoutEvent]
        return lanes.count == 1 ? lanes.first : nil
    }

    private mutating func addLane(_ key: LaneKey, name: CheckName, of first: StatusReported) -> EntityID {
        let id = nextEntity()
        let expiry = now + retention.ended
        var lane = Lane(
            id: id, deployment: key.deployment, head: key.head, externalID: key.externalID, name: name,
            kind: RunKind(name.subject), touchedAt: now, armedFor: expiry)
        if mayBeForgotten(first.postedAt) { lane.closing = .init(by: first) }
        state.lanes[id] = lane
        index(lane)
        state.heads.update(key.head) { $0.lanes.append(id) }
        arm(id, at: expiry)
        track(id)
        return id
    }

    /// - Returns: whether it is new. The same state of the same check again adds nothing.
    private mutating func add(_ report: StatusReported, to id: EntityID) -> Bool {
        let fact = Fact(
            carrier: report.carrier, startedAt: report.startedAt?.flooredToSecond,
            completedAt: report.completedAt?.flooredToSecond, receivedAt: now,
            input: input, state: report.state,
            asBuild: report.asBuild, asTestRun: report.asTestRun, asJob: report.asJob, job: report.job,
            requestID: report.requestID)
        guard state.lanes.part(of: id, { $0.isForgotten(fact) }) == false else { return false }
        let isNew = state.lanes.part(of: id) { $0.holds(fact) } == false
        state.lanes.update(id) {
            $0.touchedAt = now
            if isNew { $0.insert(fact) }
        }
        forgetSooner(lane: id)
        if isNew, report.name.subject.hasBackend, let request = report.requestID {
            state.lanesOfRequest.add(id, under: request)
        }
        return isNew
    }
}

extension Ledger {
    /// Adds a lane to the indexes.
    mutating func index(_ lane: Lane) {
        state.laneNumbers[lane.key] = lane.id
        if lane.name.alternative != nil { state.ambiguousLanes.add(lane.id, under: lane.event) }
        state.lanesOfEvent.add(lane.id, under: lane.event)
        state.lanesOfName.add(lane.id, under: lane.key.withoutEvent)
    }

    mutating func forgetKeys(of lane: Lane) {
        state.laneNumbers[lane.key] = nil
        state.ambiguousLanes.remove(lane.id, under: lane.event)
        state.lanesOfEvent.remove(lane.id, under: lane.event)
        state.lanesOfName.remove(lane.id, under: lane.key.withoutEvent)
        state.busyLanes.remove(lane.id, under: lane.head)
    }
}

extension LaneKey {
    var withoutEvent: LaneNameKey { LaneNameKey(head: head, deployment: deployment, name: name) }
}

extension RunKind {
    init?(_ subject: CheckName.Subject) {
        switch subject {
        case .build: self = .build
        case .testRun: self = .testRun
        case .job: self = .job
        case .other, .unknown: return nil
        }
    }
}

extension Lane {
    /// Whether the same state of the same check is known.
    func holds(_ fact: Fact) -> Bool {
        facts.contains { $0.carrier == fact.carrier && $0.state == fact.state }
    }

    /// Inserts a new fact in order.
    ///
    /// Check runs are ordered by id, and the states of one by progress; a status comes before the first check that is
    /// later than it. The order is therefore the same for every order of arrival.
    mutating func insert(_ fact: Fact) {
        // Most facts arrive in order.
        if fact.isOfCheckRun, let last = facts.last, last.isOfCheckRun, !fact.isBefore(check: last) {
            facts.append(fact)
            return
        }
        var checks = facts.filter(\.isOfCheckRun)
        var statuses = facts.filter { !$0.isOfCheckRun }
        if fact.isOfCheckRun {
            checks.insert(fact, at: checks.firstIndex { fact.isBefore(check: $0) } ?? checks.count)
        } else {
            statuses.insert(fact, at: statuses.firstIndex { $0.postedAt > fact.postedAt } ?? statuses.count)
        }
        facts = []
        var waiting = statuses[...]
        for check in checks {
            while let status = waiting.first, status.postedAt < check.postedAt { facts.append(waiting.removeFirst()) }
            facts.append(check)
        }
        facts += waiting
    }
}

extension Fact {
    var isOfCheckRun: Bool {
        if case .checkRun = carrier { true } else { false }
    }

    fileprivate func isBefore(check other: Fact) -> Bool {
        guard case .checkRun(let id) = carrier, case .checkRun(let otherID) = other.carrier, id != otherID else {
            return progress < other.progress
        }
        return id < otherID
    }

    /// When it was posted, which a check's id orders as well.
    var postedAt: Timestamp { startedAt ?? completedAt ?? receivedAt }

    private var progress: Int {
        switch state {
        case "queued": 0
        case "in_progress": 1
        default: 2
        }
    }
}
