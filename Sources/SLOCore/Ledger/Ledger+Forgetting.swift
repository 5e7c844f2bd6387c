// How entities leave the ledger, with all that leads to them. When they do is decided elsewhere: when their time has
// come, or when there is no room.

extension Ledger {
    mutating func forget(_ lane: Lane) {
        close(lane)
        state.laneNumbers[lane.key] = nil
        state.ambiguousLanes.remove(lane.id, under: lane.event)
        state.heads.update(lane.head) { $0.lanes.removeAll { $0 == lane.id } }
        state.lanes[lane.id] = nil
    }

    /// Its checks are forgotten, but not that they were there.
    mutating func close(_ lane: Lane) {
        for run in lane.runs { forget(run: run) }
        for request in Set(lane.facts.compactMap(\.requestID)) {
            state.lanesOfRequest.remove(lane.id, under: request)
        }
        displace(lane)
        state.lanes.update(lane.id) {
            $0.close { _ in true }
            $0.runs = []
        }
    }

    /// With its changes. Lanes must have gone before.
    mutating func forget(_ head: Head) {
        for change in head.changes { state.changes[change] = nil }
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

    /// The changes on all commits that it had as head, in order.
    func changes(of pullRequest: PullRequest) -> [EntityID] {
        let heads = Set(pullRequest.moves.map { HeadKey(repository: pullRequest.key.repository, sha: $0.sha) })
        return heads.flatMap { state.heads[$0]?.changes ?? [] }.sorted()
    }
}
