// Which runs of checks a backend run can belong to (docs/counting.md, rules 20 and 32).

import HashTreeCollections

/// The runs of checks to which a backend run can belong.
struct Candidates {
    /// Those that fit and contain no other backend run, by the best criterion that finds any.
    var fitting: [EntityID] = []
    /// How many could fit, including those joined with another backend run without proof.
    var possible = 0
    /// Whether a number identifies them: a request in a summary, or commit and pull request in a build's version.
    var isNumbered = false
    /// Whether there were more than the limit.
    var isIncomplete = false
}

extension Ledger {
    func candidates(of backend: BackendRun) -> Candidates {
        switch backend.key {
        case .copr: candidates(ofBuild: backend)
        case .testingFarm(let request): candidates(ofTestRun: backend, request: request)
        }
    }

    // MARK: - Copr

    /// Runs whose generated project name is exactly equal; otherwise those of a monorepo's packages that build in it
    /// although they have identifiers; otherwise those of the repositories known for the project.
    private func candidates(ofBuild backend: BackendRun) -> Candidates {
        var search = Search(backend: backend)
        for (repository, rest) in namedRepositories(of: backend) {
            look(at: .event(rest: rest), in: repository, level: 0, &search)
            guard let (number, identifier) = CoprProject.pullRequest(ofRest: rest) else { continue }
            look(
                at: .pullRequests(identifier: identifier), in: repository, ofPullRequest: number, level: 0, &search)
            guard identifier.isEmpty else { continue }
            look(at: .packages, in: repository, ofPullRequest: number, level: 1, &search)
        }
        for repository in knownRepositories(of: backend) { look(at: .repository, in: repository, level: 2, &search) }
        if let version = search.version {
            look(at: .commit(prefix: version.key), in: 0, onlyNumbered: true, level: 2, &search)
        }
        return search.candidates
    }

    /// Repositories whose names begin the project's name, with the rest after it.
    func namedRepositories(of backend: BackendRun) -> [(repository: RepositoryID, rest: String)] {
        guard let project = backend.project, isOfPackit(backend) else { return [] }
        return CoprProject.readings(of: project).flatMap { slug, rest in
            state.repositoriesOfSlug[slug].sorted().map { ($0, rest) }
        }
    }

    /// Whether Packit named the project: then its builds count alone (docs/counting.md, rule 32).
    func isOfPackit(_ backend: BackendRun) -> Bool {
        guard let project = backend.project else { return true }
        // An older version stored no owner.
        return backend.owner.map { settings.coprAccounts.contains($0) && CoprProject.isGenerated(project) } ?? true
    }

    /// Repositories of the project by the configuration or by a proven join.
    func knownRepositories(of backend: BackendRun) -> [RepositoryID] {
        guard let name = backend.projectName else { return [] }
        let configured = settings.repositories(ofCoprProject: name).flatMap {
            state.repositoriesOfName[$0.lowercased()]
        }
        let taught = state.repositoriesOfProject[name].filter { isTaught(name, by: $0, at: backend.firstSeenAt) }
        return Set(configured + taught).sorted()
    }

    private func isTaught(_ project: String, by repository: RepositoryID, at moment: Timestamp) -> Bool {
        let taughtAt = state.repositories[repository]?.projects.first { $0.name == project }?.taughtAt
        return taughtAt.map { moment - $0 <= settings.learnedWindow } ?? false
    }

    private func look(
        at place: OpeningKey.Place, in repository: RepositoryID, ofPullRequest number: Int? = nil,
        onlyNumbered: Bool = false,
        level: Int, _ search: inout Search
    ) {
        let key = OpeningKey(
            deployment: search.backend.deployment, chroot: search.backend.chroot, repository: repository, place: place)
        let runs = state.openings.last(settings.bounds.runsLookedAt, under: key)
        if state.openings.count(of: key) > runs.count { search.isIncomplete = true }
        for id in runs {
            guard let run = state.runs[id], let lane = run.lane.flatMap({ state.lanes[$0] }) else { continue }
            if let number, !mayBelong(lane, to: number) { continue }
            let isNumbered = search.version.map { proves($0, lane) } ?? false
            if onlyNumbered, !isNumbered { continue }
            consider(run, isNumbered: isNumbered, level: level, &search)
        }
    }

