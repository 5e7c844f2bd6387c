/// Which events an objective counts: those that match one glob of each list that is not empty (docs/counting.md, rule
/// 45).
public struct ObjectiveSelection: Hashable, Sendable {
    /// On `owner/name`.
    public var repositories: [String] { didSet { repositoryGlobs = Glob.all(repositories) } }
    /// On the base of the pull request, else on the branch.
    public var branches: [String] { didSet { branchGlobs = Glob.all(branches) } }
    public var chroots: [String] { didSet { chrootGlobs = Glob.all(chroots) } }
    /// On the names of checks.
    public var names: [String] { didSet { nameGlobs = Glob.all(names) } }
    /// On the identifiers of jobs.
    public var identifiers: [String] { didSet { identifierGlobs = Glob.all(identifiers) } }

    // Made once, because each judgement needs them.
    private var repositoryGlobs: [Glob]
    private var branchGlobs: [Glob]
    private var chrootGlobs: [Glob]
    private var nameGlobs: [Glob]
    private var identifierGlobs: [Glob]

    public init(
        repositories: [String] = [], branches: [String] = [], chroots: [String] = [], names: [String] = [],
        identifiers: [String] = []
    ) {
        self.repositories = repositories
        self.branches = branches
        self.chroots = chroots
        self.names = names
        self.identifiers = identifiers
        repositoryGlobs = Glob.all(repositories)
        branchGlobs = Glob.all(branches)
        chrootGlobs = Glob.all(chroots)
        nameGlobs = Glob.all(names)
        identifierGlobs = Glob.all(identifiers)
    }

    /// What is known of an event (docs/counting.md, rule 45). What is `nil` matches only an empty list.
    public struct Subject: Hashable, Sendable {
        public var repository: String?
        public var branch: String?
        public var chroot: String?
        public var name: String?
        public var identifier: String?

        public init(
            repository: String? = nil, branch: String? = nil, chroot: String? = nil, name: String? = nil,
            identifier: String? = nil
        ) {
            self.repository = repository
            self.branch = branch
            self.chroot = chroot
            self.name = name
            self.identifier = identifier
        }
    }

    /// Whether every event counts.
    public var isEverything: Bool {
        repositories.isEmpty && branches.isEmpty && chroots.isEmpty && names.isEmpty && identifiers.isEmpty
    }

    public func contains(_ subject: Subject) -> Bool {
        Self.matches(repositoryGlobs, subject.repository) && Self.matches(branchGlobs, subject.branch)
            && Self.matches(chrootGlobs, subject.chroot) && Self.matches(nameGlobs, subject.name)
            && Self.matches(identifierGlobs, subject.identifier)
    }

    private static func matches(_ globs: [Glob], _ text: String?) -> Bool {
        guard !globs.isEmpty else { return true }
        guard let text else { return false }
        return globs.contains { $0.matches(text) }
    }
}
