internal import SLOCore

/// Which runs of checks a backend's run fits (rule 20 and the fine print to it).
extension Walk {
    func runs(fitting backend: Backend, orProposed: Bool = false) -> [Run] {
        let lanes: [CheckLane]
        switch backend.identity {
        case .chroot: lanes = knowledge.allRepositories.flatMap { $0.lanes[backend.group] ?? [] }
        case .request(let id): lanes = knowledge.testLanes(of: backend, id)
        }
        let all = lanes.flatMap(\.runs)
        let sure = all.filter { fits($0, backend, .firstSight, orProposed: orProposed) }
        // Choice: what was first seen too late may have been queued in time, as far as is known.
        let fitting = sure.isEmpty ? all.filter { fits($0, backend, .possible, orProposed: orProposed) } : sure
        guard let id = backend.requestID else {
            let exact = fitting.filter { $0.lane?.isBuilt(by: backend, exactly: true) ?? false }
            return exact.isEmpty ? fitting : exact
        }
        let isLinked = (knowledge.lanesLinking[id] ?? []).contains {
            $0.kind == .testRun && $0.key.deployment == backend.deployment
        }
        return isLinked ? fitting.filter { $0.links(request: id) } : fitting
    }

    /// Choices: a request fits nothing that had ended before it was made, or that links another one, either; it need
    /// not come later than the run was queued, being the submission itself.
    func fits(_ run: Run, _ backend: Backend, _ queueTime: QueueTime, orProposed: Bool = false) -> Bool {
        guard let lane = run.lane, run.kind == backend.kind, run.deployment == backend.deployment else { return false }
        if let own = run.backend, own !== backend, !(orProposed && own.proof == .proposed) { return false }
        switch backend.identity {
        case .chroot(let key, _, _):
            let queued = queueTime == .firstSight ? run.base : run.queuedAt ?? run.earliestQueueTime
            return run.exists && lane.reading.chroot == key.chroot && queued.map { $0 <= backend.time } ?? true
                && !(queueTime == .possible && isShownOpen(run, after: backend))
                && !hasEnded(run, before: backend) && isOf(lane, backend)
        case .request(let id):
            if run.links(request: id) { return true }
            let opened = run.exists ? run.base : run.facts.first?.postedAt ?? run.base
            let queued = queueTime == .firstSight ? opened : run.queuedAt ?? run.earliestQueueTime
            if let ended = backend.end?.time, let queued, ended < queued { return false }
            if queueTime == .possible, isShownOpen(run, after: backend) { return false }
            return !run.linksOtherRequest(than: id) && (run.exists || lane.isWaiting(run))
                && !hasEnded(run, before: backend) && (lane.isNamed(by: backend) ?? isOfBuild(backend, lane))
        }
    }

    /// Whether a chroot's build may be a lane's: by the project that Packit names after it, by what is configured or was
    /// proven of the project (rule 32), or by the commit that its version names (rule 31).
    private func isOf(_ lane: CheckLane, _ backend: Backend) -> Bool {
        if lane.isBuilt(by: backend, exactly: false), settings.coprAccounts.contains(backend.owner) { return true }
        if lane.commit.isNamed(by: backend) { return true }
        let project = "\(backend.owner)/\(backend.project)"
        let repository = lane.commit.repository
        if let taught = repository.projects[project], taught >= backend.time - settings.learnedWindow { return true }
        return settings.coprProjects.contains { rule in
            Glob(rule.projects).matches(project)
                && repository.names.contains { $0.lowercased() == rule.repository.lowercased() }
        }
    }

    /// Whether a check showed it queued or running when the backend had ended its run, by more than two clocks differ.
    private func isShownOpen(_ run: Run, after backend: Backend) -> Bool {
        let open = run.facts.first { fact in
            let evidence = fact.evidence(of: run.kind)
            return evidence.map { $0.end == nil && $0.isFirstStep } ?? false
        }
        guard let time = open?.time, let ended = backend.end?.time else { return false }
        return ended + .seconds(2) < time
    }

    /// Choice: what was superseded may run on at the backend, so that is no end.
    private func hasEnded(_ run: Run, before backend: Backend) -> Bool {
        if let end = run.endedAt { return end < backend.time }
        return run.final.map { $0.outcome != .superseded && ($0.time ?? backend.time) < backend.time } ?? false
    }

    /// A request whose variables tell nothing fits by its artifact: the Copr build that it tests is joined to a run,
    /// and the test is of the same commit, event at Packit, and chroot.
    private func isOfBuild(_ backend: Backend, _ lane: CheckLane) -> Bool {
        guard let id = backend.documents.compactMap(\.buildID).first else { return false }
        guard lane.mayBe(chroot: backend.chroot) else { return false }
        return (knowledge.chrootsOfBuild[id] ?? []).contains { built in
            guard case .joined(let run) = built.place, let of = run.lane else { return false }
            return of.commit === lane.commit && of.key.externalID == lane.key.externalID
                && (backend.chroot == nil || built.chroot == backend.chroot)
        }
    }
}