    /// Whether a lane belongs to the pull request. If only comments on that were received, its commits are unknown: any
    /// lane of an unknown one may belong to it.
    private func mayBelong(_ lane: Lane, to number: Int) -> Bool {
        guard let head = state.heads[lane.head] else { return false }
        if let own = binding(of: lane) { return own == number }
        let key = PullRequestKey(repository: lane.head.repository, number: number)
        guard state.pullRequests[key]?.isReceived == true else { return head.pullRequests.isEmpty }
        return head.pullRequests.contains(number)
    }

    /// Whether a version names the lane's commit, and its pull request if it has one (docs/counting.md, rule 31).
    func proves(_ version: CoprVersion, _ lane: Lane) -> Bool {
        guard lane.head.sha.hasPrefix(version.commit) else { return false }
        guard lane.name.event == nil else { return version.pullRequest == nil }
        return version.pullRequest.map { mayBelong(lane, to: $0) } ?? false
    }

    // MARK: - Testing Farm

    private func candidates(ofTestRun backend: BackendRun, request: String) -> Candidates {
        let linked = Set(
            state.lanesOfRequest[request].compactMap { state.lanes[$0] }
                .filter { $0.deployment == backend.deployment && $0.kind == .testRun }
                .flatMap(\.facts).filter { $0.requestID == request }.compactMap(\.run))
        if !linked.isEmpty {
            let own = linked.filter { state.runs[$0].map { !isProven($0, beside: backend) } ?? false }
            let free = own.filter { state.runs[$0].map { holdsNoOther($0, than: backend) } ?? false }
            let fitting = free.isEmpty ? own : free
            return Candidates(fitting: fitting.sorted(), possible: linked.count, isNumbered: true)
        }
        var search = Search(backend: backend)
        for lane in (lanes(onCommitOf: backend) ?? lanes(besideBuildOf: backend)).reversed() {
            consider(lane: lane, &search)
        }
        return search.candidates
    }

    /// `nil` if its variables do not name them.
    private func lanes(onCommitOf backend: BackendRun) -> [EntityID]? {
        guard let name = backend.repositoryName, let sha = backend.sha else { return nil }
        return state.repositoriesOfName[name.lowercased()].sorted().flatMap {
            state.heads[HeadKey(repository: $0, sha: sha)]?.lanes ?? []
        }
    }

    /// The lanes of test runs that belong to the build whose packages are tested.
    private func lanes(besideBuildOf backend: BackendRun) -> [EntityID] {
        guard let build = backend.buildID else { return [] }
        let built = state.backendsOfBuild[build].compactMap { key -> Lane? in
            guard let joined = state.backends[key], backend.chroot == nil || joined.chroot == backend.chroot,
                case .joined(let run) = joined.placement
            else { return nil }
            return state.runs[run]?.lane.flatMap { state.lanes[$0] }
        }
        let beside = built.flatMap { built in
            (state.heads[built.head]?.lanes ?? []).suffix(settings.bounds.runsLookedAt)
                .filter { state.lanes[$0]?.externalID == built.externalID }
        }
        return Set(beside).sorted()
    }

    private func consider(lane id: EntityID, _ search: inout Search) {
        guard search.looks < settings.bounds.runsLookedAt else {
            search.isIncomplete = true
            return
        }
        search.looks += 1
        guard let lane = state.lanes[id], lane.kind == search.backend.kind,
            lane.deployment == search.backend.deployment,
            let level = level(of: lane.name.chroot, for: search.backend.chroot)
        else { return }
        for run in lane.runs.reversed() {
            state.runs[run].map { consider($0, isNumbered: false, level: level, &search) }
        }
    }

    /// How well a test fits a request by the chroots of the check's name and of the request; `nil` if it does not. A
    /// name without a chroot may be of any; one with the chroot fits better.
    func level(of chroot: String?, for requested: String?) -> Int? {
        if requested == nil || chroot == requested { return 0 }
        return chroot == nil ? 1 : nil
    }

