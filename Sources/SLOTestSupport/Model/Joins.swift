internal import SLOCore

/// Rule 20: which runs of backends and of checks are one.
extension Walk {
    /// After something was heard of a backend's run.
    func heardOf(_ backend: Backend, _ now: Now) {
        switch backend.place {
        case .joined(let run), .alone(let run): look(at: run, now)
        case .choosing: choose(for: backend, now)
        }
    }

    /// One that fits no run is counted at once; one that fits one is part of it. Of several it is the only open one;
    /// while several are open it waits, and if none is it is the one queued last.
    func choose(for backend: Backend, _ now: Now) {
        guard case .choosing = backend.place else { return }
        let fitting = runs(fitting: backend)
        if let run = chosen(of: fitting) { return join(backend, to: run, now) }
        let due = backend.firstHeard.at + settings.joinWait
        if fitting.isEmpty || now.hasCome(due) {
            return countAlone(backend, now)
        }
        if !knowledge.waiting.contains(where: { $0 === backend }) { knowledge.waiting.append(backend) }
        show(backend, in: [.unjoinedRuns])
        wake(.backend(backend), at: due, now)
    }

    private func chosen(of fitting: [Run]) -> Run? {
        if fitting.count == 1 { return fitting[0] }
        let open = fitting.filter { !$0.isOver }
        if open.count == 1 { return open[0] }
        return open.isEmpty ? fitting.max { ($0.base, $0.firstCheck) < ($1.base, $1.firstCheck) } : nil
    }

    private func join(_ backend: Backend, to run: Run, _ now: Now) {
        stopWaiting(backend)
        backend.place = .joined(run)
        run.backend = backend
        look(at: run, now)
    }

    private func countAlone(_ backend: Backend, _ now: Now) {
        stopWaiting(backend)
        let run = Run(backend.kind, backend.deployment, in: nil, knownSince: backend.firstHeard.at)
        run.backend = backend
        backend.place = .alone(run)
        knowledge.unclaimed[backend.group, default: []].append(backend)
        look(at: run, now)
    }

    private func stopWaiting(_ backend: Backend) {
        knowledge.waiting.removeAll { $0 === backend }
        show(backend, in: [])
    }

    /// Those that wait choose again at each new fact.
    func reconsider(_ now: Now) {
        for backend in knowledge.waiting { choose(for: backend, now) }
    }

    /// A check that comes later and fits a run that was counted alone claims it: what was counted of that is counted
    /// of this one run. A run of a check that is counted itself claims nothing, since they were counted as two.
    func claim(for run: Run, _ now: Now) {
        guard run.backend == nil, run.countedSince == nil, run.final == nil, !run.facts.isEmpty else { return }
        guard let backend = claimable(by: run), case .alone(let alone) = backend.place else { return }
        knowledge.unclaimed[backend.group]?.removeAll { $0 === backend }
        show(alone, in: [])
        alone.isClaimed = true
        backend.place = .joined(run)
        run.backend = backend
        run.countedSince = alone.countedSince
        run.isStartedCounted = alone.isStartedCounted
        run.isJudged = alone.isJudged
        run.isRevisionCounted = alone.isRevisionCounted
        run.final = alone.final.map {
            Run.Final(
                outcome: $0.outcome, time: $0.time, heardCount: $0.heardCount, facts: Set(run.facts.map(\.id)))
        }
        // Choice: on this commit it opens only now.
        if run.final == nil { noteOpeningWithoutHead(of: run, now) }
    }

    /// Of several it claims the one heard of first that fits it alone: with several to choose from nobody knows. Of
    /// those that were there before it was seen, the last.
    private func claimable(by run: Run) -> Backend? {
        let chroot = run.kind == .build ? run.lane?.name.chroot : nil
        let group = RunTarget(kind: run.kind, deployment: run.deployment, chroot: chroot)
        let mine = (knowledge.unclaimed[group] ?? []).filter { backend in
            guard fits(run, backend, .firstSight) || fits(run, backend, .possible) else { return false }
            let fitting = runs(fitting: backend)
            return fitting.count == 1 && fitting[0] === run
        }
        return mine.first { fits(run, $0, .firstSight) }
            ?? mine.max { ($0.time, $0.firstHeard.order) < ($1.time, $1.firstHeard.order) }
    }
}

extension Backend {
    /// Among which a check looks for its own: chroots' by their chroot, requests all together, since not every one
    /// tells its chroot.
    var group: RunTarget {
        RunTarget(kind: kind, deployment: deployment, chroot: kind == .build ? chroot : nil)
    }
}
