// Backend runs that wait for a choice to become clear, or for their check (docs/counting.md, rules 31 and 32).

/// The key under which a waiting backend run is reconsidered.
enum WaitKey: Hashable, Sendable {
    /// Builds of a repository, by its name in Copr projects.
    case builds(slug: String, deployment: Deployment, chroot: String?)
    /// Builds of any repository with this name in Copr projects.
    case repository(slug: String)
    /// Builds in a project that Packit did not name.
    case project(String)
    /// Builds in any such project.
    case foreignBuilds(deployment: Deployment, chroot: String?)
    /// Builds whose version names a commit with this beginning.
    case numberedBuilds(commit: String, deployment: Deployment, chroot: String?)
    case testRuns(sha: String)
}

extension Ledger {
    /// Makes a backend run wait for news of the runs that it fits, and of those that it may fit.
    mutating func wait(_ key: BackendKey, fitting: [EntityID]) {
        guard let backend = state.backends[key], case .undecided(let until) = backend.placement else { return }
        let keys = waitKeys(of: backend, fitting: fitting)
        if let known = state.waitKeys[key] {
            for old in known where !keys.contains(old) {
                state.waits.remove(backend.id, at: order(backend), under: old)
            }
        } else {
            state.waitEnds.add(backend.id, at: until.milliseconds, under: true)
        }
        state.waitKeys[key] = keys
        for wait in keys { state.waits.add(backend.id, at: order(backend), under: wait) }
        guard backend.armedFor != until else { return }
        state.backends.update(key) { $0.armedFor = until }
        arm(backend.id, at: until)
    }

    mutating func stopWaiting(_ key: BackendKey) {
        guard let backend = state.backends[key], let keys = state.waitKeys[key] else { return }
        for wait in keys { state.waits.remove(backend.id, at: order(backend), under: wait) }
        if case .undecided(let until) = backend.placement {
            state.waitEnds.remove(backend.id, at: until.milliseconds, under: true)
        }
        state.waitKeys[key] = nil
    }

    private func order(_ backend: BackendRun) -> Int64 { backend.firstSeenAt.milliseconds }

    /// Until when a backend run waits: for a choice or, in a project that Packit did not name, for its check.
    func waitEnd(of backend: BackendRun) -> Timestamp {
        backend.receivedAt + (isOfPackit(backend) ? settings.joinWait : settings.horizon)
    }

    private func waitKeys(of backend: BackendRun, fitting: [EntityID]) -> [WaitKey] {
        let lanes = fitting.compactMap { state.runs[$0]?.lane.flatMap { state.lanes[$0] } }
        guard backend.kind == .build else {
            return Set(lanes.map(\.head.sha) + [backend.sha].compactMap { $0 }).map { .testRuns(sha: $0) }
        }
        var slugs: Set<String> = []
        if isOfPackit(backend), let project = backend.project {
            slugs.formUnion(CoprProject.readings(of: project).map(\.slug))
        }
        if let name = backend.projectName {
            slugs.formUnion(settings.repositories(ofCoprProject: name).map(CoprProject.slug))
        }
        for repository in knownRepositories(of: backend) {
            slugs.formUnion(self.slugs(of: repository))
        }
        // A number may name a commit in a repository of another name.
        let ofFitting = Set(lanes.flatMap { self.slugs(of: $0.head.repository) })
        let named = slugs.map {
            WaitKey.builds(slug: $0, deployment: backend.deployment, chroot: backend.chroot)
        }
        let numbered = backend.commitVersion.map {
            WaitKey.numberedBuilds(commit: $0.key, deployment: backend.deployment, chroot: backend.chroot)
        }
        let foreign = WaitKey.foreignBuilds(deployment: backend.deployment, chroot: backend.chroot)
        let project = backend.projectName.map(WaitKey.project)
        return named + slugs.union(ofFitting).map(WaitKey.repository) + [numbered].compactMap { $0 }
            + (isOfPackit(backend) ? [] : [foreign, project].compactMap { $0 })
    }

    // MARK: - Reconsidering

    /// A changed run concerns backend runs that may belong to it.
    mutating func concern(_ run: Run) {
        guard state.waits.count > 0, let lane = run.lane.flatMap({ state.lanes[$0] }) else { return }
        let since = run.queuedAt ?? run.firstSeenAt
        for key in waitKeys(of: lane) { concern(key, since: since) }
    }

    /// A lane with a new pull request concerns backend runs that may belong to its runs.
    mutating func concern(_ lane: Lane) {
        guard state.waits.count > 0, !lane.runs.isEmpty else { return }
        for key in waitKeys(of: lane) { concern(key, since: lane.firstSeenAt) }
    }

    /// A repository has a new name: builds under that name may belong to its runs.
    mutating func concern(buildsOfRepositoryNamed name: String) {
        guard state.waits.count > 0 else { return }
        concern(.repository(slug: CoprProject.slug(name)), since: now)
    }

    /// A pull request is known: its builds belong no more to runs whose pull request is unknown.
    mutating func concern(buildsOf repository: RepositoryID) {
        guard state.waits.count > 0 else { return }
        for slug in slugs(of: repository) { concern(.repository(slug: slug), since: now) }
    }

