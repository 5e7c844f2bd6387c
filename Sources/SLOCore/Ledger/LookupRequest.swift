import HashTreeCollections

/// A lookup of an open run at an upstream.
public struct LookupRequest: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        /// The state of one chroot of a build at Copr.
        case build(id: Int64, chroot: String)
        /// The state of a request at Testing Farm.
        case request(id: String)
        /// The backend run of one of Packit's jobs.
        case job(Job)
    }

    /// A job that a check links, with the values that the reply must match.
    public struct Job: Hashable, Sendable {
        public let deployment: Deployment
        public let repository: RepositoryID
        public let sha: String
        public let link: JobLink
        /// What is built or tested, if the check's name contains it.
        public let chroot: String?

        public init(deployment: Deployment, repository: RepositoryID, sha: String, link: JobLink, chroot: String?) {
            self.deployment = deployment
            self.repository = repository
            self.sha = sha
            self.link = link
            self.chroot = chroot
        }
    }

    public let subject: Subject
    /// The owner of the lookup, for fairness: a repository, as far as it is known.
    public let owner: String
    /// Provider time of the queueing, otherwise the time at which it was first seen.
    public let queuedAt: Timestamp
    /// When its objective is decided.
    public let deadlineAt: Timestamp
    /// Whether a reply may still change what is about to be counted, or a hint announced a change.
    public let isUrgent: Bool

    public init(subject: Subject, owner: String, queuedAt: Timestamp, deadlineAt: Timestamp, isUrgent: Bool) {
        self.subject = subject
        self.owner = owner
        self.queuedAt = queuedAt
        self.deadlineAt = deadlineAt
        self.isUrgent = isUrgent
    }
}

extension Ledger {
    /// The lookups for the open runs of a stored state. Of closed entities only their own row is read.
    /// - Throws: what the source throws, or `RestoreError`.
    public static func lookupRequests(settings: LedgerSettings, from source: some StateSource) throws -> [LookupRequest]
    {
        try withOpenRuns(settings: settings, from: source) { ledger, runs in
            ledger.indexNames()
            return runs.flatMap { ledger.lookupRequests(about: $0) }
        }
    }

    /// Which backend run belongs to a run, until that is proven; and how it ended there, until the backend has stated
    /// it clearly.
    func lookupRequests(about run: Run) -> [LookupRequest] {
        guard run.isOpen else { return [] }
        return [
            jobLookupRequest(about: run, isUrgent: isEnding(run)),
            subject(of: run).map { lookupRequest($0, about: run) },
        ]
        .compactMap { $0 }
    }

    private func lookupRequest(_ subject: LookupRequest.Subject, about run: Run) -> LookupRequest {
        LookupRequest(
            subject: subject, owner: owner(of: run), queuedAt: run.base,
            deadlineAt: run.clockStart + settings.deadline(of: run.kind), isUrgent: isEnding(run))
    }

    /// A Packit API belongs to one deployment.
    func jobLookupRequest(about run: Run, isUrgent: Bool) -> LookupRequest? {
        guard run.isOpen, !isProven(run), !isRequestKnown(run), run.deployment == settings.primary,
            let lane = run.lane.flatMap({ state.lanes[$0] }), let link = job(of: run)
        else { return nil }
        let job = LookupRequest.Job(
            deployment: run.deployment, repository: lane.head.repository, sha: lane.head.sha, link: link,
            chroot: lane.name.chroot)
        return LookupRequest(
            subject: .job(job), owner: owner(of: run), queuedAt: run.base,
            deadlineAt: run.clockStart + settings.deadline(of: run.kind), isUrgent: isUrgent)
    }

    private func isRequestKnown(_ run: Run) -> Bool {
        run.kind == .testRun && facts(of: run).contains { $0.requestID != nil }
    }

    /// The lookup of a request that a notification names.
    func lookupRequest(hintedAt request: String) -> LookupRequest {
        LookupRequest(
            subject: .request(id: request), owner: request, queuedAt: now,
            deadlineAt: now + settings.deadline(of: .testRun), isUrgent: true)
    }

    /// Looks up at once what is about to be counted on vague evidence.
    mutating func askIfUrgent(of run: Run) {
        guard run.kind.hasBackend, isEnding(run) else { return }
        effects.lookupRequests += lookupRequests(about: run)
    }

    /// Whether its check or its backend has reported an end.
    private func isEnding(_ run: Run) -> Bool {
        run.isOpen && (run.phase != .unfinished || run.backend.flatMap { state.backends[$0]?.end } != nil)
    }

    private func subject(of run: Run) -> LookupRequest.Subject? {
        if let key = run.backend {
            guard let backend = state.backends[key], !backend.isEndClear, backend.endGround != .inferred else {
                return nil
            }
            switch key {
            case .copr(let build, let chroot): return .build(id: build, chroot: chroot)
            case .testingFarm(let request): return .request(id: request)
            }
        }
        if run.kind == .testRun, let request = facts(of: run).last(where: { $0.requestID != nil })?.requestID {
            return .request(id: request)
        }
        return nil
    }

    private func owner(of run: Run) -> String {
        if let name = repositoryName(of: run) { return CoprProject.slug(name) }
        let project = run.backend.flatMap { state.backends[$0]?.project } ?? ""
        return CoprProject.readings(of: project).last { !state.repositoriesOfSlug[$0.slug].isEmpty }?.slug ?? project
    }
}
