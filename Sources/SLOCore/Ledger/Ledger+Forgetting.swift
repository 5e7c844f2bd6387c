// How entities leave the ledger, with all that leads to them. When they do is decided elsewhere: when their time has
// come, or when there is no room.

extension Ledger {
    mutating func forget(_ lane: Lane) {
        close(lane)
        forgetKeys(of: lane)
        state.heads.update(lane.head) { $0.lanes.removeAll { $0 == lane.id } }
        state.lanes[lane.id] = nil
    }

    /// Its checks are forgotten, but not that they were there.
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

    /// With its changes. Lanes must have gone before.
    mutating func forget(_ head: Head) {
        for change in head.changes.compactMap({ state.changes[$0] }) {
            state.changeNumbers[change.key] = nil
            state.changes[change.id] = nil
        }
        state.crowds[head.key] = nil
        state.heads[head.key] = nil
        noteUse(of: head.key.repository, -1)
        state.subjects[head.id] = nil
    }

    mutating func forget(_ pullRequest: PullRequest) {
        state.pullRequests[pullRequest.key] = nil
        noteUse(of: pullRequest.key.repository, -1)
        state.subjects[pullRequest.id] = nil
        for change in changes(of: pullRequest) { reconsider(change: change) }
    }

    /// With its run, unless a check shows that, too.
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
        if state.heads[change.head]?.changes.count ?? 0 > Crowd.size {
            let deployments = settings.deployments
            state.crowds.update(change.head) { $0.remove(change, deployments) }
        } else if state.crowds.contains(change.head) {
            state.crowds[change.head] = nil
        }
    }

    mutating func gatherCrowd(on key: HeadKey) {
        let changes = (state.heads[key]?.changes ?? []).compactMap { state.changes[$0] }
        state.crowds[key] = changes.count > Crowd.size ? Crowd(changes, settings.deployments) : nil
    }

    /// The changes that its pushes started, in order.
    func changes(of pullRequest: PullRequest) -> [EntityID] {
        changes(of: pullRequest.key, startedBy: pullRequest.moves)
    }
}