    /// A project with a known repository concerns other builds that wait in it.
    mutating func concern(buildsIn project: String, since time: Timestamp) {
        guard state.waits.count > 0 else { return }
        concern(.project(project), since: time)
    }

    private mutating func concern(_ key: WaitKey, since: Timestamp) {
        concerns[key] = min(concerns[key] ?? since, since)
    }

    private func waitKeys(of lane: Lane) -> [WaitKey] {
        guard lane.kind?.hasBackend ?? true else { return [] }
        guard lane.kind == .build else { return [.testRuns(sha: lane.head.sha)] }
        return slugs(of: lane.head.repository).map {
            .builds(slug: $0, deployment: lane.deployment, chroot: lane.name.chroot)
        } + [
            .numberedBuilds(
                commit: CoprVersion.key(of: lane.head.sha), deployment: lane.deployment, chroot: lane.name.chroot)
        ]
    }

    /// Whether a build waits that may belong to a lane, and was received while the lane was tracked: without the lane
    /// another one would seem to be the only one that the build fits.
    func isAwaited(_ lane: Lane) -> Bool {
        guard lane.kind == .build, state.waits.count > 0 else { return false }
        let until = lane.touchedAt + retention.ended
        return waitKeys(of: lane).contains { key in
            state.waits.following(.min, under: key, atMost: settings.bounds.waitingLookedAt).contains {
                backend(of: $0).map { $0.receivedAt <= until } ?? false
            }
        }
    }

    /// Reconsiders waiting backend runs in order of their starts until nothing changes; before that, those that have
    /// lost their run. What one of them shows concerns later ones at once, earlier ones in the next round.
    mutating func reconsiderWaiting() {
        var concerned: Set<EntityID> = []
        while !concerns.isEmpty || !homeless.isEmpty || !concerned.isEmpty {
            placeHomeless()
            concerned.formUnion(takeConcerned())
            var turns = turns(of: concerned)[...]
            concerned = []
            while let backend = turns.popFirst() {
                if case .undecided = state.backends[backend.key]?.placement { place(backend: backend.key) }
                let newlyConcerned = takeConcerned().subtracting(turns.map(\.id))
                let news = self.turns(of: newlyConcerned)
                let behind = news.filter { backend.isBefore($0) }
                concerned.formUnion(news.dropLast(behind.count).map(\.id))
                if !behind.isEmpty { turns = (turns + behind).sorted { $0.isBefore($1) }[...] }
            }
        }
    }

    private mutating func takeConcerned() -> Set<EntityID> {
        guard !concerns.isEmpty else { return [] }
        defer { concerns = [:] }
        return waiting(for: concerns)
    }

    private func waiting(for news: [WaitKey: Timestamp]) -> Set<EntityID> {
        let concerned = news.flatMap { key, since in
            state.waits.preceding(since.milliseconds, under: key, atMost: settings.bounds.waitingLookedAt / 2)
                + state.waits.following(since.milliseconds, under: key, atMost: settings.bounds.waitingLookedAt)
        }
        return Set(concerned)
    }

    private func turns(of waiting: Set<EntityID>) -> [BackendRun] {
        inOrder(waiting.compactMap { backend(of: $0) })
    }

    private mutating func placeHomeless() {
        let backends = homeless.compactMap { state.backends[$0] }
        homeless = []
        for backend in inOrder(backends) {
            place(backend: backend.key)
        }
    }

    /// Of what is due at one moment the ends of waits come first, because what ends at that moment was open during the
    /// wait.
    mutating func endWaitsForChoice() {
        while let first = state.waitEnds.first(under: true), hasCome(Timestamp(milliseconds: first.order)),
            let backend = backend(of: first.entity)
        {
            place(backend: backend.key)
        }
    }

    // MARK: - Unattributed

    /// Whether a build waits for a check that may never arrive, and is not counted without it.
    func isUnattributed(_ backend: BackendRun) -> Bool {
        switch backend.placement {
        case .undecided: !isOfPackit(backend)
        case .unattributed: true
        case .alone, .joined: false
        }
    }

    /// It counts in no series except that of builds without a join; history shows it with the reason.
    mutating func recordUnattributed(_ key: BackendKey) {
        guard let backend = state.backends[key], isUnattributed(backend), let end = backend.end else { return }
        effects.withdrawnRuns.removeAll { $0 == backend.id }
        effects.runRecords.append(
            RunRecord(
                run: backend.id, kind: backend.kind, deployment: backend.deployment, repository: nil,
                repositoryName: backend.repositoryName, sha: backend.sha, pullRequest: nil,
                name: backend.projectName ?? backend.label, chroot: backend.chroot, backendID: backend.label,
                queuedAt: backend.queuedAt, startedAt: backend.startedAt, finishedAt: end.finishedAt ?? end.receivedAt,
                outcome: end.outcome, reason: .unattributed, revisedOutcome: nil, countedAt: now, isCounted: false,
                proof: nil))
    }
}
