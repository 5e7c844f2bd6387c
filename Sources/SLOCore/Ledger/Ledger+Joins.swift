// Which check shows a run that a backend knows (docs/counting.md, rule 20 and lanes).

import HashTreeCollections

extension Ledger {
    /// Runs of checks that a backend run could be, by the best key that finds any.
    func runsFitting(_ backend: BackendRun) -> [EntityID] {
        switch backend.key {
        case .copr: runsFitting(build: backend)
        case .testingFarm(let request): runsFitting(testRun: backend, request: request)
        }
    }

    // MARK: - Copr

    private func runsFitting(build backend: BackendRun) -> [EntityID] {
        guard let project = backend.project else { return [] }
        var exact: [Lane] = []
        var others: [Lane] = []
        for (slug, rest) in CoprProject.readings(of: project) {
            for repository in state.repositoriesOfSlug[slug] {
                let lanes = lanes(ofProjectRest: rest, in: repository, of: backend)
                exact += lanes.exact
                others += lanes.others
            }
        }
        return fitting(backend, amongThoseOf: [exact, others])
    }

    /// Lanes whose project would have that name, and those that build in it although they have an identifier: of the
    /// packages of a monorepo.
    private func lanes(
        ofProjectRest rest: String, in repository: Int64, of backend: BackendRun
    ) -> (exact: [Lane], others: [Lane]) {
        let key = ProjectKey(repository: repository, rest: rest, chroot: backend.chroot)
        let events = lanes(Array(state.eventLanes[key]), building: backend)
        guard let number = Int(rest.prefix { $0.isASCII && $0.isNumber }) else { return (events, []) }
        let known = lanes(of: repository, number: number, backend)
            .filter { $0.name.event == nil && mayBelong($0, to: number) }
        let exact = known.filter { CoprProject.rest(pullRequest: number, identifier: $0.name.identifier) == rest }
        return (events + exact, rest == String(number) ? known : [])
    }

    /// Whether a lane is of a pull request, or of one that is not known in a repository that is.
    private func mayBelong(_ lane: Lane, to number: Int) -> Bool {
        guard let head = state.heads[lane.head] else { return false }
        if let own = binding(of: lane) { return own == number }
        let key = PullRequestKey(repository: lane.head.repository, number: number)
        guard state.pullRequests[key] != nil else { return head.pullRequests.isEmpty }
        return head.pullRequests.contains(number)
    }

    /// Lanes of a repository that a build for a pull request can belong to.
    private func lanes(of repository: Int64, number: Int, _ backend: BackendRun) -> [Lane] {
        let pullRequest = state.pullRequests[PullRequestKey(repository: repository, number: number)]
        let heads = Set(pullRequest?.moves.map(\.sha) ?? []).map { HeadKey(repository: repository, sha: $0) }
        return lanes(
            Array(state.strayLanes[repository]) + heads.flatMap { state.heads[$0]?.lanes ?? [] }, building: backend)
    }

    private func lanes(_ lanes: [EntityID], building backend: BackendRun) -> [Lane] {
        lanes.compactMap { state.lanes[$0] }.filter {
            $0.kind == backend.kind && $0.deployment == backend.deployment && $0.name.chroot == backend.chroot
        }
    }

    /// Keeps a lane where a backend run will look for it: one of a push or a release by the project's name; others
    /// beside the pull request whose head their commit was, or, where none is known or they belong to another, among
    /// the repository's stray ones.
    mutating func place(lane id: EntityID) {
        guard let lane = state.lanes[id], !lane.facts.isEmpty else { return }
        guard lane.name.event == nil else {
            for project in projects(of: lane) { state.eventLanes.add(id, under: project) }
            return
        }
        let known = state.heads[lane.head]?.pullRequests ?? []
        if known.isEmpty || binding(of: lane).map({ !known.contains($0) }) ?? false {
            state.strayLanes.add(id, under: lane.head.repository)
        } else {
            state.strayLanes.remove(id, under: lane.head.repository)
        }
    }

