/// The known repositories with their names, and which names may be public.
public struct RepositoryDirectory: Sendable {
    private var idsOfName: [String: [RepositoryID]] = [:]
    private var names: [RepositoryID: String] = [:]
    private var hiddenIDs: Set<RepositoryID> = []
    private var hiddenSlugs: Set<String> = []
    private var publicSlugs: Set<String> = []
    /// A private repository was removed because of a limit: any name that is not known to be public may be its.
    private var hasForgottenPrivate = false

    public init() {}

    /// - Throws: what the source throws, or `RestoreError`.
    public init(from source: some StateSource) throws {
        var reader = RepositoryDirectoryReader()
        self = try reader.read(from: source)
    }

    init(of repositories: some Sequence<ListedRepository>, hasForgottenPrivate: Bool) {
        for repository in repositories {
            names[repository.id] = repository.fullName
            for name in repository.names { idsOfName[name.lowercased(), default: []].append(repository.id) }
            let slugs = repository.names.map { CoprProject.slug($0).lowercased() }
            if repository.isPublic {
                publicSlugs.formUnion(slugs)
            } else {
                hiddenIDs.insert(repository.id)
                hiddenSlugs.formUnion(slugs)
            }
        }
        self.hasForgottenPrivate = hasForgottenPrivate
    }

    /// The repository that has or had a name, case-insensitively; of several the one that has it now.
    public func id(of fullName: String) -> RepositoryID? {
        let ids = idsOfName[fullName.lowercased()] ?? []
        return ids.first { names[$0]?.lowercased() == fullName.lowercased() } ?? ids.max()
    }

    public func name(of id: RepositoryID) -> String? { names[id] }

    /// The repositories, those of the highest numbers first.
    /// - Parameter showsPrivate: whether to include those that are hidden, or whose name a hidden one has had.
    public func ids(showingPrivate showsPrivate: Bool) -> [RepositoryID] {
        names.filter { showsPrivate || isPublic($0.value) }.keys.sorted(by: >)
    }

    /// Whether a repository with that name is known and not private. One that only a backend named is not known.
    public func isPublic(_ fullName: String) -> Bool {
        guard let ids = idsOfName[fullName.lowercased()] else { return false }
        return hiddenIDs.isDisjoint(with: ids)
    }

    /// Whether there is any repository that must be hidden.
    public var hidesAny: Bool { hasForgottenPrivate || !hiddenIDs.isEmpty }

    /// Whether a Copr project's name reveals a private repository, or may do so.
    public func revealsPrivate(project: String) -> Bool {
        // A project's name is a repository's slug, alone or followed by a dash and more.
        let project = project.lowercased()
        let beginnings = [project] + project.indices.filter { project[$0] == "-" }.map { String(project[..<$0]) }
        if beginnings.contains(where: hiddenSlugs.contains) { return true }
        return hasForgottenPrivate && !beginnings.contains(where: publicSlugs.contains)
    }
}