/// What is taken for the queue time of a run whose check does not tell it.
enum QueueTime {
    case firstSight
    case possible
}

extension Knowledge {
    /// Where the tests of a request may be: on the commit that its variables name, on that of its build, and wherever
    /// a summary links it.
    func testLanes(of backend: Backend, _ id: String) -> [CheckLane] {
        var commits = lanesLinking[id]?.map(\.commit) ?? []
        for sha in Set(backend.documents.compactMap(\.sha)).sorted() {
            commits += allRepositories.compactMap { $0.commits[sha] }
        }
        for build in Set(backend.documents.compactMap(\.buildID)).sorted() {
            for built in chrootsOfBuild[build] ?? [] {
                if case .joined(let run) = built.place, let commit = run.lane?.commit { commits.append(commit) }
            }
        }
        var seen: Set<ObjectIdentifier> = []
        return commits.filter { seen.insert(ObjectIdentifier($0)).inserted }.flatMap(\.allLanes)
    }
}

extension Run {
    /// The latest that is known of before it was queued: the push, less the clocks' two seconds, the run of its lane
    /// before it, and its waiting.
    var earliestQueueTime: Timestamp? {
        guard let lane, let index = lane.runs.firstIndex(where: { $0 === self }) else { return nil }
        let before = index > 0 ? lane.runs[index - 1].facts : []
        let waiting = facts.prefix { !($0.evidence(of: kind)?.isFirstStep ?? false) }
        let pull = lane.onlyPull.flatMap { lane.commit.repository.pulls[$0] }
        let push = pull?.pushes.first { $0.sha == lane.commit.sha }.map { $0.time - .seconds(2) }
        return ((before + waiting).map(\.time) + [push]).compactMap { $0 }.max()
    }

    func links(request id: String) -> Bool {
        facts.contains { $0.status.requestID == id }
    }

    func linksOtherRequest(than id: String) -> Bool {
        facts.contains { fact in fact.status.requestID.map { $0 != id } ?? false }
    }
}

extension CheckLane {
    /// A request fits a test that only waits yet, too: it is its submission. What ended without being submitted does
    /// not wait, nor does what a newer run took the place of.
    func isWaiting(_ run: Run) -> Bool {
        runs.last === run
            && !run.facts.contains { if case .finished = $0.step(of: .testRun) { true } else { false } }
    }

    /// Whether a request's variables name the lane's repository, commit and chroot; `nil` if they do not tell.
    func isNamed(by backend: Backend) -> Bool? {
        guard let named = backend.documents.first(where: { $0.repositoryName != nil && $0.sha != nil }),
            let repositoryName = named.repositoryName
        else { return nil }
        return commit.repository.names.contains(repositoryName) && commit.sha == named.sha
            && mayBe(chroot: backend.chroot)
    }

    /// Choice: a name that shows no chroot contradicts none.
    func mayBe(chroot: String?) -> Bool {
        chroot == nil || reading.chroot == nil || chroot == reading.chroot
    }

    /// Whether a Copr project is the one that Packit makes for the lane's pull request, branch or release: named after
    /// the repository, that, and the job's identifier where it has one. The packages of a monorepo have one and build
    /// in a project without, which is not exactly theirs.
    func isBuilt(by backend: Backend, exactly: Bool) -> Bool {
        let project = backend.project
        return commit.repository.names.contains { repository in
            let base = normalized(repository) + "-"
            guard project.hasPrefix(base) else { return false }
            let rest = String(project.dropFirst(base.count))
            return isNamed(rest, suffix) || (!exactly && reading.event == nil && isNamed(rest, ""))
        }
    }

    private func isNamed(_ rest: String, _ suffix: String) -> Bool {
        if let event = reading.event { return [normalized(event), "releases"].contains { rest == $0 + suffix } }
        if pulls.contains(where: { rest == String($0) + suffix }) { return true }
        guard pulls.isEmpty, rest.hasSuffix(suffix), let number = Int(rest.dropLast(suffix.count)) else { return false }
        // Of a pull request that nobody heard of: every run fits whose pull request is not known either.
        return commit.repository.pulls[number]?.isHeardOf != true
    }

    private var suffix: String {
        reading.identifier.map { "-" + normalized($0) } ?? ""
    }

    /// Copr allows letters, digits, underscores, points and dashes.
    private func normalized(_ text: String) -> String {
        String(text.map { $0.isLetter || $0.isNumber || "_.-".contains($0) ? $0 : "-" })
    }
}