    /// No backend run finds the lane any more.
    mutating func displace(_ lane: Lane) {
        for project in projects(of: lane) { state.eventLanes.remove(lane.id, under: project) }
        state.strayLanes.remove(lane.id, under: lane.head.repository)
    }

    private func projects(of lane: Lane) -> [ProjectKey] {
        guard let event = lane.name.event else { return [] }
        return CoprProject.rests(event: event, identifier: lane.name.identifier).map {
            ProjectKey(repository: lane.head.repository, rest: $0, chroot: lane.name.chroot)
        }
    }

    // MARK: - Testing Farm

    private func runsFitting(testRun backend: BackendRun, request: String) -> [EntityID] {
        let linked = state.lanesOfRequest[request].compactMap { state.lanes[$0] }
            .filter { $0.deployment == backend.deployment && $0.kind == .testRun }
            .flatMap(\.facts).filter { $0.requestID == request }.compactMap(\.run)
        if !linked.isEmpty {
            return Set(linked).filter { id in state.runs[id].map { holdsNoOther($0, than: backend) } ?? false }.sorted()
        }
        return runs(onCommitOf: backend) ?? runs(ofBuildOf: backend)
    }

    /// `nil` where its variables do not tell.
    private func runs(onCommitOf backend: BackendRun) -> [EntityID]? {
        guard let name = backend.repositoryName, let sha = backend.sha else { return nil }
        let heads = state.repositoriesOfName[name.lowercased()].compactMap {
            state.heads[HeadKey(repository: $0, sha: sha)]
        }
        return runs(on: heads.flatMap(\.lanes), fitting: backend)
    }

    /// Test runs beside the build whose packages they test.
    private func runs(ofBuildOf backend: BackendRun) -> [EntityID] {
        guard let build = backend.buildID else { return [] }
        let lanes = state.backendsOfBuild[build].compactMap { key -> Lane? in
            guard let joined = state.backends[key], backend.chroot == nil || joined.chroot == backend.chroot,
                case .joined(let run) = joined.placement
            else { return nil }
            return state.runs[run]?.lane.flatMap { state.lanes[$0] }
        }
        let beside = lanes.flatMap { built in
            (state.heads[built.head]?.lanes ?? []).filter { state.lanes[$0]?.externalID == built.externalID }
        }
        return runs(on: beside, fitting: backend)
    }

    private func runs(on lanes: [EntityID], fitting backend: BackendRun) -> [EntityID] {
        let ofItsKind = lanes.compactMap { state.lanes[$0] }.filter {
            $0.kind == backend.kind && $0.deployment == backend.deployment
                && (backend.chroot == nil || $0.name.chroot == nil || $0.name.chroot == backend.chroot)
        }
        return fitting(backend, amongThoseOf: [ofItsKind])
    }

    // MARK: - Both

    /// What is asked of when a run was queued, if its check did not tell.
    private enum QueueTime {
        /// When it was first seen, which is no earlier.
        case firstSight
        /// Anything that what is known does not contradict.
        case possible
    }

    /// The runs that a backend run fits, of the first of several groups of lanes in which it fits any. One that was
    /// first seen too late for it fits only if no other does: its queue time is unknown, and may have been early
    /// enough.
    private func fitting(_ backend: BackendRun, amongThoseOf groups: [[Lane]]) -> [EntityID] {
        let candidates = groups.map { Set($0.flatMap(\.runs)).sorted() }
        for queueTime in [QueueTime.firstSight, .possible] {
            let fitting = candidates.map { $0.filter { fits(backend, run: $0, queueTime) } }
            if let best = fitting.first(where: { !$0.isEmpty }) { return best }
        }
        return []
    }

