internal import SLOCore

/// Rules 20, 31 and 32: joins of backend runs and runs of checks.
extension ModelRun {
    /// Call it after a report on a backend run.
    func didReceive(_ backend: Backend, _ now: Now) {
        prove(backend, now)
        switch backend.place {
        case .joined(let run), .alone(let run): look(at: run, now)
        case .choosing: choose(for: backend, now)
        case .nobodys: break
        }
    }

    /// One that fits no run is counted at once, unless its repository is unknown; one that fits one run is joined; one
    /// that fits several waits.
    func choose(for backend: Backend, _ now: Now) {
        guard case .choosing = backend.place else { return }
        // A backend run that no check claimed until the horizon is unattributed.
        let end = backend.firstReceivedAt.at + settings.horizon
        if !countsAlone(backend), now.hasCome(end) {
            stopWaiting(backend)
            backend.place = .nobodys
            return
        }
        let fitting = runs(fitting: backend)
        if let (run, proof) = chosen(among: fitting, for: backend) { return join(backend, to: run, proof, now) }
        let due = backend.firstReceivedAt.at + settings.joinWait
        if countsAlone(backend) {
            if fitting.runs.isEmpty || now.hasCome(due) { return countAlone(backend, now) }
            wake(.backend(backend), at: due, now)
        } else {
            wake(.backend(backend), at: end, now)
        }
        if !knowledge.waiting.contains(where: { $0 === backend }) { knowledge.waiting.append(backend) }
        show(backend, in: [.unjoinedRuns])
    }

    private func chosen(among fitting: Fitting, for backend: Backend) -> (run: Run, proof: JoinProof)? {
        let left = left(of: fitting.runs, for: backend)
        if let only = left.first, left.count == 1 {
            // A request belongs to one run; a commit does not decide among the runs of one commit.
            let isProven = fitting.could == 1 || fitting.isNumbered && backend.kind == .testRun
            return (only, isProven ? .proven : .proposed)
        }
        if backend.kind == .testRun, fitting.isNumbered { return left.queuedLast.map { ($0, .proven) } }
        return firstNumbered(of: left, for: backend).map { ($0, .proposed) }
    }

    /// Runs that had ended before the backend run did are removed, except the last one; then bound runs take precedence
    /// over unbound ones (rule 31). A backend run without a known end has not ended.
    private func left(of fitting: [Run], for backend: Backend) -> [Run] {
        guard fitting.count > 1 else { return fitting }
        let open = fitting.filter { run in
            run.endInWorld.map { end in backend.endInWorld.map { $0 <= end } ?? false } ?? true
        }
        let latest = fitting.compactMap(\.endInWorld).max()
        let last = fitting.filter { $0.endInWorld == latest }.queuedLast
        let left = open.isEmpty ? [last].compactMap { $0 } : open
        let bound = left.filter { $0.lane?.isBound ?? false }
        return bound.isEmpty ? left : bound
    }

    /// The run that was the first to show a job number that no run had: since the backend run began, or received while
    /// that waits, except if it was received late.
    private func firstNumbered(of runs: [Run], for backend: Backend) -> Run? {
        let numbered = runs.compactMap { run in
            run.facts.filter { $0.jobID(of: run.kind) != nil }
                .min { ($0.shownAt, $0.receipt.order) < ($1.shownAt, $1.receipt.order) }.map { (run, $0) }
        }
        let new = numbered.filter { _, fact in
            let isLate = fact.receipt.at - fact.shownAt > settings.initialStatusGrace
            return fact.shownAt >= backend.time || !isLate && fact.receipt.at >= backend.firstReceivedAt.at
        }
        return new.min { ($0.1.shownAt, $0.1.receipt.order) < ($1.1.shownAt, $1.1.receipt.order) }?.0
    }

    /// A backend run that another run had without proof looks for another.
    private func join(_ backend: Backend, to run: Run, _ proof: JoinProof, _ now: Now) {
        let ousted = run.backend
        let existed = run.exists
        stopWaiting(backend)
        attach(backend, to: run, proof)
        look(at: run, now)
        // A test that only waited supersedes earlier ones now.
        if !existed {
            for other in run.lane?.runs ?? [] where other !== run { look(at: other, now) }
        }
        guard let ousted else { return }
        ousted.place = .choosing
        ousted.proof = .proposed
        choose(for: ousted, now)
    }

