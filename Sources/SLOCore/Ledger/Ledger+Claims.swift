// Checks that arrive after their backend run (docs/counting.md, rule 20).

/// The criteria by which a check can find a backend run that was counted alone, or was joined with another check.
enum ClaimKey: Hashable, Sendable {
    /// The possible beginning of a Copr project's name, a repository's slug, and the chroot.
    case project(slug: String, chroot: String)
    /// The beginning of the commit in a build's version.
    case version(commit: String)
    case request(String)
    case commit(sha: String)
    case build(Int64)
}

extension Ledger {
    /// A run of a check that is not counted yet takes over a backend run that was counted alone, if it fits.
    mutating func claim(for id: EntityID) {
        guard let run = state.runs[id], run.backend == nil, !run.counted.queued,
            let lane = run.lane.flatMap({ state.lanes[$0] })
        else { return }
        for backend in claimed(by: run, in: lane) {
            guard let choice = choice(of: backend), choice.run == id else { continue }
            if case .alone(let counted) = backend.placement {
                takeOver(counted, backend.key, in: lane, from: id, choice.proof)
            } else if choice.proof == .proven {
                join(backend.key, to: id, .proven)
            } else {
                continue
            }
            return
        }
    }

    /// The backend runs that a run may claim, the most likely first.
    private func claimed(by run: Run, in lane: Lane) -> [BackendRun] {
        let near = claimable(by: run, in: lane)
        guard !near.isEmpty else { return [] }
        let view = view(of: run)
        let requests = facts(of: run).compactMap(\.requestID)
        let numbered = near.filter { isLinked($0, by: requests) || isNumbered($0, lane) && mayFit($0, view) }
        let others = near.filter { other in
            other.isAlone && !numbered.contains { $0.id == other.id } && mayFit(other, view)
                && mayShow(other, in: lane)
        }
        return Array((inOrder(numbered) + inOrderOfClaim(others, by: view)).prefix(settings.bounds.claimsTried))
    }

    /// In order of their starts.
    func inOrder(_ backends: [BackendRun]) -> [BackendRun] { backends.sorted { $0.isBefore($1) } }

    /// First those that began after the run was seen, the earliest first; then those before it, the latest first: a run
    /// is queued soon after its check began, and shown soon after its backend run did.
    private func inOrderOfClaim(_ backends: [BackendRun], by view: RunView) -> [BackendRun] {
        let following = backends.filter { surelyFits($0, view) }
        let others = backends.filter { !surelyFits($0, view) }
        return inOrder(following) + inOrder(others).reversed()
    }

    /// Whether the backend run has the kind and target of a lane's runs. Others must not use up the limit.
    private func mayShow(_ backend: BackendRun, in lane: Lane) -> Bool {
        guard backend.kind == .build else { return level(of: lane.name.chroot, for: backend.chroot) != nil }
        return namedRepositories(of: backend).contains { repository, rest in
            repository == lane.head.repository && CoprProject.mayFollowSlug(rest, of: lane.name)
        }
    }

    private func isLinked(_ backend: BackendRun, by requests: [String]) -> Bool {
        guard case .testingFarm(let request) = backend.key, backend.isAlone else { return false }
        return requests.contains(request)
    }

    /// Whether its version names the commit, and it was counted alone or joined with another check.
    private func isNumbered(_ backend: BackendRun, _ lane: Lane) -> Bool {
        guard let version = backend.commitVersion, proves(version, lane) else { return false }
        if case .joined = backend.placement { return backend.proof == .proposed }
        return backend.isAlone
    }

    /// Those nearest to the run's beginning.
    private func claimable(by run: Run, in lane: Lane) -> [BackendRun] {
        let moment = openedAt(run).milliseconds
        let near = claimKeys(for: lane, run.id).flatMap { key in
            state.claimable.following(moment, under: key, atMost: settings.bounds.claimsLookedAt)
                + state.claimable.preceding(moment, under: key, atMost: settings.bounds.claimsLookedAt)
        }
        return Set(near).sorted().compactMap { backend(of: $0) }.filter {
            $0.deployment == lane.deployment && ($0.kind == .testRun || $0.chroot == lane.name.chroot)
        }
    }