    /// A run that had not ended before the backend run, is not part of another, and, if a build, was queued no later;
    /// if a test, not after the backend run had ended. A test that only waits for its build is one too: the request is
    /// its submission.
    private func fits(_ backend: BackendRun, run id: EntityID, _ queueTime: QueueTime) -> Bool {
        guard let run = state.runs[id] else { return false }
        // What was superseded may run on at the backend: that did not end it there.
        let counted = run.ending?.outcome == .superseded ? nil : run.ending?.finishedAt
        // Most of what a lane ever had has ended: then its evidence, which costs more to look at, names no later end.
        if let counted, run.terminal != nil, counted < backend.firstSeenAt { return false }
        guard holdsNoOther(run, than: backend) else { return false }
        let evidence = evidence(for: run)
        let isSubmitted = run.kind == .testRun && run.phase != .waiting
        guard evidence.exists || isSubmitted || isStillWaiting(run, evidence) else { return false }
        let queuedBefore = run.kind == .build ? backend.firstSeenAt : backend.end?.finishedAt
        if let queuedBefore, let queuedAt = self.queueTime(of: run, evidence, queueTime), queuedBefore < queuedAt {
            return false
        }
        if queueTime == .possible, hasEnded(backend, beforeCheckOf: run) { return false }
        return (evidence.terminal?.finishedAt ?? counted).map { $0 >= backend.firstSeenAt } ?? true
    }

    /// What was over cannot be shown as queued or running afterwards.
    private func hasEnded(_ backend: BackendRun, beforeCheckOf run: Run) -> Bool {
        let shown = facts(of: run).first { !$0.isTerminal && $0.isFirstStep(as: run.kind) }?.time(as: run.kind)
        guard let ended = backend.end?.finishedAt, let shown else { return false }
        return ended + PullRequest.clockTolerance < shown
    }

    private func queueTime(of run: Run, _ evidence: Evidence, _ asked: QueueTime) -> Timestamp? {
        switch asked {
        case .firstSight: evidence.queueTime ?? openedAt(run)
        case .possible: evidence.queuedAt ?? earliestQueueTime(of: run)
        }
    }

    /// Before which a run was not queued: the latest of the push of its commit, of what its lane shows of the run
    /// before, and of its own waiting.
    private func earliestQueueTime(of run: Run) -> Timestamp? {
        guard let lane = run.lane.flatMap({ state.lanes[$0] }), let place = lane.runs.firstIndex(of: run.id) else {
            return nil
        }
        let before = place > 0 ? state.runs[lane.runs[place - 1]].map(facts) ?? [] : []
        let waiting = facts(of: run).prefix { !$0.isFirstStep(as: run.kind) }
        let push = pullRequest(of: lane).flatMap { state.pullRequests[$0]?.firstMove(to: lane.head.sha)?.at }
        let times = (before + waiting).map { $0.time(as: run.kind) } + [push.map { $0 - PullRequest.clockTolerance }]
        return times.compactMap { $0 }.max()
    }

    /// Whether a test waits that was not counted yet: neither has it ended so, nor has a newer one taken its place.
    private func isStillWaiting(_ run: Run, _ evidence: Evidence) -> Bool {
        run.kind == .testRun && evidence.uncountedEnd == nil
            && run.lane.flatMap { state.lanes[$0]?.runs.last } == run.id
    }

