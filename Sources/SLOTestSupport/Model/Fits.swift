internal import SLOCore

/// Which runs of checks a backend run fits (rule 20).
extension ModelRun {
    /// The runs of checks to which a backend run can belong.
    struct Fitting {
        /// Those to choose from.
        let runs: [Run]
        /// How many could fit at all.
        let could: Int
        /// Whether a number identifies them: a request in a summary, the commit and pull request in Copr's version.
        let isNumbered: Bool
    }

    /// Whether a run can contain a backend run, by its times.
    enum Fit {
        case no
        /// Its check did not show when it was queued: it may have been in time.
        case possibly
        case surely
    }

    /// Of those that a number identifies, otherwise of all, those without another backend run; a number that proves a
    /// join also takes a run that another one has without proof. Then those that certainly fit by their times; then
    /// those by whose name the project was created, exactly or except for the identifier, and last those by what is
    /// known of the project.
    func runs(fitting backend: Backend) -> Fitting {
        let able = candidates(for: backend).filter { run in
            run.backend.map { $0 === backend || $0.proof == .proposed } ?? true
        }
        let numbered = able.filter { isNumbered($0, backend) }
        let all = numbered.isEmpty ? able : numbered
        let free = all.filter { $0.backend == nil || $0.backend === backend }
        let isProof = numbered.count == 1 || backend.kind == .testRun
        let rest = free.isEmpty && isProof ? numbered : free
        let places = rest.map { run in
            (backend.requestID.map(run.links) ?? false) || fit(run, backend) == .surely
                ? nearness(run, backend) : 10 + nearness(run, backend)
        }
        let best = zip(rest, places).filter { $0.1 == places.min() }.map(\.0)
        return Fitting(runs: best, could: all.count, isNumbered: !numbered.isEmpty)
    }

    private func candidates(for backend: Backend) -> [Run] {
        guard let id = backend.requestID else {
            let target = RunTarget(kind: .build, deployment: backend.deployment, chroot: backend.chroot)
            let lanes = knowledge.allRepositories.flatMap { $0.lanes[target] ?? [] }.filter { $0.kind == .build }
            return lanes.flatMap(\.runs).filter { nearness($0, backend) < 3 && fit($0, backend) != .no }
        }
        let lanes = knowledge.testLanes(of: backend, id).filter {
            $0.kind == .testRun && $0.key.deployment == backend.deployment
        }
        let linked = lanes.flatMap(\.runs).filter { $0.links(request: id) }
        if !linked.isEmpty { return linked }
        let named = lanes.filter { $0.isNamed(by: backend) ?? isOfBuild(backend, $0) }
        return named.flatMap(\.runs).filter { !$0.linksOtherRequest(than: id) && fit($0, backend) != .no }
    }

    private func isNumbered(_ run: Run, _ backend: Backend) -> Bool {
        backend.requestID.map(run.links) ?? run.lane?.isNumbered(by: backend) ?? false
    }

    /// The criterion by which a build's project belongs to a lane: its generated name, without the identifier, what is
    /// configured or was proven (rule 32), or the commit in the version. 3: none.
    private func nearness(_ run: Run, _ backend: Backend) -> Int {
        // A name without a chroot may be of any, but one with the chroot is nearer.
        guard backend.kind == .build else { return backend.chroot != nil && run.lane?.reading.chroot == nil ? 1 : 0 }
        guard let lane = run.lane else { return 3 }
        if settings.coprAccounts.contains(backend.owner) {
            if lane.isBuilt(by: backend, exactly: true) { return 0 }
            if lane.isBuilt(by: backend, exactly: false) { return 1 }
        }
        return lane.isNumbered(by: backend) || isKnown(backend, in: lane.commit.repository) ? 2 : 3
    }

    private func isKnown(_ backend: Backend, in repository: KnownRepository) -> Bool {
        let project = "\(backend.owner)/\(backend.project)"
        if let taught = repository.projects[project], taught >= backend.time - settings.learnedWindow { return true }
        return settings.coprProjects.contains { rule in
            Glob(rule.projects).matches(project)
                && repository.names.contains { $0.lowercased() == rule.repository.lowercased() }
        }
    }

