public import SLOCore
import SLOStore

/// What somebody looks for. A text may be several things at once; each part finds something by itself.
public struct SearchTerm: Equatable, Sendable {
    /// `owner/name`.
    public var repository: String?
    /// The part of a repository's name behind its owner.
    public var name: String?
    /// Of a pull request; without a repository, of any.
    public var number: Int?
    /// The beginning of a commit's id.
    public var sha: String?
    /// Of a build, a request or a delivery.
    public var id: String?

    public init() {}
}

/// What a search found, a limited number of each. It finds nothing of hidden repositories.
public struct SearchSnapshot: Sendable {
    public struct PullRequest: Hashable, Sendable {
        public let repository: String
        public let number: Int
    }

    public struct Run: Sendable {
        public let kind: RunKind
        public let deployment: Deployment
        public let repository: RepositoryName
        public let pullRequest: Int?
        public let name: String
        public let chroot: String?
        public let sha: String?
        public let backendID: String?
        /// `nil` until it has ended.
        public let outcome: Outcome?
        /// When it was queued, or else ended.
        public let at: Timestamp
    }

    public struct Delivery: Equatable, Sendable {
        public let receivedAt: Timestamp
        /// `nil` if the journal does not have it any more.
        public let entry: DeliverySummary?
    }

    public let at: Timestamp
    public internal(set) var repositories: [String] = []
    public internal(set) var pullRequests: [PullRequest] = []
    public internal(set) var runs: [Run] = []
    public internal(set) var deliveries: [Delivery] = []

    public init(at: Timestamp) {
        self.at = at
    }
}

extension SearchSnapshot {
    private static let limit = 50
    /// Repositories in which a number is looked up.
    private static let repositoriesAsked = 5000

    init(
        _ term: SearchTerm, at now: Timestamp, openWork: OpenWorkSnapshot, mask: EventMask,
        identify: (Source, String) -> DeliveryIdentity?, from store: any StoreReading
    ) throws {
        self.init(at: now)
        if let name = term.repository {
            guard let id = mask.directory.id(of: name), let present = mask.directory.name(of: id),
                mask.shows(repository: name), mask.shows(repository: present)
            else { return }
            if let number = term.number {
                try addPullRequest(number, in: id, named: present, store)
            } else {
                repositories = [present]
            }
        } else if let number = term.number {
            try addPullRequests(number, mask, store)
        }
        if let name = term.name { addRepositories(called: name, mask) }
        if let sha = term.sha?.lowercased() {
            let changes = try store.changes(ofCommit: sha, atMost: Self.limit)
            for change in changes where mask.shows(repository: change.repositoryName) {
                add(PullRequest(repository: change.repositoryName, number: change.number))
            }
            add(openWork.items.filter { $0.sha?.hasPrefix(sha) ?? false })
            add(try store.runs(ofCommit: sha, atMost: Self.limit), mask)
        }
        if let id = term.id {
            add(openWork.items.filter { $0.backendID == id })
            add(try store.runs(ofBackend: id, atMost: Self.limit), mask)
            try addDeliveries(id, identify, store)
        }
    }

    /// One that the ledger tracks, or history contains.
    private mutating func addPullRequest(
        _ number: Int, in id: RepositoryID, named name: String, _ store: any StoreReading
    ) throws {
        let isTracked = try !Ledger.repositories([id], withPullRequest: number, in: store).isEmpty
        let isKnown =
            try isTracked
            || !store.changes(ofPullRequest: number, in: id, named: name, skipping: 0, atMost: 1).isEmpty
        if isKnown { add(PullRequest(repository: name, number: number)) }
    }

    private mutating func addPullRequests(_ number: Int, _ mask: EventMask, _ store: any StoreReading) throws {
        let asked = mask.directory.ids(showingPrivate: mask.showsPrivate).prefix(Self.repositoriesAsked)
        for id in try Ledger.repositories(Array(asked), withPullRequest: number, in: store) {
            guard let name = mask.directory.name(of: id) else { continue }
            add(PullRequest(repository: name, number: number))
        }
    }

    private mutating func addRepositories(called name: String, _ mask: EventMask) {
        let end = "/" + name.lowercased()
        let names = mask.directory.ids(showingPrivate: mask.showsPrivate).compactMap(mask.directory.name)
        repositories += names.lazy.filter { $0.lowercased().hasSuffix(end) }.prefix(Self.limit)
    }

    private mutating func add(_ pullRequest: PullRequest) {
        guard pullRequests.count < Self.limit, !pullRequests.contains(pullRequest) else { return }
        pullRequests.append(pullRequest)
    }

    private mutating func add(_ items: [OpenWorkSnapshot.Item]) {
        for item in items.prefix(Self.limit) {
            guard case .run(let kind) = item.kind else {
                if let name = item.repository.text, let number = item.pullRequest {
                    add(PullRequest(repository: name, number: number))
                }
                continue
            }
            runs.append(
                Run(
                    kind: kind, deployment: item.deployment, repository: item.repository, pullRequest: item.pullRequest,
                    name: item.name ?? "", chroot: item.chroot, sha: item.sha, backendID: item.backendID, outcome: nil,
                    at: item.since))
        }
    }

    private mutating func add(_ records: [RunRecord], _ mask: EventMask) {
        for record in records {
            let repository = mask.repository(of: record)
            guard repository != .hidden else { continue }
            runs.append(
                Run(
                    kind: record.kind, deployment: record.deployment, repository: repository,
                    pullRequest: record.pullRequest, name: record.name, chroot: record.chroot, sha: record.sha,
                    backendID: record.backendID, outcome: record.outcome, at: record.queuedAt ?? record.finishedAt))
        }
    }

    private mutating func addDeliveries(
        _ id: String, _ identify: (Source, String) -> DeliveryIdentity?, _ store: any StoreReading
    ) throws {
        let identities = [
            DeliveryIdentity(uuid: id).map(\.ofAllTargets), identify(.copr, id).map { $0...$0 },
        ].compactMap { $0 }
        for range in identities {
            deliveries += try store.arrivals(of: range, atMost: Self.limit).map {
                Delivery(receivedAt: $0.seenAt, entry: $0.delivery)
            }
        }
    }
}
