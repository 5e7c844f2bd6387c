// The results of lookups at upstream APIs (docs/lookups.md).

extension Ledger {
    /// A reply about an unknown build is ignored: only open entities are looked up.
    mutating func buildLookedUp(_ fact: BuildLookedUp) {
        let key = BackendKey.copr(build: fact.buildID, chroot: fact.chroot)
        guard state.backends.contains(key) else { return }
        let input = input
        state.backends.update(key) {
            $0.queuedAt = Timestamp.earliest($0.queuedAt, fact.submittedAt?.flooredToSecond)
            $0.touchedAt = now
            if fact.step == .started || fact.startedAt != nil {
                $0.hasStarted = true
                $0.startedAt = Timestamp.earliest($0.startedAt, fact.startedAt?.flooredToSecond)
            }
            guard case .finished(let outcome, let reason) = fact.step else { return }
            $0.note(
                end: outcome, reason, on: BackendRun.EndGround(fact.ground),
                finishedAt: fact.finishedAt?.flooredToSecond, receivedAt: now, input: input)
        }
        place(backend: key)
    }

    /// Joins a check's run with the backend run that Packit names, whatever either was joined with: Packit's statement
    /// is a proof.
    mutating func jobIdentified(_ fact: JobIdentified) {
        let key = fact.backend
        guard let run = run(of: fact), run.kind == key.kind, names(run, noOtherThan: key) else { return }
        if let known = state.backends[key], known.deployment != run.deployment { return }
        ensure(backend: key, deployment: run.deployment, firstSeenAt: run.firstSeenAt)
        if case .copr(let build, let chroot) = key {
            state.backends.update(key) {
                $0.buildID = build
                $0.chroot = chroot
            }
            state.backendsOfBuild.add(key, under: build)
        }
        guard run.backend == key else {
            join(key, to: run.id, .proven)
            return
        }
        prove(key)
    }

    /// Whether the summaries of a run's checks link no other request.
    private func names(_ run: Run, noOtherThan key: BackendKey) -> Bool {
        guard case .testingFarm(let request) = key else { return true }
        return facts(of: run).compactMap(\.requestID).allSatisfy { $0 == request }
    }

    /// The run whose latest job that is; an open one takes precedence over one that has ended.
    private func run(of fact: JobIdentified) -> Run? {
        let head = HeadKey(repository: fact.repository, sha: fact.sha)
        let runs = (state.heads[head]?.lanes ?? []).compactMap { state.lanes[$0] }
            .filter { $0.deployment == fact.deployment }
            .flatMap(\.runs).compactMap { state.runs[$0] }.filter { job(of: $0) == fact.job }
        return runs.first(where: \.isOpen) ?? runs.last
    }

    /// The job of its own kind that a run's latest check links.
    func job(of run: Run) -> JobLink? {
        facts(of: run).last { $0.jobID(as: run.kind) != nil }?.job
    }

    // MARK: - Urgent lookups

    /// The limit of lookups for one backend run.
    private static let askedAtOnce = 8

    /// Packit knows the run or the repository of a backend run that waits for a choice, so its jobs are looked up
    /// meanwhile (docs/counting.md, rule 32).
    mutating func lookUpJobs(of backend: BackendRun, _ found: Candidates) {
        let anywhere = OpeningKey(
            deployment: backend.deployment, chroot: backend.chroot, repository: 0, place: .anywhere)
        let unknown = backend.kind == .build && !isOfPackit(backend)
        let runs = found.fitting + (unknown ? state.openings.last(settings.bounds.runsLookedAt, under: anywhere) : [])
        var asked: Set<EntityID> = []
        for id in runs where asked.count < Self.askedAtOnce && !asked.contains(id) {
            guard let run = state.runs[id], let lookupRequest = jobLookupRequest(about: run, isUrgent: true) else {
                continue
            }
            asked.insert(id)
            effects.lookupRequests.append(lookupRequest)
        }
    }

    /// A job that a check newly links may be the one of a build that waits in an unknown project.
    mutating func lookUpJob(of fact: StatusReported, in lane: EntityID) {
        guard fact.job != nil, let lane = state.lanes[lane], lane.kind == .build, isNumberNew(in: lane) else { return }
        let key = WaitKey.foreignBuilds(deployment: lane.deployment, chroot: lane.name.chroot)
        let input = input
        guard let run = lane.facts.last(where: { $0.input == input })?.run.flatMap({ state.runs[$0] }),
            !state.waits.following((run.base - settings.joinWait).milliseconds, under: key, atMost: 1).isEmpty,
            let lookupRequest = jobLookupRequest(about: run, isUrgent: true)
        else { return }
        effects.lookupRequests.append(lookupRequest)
    }

    private func isNumberNew(in lane: Lane) -> Bool {
        let input = input
        guard let kind = lane.kind, let new = lane.facts.last(where: { $0.input == input }),
            let number = new.jobID(as: kind)
        else { return false }
        return !lane.facts.contains { $0.input != input && $0.jobID(as: kind) == number }
    }
}
