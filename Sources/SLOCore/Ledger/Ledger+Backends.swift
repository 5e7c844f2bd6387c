// What Copr and Testing Farm report about runs (docs/counting.md, rules 20, 21, 31 and 32).

import HashTreeCollections

extension Ledger {
    mutating func buildReported(_ fact: BuildReported) {
        guard let chroot = fact.chroot else {
            if fact.event == .failed { sourceBuildFailed(fact) }
            return
        }
        let key = BackendKey.copr(build: fact.buildID, chroot: chroot)
        let sentAt = fact.sentAt?.flooredToSecond
        let input = input
        ensure(backend: key, deployment: fact.deployment, firstSeenAt: sentAt ?? now.flooredToSecond)
        beginUpdate(of: key)
        state.backends.update(key) {
            $0.owner = fact.owner
            $0.project = fact.project
            $0.version = fact.version ?? $0.version
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
        endUpdate(of: key)
        place(backend: key)
        if fact.event != .started { recordUnattributed(key) }
    }

    /// Every chroot of the build has failed with it; no message will report that.
    private mutating func sourceBuildFailed(_ fact: BuildReported) {
        let input = input
        let chroots = state.backendsOfBuild[fact.buildID].compactMap { state.backends[$0] }
        for key in chroots.sorted(by: { $0.id < $1.id }).map(\.key) {
            state.backends.update(key) {
                $0.note(
                    end: .failure, .srpm, finishedAt: fact.sentAt?.flooredToSecond, receivedAt: now, input: input)
            }
            place(backend: key)
            recordUnattributed(key)
        }
    }

    mutating func testRunReported(_ fact: TestRunReported) {
        let key = BackendKey.testingFarm(request: fact.requestID)
        if !state.backends.contains(key), mayBeForgotten(fact.createdAt) { return }
        let deployment = fact.deployment ?? settings.primary
        let createdAt = fact.createdAt?.flooredToSecond
        let input = input
        ensure(backend: key, deployment: deployment, firstSeenAt: createdAt ?? now.flooredToSecond)
        beginUpdate(of: key)
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
        endUpdate(of: key)
        place(backend: key)
    }

    /// Removes it from indexes before its keys change.
    private mutating func beginUpdate(of key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        if backend.isAlone || backend.proof == .proposed { forgetClaims(on: key) }
        stopWaiting(key)
    }

    private mutating func endUpdate(of key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        switch backend.placement {
        case .undecided:
            let until = waitEnd(of: backend)
            state.backends.update(key) { $0.placement = .undecided(until: until) }
        case .alone: keepClaims(on: key)
        case .joined(let run):
            keepProposal(key)
            guard backend.proof == .proven, let lane = state.runs[run]?.lane.flatMap({ state.lanes[$0] }) else {
                return
            }
            teach(backend, in: lane.head.repository)
        case .unattributed: break
        }
    }

    mutating func ensure(backend key: BackendKey, deployment: Deployment, firstSeenAt: Timestamp) {
        guard !state.backends.contains(key) else { return }
        let id = nextEntity()
        let expiry = now + retention.ended
        state.backends[key] = BackendRun(
            key: key, id: id, deployment: deployment, firstSeenAt: firstSeenAt, receivedAt: now,
            placement: .undecided(until: now + settings.joinWait), touchedAt: now, armedFor: expiry)
        state.subjects[id] = .backend(key)
        arm(id, at: expiry)
        track(id)
    }

    /// Decides to which run a backend run belongs. Final unless several are possible; a number that is reported later
    /// can still change it.
    mutating func place(backend key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        switch backend.placement {
        case .joined(let run):
            if backend.proof == .proposed, let proven = runByNumber(of: backend) {
                if proven == run { prove(key) } else { join(key, to: proven, .proven) }
            }
            reconsider(run: run)
            noteConflict(of: run)
        case .alone(let run):
            if let proven = runByNumber(of: backend) {
                join(key, to: proven, .proven)
            } else {
                reconsider(run: run)
            }
        case .undecided(let until):
            decide(backend, until: until)
        case .unattributed:
            break
        }
    }

    private mutating func decide(_ backend: BackendRun, until: Timestamp) {
        // A build that waited for its check until the horizon belongs to no known repository.
        if hasCome(until), !isOfPackit(backend) {
            giveUp(backend.key)
            return
        }
        let found = candidates(of: backend)
        if found.isIncomplete { count(.candidatesLeftOut) }
        if let choice = choice(of: backend, among: found) {
            join(backend.key, to: choice.run, choice.proof)
        } else if hasCome(until) || found.fitting.isEmpty && isOfPackit(backend) {
            giveUp(backend.key)
        } else {
            wait(backend.key, fitting: found.fitting)
            lookUpJobs(of: backend, found)
        }
    }

    /// The run that a number identifies: nothing else changes an earlier decision.
    private func runByNumber(of backend: BackendRun) -> EntityID? {
        switch backend.key {
        case .copr: guard backend.commitVersion != nil else { return nil }
        case .testingFarm(let request): guard !state.lanesOfRequest[request].isEmpty else { return nil }
        }
        let found = candidates(of: backend)
        guard found.isNumbered, let choice = choice(of: backend, among: found), choice.proof == .proven else {
            return nil
        }
        return choice.run
    }

    /// No check shows it: it is counted alone, or not at all.
    private mutating func giveUp(_ key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        stopWaiting(key)
        if isOfPackit(backend) {
            countAlone(key)
        } else {
            state.backends.update(key) { $0.placement = .unattributed }
            armExpiry(of: key)
        }
    }

    private mutating func countAlone(_ key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        let id = nextEntity()
        state.runs[id] = Run(
            id: id, group: backend.key.group, deployment: backend.deployment, backend: key,
            knownSince: backend.receivedAt,
            firstSeenAt: backend.firstSeenAt)
        state.backends.update(key) { $0.placement = .alone(id) }
        keepClaims(on: key)
        armExpiry(of: key)
        reconsider(run: id)
    }

    mutating func armExpiry(of key: BackendKey) {
        guard let backend = state.backends[key] else { return }
        let expiry = backend.touchedAt + retention.ended
        guard backend.armedFor != expiry else { return }
        state.backends.update(key) { $0.armedFor = expiry }
        arm(backend.id, at: expiry)
    }
}

extension BackendRun {
    /// Records an end. A success stays, whatever contradicts it. Of other ends the last one with the best evidence
    /// decides the outcome, and the first one the time.
    mutating func note(
        end outcome: Outcome, _ reason: OutcomeReason, on ground: EndGround = .message, finishedAt: Timestamp?,
        receivedAt: Timestamp, input: Int64
    ) {
        if let finishedAt {
            let time = EndTime(at: finishedAt, isOfMessage: ground == .message, receivedAt: receivedAt)
            endTime = endTime?.and(time) ?? time
        }
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