    // MARK: - Fitting

    /// The result of a search for candidates.
    private struct Search {
        let backend: BackendRun
        let version: CoprVersion?
        var looks = 0
        var compared = 0
        var isIncomplete = false
        private var found: [Found] = []

        private struct Found {
            let run: EntityID
            let fit: Fit
            let isFree: Bool
            let isNumbered: Bool
            let level: Int
        }

        init(backend: BackendRun) {
            self.backend = backend
            version = backend.commitVersion
        }

        mutating func add(_ run: EntityID, _ fit: Fit, isFree: Bool, isNumbered: Bool, level: Int) {
            guard fit != .no, !found.contains(where: { $0.run == run }) else { return }
            found.append(Found(run: run, fit: fit, isFree: isFree, isNumbered: isNumbered, level: level))
        }

        /// A number takes a run from a backend run that has it without proof. Otherwise a run that was first seen too
        /// late fits only if no other one does: its queue time is unknown, and may have been early enough.
        var candidates: Candidates {
            let numbered = found.filter(\.isNumbered)
            let free = (numbered.isEmpty ? found : numbered).filter(\.isFree)
            let rest = free.isEmpty && numbered.count == 1 ? numbered : free
            let order = rest.map { ($0.fit == .surely ? 0 : 1, $0.level) }
            let best = order.min { $0 < $1 }
            let fitting = zip(rest, order).filter { entry in best.map { entry.1 == $0 } ?? false }.map(\.0.run)
            return Candidates(
                fitting: fitting.sorted(), possible: numbered.isEmpty ? found.count : numbered.count,
                isNumbered: !numbered.isEmpty, isIncomplete: isIncomplete)
        }
    }

    /// Whether a run can contain a backend run.
    private enum Fit {
        case no
        /// Only if it was queued before it was first seen.
        case possibly
        case surely
    }

    private func consider(_ run: Run, isNumbered: Bool, level: Int, _ search: inout Search) {
        guard !isProven(run, beside: search.backend), !linksAnother(run, than: search.backend) else { return }
        if hasClearlyEnded(run, before: search.backend) { return }
        guard search.compared < settings.bounds.runsCompared else {
            search.isIncomplete = true
            return
        }
        search.compared += 1
        search.add(
            run.id, fit(search.backend, view(of: run)), isFree: holdsNoOther(run, than: search.backend),
            isNumbered: isNumbered, level: level)
    }

    /// Most runs of a lane have ended. Then their evidence, which costs more to read, contains no later end.
    private func hasClearlyEnded(_ run: Run, before backend: BackendRun) -> Bool {
        guard let ending = run.ending, ending.outcome != .superseded, run.terminal != nil, run.claimInput == 0
        else { return false }
        guard ending.finishedAt < backend.firstSeenAt else { return false }
        // The end on which it was decided may have turned out to be another's.
        let ends = facts(of: run).filter { $0.isEnd(as: run.kind) }
        return ends.isEmpty || ends.contains { $0.time(as: run.kind).map { $0 < backend.firstSeenAt } ?? false }
    }

    /// Whether a run fits, whatever it is joined with.
    func mayFit(_ backend: BackendRun, _ run: RunView) -> Bool { fit(backend, run) != .no }

    /// Whether it fits by known times only.
    func surelyFits(_ backend: BackendRun, _ run: RunView) -> Bool { fit(backend, run) == .surely }

    /// The properties of a run that are compared with backend runs, read once.
    struct RunView {
        let run: Run
        let isThere: Bool
        let endedAt: Timestamp?
        /// Its queue time, or what stands in for it.
        let queuedAt: Timestamp
        /// The earliest possible queue time, if the queue time is unknown.
        let earliest: Timestamp?
        /// When its check first showed it open.
        let shownAt: Timestamp?
    }

