/// What the ledger knows of one repository.
struct RepositoryState: Equatable, Sendable {
    let id: RepositoryID
    var fullName: String
    var isPrivate: Bool
    /// Which deployments answered here, and when last (docs/counting.md, rules 1 and 2).
    var lessons: [Lesson] = []
    /// Former names, the latest last: later reports may still use them.
    private(set) var formerNames: [String] = []
    /// When it was last heard of, by the receiver's clock, to within `heardPrecision`, so that it is not stored with
    /// every delivery.
    var heardAt: Timestamp?
    /// It has or had the name of a private repository that was removed: data under that name may be the other's, so it
    /// is hidden.
    var isConcealed = false
    /// The kinds of checks whose names no rule knows (docs/counting.md, rule 29), the oldest lesson first.
    var kinds: [KindLesson] = []
    /// Known branches and tags, as Packit writes them in names, the latest last.
    var refs: [String] = []
    /// Copr projects with builds that were proven to be this repository's, the latest last.
    var projects: [TaughtProject] = []

    /// The age of the newest body that called it private (docs/counting.md, rule 37).
    var hiddenAt: Timestamp?

    /// The age of the body with its present name: an older one does not rename it (docs/counting.md, rule 37).
    var namedAt: Timestamp?

    static let heardPrecision = TimeSpan.hours(1)

    init(
        id: RepositoryID, fullName: String, isPrivate: Bool, lessons: [Lesson] = [], formerNames: [String] = [],
        heardAt: Timestamp? = nil, isConcealed: Bool = false, hiddenAt: Timestamp? = nil
    ) {
        self.id = id
        self.fullName = fullName
        self.isPrivate = isPrivate
        self.lessons = lessons
        self.formerNames = formerNames
        self.heardAt = heardAt
        self.isConcealed = isConcealed
        self.hiddenAt = hiddenAt
    }

    /// Whether its name may be public.
    var isPublic: Bool { !isPrivate && !isConcealed }

    /// The limit of former names; the earliest are dropped.
    static let formerNamesLimit = 16

    /// All present and former names.
    var names: [String] { formerNames + [fullName] }

    /// - Returns: a former name that is dropped for it.
    mutating func rename(to name: String) -> String? {
        guard name != fullName else { return nil }
        formerNames.removeAll { $0 == name }
        formerNames.append(fullName)
        fullName = name
        return formerNames.count > Self.formerNamesLimit ? formerNames.removeFirst() : nil
    }

    /// Adds a name from an older body.
    mutating func noteFormer(name: String) {
        guard formerNames.count < Self.formerNamesLimit, !names.contains(name) else { return }
        formerNames.insert(name, at: 0)
    }

    /// Without what has one of the names, except for its present name.
    func without(_ search: NameSearch) -> RepositoryState {
        var nameless = self
        nameless.formerNames.removeAll(where: search.isIn)
        nameless.refs.removeAll(where: search.isIn)
        nameless.projects.removeAll { search.isIn($0.name) }
        nameless.lessons.removeAll { search.isIn($0.baseRef) }
        nameless.kinds.removeAll { search.isIn($0.name) }
        return nameless
    }

    /// The limit of base branches with lessons; those answered longest ago are dropped.
    static let lessonsLimit = 256

    /// The latest provider time of an answer of the deployment, on one base branch or, without one, on all.
    func lastAnswer(of deployment: Deployment, baseRef: String? = nil) -> Timestamp? {
        lessons.lazy
            .filter { $0.deployment == deployment && (baseRef == nil || $0.baseRef == baseRef) }
            .compactMap(\.times.latest).max()
    }

    func lesson(of deployment: Deployment, baseRef: String) -> Lesson? {
        lessons.first { $0.deployment == deployment && $0.baseRef == baseRef }
    }

    mutating func learn(_ deployment: Deployment, baseRef: String, _ times: LessonTimes, window: TimeSpan) {
        if let known = lessons.firstIndex(where: { $0.deployment == deployment && $0.baseRef == baseRef }) {
            lessons[known].times.merge(times, window: window)
            return
        }
        if lessons.count >= Self.lessonsLimit,
            let oldest = lessons.indices.min(by: { lessons[$0].answeredAt < lessons[$1].answeredAt })
        {
            lessons.remove(at: oldest)
        }
        lessons.append(Lesson(deployment: deployment, baseRef: baseRef, times: times))
    }
}

extension RepositoryState {
    /// The limit of such names; those classified longest ago are dropped.
    static let kindsLimit = 128

    func kind(of name: String, _ deployment: Deployment) -> KindLesson? {
        kinds.last { $0.name == name && $0.deployment == deployment }
    }

    mutating func learn(_ lesson: KindLesson) {
        kinds.removeAll { $0.name == lesson.name && $0.deployment == lesson.deployment }
        let place = kinds.lastIndex { $0.at <= lesson.at }.map { $0 + 1 } ?? 0
        kinds.insert(lesson, at: place)
        if kinds.count > Self.kindsLimit { kinds.removeFirst() }
    }
}

/// Checks of a name were shown to be of a kind.
struct KindLesson: Equatable, Sendable {
    let deployment: Deployment
    let name: String
    let kind: RunKind
    /// The provider time of the check that showed it.
    let at: Timestamp
}

/// A Copr project that Packit did not name, and when a build in it was last proven to be the repository's
/// (docs/counting.md, rule 32).
struct TaughtProject: Equatable, Sendable {
    /// `owner/project`.
    let name: String
    let taughtAt: Timestamp
}

/// A deployment answered a change to a base branch.
struct Lesson: Equatable, Sendable {
    let deployment: Deployment
    let baseRef: String
    /// Never empty.
    var times: LessonTimes

    var answeredAt: Timestamp { times.latest ?? Timestamp(milliseconds: .min) }
}
