// The choice of a check's run for a backend run, and its proof (docs/counting.md, rule 31).

extension Ledger {
    /// The chosen run.
    struct Choice: Equatable {
        let run: EntityID
        let proof: JoinProof
    }

    /// The only one left of those that fit, or the one whose check showed a new number; `nil` while that is open.
    func choice(of backend: BackendRun) -> Choice? {
        choice(of: backend, among: candidates(of: backend))
    }

    func choice(of backend: BackendRun, among candidates: Candidates) -> Choice? {
        let left = bound(leftAtEnd(of: backend, candidates.fitting))
        if let only = left.first, left.count == 1 {
            let isOnlyOne = candidates.possible == 1 && !candidates.isIncomplete
            return Choice(run: only, proof: isOnlyOne || isProof(candidates, left) ? .proven : .proposed)
        }
        if case .testingFarm = backend.key, candidates.isNumbered {
            return queuedLast(of: left).map { Choice(run: $0, proof: .proven) }
        }
        return firstToShowNumber(since: backend, left).map { Choice(run: $0, proof: .proposed) }
    }

    /// A request belongs to one run only. A commit does not decide among the runs of one commit.
    private func isProof(_ candidates: Candidates, _ left: [EntityID]) -> Bool {
        guard candidates.isNumbered else { return false }
        return state.runs[left[0]]?.kind == .testRun || candidates.possible == 1
    }

    /// Removes runs that had ended before the backend run did, but never the last one. A backend run without a known
    /// end has not ended.
    private func leftAtEnd(of backend: BackendRun, _ fitting: [EntityID]) -> [EntityID] {
        guard fitting.count > 1 else { return fitting }
        let ends = fitting.map { id in state.runs[id].flatMap { endTime(of: $0, evidence(for: $0)) } }
        let backendEnd = backend.end.map { $0.finishedAt ?? $0.receivedAt.flooredToSecond }
        let staying = zip(fitting, ends).filter { _, end in
            guard let end else { return true }
            return backendEnd.map { end >= $0 } ?? false
        }.map(\.0)
        guard staying.isEmpty else { return staying }
        let latest = ends.compactMap { $0 }.max()
        let last = zip(fitting, ends).filter { $0.1 == latest }.map(\.0)
        return queuedLast(of: last).map { [$0] } ?? []
    }

    /// Runs that are known to belong to the pull request take precedence over runs whose pull request is unknown.
    private func bound(_ runs: [EntityID]) -> [EntityID] {
        guard runs.count > 1 else { return runs }
        let bound = runs.filter { id in
            guard let lane = state.runs[id]?.lane.flatMap({ state.lanes[$0] }) else { return false }
            return lane.name.event != nil || pullRequest(of: lane) != nil
        }
        return bound.isEmpty ? runs : bound
    }

    /// The run whose check was the first to show its job's number since the backend run began, or since it was
    /// received. Of those of one second, the first that was received.
    private func firstToShowNumber(since backend: BackendRun, _ runs: [EntityID]) -> EntityID? {
        let shown = runs.compactMap { id -> (time: Timestamp, input: Int64, run: EntityID)? in
            guard let run = state.runs[id] else { return nil }
            let numbered = facts(of: run).filter { $0.jobID(as: run.kind) != nil }
            guard let first = numbered.min(by: { (time(of: $0, run), $0.input) < (time(of: $1, run), $1.input) })
            else { return nil }
            let isNew =
                time(of: first, run) >= backend.firstSeenAt
                || !isHeardLate(first, run) && first.receivedAt >= backend.receivedAt
            return isNew ? (time(of: first, run), first.input, id) : nil
        }
        return shown.min { ($0.time, $0.input) < ($1.time, $1.input) }?.run
    }

    private func time(of fact: Fact, _ run: Run) -> Timestamp {
        fact.time(as: run.kind) ?? fact.receivedAt.flooredToSecond
    }

    /// For late facts the provider's time is used (docs/counting.md, rule 27).
    private func isHeardLate(_ fact: Fact, _ run: Run) -> Bool {
        fact.receivedAt - time(of: fact, run) > settings.initialStatusGrace
    }

