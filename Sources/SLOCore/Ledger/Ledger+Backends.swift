// What Copr and Testing Farm say of runs (docs/counting.md, rules 20 and 21).

import HashTreeCollections

extension Ledger {
    mutating func buildReported(_ fact: BuildReported) {
        guard let chroot = fact.chroot else {
            if fact.event == .failed { sourceBuildFailed(fact) }
            return
        }
        let key = BackendKey.copr(build: fact.buildID, chroot: chroot)
        let sentAt = fact.sentAt?.flooredToSecond
        let input = chronicle.inputs
        ensure(backend: key, deployment: fact.deployment, firstSeenAt: sentAt ?? now.flooredToSecond)
        state.backends.update(key) {
            $0.project = fact.project
            $0.chroot = chroot
            $0.buildID = fact.buildID
            $0.firstSeenAt = min($0.firstSeenAt, sentAt ?? now.flooredToSecond)
            $0.touchedAt = now
            switch fact.event {
            case .started:
                $0.hasStarted = true
                $0.startedAt = Timestamp.earliest($0.startedAt, sentAt)
            case .succeeded, .failed:
                let outcome: Outcome = fact.event == .succeeded ? .success : .failure
                $0.note(end: outcome, .stated, finishedAt: sentAt, receivedAt: now, input: input)
            }
        }
        state.backendsOfBuild.add(key, under: fact.buildID)
        place(backend: key)
    }

    /// Every chroot of the build has failed with it; no message will say so.
    private mutating func sourceBuildFailed(_ fact: BuildReported) {
        let input = chronicle.inputs
        let chroots = state.backendsOfBuild[fact.buildID].compactMap { state.backends[$0] }
        for key in chroots.sorted(by: { $0.id < $1.id }).map(\.key) {
            state.backends.update(key) {
                $0.note(
                    end: .failure, .srpm, finishedAt: fact.sentAt?.flooredToSecond, receivedAt: now, input: input)
            }
            place(backend: key)
        }
    }

    mutating func testRunReported(_ fact: TestRunReported) {
        let key = BackendKey.testingFarm(request: fact.requestID)
        if state.backends[key] == nil, mayBeForgotten(fact.createdAt) { return }
        let deployment = fact.deployment ?? settings.primary
        let createdAt = fact.createdAt?.flooredToSecond
        let input = chronicle.inputs
        ensure(backend: key, deployment: deployment, firstSeenAt: createdAt ?? now.flooredToSecond)
        state.backends.update(key) {
            $0.repositoryName = fact.repositoryName ?? $0.repositoryName
            $0.sha = fact.sha ?? $0.sha
            $0.chroot = fact.chroot ?? $0.chroot
            $0.buildID = fact.buildID ?? $0.buildID
            $0.queuedAt = createdAt ?? $0.queuedAt
            $0.touchedAt = now
            switch fact.step {
            case .started:
                $0.hasStarted = true
                $0.startedAt = fact.startedAt?.flooredToSecond ?? $0.startedAt
            case .finished(let outcome, let reason):
                if let startedAt = fact.startedAt?.flooredToSecond {
                    $0.hasStarted = true
                    $0.startedAt = startedAt
                }
                $0.note(
                    end: outcome, reason, finishedAt: fact.finishedAt?.flooredToSecond, receivedAt: now,
                    input: input)
            case .unclear, .accepted, .waiting, .queued: break
            }
        }
        place(backend: key)
    }

    mutating func ensure(backend key: BackendKey, deployment: Deployment, firstSeenAt: Timestamp) {
        guard state.backends[key] == nil else { return }
        let id = nextEntity()
        let expiry = now + retention.ended
        state.backends[key] = BackendRun(
            key: key, id: id, deployment: deployment, firstSeenAt: firstSeenAt, receivedAt: now,
            placement: .undecided(until: now + settings.joinWait), touchedAt: now, armedFor: expiry)
        state.subjects[id] = .backend(key)
        arm(id, at: expiry)
        remembers(id)
    }

    /// Decides what run a backend run is, once and for all unless several fit, and lets that run look at it.
    mutating func place(backend key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        switch backend.placement {
        case .joined(let run), .alone(let run):
            reconsider(run: run)
        case .undecided(let until):
            let fitting = runsFitting(backend)
            if let run = choice(among: fitting) {
                join(key, to: run)
            } else if fitting.isEmpty || hasCome(until) {
                countAlone(key)
            } else {
                wait(key, until: until)
            }
        }
    }