    /// The run that was queued last, by all that is known by now; of several the one with the latest check.
    func queuedLast(of runs: [EntityID]) -> EntityID? {
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

    /// The provider time of a run's first fact, a waiting one's too.
    private func openedAt(_ run: Run) -> Timestamp {
        let first = facts(of: run).first
        return first?.startedAt ?? first?.completedAt ?? run.base
    }

    private func holdsNoOther(_ run: Run, than backend: BackendRun) -> Bool {
        if let held = run.backend, held != backend.key { return false }
        guard case .testingFarm(let request) = backend.key else { return true }
        let requests = facts(of: run).compactMap(\.requestID)
        return requests.isEmpty || requests.contains(request)
    }

    // MARK: - Claims

    /// A run of a check that was not counted yet takes over what a backend had shown alone, if it fits that.
    mutating func claim(for id: EntityID) {
        guard let run = state.runs[id], run.backend == nil, !run.counted.queued,
            let lane = run.lane.flatMap({ state.lanes[$0] })
        else { return }
        // Whether this run fits is asked first: what that costs does not grow with what else is known.
        let fitting = claimableKeys(for: lane, run: id).compactMap { state.backends[$0] }
            .filter { mayFit($0, run) && runsFitting($0) == [id] }
        guard let claimed = nearest(of: fitting, to: run), case .alone(let counted) = claimed.placement else { return }
        take(over: counted, claimed.key, in: lane, from: id)
    }

    /// The first heard of that began after the run was seen, or that the run links; else the last that began before
    /// it: the run is queued soon after its own check began, and shown soon after its backend did.
    private func nearest(of backends: [BackendRun], to run: Run) -> BackendRun? {
        let following = backends.filter { isLinked($0, to: run) || fits($0, run: run.id, .firstSight) }
        return following.min { $0.id < $1.id }
            ?? backends.max { ($0.firstSeenAt, $0.id) < ($1.firstSeenAt, $1.id) }
    }

    private func mayFit(_ backend: BackendRun, _ run: Run) -> Bool {
        isLinked(backend, to: run) || fits(backend, run: run.id, .firstSight) || fits(backend, run: run.id, .possible)
    }

    private func isLinked(_ backend: BackendRun, to run: Run) -> Bool {
        guard case .testingFarm(let request) = backend.key else { return false }
        return facts(of: run).contains { $0.requestID == request }
    }

    /// The run that was counted goes on as the lane's; the one that had been made for the lane was never counted.
    private mutating func take(over counted: EntityID, _ key: BackendKey, in lane: Lane, from id: EntityID) {
        guard let backend = state.backends[key] else { return }
        state.runs[id] = nil
        let input = chronicle.inputs
        state.runs.update(counted) {
            $0.lane = lane.id
            $0.claimInput = input
        }
        state.backends.update(key) { $0.placement = .joined(counted) }
        for claim in claimKeys(of: backend) { state.claimable.remove(key, under: claim) }
        state.lanes.update(lane.id) {
            for fact in $0.facts.indices where $0.facts[fact].run == id { $0.facts[fact].run = counted }
            for place in $0.runs.indices where $0.runs[place] == id { $0.runs[place] = counted }
        }
        if let run = state.runs[counted], run.isFinished { decideFacts(of: run) }
    }

    private func claimableKeys(for lane: Lane, run: EntityID) -> [BackendKey] {
        let keys: Set<BackendKey>
        switch lane.kind {
        case .build:
            let names = state.repositories[lane.head.repository]?.names ?? []
            let chroot = lane.name.chroot ?? ""
            keys = Set(names.flatMap { state.claimable[.project(slug: CoprProject.slug($0), chroot: chroot)] })
        case .testRun:
            let requests = lane.facts.filter { $0.run == run }.compactMap(\.requestID).map(ClaimKey.request)
            let builds = state.heads[lane.head]?.lanes.flatMap { buildsJoined(in: $0) } ?? []
            let wanted = requests + [.commit(sha: lane.head.sha)] + builds.map(ClaimKey.build)
            keys = Set(wanted.flatMap { state.claimable[$0] })
        case nil:
            keys = []
        }
        return keys.filter { state.backends[$0]?.deployment == lane.deployment }
    }

    private func buildsJoined(in lane: EntityID) -> [Int64] {
        (state.lanes[lane]?.runs ?? []).compactMap { run in
            guard case .copr(let build, _) = state.runs[run]?.backend else { return nil }
            return build
        }
    }

    /// New knowledge of a pull request may let checks of its commit claim what a backend had shown alone.
    mutating func joinWhatFits(head: HeadKey) {
        for lane in state.heads[head]?.lanes ?? [] {
            let isAnyUncounted = state.lanes[lane]?.runs.contains { state.runs[$0]?.counted.queued == false } ?? false
            if isAnyUncounted { reconsider(lane: lane) }
        }
    }
}