    /// The run that was queued last, by what is known now; of several the one with the latest check.
    private func queuedLast(of runs: [EntityID]) -> EntityID? {
        let candidates = runs.compactMap { state.runs[$0] }.map { run in
            (run.id, evidence(for: run).queueTime ?? run.base, firstCheck(of: run))
        }
        return candidates.max { ($0.1, $0.2) < ($1.1, $1.2) }?.0
    }

    /// The id of a run's first check; 0 if only statuses show it.
    private func firstCheck(of run: Run) -> Int64 {
        for case .checkRun(let id) in facts(of: run).lazy.map(\.carrier) { return id }
        return 0
    }

    // MARK: - Joining

    /// Joins a backend run with a check's run. It leaves the run that it was part of; a backend run that the new one
    /// had without proof looks for another. Counted steps stay counted.
    mutating func join(_ key: BackendKey, to id: EntityID, _ proof: JoinProof) {
        guard let backend = state.backends[key], let run = state.runs[id] else { return }
        if case .alone(let counted) = backend.placement {
            if !run.counted.queued, run.backend == nil, let lane = run.lane.flatMap({ state.lanes[$0] }) {
                takeOver(counted, key, in: lane, from: id, proof)
                reconsider(lane: lane.id, isOneFact: true)
                reconsider(run: counted)
                return
            }
            dissolve(alone: counted, key)
        }
        let existed = evidence(for: run).exists
        let left = release(backend, from: id)
        let ousted = detach(from: run, for: key)
        stopWaiting(key)
        if isUnattributed(backend), backend.end != nil { effects.withdrawnRuns.append(backend.id) }
        state.backends.update(key) {
            $0.placement = .joined(id)
            $0.proof = proof
            $0.hasConflict = false
        }
        state.runs.update(id) { $0.backend = key }
        noteJoin(key, to: id, proof)
        armExpiry(of: key)
        if let left { reconsiderLeft(run: left) }
        reconsider(run: id)
        // A test that only waited supersedes earlier runs of its lane now.
        if !existed, let lane = run.lane { reconsider(lane: lane, isOneFact: true) }
        if let ousted { place(backend: ousted) }
    }

    /// A number confirms a join.
    mutating func prove(_ key: BackendKey) {
        guard let backend = state.backends[key], case .joined(let run) = backend.placement, backend.proof == .proposed
        else { return }
        state.backends.update(key) { $0.proof = .proven }
        noteJoin(key, to: run, .proven)
        reconsider(run: run)
    }

    /// A new fact of a lane may link a request, or move one that links a request to another run.
    mutating func proveJoins(of lane: EntityID) {
        let linking = (state.lanes.part(of: lane) { $0.facts } ?? []).filter { $0.requestID != nil && $0.run != nil }
        let moved = linking.filter { fact in
            guard let backend = fact.requestID.flatMap({ state.backends[.testingFarm(request: $0)] }) else {
                return false
            }
            return backend.proof == .proposed || backend.placement != fact.run.map { .joined($0) }
        }
        for request in Set(moved.compactMap(\.requestID)).sorted() { place(backend: .testingFarm(request: request)) }
    }

    /// Counts a join, and indexes what may still change it.
    mutating func noteJoin(_ key: BackendKey, to id: EntityID, _ proof: JoinProof) {
        count(.joins(proof))
        guard let lane = state.runs[id]?.lane.flatMap({ state.lanes[$0] }) else { return }
        if proof == .proven {
            withdraw(id, of: lane)
            state.backends[key].map { teach($0, in: lane.head.repository) }
        } else {
            offer(id)
        }
        keepProposal(key)
    }

    /// - Returns: the check's run that it was part of.
    private mutating func release(_ backend: BackendRun, from id: EntityID) -> EntityID? {
        guard case .joined(let old) = backend.placement, old != id else { return nil }
        state.runs.update(old) { $0.backend = nil }
        offer(old)
        return old
    }

