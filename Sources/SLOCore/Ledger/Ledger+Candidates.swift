// Which runs of checks a run at a backend can be (docs/counting.md, rules 20 and 32).

import HashTreeCollections

/// The runs of checks that a backend's run can be.
struct Candidates {
    /// Those that fit and are not part of another backend's run, by the best key that finds any.
    var fitting: [EntityID] = []
    /// How many could have fitted, those included that another backend's run holds without proof.
    var possible = 0
    /// Whether a number finds them: a request in a summary, or the commit and pull request in a build's version.
    var isNumbered = false
    /// Whether there was more than is looked at.
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

    /// Exactly where the project's name is the repository's and the run's own; else among the packages of a monorepo
    /// that are built in it although they have identifiers; else in the repositories that the project is known for.
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

    /// Repositories whose names the project's begins with, and what follows.
    func namedRepositories(of backend: BackendRun) -> [(repository: RepositoryID, rest: String)] {
        guard let project = backend.project, isOfPackit(backend) else { return [] }
        return CoprProject.readings(of: project).flatMap { slug, rest in
            state.repositoriesOfSlug[slug].sorted().map { ($0, rest) }
        }
    }

    /// Whether the project is one that Packit named itself: then its builds count alone (docs/counting.md, rule 32).
    func isOfPackit(_ backend: BackendRun) -> Bool {
        guard let project = backend.project else { return true }
        // An older version stored no owner.
        return backend.owner.map { settings.coprAccounts.contains($0) && CoprProject.isGenerated(project) } ?? true
    }

    /// Repositories that the configuration or a proven join knows the project for.
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

    /// Whether a lane is of a pull request, or of one that is not known in a repository that is.
    private func mayBelong(_ lane: Lane, to number: Int) -> Bool {
        guard let head = state.heads[lane.head] else { return false }
        if let own = binding(of: lane) { return own == number }
        let key = PullRequestKey(repository: lane.head.repository, number: number)
        guard state.pullRequests.contains(key) else { return head.pullRequests.isEmpty }
        return head.pullRequests.contains(number)
    }

    /// Whether a version names the lane's commit, and its pull request if it is of one (docs/counting.md, rule 31).
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

    /// `nil` where its variables do not tell.
    private func lanes(onCommitOf backend: BackendRun) -> [EntityID]? {
        guard let name = backend.repositoryName, let sha = backend.sha else { return nil }
        return state.repositoriesOfName[name.lowercased()].sorted().flatMap {
            state.heads[HeadKey(repository: $0, sha: sha)]?.lanes ?? []
        }
    }

    /// Of test runs beside the build whose packages they test.
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
            search.backend.chroot == nil || lane.name.chroot == search.backend.chroot
        else { return }
        for run in lane.runs.reversed() { state.runs[run].map { consider($0, isNumbered: false, level: 0, &search) } }
    }

    // MARK: - Fitting

    /// What is found while runs are looked at.
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

        /// A number that proves takes a run from what holds it without proof. Else one that was first seen too late for
        /// it fits only if no other does: its queue time is unknown, and may have been early enough.
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

    /// Whether a run can be a backend's.
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

    /// Most of what a lane ever had has ended: then its evidence, which costs more to look at, names no later end.
    private func hasClearlyEnded(_ run: Run, before backend: BackendRun) -> Bool {
        guard let ending = run.ending, ending.outcome != .superseded, run.terminal != nil, run.claimInput == 0
        else { return false }
        return ending.finishedAt < backend.firstSeenAt
    }

    /// Whether a run fits at all, whoever holds it.
    func mayFit(_ backend: BackendRun, _ run: RunView) -> Bool { fit(backend, run) != .no }

    /// Whether it fits by the times that are known.
    func surelyFits(_ backend: BackendRun, _ run: RunView) -> Bool { fit(backend, run) == .surely }

    /// What of a run is compared with a backend's: read once, however many it is compared with.
    struct RunView {
        let run: Run
        let isThere: Bool
        let endedAt: Timestamp?
        /// What is taken for its queue time.
        let queuedAt: Timestamp
        /// Before which it was not queued, where it did not tell when it was.
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

    /// A run that had not ended before the backend run began and, if a build, was queued no later; if a test, not after
    /// the backend run had ended. A test that only waits for its build is one too: the request is its submission.
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

    /// When its check ended a run. What was superseded may run on at the backend: that did not end it there.
    func endTime(of run: Run, _ evidence: Evidence) -> Timestamp? {
        evidence.firstEnd ?? (run.ending?.outcome == .superseded ? nil : run.ending?.finishedAt)
    }

    /// What was over cannot be shown as queued or running afterwards.
    private func hasEnded(_ backend: BackendRun, before shown: Timestamp?) -> Bool {
        guard let ended = backend.end?.finishedAt, let shown else { return false }
        return ended + PullRequest.clockTolerance < shown
    }

    /// Before which a run was not queued: the latest of the push of its commit, of what its lane shows of the run
    /// before, and of its own waiting.
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

    /// Whether a test waits that was not counted yet: neither has it ended so, nor has a newer one taken its place.
    private func isStillWaiting(_ run: Run, _ evidence: Evidence) -> Bool {
        run.kind == .testRun && evidence.uncountedEnd == nil
            && run.lane.flatMap { state.lanes[$0]?.runs.last } == run.id
    }

    /// The provider time of a run's first fact, a waiting one's too.
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

    /// Whether its summaries name another request at Testing Farm.
    private func linksAnother(_ run: Run, than backend: BackendRun) -> Bool {
        guard case .testingFarm(let request) = backend.key else { return false }
        let requests = facts(of: run).compactMap(\.requestID)
        return !requests.isEmpty && !requests.contains(request)
    }
}

extension LedgerSettings {
    /// The repositories whose builds are made in a project, by the configuration.
    func repositories(ofCoprProject name: String) -> [String] {
        coprProjects.filter { Glob($0.projects).matches(name) }.map(\.repository)
    }
}
