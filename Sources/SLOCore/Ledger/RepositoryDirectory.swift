/// Which repositories are known, under which names, and which may be named where anybody can read.
public struct RepositoryDirectory: Sendable {
    private var idsOfName: [String: [Int64]] = [:]
    private var names: [Int64: String] = [:]
    private var privateIDs: Set<Int64> = []
    private var privateSlugs: Set<String> = []

    public init() {}

    /// - Throws: what the source throws, or `RestoreError`.
    public init(from source: some StateSource) throws {
        var ledger = Ledger(settings: LedgerSettings())
        try ledger.takeUp(.repositories, from: source)
        for repository in ledger.state.repositories.values {
            names[repository.id] = repository.fullName
            for name in repository.names { idsOfName[name.lowercased(), default: []].append(repository.id) }
            guard repository.isPrivate else { continue }
            privateIDs.insert(repository.id)
            privateSlugs.formUnion(repository.names.map(CoprProject.slug))
        }
    }

    /// The repository that has, or had, a name, in either case; of several the one that has it now.
    public func id(of fullName: String) -> Int64? {
        let ids = idsOfName[fullName.lowercased()] ?? []
        return ids.first { names[$0]?.lowercased() == fullName.lowercased() } ?? ids.max()
    }

    public func name(of id: Int64) -> String? { names[id] }

    /// Whether a repository is known under that name and GitHub does not mark it private. One that only a backend named
    /// is not known.
    public func isPublic(_ fullName: String) -> Bool {
        guard let ids = idsOfName[fullName.lowercased()] else { return false }
        return privateIDs.isDisjoint(with: ids)
    }

    /// Whether a Copr project's name gives a private repository away.
    public func isTelling(project: String) -> Bool {
        privateSlugs.contains { project.lowercased().hasPrefix($0.lowercased()) }
    }
}