    func view(of run: Run) -> RunView {
        let evidence = evidence(for: run)
        let isSubmitted = run.kind == .testRun && run.phase != .waiting
        let shown = facts(of: run).first { !$0.isTerminal && $0.isFirstStep(as: run.kind) }
        return RunView(
            run: run, isThere: evidence.exists || isSubmitted || isStillWaiting(run, evidence),
            endedAt: endTime(of: run, evidence), queuedAt: evidence.queueTime ?? openedAt(run),
            earliest: evidence.queuedAt ?? earliestQueueTime(of: run), shownAt: shown?.time(as: run.kind))
    }

    /// Fits if the run had not ended before the backend run began and, for a build, was not queued after that; for a
    /// test, not after the backend run had ended. A test that only waits for its build fits as well: the request is its
    /// submission.
    private func fit(_ backend: BackendRun, _ view: RunView) -> Fit {
        guard view.isThere else { return .no }
        if let ended = view.endedAt, ended < backend.firstSeenAt { return .no }
        guard let latest = view.run.kind == .build ? backend.firstSeenAt : backend.end?.finishedAt else {
            return .surely
        }
        if view.queuedAt <= latest { return .surely }
        if let earliest = view.earliest, latest < earliest { return .no }
        return hasEnded(backend, before: view.shownAt) ? .no : .possibly
    }

    /// When its check ended a run. Superseded is no end at the backend, where it may continue.
    func endTime(of run: Run, _ evidence: Evidence) -> Timestamp? {
        evidence.firstEnd ?? (run.ending?.outcome == .superseded ? nil : run.ending?.finishedAt)
    }

    /// A backend run that was over cannot be shown as queued or running afterwards.
    private func hasEnded(_ backend: BackendRun, before shown: Timestamp?) -> Bool {
        guard let ended = backend.end?.finishedAt, let shown else { return false }
        return ended + PullRequest.clockTolerance < shown
    }

    /// The earliest possible queue time of a run: the latest of its commit's push, the lane's states for the run
    /// before, and its own waiting.
    private func earliestQueueTime(of run: Run) -> Timestamp? {
        guard let lane = run.lane.flatMap({ state.lanes[$0] }), let place = lane.runs.firstIndex(of: run.id) else {
            return nil
        }
        let before = place > 0 ? state.runs[lane.runs[place - 1]].map { Array(facts(of: $0)) } ?? [] : []
        let waiting = Array(facts(of: run).prefix { !$0.isFirstStep(as: run.kind) })
        let push = pullRequest(of: lane).flatMap { state.pullRequests[$0]?.firstMove(to: lane.head.sha)?.at }
        let times = (before + waiting).map { $0.time(as: run.kind) } + [push.map { $0 - PullRequest.clockTolerance }]
        return times.compactMap { $0 }.max()
    }

    /// Whether a test waits that is not counted yet: it has neither ended like that, nor been replaced by a newer one.
    private func isStillWaiting(_ run: Run, _ evidence: Evidence) -> Bool {
        run.kind == .testRun && evidence.uncountedEnd == nil
            && run.lane.flatMap { state.lanes[$0]?.runs.last } == run.id
    }

    /// The provider time of a run's first fact, which may be a waiting one.
    func openedAt(_ run: Run) -> Timestamp {
        let first = facts(of: run).first
        return first?.startedAt ?? first?.completedAt ?? run.base
    }

    func holdsNoOther(_ run: Run, than backend: BackendRun) -> Bool {
        run.backend.map { $0 == backend.key } ?? true
    }

    private func isProven(_ run: Run, beside backend: BackendRun) -> Bool {
        isProven(run) && run.backend != backend.key
    }

    /// Whether its summaries link another Testing Farm request.
    private func linksAnother(_ run: Run, than backend: BackendRun) -> Bool {
        guard case .testingFarm(let request) = backend.key else { return false }
        let requests = facts(of: run).compactMap(\.requestID)
        return !requests.isEmpty && !requests.contains(request)
    }
}

extension LedgerSettings {
    /// The repositories of a project's builds by the configuration.
    func repositories(ofCoprProject name: String) -> [String] {
        coprProjects.filter { Glob($0.projects).matches(name) }.map(\.repository)
    }
}