    private func attach(_ backend: Backend, to run: Run, _ proof: JoinProof) {
        backend.place = .joined(run)
        backend.proof = proof
        backend.isConflictCounted = false
        run.backend = backend
        counted.count(.joins(proof))
        if proof == .proven { teach(backend, run) }
    }

    /// A later proof moves a proposed join, and a run that was counted alone.
    private func prove(_ backend: Backend, _ now: Now) {
        guard let run = backend.place.run, !backend.isProven else { return }
        let fitting = runs(fitting: backend)
        guard fitting.isNumbered, let (other, proof) = chosen(among: fitting, for: backend), proof == .proven else {
            return
        }
        move(backend, from: run, to: other, now)
    }

    /// A backend run that was proposed for the proven one's run looks for another. The counted steps of a run that was
    /// alone stay counted, and it ends as superseded.
    private func move(_ backend: Backend, from run: Run, to other: Run, _ now: Now) {
        guard other !== run else {
            backend.proof = .proven
            counted.count(.joins(.proven))
            teach(backend, run)
            return look(at: run, now)
        }
        if run.lane == nil, other.countedSince == nil, other.backend == nil {
            claim(backend, alone: run, for: other, .proven, now)
            return look(at: other, now)
        }
        run.backend = nil
        // The other has it from now on, whatever of the lane is looked at first.
        join(backend, to: other, .proven, now)
        guard let lane = run.lane else {
            if run.final == nil { finishAsPart(run, now) }
            return show(run, in: [])
        }
        look(at: run, now)
        // A test that only waits again supersedes nothing.
        for older in lane.runs where older !== run { look(at: older, now) }
    }

    /// Whether it may be counted alone: not if its repository is unknown (rule 32).
    private func countsAlone(_ backend: Backend) -> Bool {
        guard case .chroot(_, let owner, let project) = backend.identity else { return true }
        return settings.coprAccounts.contains(owner) && project.isReadable
    }

    /// A proven join teaches the repository of a project that Packit did not name (rule 32).
    private func teach(_ backend: Backend, _ run: Run) {
        guard case .chroot(_, let owner, let project) = backend.identity, let lane = run.lane, !countsAlone(backend)
        else { return }
        let time = backend.firstReceivedAt.due(backend.time)
        lane.commit.repository.projects["\(owner)/\(project)", default: time].raise(to: time)
    }

    /// Rule 31: the two sides of a proposed join have different outcomes. The check's is what was counted, if the check
    /// itself told it.
    func noteConflict(of run: Run) {
        guard let final = run.final, final.isOfCheck, let backend = run.backend, backend.proof == .proposed,
            let end = backend.end, !backend.isConflictCounted, !agree(end, final.outcome)
        else { return }
        backend.isConflictCounted = true
        counted.count(.joinConflicts)
    }

    /// Copr's messages say "failed" of everything that is not a success (docs/counting.md, evidence).
    private func agree(_ end: Evidence, _ outcome: Outcome) -> Bool {
        guard end.weight == .coprFailure else { return end.end?.outcome == outcome }
        return outcome != .success
    }

    private func countAlone(_ backend: Backend, _ now: Now) {
        stopWaiting(backend)
        let run = Run(backend.kind, backend.deployment, in: nil, knownSince: backend.firstReceivedAt.at, now)
        run.backend = backend
        backend.place = .alone(run)
        look(at: run, now)
    }

    private func stopWaiting(_ backend: Backend) {
        knowledge.waiting.removeAll { $0 === backend }
        show(backend, in: [])
    }

    /// Those that wait choose again at each new fact, in order of their starts.
    func reconsider(_ now: Now) {
        let withoutRun = knowledge.withoutRun
        knowledge.withoutRun = []
        for backend in withoutRun.inOrder { choose(for: backend, now) }
        // A run that one of them takes is not available to others, so they are repeated.
        var count: Int
        repeat {
            count = knowledge.waiting.count
            for backend in knowledge.waiting.inOrder { choose(for: backend, now) }
        } while knowledge.waiting.count != count
    }