    func backend(of entity: EntityID) -> BackendRun? {
        guard case .backend(let key) = state.subjects[entity] else { return nil }
        return state.backends[key]
    }

    private func claimKeys(for lane: Lane, _ run: EntityID) -> [ClaimKey] {
        switch lane.kind {
        case .build:
            return slugs(of: lane.head.repository).map { .project(slug: $0, chroot: lane.name.chroot ?? "") }
                + [.version(commit: CoprVersion.key(of: lane.head.sha))]
        case .testRun:
            let requests = lane.facts.filter { $0.run == run }.compactMap(\.requestID).map(ClaimKey.request)
            let lanes = state.heads.part(of: lane.head) { $0.lanes } ?? []
            let builds = lanes.suffix(settings.bounds.claimsLookedAt).flatMap { buildsJoined(in: $0) }
            return requests + [.commit(sha: lane.head.sha)] + Set(builds).map(ClaimKey.build)
        case .job, nil:
            return []
        }
    }

    private func buildsJoined(in lane: EntityID) -> [Int64] {
        runs(of: lane).suffix(settings.bounds.claimsLookedAt).compactMap { run in
            guard case .copr(let build, _) = state.runs.part(of: run, { $0.backend }) ?? nil else { return nil }
            return build
        }
    }

    /// The counted run continues as the lane's. The lane's own new run was never counted.
    mutating func takeOver(
        _ counted: EntityID, _ key: BackendKey, in lane: Lane, from id: EntityID, _ proof: JoinProof
    ) {
        withdraw(id, of: lane)
        state.runs[id] = nil
        let input = input
        state.runs.update(counted) {
            $0.lane = lane.id
            $0.claimInput = input
        }
        forgetClaims(on: key)
        state.backends.update(key) {
            $0.placement = .joined(counted)
            $0.proof = proof
            $0.hasConflict = false
        }
        state.lanes.update(lane.id) {
            for fact in $0.facts.indices where $0.facts[fact].run == id { $0.facts[fact].run = counted }
            for place in $0.runs.indices where $0.runs[place] == id { $0.runs[place] = counted }
        }
        noteJoin(key, to: counted, proof)
        if let run = state.runs[counted], run.isFinished { decideFacts(of: run) }
    }

    // MARK: - What can be claimed

    /// Indexes a backend run for checks that arrive later.
    mutating func keepClaims(on key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        let keys = claimKeys(of: backend)
        state.claimKeys[key] = keys
        for claim in keys { state.claimable.add(backend.id, at: backend.firstSeenAt.milliseconds, under: claim) }
    }

    mutating func forgetClaims(on key: BackendKey) {
        guard let keys = state.claimKeys[key], let backend = state.backends[key] else { return }
        for claim in keys { state.claimable.remove(backend.id, at: backend.firstSeenAt.milliseconds, under: claim) }
        state.claimKeys[key] = nil
    }

    /// Indexes a build that was joined without proof for checks of the commit in its version.
    mutating func keepProposal(_ key: BackendKey) {
        guard let backend = state.backends[key], backend.proof == .proposed, backend.commitVersion != nil else {
            forgetClaims(on: key)
            return
        }
        keepClaims(on: key)
    }

    private func claimKeys(of backend: BackendRun) -> [ClaimKey] {
        var keys: [ClaimKey] = []
        if let project = backend.project, let chroot = backend.chroot {
            keys += Set(CoprProject.readings(of: project).map(\.slug)).map { .project(slug: $0, chroot: chroot) }
        }
        if backend.kind == .build, let version = backend.commitVersion {
            keys.append(.version(commit: version.key))
        }
        if case .testingFarm(let request) = backend.key { keys.append(.request(request)) }
        if backend.kind == .testRun, let sha = backend.sha { keys.append(.commit(sha: sha)) }
        if backend.kind == .testRun, let build = backend.buildID { keys.append(.build(build)) }
        return keys
    }
}

extension BackendRun {
    /// Whether it started earlier.
    func isBefore(_ other: BackendRun) -> Bool { (firstSeenAt, id) < (other.firstSeenAt, other.id) }
}
