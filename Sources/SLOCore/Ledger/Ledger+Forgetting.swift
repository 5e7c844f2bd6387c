// Removes entities from the ledger, with everything that refers to them. Called when their time has come, or when a
// limit is exceeded.

extension Ledger {
    mutating func forget(_ lane: Lane) {
        close(lane)
        forgetKeys(of: lane)
        state.heads.update(lane.head) { $0.lanes.removeAll { $0 == lane.id } }
        state.lanes[lane.id] = nil
    }

    /// Removes its facts, and remembers that they existed.
    mutating func close(_ lane: Lane) {
        displace(lane)
        for run in lane.runs { state.runs[run] = nil }
        for request in Set(lane.facts.compactMap(\.requestID)) {
            state.lanesOfRequest.remove(lane.id, under: request)
        }
        forgetUnclassified(lane)
        state.lanes.update(lane.id) {
            $0.close { _ in true }
            $0.runs = []
        }
    }

    /// With its changes. Remove its lanes first.
    mutating func forget(_ head: Head) {
        for change in head.changes.compactMap({ state.changes[$0] }) {
            state.changeNumbers[change.key] = nil
            state.changes[change.id] = nil
        }
        state.sharedCommits[head.key] = nil
        state.heads[head.key] = nil
        noteUse(of: head.key.repository, -1)
        state.subjects[head.id] = nil
    }

    mutating func forget(_ pullRequest: PullRequest) {
        forgetCommands(of: pullRequest.key)
        state.pullRequests[pullRequest.key] = nil
        noteUse(of: pullRequest.key.repository, -1)
        state.subjects[pullRequest.id] = nil
        for change in changes(of: pullRequest) { reconsider(change: change) }
    }

    /// With its run, unless a check shows that run, too.
    mutating func forget(_ backend: BackendRun) {
        if let run = backend.placement.run.flatMap({ state.runs[$0] }), run.lane == nil { forget(run: run.id) }
        if let build = backend.buildID { state.backendsOfBuild.remove(backend.key, under: build) }
        forgetClaims(on: backend.key)
        stopWaiting(backend.key)
        state.backends[backend.key] = nil
        state.subjects[backend.id] = nil
    }

    mutating func forget(run id: EntityID) {
        if let lane = state.runs[id]?.lane.flatMap({ state.lanes[$0] }) { withdraw(id, of: lane) }
        state.runs[id] = nil
    }

    mutating func forget(_ change: Change) {
        state.changeNumbers[change.key] = nil
        state.changes[change.id] = nil
        state.heads.update(change.head) { $0.changes.removeAll { $0 == change.id } }
        if state.heads[change.head]?.changes.count ?? 0 > SharedCommitIndex.size {
            let deployments = settings.deployments
            state.sharedCommits.update(change.head) { $0.remove(change, deployments) }
        } else if state.sharedCommits.contains(change.head) {
            state.sharedCommits[change.head] = nil
        }
    }

    mutating func indexSharedCommit(on key: HeadKey) {
        let changes = (state.heads[key]?.changes ?? []).compactMap { state.changes[$0] }
        state.sharedCommits[key] =
            changes.count > SharedCommitIndex.size ? SharedCommitIndex(changes, settings.deployments) : nil
    }

    /// The changes that its pushes started, in order.
    func changes(of pullRequest: PullRequest) -> [EntityID] {
        changes(of: pullRequest.key, startedBy: pullRequest.moves)
    }
}
