import SLOCore

/// Whose data is erased.
public enum ErasureTarget: Hashable, Sendable {
    /// `owner/name`, in any case.
    case repository(String)
    /// An account at GitHub, with all repositories that it owns.
    case login(String)

    func owns(_ fullName: String) -> Bool {
        let fullName = fullName.lowercased()
        return switch self {
        case .repository(let name): fullName == name.lowercased()
        case .login(let login): fullName.hasPrefix(login.lowercased() + "/")
        }
    }
}

/// The names that repositories have and had, as far as the ledger, history and the journal tell.
struct RepositoryNames {
    private var present: [RepositoryID: String] = [:]
    private var all: [RepositoryID: Set<String>] = [:]
    private var refs: [RepositoryID: [String]] = [:]
    /// Whether the ledger tells a repository's present name.
    private var isCertain: Set<RepositoryID> = []

    mutating func add(_ known: NamedRepository) {
        present[known.id] = known.fullName
        all[known.id, default: []].formUnion(known.formerNames + [known.fullName])
        refs[known.id] = known.refs
        isCertain.insert(known.id)
    }

    /// Of several names, the last one counts as present unless the ledger knows better.
    mutating func add(_ name: String, of repository: RepositoryID) {
        if !isCertain.contains(repository) { present[repository] = name }
        all[repository, default: []].insert(name)
    }

    /// The repositories that belong to a target: by their present names; a repository's former name only leads to it if
    /// none has that name now.
    func repositories(of target: ErasureTarget) -> Set<RepositoryID> {
        let owned = Set(present.filter { target.owns($0.value) }.keys)
        guard owned.isEmpty, case .repository = target else { return owned }
        return Set(all.filter { $0.value.contains(where: target.owns) }.keys)
    }

    func erasure(of target: ErasureTarget) -> Erasure {
        let repositories = repositories(of: target)
        let others = Set(present.filter { !repositories.contains($0.key) }.values.map { $0.lowercased() })
        var names = Set(repositories.flatMap { all[$0] ?? [] }).filter { !others.contains($0.lowercased()) }
        var login: String?
        switch target {
        case .repository(let name): names.insert(name)
        case .login(let name): login = name
        }
        let search = NameSearch(
            login: login, repositories: names.sorted(), refs: repositories.sorted().flatMap { refs[$0] ?? [] })
        let renamed = present.filter { id, _ in
            !repositories.contains(id) && (all[id] ?? []).contains(where: search.isIn)
        }
        return Erasure(repositories: repositories, search: search, renamed: renamed)
    }
}
