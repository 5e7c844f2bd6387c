// Runs at a backend that wait for a choice to clear, or for their check (docs/counting.md, rules 31 and 32).

/// Where what waits hears of news.
enum WaitKey: Hashable, Sendable {
    /// Builds of a repository, by its name as Copr's projects write it.
    case builds(slug: String, deployment: Deployment, chroot: String?)
    /// Builds of whatever repository is called so, as Copr's projects write it.
    case repository(slug: String)
    /// Builds in a project that Packit did not name.
    case project(String)
    /// Builds in any such project.
    case foreignBuilds(deployment: Deployment, chroot: String?)
    /// Builds whose version tells a commit that begins so.
    case numberedBuilds(commit: String, deployment: Deployment, chroot: String?)
    case testRuns(sha: String)
}

extension Ledger {
    /// Keeps a backend's run waiting.
    mutating func wait(_ key: BackendKey) {
        guard let backend = state.backends[key], case .undecided(let until) = backend.placement else { return }
        let keys = waitKeys(of: backend)
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

    /// Until when a backend's run waits: for a choice, or, in a project that Packit did not name, for its check.
    func waitEnd(of backend: BackendRun) -> Timestamp {
        backend.receivedAt + (isOfPackit(backend) ? settings.joinWait : settings.horizon)
    }

    private func waitKeys(of backend: BackendRun) -> [WaitKey] {
        guard backend.kind == .build else {
            let runs = candidates(of: backend).fitting.compactMap { state.runs[$0]?.lane.flatMap { state.lanes[$0] } }
            return Set(runs.map(\.head.sha) + [backend.sha].compactMap { $0 }).map { .testRuns(sha: $0) }
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
        let named = slugs.map {
            WaitKey.builds(slug: $0, deployment: backend.deployment, chroot: backend.chroot)
        }
        let numbered = backend.commitVersion.map {
            WaitKey.numberedBuilds(commit: $0.key, deployment: backend.deployment, chroot: backend.chroot)
        }
        let foreign = WaitKey.foreignBuilds(deployment: backend.deployment, chroot: backend.chroot)
        let project = backend.projectName.map(WaitKey.project)
        return named + slugs.map(WaitKey.repository) + [numbered].compactMap { $0 }
            + (isOfPackit(backend) ? [] : [foreign, project].compactMap { $0 })
    }

    // MARK: - News

    /// What is new of a run concerns what may be it.
    mutating func concern(_ run: Run) {
        guard state.waits.count > 0, let lane = run.lane.flatMap({ state.lanes[$0] }) else { return }
        let since = run.queuedAt ?? run.firstSeenAt
        for key in waitKeys(of: lane) { concern(key, since: since) }
    }

    /// What is new of a lane's pull request concerns what may be one of its runs.
    mutating func concern(_ lane: Lane) {
        guard state.waits.count > 0, !lane.runs.isEmpty else { return }
        for key in waitKeys(of: lane) { concern(key, since: lane.firstSeenAt) }
    }

    /// A repository is called otherwise than was known: what was built under that name may be its runs'.
    mutating func concern(buildsOfRepositoryNamed name: String) {
        guard state.waits.count > 0 else { return }
        concern(.repository(slug: CoprProject.slug(name)), since: now)
    }

    /// Whose builds a project holds concerns the others that wait in it.
    mutating func concern(buildsIn project: String, since time: Timestamp) {
        guard state.waits.count > 0 else { return }
        concern(.project(project), since: time)
    }

    private mutating func concern(_ key: WaitKey, since: Timestamp) {
        concerns[key] = min(concerns[key] ?? since, since)
    }

    private func waitKeys(of lane: Lane) -> [WaitKey] {
        guard lane.kind == .build else { return [.testRuns(sha: lane.head.sha)] }
        return slugs(of: lane.head.repository).map {
            .builds(slug: $0, deployment: lane.deployment, chroot: lane.name.chroot)
        } + [
            .numberedBuilds(
                commit: CoprVersion.key(of: lane.head.sha), deployment: lane.deployment, chroot: lane.name.chroot)
        ]
    }

    /// Lets what waits look at what is new, in the order of its starts, until nothing is; before it what has lost its
    /// run. What one of them shows concerns those behind it at once, those before it once all have had their turn.
    mutating func reconsiderWaiting() {
        var concerned: Set<EntityID> = []
        while !concerns.isEmpty || !homeless.isEmpty || !concerned.isEmpty {
            placeHomeless()
            concerned.formUnion(takeConcerned())
            var turns = turns(of: concerned)[...]
            concerned = []
            while let backend = turns.popFirst() {
                if case .undecided = state.backends[backend.key]?.placement { place(backend: backend.key) }
                let news = self.turns(of: takeConcerned().subtracting(turns.map(\.id)))
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

    /// Of what is due at one moment the waits for a choice come first: what ends then was open while they lasted.
    mutating func endWaitsForChoice() {
        while let first = state.waitEnds.first(under: true), hasCome(Timestamp(milliseconds: first.order)),
            let backend = backend(of: first.entity)
        {
            place(backend: backend.key)
        }
    }

    // MARK: - Unattributed

    /// Whether a build waits for a check that may never be known, and is counted by nothing but that.
    func isUnattributed(_ backend: BackendRun) -> Bool {
        switch backend.placement {
        case .undecided: !isOfPackit(backend)
        case .unattributed: true
        case .alone, .joined: false
        }
    }

    /// It is in no series but that of what is not joined; the history shows it, and why.
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
