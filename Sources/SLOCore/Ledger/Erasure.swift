/// What must be forgotten: repositories, with all that is known of them, and names in texts (docs/privacy.md).
public struct Erasure: Sendable {
    public let repositories: Set<RepositoryID>
    /// The names that must not be in any text.
    public let search: NameSearch
    /// Other repositories that had one of the names, with their present names.
    public let renamed: [RepositoryID: String]
    /// Copr's builds and Testing Farm's requests of the repositories.
    public private(set) var builds: Set<Int64> = []
    public private(set) var requests: Set<String> = []

    public init(repositories: Set<RepositoryID>, search: NameSearch, renamed: [RepositoryID: String] = [:]) {
        self.repositories = repositories
        self.search = search
        self.renamed = renamed
    }

    /// What becomes of an observation.
    public enum Treatment: Equatable, Sendable {
        case keep
        case erase
        /// It is of another repository, and is stored without the name.
        case replace(Observation)
    }

    /// Remembers the builds and requests that are the repositories', by what a backend or Packit said.
    public mutating func learn(_ observation: Observation) {
        switch observation {
        case .buildReported(let fact) where names(project: fact): builds.insert(fact.buildID)
        case .testRunReported(let fact) where fact.repositoryName.map(search.isIn) ?? false:
            requests.insert(fact.requestID)
        case .jobIdentified(let fact) where repositories.contains(fact.repository): add(fact.backend)
        default: break
        }
    }

    mutating func add(_ backend: BackendKey) {
        switch backend {
        case .copr(let build, _): builds.insert(build)
        case .testingFarm(let request): requests.insert(request)
        }
    }

    /// - Parameter label: a build's number or a request's id, as in history.
    public mutating func add(backend label: String) {
        if let build = Int64(label) { builds.insert(build) } else { requests.insert(label) }
    }

    func contains(_ backend: BackendKey) -> Bool {
        switch backend {
        case .copr(let build, _): builds.contains(build)
        case .testingFarm(let request): requests.contains(request)
        }
    }

    public func treatment(of observation: Observation) -> Treatment {
        if let repository = observation.repository, repositories.contains(repository.id) { return .erase }
        switch observation {
        case .buildReported(let fact): return builds.contains(fact.buildID) || names(project: fact) ? .erase : .keep
        case .buildLookedUp(let fact): return builds.contains(fact.buildID) ? .erase : .keep
        case .testRunReported(let fact):
            let isNamed = [fact.repositoryName, fact.summary].contains { $0.map(search.isIn) ?? false }
            return isNamed || requests.contains(fact.requestID) ? .erase : .keep
        case .testRunHinted(let request): return requests.contains(request) ? .erase : .keep
        case .jobIdentified(let fact):
            return repositories.contains(fact.repository) || contains(fact.backend) ? .erase : .keep
        case .branchPushed(let fact) where search.isIn(fact.ref): return .erase
        case .releasePublished(let fact) where search.isIn(fact.tag): return .erase
        case .statusReported(let fact) where search.isIn(fact.title) || search.isIn(fact.name.text): return .erase
        default:
            let nameless = withoutNames(observation)
            return nameless == observation ? .keep : .replace(nameless)
        }
    }

    private func names(project fact: BuildReported) -> Bool { search.isIn("\(fact.owner)/\(fact.project)") }

    /// The names of forks, which decide nothing, and former names of the repository.
    private func withoutNames(_ observation: Observation) -> Observation {
        var nameless = observation
        switch observation {
        case .changePushed(let fact):
            nameless = .changePushed(
                ChangePushed(
                    repository: fact.repository, number: fact.number, action: fact.action, headSHA: fact.headSHA,
                    headRepository: fact.headRepository.map(withoutName), baseRef: withoutName(fact.baseRef),
                    startedAt: fact.startedAt, addressee: fact.addressee))
        case .changeClosed(let fact):
            nameless = .changeClosed(
                ChangeClosed(
                    repository: fact.repository, number: fact.number, closedAt: fact.closedAt,
                    pullRequest: fact.pullRequest.map { closed in
                        ClosedPullRequest(
                            headSHA: closed.headSHA, headRepository: closed.headRepository.map(withoutName),
                            baseRef: withoutName(closed.baseRef), createdAt: closed.createdAt)
                    }))
        default: break
        }
        if let repository = nameless.repository, search.isIn(repository.fullName) {
            var present = Repository(
                id: repository.id, fullName: renamed[repository.id] ?? Self.substitute,
                isPrivate: repository.isPrivate)
            present.statedAt = repository.statedAt
            nameless.repository = present
        }
        return nameless
    }

    private func withoutName(_ text: String) -> String { search.isIn(text) ? Self.substitute : text }

    /// What stands for an erased name.
    public static let substitute = "erased"
}

/// A repository that the ledger knows.
public struct NamedRepository: Equatable, Sendable {
    public let id: RepositoryID
    public let fullName: String
    public let formerNames: [String]
    /// Known branches and tags.
    public let refs: [String]
}

extension Ledger {
    public var namedRepositories: [NamedRepository] {
        state.repositories.values.map {
            NamedRepository(id: $0.id, fullName: $0.fullName, formerNames: $0.formerNames, refs: $0.refs)
        }
    }
}
