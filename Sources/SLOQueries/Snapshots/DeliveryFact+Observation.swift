public import SLOCore

extension DeliveryFact {
    init(_ observation: Observation) {
        switch observation {
        case .changePushed(let fact):
            self.init(
                kind: .changePushed, deployment: fact.addressee, pullRequests: [fact.number], sha: fact.headSHA,
                name: fact.baseRef, state: fact.action.rawValue, statedAt: fact.startedAt)
        case .changeClosed(let fact):
            self.init(
                kind: .changeClosed, pullRequests: [fact.number], sha: fact.pullRequest?.headSHA,
                name: fact.pullRequest?.baseRef, statedAt: fact.closedAt)
        case .statusReported(let fact): self.init(fact)
        case .branchPushed(let fact): self.init(kind: .branchPushed, sha: fact.sha, name: fact.ref)
        case .releasePublished(let fact):
            self.init(kind: .releasePublished, name: fact.tag, statedAt: fact.publishedAt)
        case .repositoryNamed: self.init(kind: .repositoryNamed)
        case .buildReported(let fact):
            self.init(
                kind: .buildReported, deployment: fact.deployment, name: "\(fact.owner)/\(fact.project)",
                state: fact.event.rawValue, chroot: fact.chroot, backendID: String(fact.buildID), statedAt: fact.sentAt)
        case .testRunReported(let fact): self.init(fact)
        case .testRunHinted(let request): self.init(kind: .testRunHinted, backendID: request)
        case .commandGiven(let fact):
            self.init(
                kind: .commandGiven, deployment: fact.deployment, pullRequests: [fact.number], name: fact.word,
                statedAt: fact.givenAt)
        case .appCommented(let fact):
            self.init(
                kind: .appCommented, deployment: fact.deployment, pullRequests: [fact.number],
                statedAt: fact.commentedAt)
        case .buildLookedUp, .jobIdentified, .appDeliveriesListed: self.init(kind: .answer)
        }
    }

    private init(_ status: StatusReported) {
        self.init(
            kind: .statusReported, deployment: status.deployment, pullRequests: status.pullRequests, sha: status.sha,
            name: status.name.text, state: status.state, title: status.title, chroot: status.name.chroot,
            backendID: status.requestID, statedAt: [status.startedAt, status.completedAt].compactMap { $0 }.max())
    }

    private init(_ report: TestRunReported) {
        self.init(
            kind: .testRunReported, deployment: report.deployment,
            pullRequests: report.pullRequest.map { [$0] } ?? [], sha: report.sha, state: report.step.word,
            chroot: report.chroot, backendID: report.requestID,
            statedAt: [report.createdAt, report.startedAt, report.finishedAt].compactMap { $0 }.max())
    }

    /// Whether the provider's time is further ahead of the receipt than clocks differ (docs/counting.md, rule 39).
    public func isFromFuture(receivedAt: Timestamp) -> Bool {
        statedAt.map { $0 > receivedAt + Ledger.futureTolerance } ?? false
    }
}

extension Step {
    fileprivate var word: String {
        switch self {
        case .unclear: "unclear"
        case .accepted: "accepted"
        case .waiting: "waiting"
        case .queued: "queued"
        case .started: "started"
        case .finished(let outcome, _): outcome.rawValue
        }
    }
}

extension EventMask {
    /// The repository that a delivery is about; `nil` if nothing was made of it. A Copr project and a test's variables
    /// may reveal a private one.
    func repository(of observations: [Observation]) -> RepositoryName? {
        guard !observations.isEmpty else { return nil }
        let names = observations.map(repository)
        if names.contains(.hidden) { return .hidden }
        return names.first { $0 != .unknown } ?? .unknown
    }

    private func repository(of observation: Observation) -> RepositoryName {
        if let repository = observation.repository { return named(repository.fullName) }
        switch observation {
        case .buildReported(let fact):
            return !showsPrivate && directory.revealsPrivate(project: fact.project) ? .hidden : .unknown
        case .testRunReported(let fact): return fact.repositoryName.map(named) ?? .unknown
        default: return .unknown
        }
    }

    private func named(_ name: String) -> RepositoryName { shows(repository: name) ? .known(name) : .hidden }
}
