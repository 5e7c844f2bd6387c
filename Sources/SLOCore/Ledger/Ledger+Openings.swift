// Indexes the runs of checks to which a backend run may belong, so that the cost of a backend's report does not grow
// with the state (docs/counting.md, rule 20).

/// The Copr projects and commits to which a check's builds may belong.
struct OpeningKey: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        /// In any repository; the key's is 0 then.
        case anywhere
        /// On a commit with this beginning, in any repository; the key's is 0 then.
        case commit(prefix: String)
        case repository
        /// Of any pull request.
        case pullRequests(identifier: String)
        /// Of any pull request, with an identifier: a monorepo's packages build in the project without one.
        case packages
        /// Of pushes and releases, by the end of the project's name.
        case event(rest: String)
    }

    let deployment: Deployment
    let chroot: String?
    let repository: RepositoryID
    let place: Place
}

extension OpeningKey.Place {
    fileprivate var isOfRepository: Bool {
        switch self {
        case .anywhere, .commit: false
        case .repository, .pullRequests, .packages, .event: true
        }
    }
}

extension Ledger {
    /// Indexes a run of a lane, unless it has a proven join.
    mutating func offer(_ id: EntityID) {
        guard let run = state.runs[id], run.kind == .build, !isProven(run),
            let lane = run.lane.flatMap({ state.lanes[$0] })
        else { return }
        for key in openingKeys(of: lane) { state.openings.add(id, at: id.number, under: key) }
    }

    mutating func withdraw(_ id: EntityID, of lane: Lane) { withdraw([id], of: lane) }

    private mutating func withdraw(_ ids: [EntityID], of lane: Lane) {
        guard lane.kind == .build else { return }
        for key in openingKeys(of: lane) {
            for id in ids { state.openings.remove(id, at: id.number, under: key) }
        }
    }

    func isProven(_ run: Run) -> Bool {
        run.backend.flatMap { state.backends[$0] }.map { !$0.isAlone && $0.proof != .proposed } ?? false
    }

    private func openingKeys(of lane: Lane) -> [OpeningKey] {
        func key(_ place: OpeningKey.Place) -> OpeningKey {
            OpeningKey(
                deployment: lane.deployment, chroot: lane.name.chroot,
                repository: place.isOfRepository ? lane.head.repository : 0, place: place)
        }
        let own: [OpeningKey.Place]
        if let event = lane.name.event {
            own = CoprProject.rests(event: event, identifier: lane.name.identifier).map { .event(rest: $0) }
        } else if let identifier = lane.name.identifier {
            own = [.pullRequests(identifier: CoprProject.normalized(identifier)), .packages]
        } else {
            own = [.pullRequests(identifier: "")]
        }
        return (own + [.repository, .anywhere, .commit(prefix: CoprVersion.key(of: lane.head.sha))]).map(key)
    }

    /// Indexes a lane by the pushes that may end its runs: those of the pull request that its checks name, if no push
    /// has shown their commit as its head.
    mutating func place(lane id: EntityID) {
        guard let lane = state.lanes[id] else { return }
        concern(lane)
        let bound = lane.facts.isEmpty ? nil : binding(of: lane)
        let foreign = bound.flatMap { state.heads[lane.head]?.pullRequests.contains($0) ?? false ? nil : $0 }
        let key = foreign.map { PullRequestKey(repository: lane.head.repository, number: $0) }
        let old = state.placesOfStrays[id]
        guard old != key else { return }
        if let old { state.strayLanes.remove(id, under: old) }
        state.placesOfStrays[id] = key
        if let key { state.strayLanes.add(id, under: key) }
    }

    /// Removes the lane from these indexes.
    mutating func displace(_ lane: Lane) {
        withdraw(lane.runs, of: lane)
        if let old = state.placesOfStrays[lane.id] { state.strayLanes.remove(lane.id, under: old) }
        state.placesOfStrays[lane.id] = nil
    }

    /// Updates the index after the lane's name is read in another way.
    mutating func offerRuns(ofLane id: EntityID) {
        for run in state.lanes[id]?.runs ?? [] { offer(run) }
    }
}