    /// A request that a summary links is proven.
    func proveJoins(of lane: CheckLane, _ now: Now) {
        for request in Set(lane.allFacts.compactMap(\.status.requestID)).sorted() {
            if let backend = knowledge.requests[request] { didReceive(backend, now) }
        }
    }

    /// A check that arrives later and fits a run that was counted alone claims it: what was counted of that is counted
    /// for this one run. A run of a check that is counted itself claims nothing, because they were counted as two. A
    /// run that its number identifies is also claimed from another check.
    func claim(for run: Run, _ now: Now) {
        guard run.backend == nil, run.countedSince == nil, run.final == nil, !run.facts.isEmpty else { return }
        for backend in claimable(by: run) {
            guard let (chosen, proof) = chosen(among: runs(fitting: backend), for: backend), chosen === run else {
                continue
            }
            switch backend.place {
            case .alone(let alone): return claim(backend, alone: alone, for: run, proof, now)
            case .joined(let other) where proof == .proven: return move(backend, from: other, to: run, now)
            case .choosing, .nobodys, .joined: continue
            }
        }
    }

    private func claim(_ backend: Backend, alone: Run, for run: Run, _ proof: JoinProof, _ now: Now) {
        show(alone, in: [])
        alone.isClaimed = true
        attach(backend, to: run, proof)
        run.number = alone.number
        if alone.final != nil { run.endBeforeClaim = backend.ends.first }
        run.countedSince = alone.countedSince
        run.isStartedCounted = alone.isStartedCounted
        run.judgedBy = alone.judgedBy
        run.isRevisionCounted = alone.isRevisionCounted
        run.final = alone.final.map {
            Run.Final(
                outcome: $0.outcome, time: $0.time, ended: $0.ended, at: $0.at, receivedCount: $0.receivedCount,
                until: $0.until, isOfCheck: false, facts: Set(run.facts.map(\.id)))
        }
        // Choice: on this commit it opens only now.
        if run.final == nil { noteOpeningWithoutHead(of: run, now) }
    }

    /// What a run may claim, in order: what a number identifies; the first that began after the run was queued, so that
    /// it certainly fits; the last of the others.
    private func claimable(by run: Run) -> [Backend] {
        let all = knowledge.backends(beside: run).filter { !$0.isProven }.inOrder
        let numbered = all.filter { backend in
            if let id = backend.requestID { return backend.isAlone && run.links(request: id) }
            return run.lane?.isNumbered(by: backend) ?? false && fit(run, backend) != .no
        }
        let others = all.filter { backend in backend.isAlone && !numbered.contains { $0 === backend } }
        return numbered + others.filter { fit(run, $0) == .surely }
            + others.filter { fit(run, $0) == .possibly }.reversed()
    }
}

extension Backend {
    /// Whether a number, or the lack of alternatives, proves its join.
    fileprivate var isProven: Bool {
        if case .joined = place { proof == .proven } else { false }
    }

    fileprivate var isAlone: Bool {
        if case .alone = place { true } else { false }
    }
}

extension Backend.Place {
    /// The run that it is counted as, or part of.
    fileprivate var run: Run? {
        switch self {
        case .choosing, .nobodys: nil
        case .joined(let run), .alone(let run): run
        }
    }
}

extension [Backend] {
    /// In order of their starts.
    fileprivate var inOrder: [Backend] {
        sorted { ($0.time, $0.firstReceivedAt.order) < ($1.time, $1.firstReceivedAt.order) }
    }
}

extension [Run] {
    fileprivate var queuedLast: Run? {
        var last: Run?
        for run in self where last.map({ ($0.base, $0.firstCheck) < (run.base, run.firstCheck) }) ?? true { last = run }
        return last
    }
}

extension Fact {
    fileprivate var shownAt: Timestamp { time ?? receipt.at.flooredToSecond }
}

extension Timestamp {
    fileprivate mutating func raise(to other: Timestamp) {
        self = max(self, other)
    }
}

extension String {
    /// Whether a project's name may consist of a namespace, a repository and a rest.
    fileprivate var isReadable: Bool {
        guard let first = firstIndex(of: "-"), let last = lastIndex(of: "-"), first != startIndex else { return false }
        return index(after: first) < last && index(after: last) != endIndex
    }
}
