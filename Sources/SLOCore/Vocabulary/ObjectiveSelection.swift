/// Which events an objective counts: those that match one glob of each list that is not empty (docs/counting.md, rule
/// 45).
public struct ObjectiveSelection: Hashable, Sendable {
    /// On `owner/name`.
    public var repositories: [String]
    /// On the base of the pull request, else on the branch.
    public var branches: [String]
    public var chroots: [String]
    /// On the names of checks.
    public var names: [String]
    /// On the identifiers of jobs.
    public var identifiers: [String]

    public init(
        repositories: [String] = [], branches: [String] = [], chroots: [String] = [], names: [String] = [],
        identifiers: [String] = []
    ) {
        self.repositories = repositories
        self.branches = branches
        self.chroots = chroots
        self.names = names
        self.identifiers = identifiers
    }

    /// What is known of an event. What is `nil` matches only an empty list.
    public struct Subject: Equatable, Sendable {
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
    public var isEverything: Bool { self == ObjectiveSelection() }

    public func contains(_ subject: Subject) -> Bool {
        Self.matches(repositories, subject.repository) && Self.matches(branches, subject.branch)
            && Self.matches(chroots, subject.chroot) && Self.matches(names, subject.name)
            && Self.matches(identifiers, subject.identifier)
    }

    private static func matches(_ globs: [String], _ text: String?) -> Bool {
        guard !globs.isEmpty else { return true }
        guard let text else { return false }
        return globs.contains { Glob($0).matches(text) }
    }
}
