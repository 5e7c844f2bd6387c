internal import SLOCore

/// Rules 20, 31 and 32: which runs of backends and of checks are one.
extension Walk {
    /// After something was heard of a backend's run.
    func heardOf(_ backend: Backend, _ now: Now) {
        prove(backend, now)
        switch backend.place {
        case .joined(let run), .alone(let run): look(at: run, now)
        case .choosing: choose(for: backend, now)
        }
    }

    /// One that fits no run is counted at once, unless nobody knows whose it is; one that fits one is part of it; one
    /// that fits several waits.
    func choose(for backend: Backend, _ now: Now) {
        guard case .choosing = backend.place else { return }
        let fitting = runs(fitting: backend)
        if let (run, proof) = chosen(among: fitting, for: backend) { return join(backend, to: run, proof, now) }
        let due = backend.firstHeard.at + settings.joinWait
        if countsAlone(backend) {
            if fitting.isEmpty || now.hasCome(due) { return countAlone(backend, now) }
            wake(.backend(backend), at: due, now)
        }
        if !knowledge.waiting.contains(where: { $0 === backend }) { knowledge.waiting.append(backend) }
        show(backend, in: isTooOld(backend, now) ? [] : [.unjoinedRuns])
        wake(.backend(backend), at: forgetting(of: backend), now)
    }

    private func chosen(among fitting: [Run], for backend: Backend) -> (run: Run, proof: JoinProof)? {
        let left = left(of: fitting, for: backend)
        if let run = proven(for: backend, among: left) { return (run, .proven) }
        if left.count == 1 { return (left[0], isOnly(left[0], for: backend) ? .proven : .proposed) }
        return firstNumbered(of: left, for: backend).map { ($0, .proposed) }
    }

    /// Choice: what nobody claimed until the horizon is unjoined no more.
    private func forgetting(of backend: Backend) -> Timestamp {
        backend.firstHeard.at + settings.horizon
    }

    private func isTooOld(_ backend: Backend, _ now: Now) -> Bool {
        now.hasCome(forgetting(of: backend))
    }

    /// What had ended before the backend's run did leaves in favour of another that fits, the last one stays; then
    /// bound runs go before unbound ones (rule 31).
    private func left(of fitting: [Run], for backend: Backend) -> [Run] {
        let open = fitting.filter { !isEnded($0, before: backend) }
        let last = fitting.max { ($0.base, $0.firstCheck) < ($1.base, $1.firstCheck) }
        let left = open.isEmpty ? [last].compactMap { $0 } : open
        let bound = left.filter { $0.lane?.isBound ?? false }
        return bound.isEmpty ? left : bound
    }

    /// A backend's run whose end is not known has not ended; being superseded is no end at the backend.
    private func isEnded(_ run: Run, before backend: Backend) -> Bool {
        let final = run.final.flatMap { $0.outcome == .superseded ? nil : $0 }
        guard let end = run.endedAt ?? final?.time else { return final != nil }
        return backend.end.map { end < $0.time ?? $0.heard.at.flooredToSecond } ?? true
    }

    /// The run that a number names: a request in a summary, a commit in Copr's version (rule 31).
    private func proven(for backend: Backend, among fitting: [Run]) -> Run? {
        if let id = backend.requestID { return fitting.first { $0.links(request: id) } }
        let named = fitting.filter { $0.lane?.commit.isNamed(by: backend) ?? false }
        return named.count == 1 ? named[0] : nil
    }

    /// Whether only one run could have fitted, of those known now: a run whose own backend's run is only proposed could
    /// have (rule 31).
    private func isOnly(_ run: Run, for backend: Backend) -> Bool {
        let could = runs(fitting: backend, orProposed: true)
        return could.count == 1 && could[0] === run
    }

    /// The run that was the first to show a job number that no run had, since the backend's run began.
    private func firstNumbered(of runs: [Run], for backend: Backend) -> Run? {
        let numbered = runs.compactMap { run in
            run.facts.filter { $0.jobID(of: run.kind) != nil }.min { $0.heard.order < $1.heard.order }.map { (run, $0) }
        }
        return numbered.filter { $1.heard.order > backend.firstHeard.order || $1.placedAt >= backend.time }
            .min { $0.1.heard.order < $1.1.heard.order }?.0
    }

    private func join(_ backend: Backend, to run: Run, _ proof: JoinProof, _ now: Now) {
        stopWaiting(backend)
        attach(backend, to: run, proof)
        look(at: run, now)
    }

    private func attach(_ backend: Backend, to run: Run, _ proof: JoinProof) {
        backend.place = .joined(run)
        backend.proof = proof
        run.backend = backend
        counted.count(.joins(proof))
        if proof == .proven { teach(backend, run) }
    }

    /// A later proof moves what was only proposed, and what was counted alone; a finished run keeps its own.
    private func prove(_ backend: Backend, _ now: Now) {
        switch backend.place {
        case .choosing: break
        case .joined(let run):
            guard backend.proof == .proposed, run.final == nil else { return }
            run.backend = nil
            let proven = proven(for: backend, among: runs(fitting: backend, orProposed: true))
            run.backend = backend
            if let proven { move(backend, from: run, to: proven, now) }
        case .alone(let run):
            guard run.final == nil else { return }
            let proven = proven(for: backend, among: runs(fitting: backend, orProposed: true))
            if let proven { move(backend, from: run, to: proven, now) }
        }
    }

