// Removes repositories that must be forgotten (docs/privacy.md). What was counted of them stays counted.

extension Ledger {
    /// What was removed.
    public struct Erased: Equatable, Sendable {
        public var repositories = 0
        /// Pull requests, commits, checks and backend runs.
        public var entities = 0
        /// Changes and commands that waited for their verdict: they count as excluded.
        public var excluded = 0
        /// Runs that had not ended: they count as canceled.
        public var canceled = 0

        public init() {}
    }

    /// Removes the repositories, and ends what is open of them without a verdict: nothing that is received later could
    /// be joined with it.
    /// - Parameter erasure: learns which backend runs belong to the repositories.
    mutating func erase(_ erasure: inout Erasure, at moment: Timestamp) -> Erased {
        begin(at: moment, isDeadlineTime: false)
        var erased = Erased()
        let repositories = erasure.repositories
        let heads = state.heads.values.filter { repositories.contains($0.key.repository) }.sorted { $0.id < $1.id }
        for head in heads {
            for run in runs(on: head) { run.backend.map { erasure.add($0) } }
        }
        let projects = projects(of: repositories)
        let backends = state.backends.values
            .filter { isErased($0, by: erasure) || $0.projectName.map(projects.contains) ?? false }
            .sorted { $0.id < $1.id }
        for backend in backends { erasure.add(backend.key) }
        let pullRequests = state.pullRequests.values.filter { repositories.contains($0.key.repository) }
            .sorted { $0.id < $1.id }
        for pullRequest in pullRequests {
            for command in openCommands(of: pullRequest.key) {
                exclude(command: command.id)
                erased.excluded += 1
            }
        }
        for head in heads { end(head, &erased) }
        for backend in backends {
            if let run = backend.placement.run { end(run: run, &erased) }
            forget(backend)
        }
        erased.entities = pullRequests.count + heads.count + backends.count
        for head in heads {
            for lane in head.lanes.compactMap({ state.lanes[$0] }) {
                forget(lane)
                erased.entities += 1
            }
            state.heads[head.key].map { forget($0) }
        }
        for pullRequest in pullRequests { state.pullRequests[pullRequest.key].map { forget($0) } }
        for id in repositories.sorted() {
            guard let repository = state.repositories[id] else { continue }
            remove(repository)
            erased.repositories += 1
        }
        dropNames(found: erasure.search)
        return erased
    }

    /// Copr projects that builds have shown to be these repositories', and no others'.
    private func projects(of repositories: Set<RepositoryID>) -> Set<String> {
        let names = repositories.flatMap { state.repositories[$0]?.projects.map(\.name) ?? [] }
        return Set(names).filter { state.repositoriesOfProject[$0].allSatisfy(repositories.contains) }
    }

    private func isErased(_ backend: BackendRun, by erasure: Erasure) -> Bool {
        erasure.contains(backend.key)
            || [backend.repositoryName, backend.projectName, backend.project].contains {
                $0.map(erasure.search.isIn) ?? false
            }
    }

    private func runs(on head: Head) -> [Run] {
        head.lanes.compactMap { state.lanes[$0] }.flatMap(\.runs).compactMap { state.runs[$0] }
    }

    private mutating func end(_ head: Head, _ erased: inout Erased) {
        for change in head.changes where state.changes[change]?.isJudged == false {
            exclude(change: change)
            erased.excluded += 1
        }
        for run in runs(on: head) { end(run: run.id, &erased) }
    }

    /// Neither good nor bad, even if its deadline has passed meanwhile.
    private mutating func end(run id: EntityID, _ erased: inout Erased) {
        guard var run = state.runs[id], run.isOpen else { return }
        let judges = settings.judges(of: run.kind.endIndicator) + settings.judges(of: run.kind.startIndicator)
        run.judgedBy = judges.map(\.name)
        finish(&run, .canceled, .stated, at: nil, by: nil)
        state.runs[id] = run
        erased.canceled += 1
    }

    /// Of other repositories: former names, branches, projects.
    private mutating func dropNames(found search: NameSearch) {
        for id in state.repositories.keys.sorted() {
            guard let repository = state.repositories[id] else { continue }
            let nameless = repository.without(search)
            guard nameless != repository else { continue }
            state.repositories[id] = nameless
        }
    }
}