    /// The only one that fits, or the only open one among those that fit.
    private func choice(among fitting: [EntityID]) -> EntityID? {
        if fitting.count == 1 { return fitting.first }
        let open = fitting.filter { state.runs[$0].map { !$0.isFinished && $0.terminal == nil } ?? false }
        if open.count == 1 { return open.first }
        guard open.isEmpty else { return nil }
        // All have ended after it began: it is part of the one that was queued last before it.
        return queuedLast(of: fitting)
    }

    private mutating func wait(_ key: BackendKey, until: Timestamp) {
        state.undecided[key] = true
        guard let backend = state.backends[key], backend.armedFor != until else { return }
        state.backends.update(key) { $0.armedFor = until }
        arm(backend.id, at: until)
    }

    mutating func join(_ key: BackendKey, to run: EntityID) {
        state.undecided[key] = nil
        state.backends.update(key) { $0.placement = .joined(run) }
        state.runs.update(run) { $0.backend = key }
        armExpiry(of: key)
        reconsider(run: run)
        // A run that only waited may have become one that counts, which concerns those before it in its lane.
        if let lane = state.runs[run]?.lane { reconsider(lane: lane) }
    }

    private mutating func countAlone(_ key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        let id = nextEntity()
        state.undecided[key] = nil
        state.runs[id] = Run(
            id: id, kind: backend.kind, deployment: backend.deployment, backend: key, knownSince: backend.receivedAt,
            firstSeenAt: backend.firstSeenAt)
        state.backends.update(key) { $0.placement = .alone(id) }
        for claim in claimKeys(of: backend) { state.claimable.add(key, under: claim) }
        armExpiry(of: key)
        reconsider(run: id)
    }

    private mutating func armExpiry(of key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        let expiry = backend.touchedAt + retention.ended
        guard backend.armedFor != expiry else { return }
        state.backends.update(key) { $0.armedFor = expiry }
        arm(backend.id, at: expiry)
    }

    /// Backend runs that fit several open runs look again at each new fact.
    mutating func reconsiderUndecided() {
        for backend in undecidedBackends { place(backend: backend.key) }
    }

    /// Of what is due at one moment the waits for a choice come first: what ends then was open while they lasted.
    mutating func endWaitsForChoice() {
        for backend in undecidedBackends {
            guard case .undecided(let until) = backend.placement, hasCome(until) else { continue }
            place(backend: backend.key)
        }
    }

    private var undecidedBackends: [BackendRun] {
        guard state.undecided.count > 0 else { return [] }
        return state.undecided.keys.compactMap { state.backends[$0] }.sorted { $0.id < $1.id }
    }

    func claimKeys(of backend: BackendRun) -> [ClaimKey] {
        var keys: [ClaimKey] = []
        if let project = backend.project, let chroot = backend.chroot {
            keys += CoprProject.readings(of: project).map { .project(slug: $0.slug, chroot: chroot) }
        }
        if case .testingFarm(let request) = backend.key { keys.append(.request(request)) }
        if backend.kind == .testRun, let sha = backend.sha { keys.append(.commit(sha: sha)) }
        if backend.kind == .testRun, let build = backend.buildID { keys.append(.build(build)) }
        return keys
    }
}

extension BackendRun {
    /// Notes an end. A success stays, whatever takes it back; of other ends the last on the best ground decides and the
    /// first gives the time.
    mutating func note(
        end outcome: Outcome, _ reason: OutcomeReason, on ground: EndGround = .message, finishedAt: Timestamp?,
        receivedAt: Timestamp, input: Int64
    ) {
        guard end == nil || ground.rawValue >= endGround.rawValue else { return }
        let isBetter = ground != endGround
        defer { endGround = ground }
        guard let known = end else {
            end = End(
                outcome: outcome, reason: reason, finishedAt: finishedAt, receivedAt: receivedAt, input: input)
            return
        }
        guard known.outcome != .success else {
            if outcome != .success {
                withdrawal = End(
                    outcome: outcome, reason: reason, finishedAt: finishedAt, receivedAt: receivedAt, input: input)
            }
            return
        }
        guard isBetter || known.outcome != outcome || known.reason != reason else { return }
        end = End(
            outcome: outcome, reason: reason, finishedAt: known.finishedAt ?? finishedAt,
            receivedAt: known.receivedAt, input: input)
    }
}