    /// What was proposed for the run that a backend's run turns out to be looks for another. The steps that were
    /// counted of what was alone stay counted, and it ends as superseded.
    private func move(_ backend: Backend, from run: Run, to other: Run, _ now: Now) {
        guard other !== run else {
            backend.proof = .proven
            counted.count(.joins(.proven))
            return teach(backend, run)
        }
        guard other.final == nil else { return }
        let ousted = other.backend
        run.backend = nil
        ousted?.place = .choosing
        knowledge.unclaimed[backend.group]?.removeAll { $0 === backend }
        join(backend, to: other, .proven, now)
        if run.lane == nil {
            finish(run, .superseded, .stated, at: nil, now)
            show(run, in: [])
        } else {
            look(at: run, now)
        }
        if let ousted { choose(for: ousted, now) }
    }

    /// Whether it may be counted by itself: not what nobody knows whose it is (rule 32).
    private func countsAlone(_ backend: Backend) -> Bool {
        guard case .chroot(_, let owner, let project) = backend.identity else { return true }
        return settings.coprAccounts.contains(owner) && project.isReadable
    }

    /// A proven join teaches whose a project is that Packit did not name (rule 32).
    private func teach(_ backend: Backend, _ run: Run) {
        guard case .chroot(_, let owner, let project) = backend.identity, let lane = run.lane, !countsAlone(backend)
        else { return }
        let time = backend.firstHeard.believed(backend.time)
        lane.commit.repository.projects["\(owner)/\(project)", default: time].raise(to: time)
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

    /// Those that wait choose again at each new fact, in the order of their starts.
    func reconsider(_ now: Now) {
        let waiting = knowledge.waiting.sorted { ($0.time, $0.firstHeard.order) < ($1.time, $1.firstHeard.order) }
        for backend in waiting { choose(for: backend, now) }
    }

    /// What is known of a run may prove joins that were only proposed.
    func proveJoins(of lane: CheckLane, _ now: Now) {
        for request in Set(lane.allFacts.compactMap(\.status.requestID)).sorted() {
            if let backend = knowledge.requests[request] { prove(backend, now) }
        }
    }

    /// A check that comes later and fits a run that was counted alone claims it: what was counted of that is counted
    /// of this one run. A run of a check that is counted itself claims nothing, since they were counted as two.
    func claim(for run: Run, _ now: Now) {
        guard run.backend == nil, run.countedSince == nil, run.final == nil, !run.facts.isEmpty else { return }
        guard let (backend, proof) = claimable(by: run), case .alone(let alone) = backend.place else { return }
        knowledge.unclaimed[backend.group]?.removeAll { $0 === backend }
        show(alone, in: [])
        alone.isClaimed = true
        attach(backend, to: run, proof)
        run.countedSince = alone.countedSince
        run.isStartedCounted = alone.isStartedCounted
        run.isJudged = alone.isJudged
        run.isRevisionCounted = alone.isRevisionCounted
        run.final = alone.final.map {
            Run.Final(
                outcome: $0.outcome, time: $0.time, at: $0.at, heardCount: $0.heardCount,
                facts: Set(run.facts.map(\.id)))
        }
        // Choice: on this commit it opens only now.
        if run.final == nil { noteOpeningWithoutHead(of: run, now) }
    }

    /// Of several it claims the one heard of first that chooses it; of those that were there before it was seen, the
    /// last.
    private func claimable(by run: Run) -> (Backend, JoinProof)? {
        let chroot = run.kind == .build ? run.lane?.reading.chroot : nil
        let group = RunTarget(kind: run.kind, deployment: run.deployment, chroot: chroot)
        let mine = (knowledge.unclaimed[group] ?? []).compactMap { backend -> (backend: Backend, proof: JoinProof)? in
            guard fits(run, backend, .firstSight) || fits(run, backend, .possible) else { return nil }
            guard let (chosen, proof) = chosen(among: runs(fitting: backend), for: backend), chosen === run else {
                return nil
            }
            return (backend, proof)
        }
        return mine.first { fits(run, $0.backend, .firstSight) }
            ?? mine.max {
                ($0.backend.time, $0.backend.firstHeard.order) < ($1.backend.time, $1.backend.firstHeard.order)
            }
    }
}

extension Timestamp {
    fileprivate mutating func raise(to other: Timestamp) {
        self = max(self, other)
    }
}

extension String {
    /// Whether a project's name may be that of a namespace, a repository and something more.
    fileprivate var isReadable: Bool {
        guard let first = firstIndex(of: "-"), let last = lastIndex(of: "-"), first != startIndex else { return false }
        return index(after: first) < last && index(after: last) != endIndex
    }
}

extension Commit {
    /// Whether the version of Copr's build names it: its part that begins with `g` begins the commit.
    func isNamed(by backend: Backend) -> Bool {
        guard !pulls.isEmpty || !allLanes.isEmpty else { return false }
        return backend.versions.contains { version in
            version.split(whereSeparator: { !($0.isLetter || $0.isNumber) }).contains { part in
                part.first == "g" && part.count >= 8 && sha.hasPrefix(part.dropFirst())
            }
        }
    }
}

extension Backend {
    /// Among which a check looks for its own: chroots' by their chroot, requests all together, since not every one
    /// tells its chroot.
    var group: RunTarget {
        RunTarget(kind: kind, deployment: deployment, chroot: kind == .build ? chroot : nil)
    }
}
