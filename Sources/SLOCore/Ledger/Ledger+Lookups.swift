// What upstream APIs said when they were asked (docs/lookups.md).

extension Ledger {
    /// Of a build that nobody knows any more nothing is made: only what is open is asked for.
    mutating func buildLookedUp(_ fact: BuildLookedUp) {
        let key = BackendKey.copr(build: fact.buildID, chroot: fact.chroot)
        guard state.backends[key] != nil else { return }
        let input = chronicle.inputs
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

    /// Joins a run that a check shows to its run at the backend, where nothing else has joined either.
    mutating func jobIdentified(_ fact: JobIdentified) {
        let key = fact.backend
        guard let run = openRun(of: fact), run.backend == nil, run.kind == key.kind, names(run, noOtherThan: key) else {
            return
        }
        if let known = state.backends[key] {
            guard known.deployment == run.deployment, case .undecided = known.placement else { return }
        }
        ensure(backend: key, deployment: run.deployment, firstSeenAt: run.firstSeenAt)
        if case .copr(let build, let chroot) = key {
            state.backends.update(key) {
                $0.buildID = build
                $0.chroot = chroot
            }
            state.backendsOfBuild.add(key, under: build)
        }
        join(key, to: run.id)
    }

    /// Whether the summaries of a run's checks link no other request.
    private func names(_ run: Run, noOtherThan key: BackendKey) -> Bool {
        guard case .testingFarm(let request) = key else { return true }
        return facts(of: run).compactMap(\.requestID).allSatisfy { $0 == request }
    }

    /// The open run whose latest job that is.
    private func openRun(of fact: JobIdentified) -> Run? {
        let head = HeadKey(repository: fact.repository, sha: fact.sha)
        let runs = (state.heads[head]?.lanes ?? []).compactMap { state.lanes[$0] }
            .filter { $0.deployment == fact.deployment }
            .flatMap(\.runs).compactMap { state.runs[$0] }
        return runs.first { $0.isOpen && job(of: $0) == fact.job }
    }

    /// The job of its own kind that a run's latest check links.
    func job(of run: Run) -> JobLink? {
        facts(of: run).last { $0.jobID(as: run.kind) != nil }?.job
    }
}
