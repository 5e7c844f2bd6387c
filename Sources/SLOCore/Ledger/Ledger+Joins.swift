// Which run of a check a run at a backend is taken for, and on what (docs/counting.md, rule 31).

extension Ledger {
    /// A run of a check for one at a backend.
    struct Choice: Equatable {
        let run: EntityID
        let proof: JoinProof
    }

    /// The one that is left of those that fit, or the one whose check showed a new number; `nil` while it is open
    /// which.
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

    /// A request is of one run only. A commit decides nothing among the runs of one commit.
    private func isProof(_ candidates: Candidates, _ left: [EntityID]) -> Bool {
        guard candidates.isNumbered else { return false }
        return state.runs[left[0]]?.kind == .testRun || candidates.possible == 1
    }

    /// A run leaves the choice if it had ended before the backend's run did, but only in favour of another: the last
    /// one stays. A backend's run whose end is unknown has not ended.
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

    /// Runs of the very pull request go before those of which it is only not known that they are not.
    private func bound(_ runs: [EntityID]) -> [EntityID] {
        guard runs.count > 1 else { return runs }
        let bound = runs.filter { id in
            guard let lane = state.runs[id]?.lane.flatMap({ state.lanes[$0] }) else { return false }
            return lane.name.event != nil || pullRequest(of: lane) != nil
        }
        return bound.isEmpty ? runs : bound
    }

    /// The run whose check was the first to show its job's number since the backend's run began, or since it was heard
    /// of.
    private func firstToShowNumber(since backend: BackendRun, _ runs: [EntityID]) -> EntityID? {
        let shown = runs.compactMap { id -> (time: Timestamp, run: EntityID)? in
            guard let run = state.runs[id] else { return nil }
            let numbered = facts(of: run).filter { $0.jobID(as: run.kind) != nil }
            guard let first = numbered.min(by: { time(of: $0, run) < time(of: $1, run) }) else { return nil }
            let isNew =
                time(of: first, run) >= backend.firstSeenAt
                || !isHeardLate(first, run) && first.receivedAt >= backend.receivedAt
            return isNew ? (time(of: first, run), id) : nil
        }
        return shown.min { ($0.time, $0.run) < ($1.time, $1.run) }?.run
    }

    private func time(of fact: Fact, _ run: Run) -> Timestamp {
        fact.time(as: run.kind) ?? fact.receivedAt.flooredToSecond
    }

    /// Of what is heard of late the provider's time decides when it was (docs/counting.md, rule 27).
    private func isHeardLate(_ fact: Fact, _ run: Run) -> Bool {
        fact.receivedAt - time(of: fact, run) > settings.initialStatusGrace
    }

    /// The run that was queued last, by all that is known by now; of several the one with the latest check.
    private func queuedLast(of runs: [EntityID]) -> EntityID? {
        let candidates = runs.compactMap { state.runs[$0] }.map { run in
            (run.id, evidence(for: run).queueTime ?? run.base, firstCheck(of: run))
        }
        return candidates.max { ($0.1, $0.2) < ($1.1, $1.2) }?.0
    }

    /// The id of a run's first check; 0 where only statuses show it.
    private func firstCheck(of run: Run) -> Int64 {
        for case .checkRun(let id) in facts(of: run).lazy.map(\.carrier) { return id }
        return 0
    }

    // MARK: - Joining

    /// Makes a backend's run part of a check's. It leaves the one that it was part of, and what the other held without
    /// proof looks for another. Counted steps stay counted.
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
        let left = release(backend, from: id)
        let ousted = oust(from: run, for: key)
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
        // A run that only waited may have become one that counts, which concerns those before it in its lane.
        if !run.counted.queued, let lane = run.lane { reconsider(lane: lane, isOneFact: true) }
        if let ousted { place(backend: ousted) }
    }

    /// A number shows that a join was right.
    mutating func prove(_ key: BackendKey) {
        guard let backend = state.backends[key], case .joined(let run) = backend.placement, backend.proof == .proposed
        else { return }
        state.backends.update(key) { $0.proof = .proven }
        noteJoin(key, to: run, .proven)
        reconsider(run: run)
    }

    /// Counts a join, and keeps what may still move it.
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

    /// - Returns: the run of a check that it was part of until now.
    private mutating func release(_ backend: BackendRun, from id: EntityID) -> EntityID? {
        guard case .joined(let old) = backend.placement, old != id else { return nil }
        state.runs.update(old) { $0.backend = nil }
        offer(old)
        return old
    }

    /// Without what was joined to it a test may only wait: then it supersedes nothing.
    private mutating func reconsiderLeft(run id: EntityID) {
        reconsider(run: id)
        guard let lane = state.runs[id]?.lane else { return }
        reconsider(lane: lane, mayClaim: false, isOneFact: true)
    }

    /// - Returns: what was part of the run until now.
    private mutating func oust(from run: Run, for key: BackendKey) -> BackendKey? {
        guard let other = run.backend, other != key else { return nil }
        free(other)
        return other
    }

    /// What was part of a run is part of none, until it has looked for another.
    mutating func free(_ key: BackendKey) {
        guard let held = state.backends[key] else { return }
        forgetClaims(on: key)
        let until = waitEnd(of: held)
        state.backends.update(key) {
            $0.placement = .undecided(until: until)
            $0.proof = nil
        }
    }

    /// What was counted of a backend's run stays counted, and ends as superseded, which spends no budget: it is part of
    /// another.
    private mutating func dissolve(alone id: EntityID, _ key: BackendKey) {
        guard var run = state.runs[id] else { return }
        if run.isOpen { finishAsPart(&run) }
        state.runs[id] = nil
        forgetClaims(on: key)
    }

    // MARK: - Conflicts

    /// A proposed join of two sides that say different outcomes is likely wrong. It is counted, and changes nothing.
    mutating func noteConflict(of id: EntityID) {
        guard let run = state.runs[id], let ending = run.ending, run.terminal != nil, ending.outcome != .superseded,
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

    // MARK: - Teaching

    /// A proven join teaches whose builds are made in a project that Packit did not name (docs/counting.md, rule 32).
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

    /// New knowledge of a pull request may let checks of its commit claim what a backend had shown alone.
    mutating func joinWhatFits(head: HeadKey) {
        for lane in state.heads[head]?.lanes ?? [] {
            let isAnyUncounted = state.lanes[lane]?.runs.contains { state.runs[$0]?.counted.queued == false } ?? false
            if isAnyUncounted { reconsider(lane: lane) }
        }
    }
}

extension RepositoryState {
    /// A repository with more projects than this forgets those that were taught longest ago.
    static let projectsLimit = 64

    /// - Returns: a project that is forgotten for it.
    mutating func learn(_ project: TaughtProject) -> String? {
        projects.removeAll { $0.name == project.name }
        projects.append(project)
        return projects.count > Self.projectsLimit ? projects.removeFirst().name : nil
    }
}