    /// Without its backend run a test may only wait: then it supersedes nothing.
    private mutating func reconsiderLeft(run id: EntityID) {
        reconsider(run: id)
        guard let lane = state.runs[id]?.lane else { return }
        reconsider(lane: lane, mayClaim: false, isOneFact: true)
    }

    /// - Returns: the backend run that was part of the run.
    private mutating func detach(from run: Run, for key: BackendKey) -> BackendKey? {
        guard let other = run.backend, other != key else { return nil }
        free(other)
        return other
    }

    /// Removes a backend run from its run until it has looked for another.
    mutating func free(_ key: BackendKey) {
        guard let held = state.backends[key] else { return }
        forgetClaims(on: key)
        let until = waitEnd(of: held)
        state.backends.update(key) {
            $0.placement = .undecided(until: until)
            $0.proof = nil
        }
    }

    /// A counted run of a backend stays counted, and ends as superseded, which spends no budget: it is part of another.
    private mutating func dissolve(alone id: EntityID, _ key: BackendKey) {
        guard var run = state.runs[id] else { return }
        if run.isOpen { finishAsPart(&run) }
        state.runs[id] = nil
        forgetClaims(on: key)
    }

    // MARK: - Conflicts

    /// A proposed join of two sides with different outcomes is probably wrong. It is counted, and changes nothing.
    mutating func noteConflict(of id: EntityID) {
        guard let run = state.runs[id], let ending = run.ending, ending.outcome != .superseded, isEndedByCheck(run),
            let key = run.backend, let backend = state.backends[key], backend.proof == .proposed, !backend.hasConflict,
            let end = backend.end
        else { return }
        let agrees =
            backend.isEndClear
            ? end.outcome == ending.outcome : (end.outcome == .success) == (ending.outcome == .success)
        guard !agrees else { return }
        state.backends.update(key) { $0.hasConflict = true }
        count(.joinConflicts)
    }

    /// Whether the check itself told the outcome. A run that was final before a check claimed it has its backend's,
    /// which may be part of another run now.
    private func isEndedByCheck(_ run: Run) -> Bool {
        guard run.terminal != nil else { return false }
        if run.finalInput == run.claimInput { return facts(of: run).contains { $0.isEnd(as: run.kind) } }
        return run.finalInput > run.claimInput
    }

    // MARK: - Teaching

    /// A proven join teaches the repository of a project that Packit did not name (docs/counting.md, rule 32).
    mutating func teach(_ backend: BackendRun, in repository: RepositoryID) {
        guard !isOfPackit(backend), let name = backend.projectName else { return }
        let taughtAt = min(backend.firstSeenAt, backend.receivedAt)
        guard
            state.repositories[repository]?.projects.contains(where: { $0.name == name && $0.taughtAt >= taughtAt })
                == false
        else { return }
        var forgotten: String?
        state.repositories.update(repository) {
            forgotten = $0.learn(TaughtProject(name: name, taughtAt: taughtAt))
        }
        state.repositoriesOfProject.add(repository, under: name)
        if let forgotten { state.repositoriesOfProject.remove(repository, under: forgotten) }
        concern(buildsIn: name, since: backend.firstSeenAt)
    }

    /// A commit whose pull request became known may allow its checks to claim backend runs that were counted alone.
    /// - Parameter isDivided: whether its lanes were divided anew, so that all are looked at.
    mutating func joinWhatFits(head: HeadKey, isDivided: Bool = false) {
        for lane in state.heads[head]?.lanes ?? [] {
            let isAnyUncounted = state.lanes[lane]?.runs.contains { state.runs[$0]?.counted.queued == false } ?? false
            if isDivided || isAnyUncounted { reconsider(lane: lane) }
        }
    }
}

extension RepositoryState {
    /// The limit of projects per repository; those taught longest ago are dropped.
    static let projectsLimit = 64

    /// - Returns: a project that is dropped for it.
    mutating func learn(_ project: TaughtProject) -> String? {
        projects.removeAll { $0.name == project.name }
        projects.append(project)
        return projects.count > Self.projectsLimit ? projects.removeFirst().name : nil
    }
}