    /// A run that had not ended before the backend run began; a build that was queued no later than that, a test that
    /// was queued before the backend run ended. A test that only waits may be what was submitted.
    func fit(_ run: Run, _ backend: Backend) -> Fit {
        guard let lane = run.lane,
            run.exists || run.kind == .testRun && (run.countedSince != nil || lane.isWaiting(run))
        else { return .no }
        if let end = run.endInWorld, end < backend.time { return .no }
        guard let latest = run.kind == .build ? backend.time : backend.endedAt else { return .surely }
        let opening = run.facts.first?.status
        let opened = (opening?.startedAt ?? opening?.completedAt)?.flooredToSecond ?? run.base
        if (run.exists ? run.base : opened) <= latest { return .surely }
        if let earliest = run.queuedAt ?? run.earliestQueueTime, latest < earliest { return .no }
        return isShownOpen(run, after: backend) ? .no : .possibly
    }

    /// Whether a check showed it queued or running after the backend run had ended, by more than two clocks differ.
    private func isShownOpen(_ run: Run, after backend: Backend) -> Bool {
        let open = run.facts.first { fact in
            let evidence = fact.evidence(of: run.kind)
            return evidence.map { $0.end == nil && $0.isFirstStep } ?? false
        }
        guard let time = open?.time, let ended = backend.endedAt else { return false }
        return ended + .seconds(2) < time
    }

    /// A request without useful variables fits by its artifact: the Copr build that it tests is joined with a run, and
    /// the test has the same commit, event at Packit, and chroot.
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

extension Knowledge {
    /// Those of the same deployment, and chroot if they are builds.
    func backends(beside run: Run) -> [Backend] {
        guard run.kind == .build else { return requests.values.filter { $0.deployment == run.deployment } }
        let chroot = run.lane?.reading.chroot
        return builds.values.filter { $0.deployment == run.deployment && $0.chroot == chroot }
    }

    /// Where the tests of a request may be: on the commit in its variables, on that of its build, and where a summary
    /// links it.
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
    /// When its check, or the horizon, ended it. Choice: superseded is no end, because the run may continue at the
    /// backend.
    var endInWorld: Timestamp? {
        ends.compactMap(\.time).min() ?? ends.map(\.receipt.at).min()?.flooredToSecond
            ?? (final?.outcome == .superseded ? nil : final?.ended)
    }

    /// The latest known time before it was queued: the push minus two seconds, the previous run of its lane, and its
    /// waiting.
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
    /// A request fits a test that only waits, too: it is its submission. A test that ended without being submitted does
    /// not wait, nor does one that a newer run replaced.
    func isWaiting(_ run: Run) -> Bool {
        runs.last === run
            && !run.facts.contains { if case .finished = $0.step(of: .testRun) { true } else { false } }
    }

    /// Whether a request's variables name the lane's repository, commit and chroot; `nil` if they do not say.
    func isNamed(by backend: Backend) -> Bool? {
        guard let named = backend.documents.first(where: { $0.repositoryName != nil && $0.sha != nil }),
            let repositoryName = named.repositoryName
        else { return nil }
        return commit.repository.names.contains(repositoryName) && commit.sha == named.sha
            && mayBe(chroot: backend.chroot)
    }

    func mayBe(chroot: String?) -> Bool {
        chroot == nil || reading.chroot == nil || chroot == reading.chroot
    }

    /// Whether the version of Copr's build names its commit, by the part that begins with `g`, and its pull request, or
    /// none if it has none.
    func isNumbered(by backend: Backend) -> Bool {
        backend.versions.contains { version in
            let parts = version.split { !($0.isLetter || $0.isNumber) }
            guard let named = parts.last(where: { $0.first == "g" && $0.count >= 8 }),
                commit.sha.hasPrefix(named.dropFirst())
            else { return false }
            let number = parts.last { $0.hasPrefix("pr") }.flatMap { Int($0.dropFirst(2)) }
            return reading.event == nil ? number.map(mayBeOf) ?? false : number == nil
        }
    }

    /// Whether it belongs to a pull request, as far as known: to an unknown one any run may belong whose pull request
    /// is unknown, too.
    private func mayBeOf(_ number: Int) -> Bool {
        pulls.contains(number) || pulls.isEmpty && commit.repository.pulls[number]?.isReceived != true
    }

    /// Whether a Copr project is the one that Packit creates for the lane's pull request, branch or release: named
    /// after the repository, that, and the job's identifier if it has one. The packages of a monorepo have one and
    /// build in a project without, which is not an exact match.
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
        guard rest.hasSuffix(suffix), let number = Int(rest.dropLast(suffix.count)) else { return false }
        return mayBeOf(number)
    }

    private var suffix: String {
        reading.identifier.map { "-" + normalized($0) } ?? ""
    }

    /// Copr allows letters, digits, underscores, points and dashes.
    private func normalized(_ text: String) -> String {
        String(text.map { $0.isLetter || $0.isNumber || "_.-".contains($0) ? $0 : "-" })
    }
}
