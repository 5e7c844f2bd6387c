internal import SLOCore

/// When something was heard, and as which of all things.
struct Heard {
    let at: Timestamp
    let order: Int

    /// What a provider's time stands for where it would teach, supersede, close or extend anything: the receipt, if it
    /// is more than ten minutes ahead of that (rule 39).
    func believed(_ time: Timestamp) -> Timestamp {
        isFromFuture(time) ? at.flooredToSecond : time
    }

    /// From when a deadline runs, and when something was learned: from the earlier of provider's time and receipt.
    func due(_ time: Timestamp) -> Timestamp {
        min(time, at)
    }

    func isFromFuture(_ time: Timestamp) -> Bool {
        time > at + .minutes(10)
    }
}

/// All that was heard by now, grouped by what it is about.
final class Knowledge {
    let settings: LedgerSettings
    private var repositories: [RepositoryID: KnownRepository] = [:]
    /// In the order in which they were first heard of.
    private(set) var allRepositories: [KnownRepository] = []
    var builds: [BuildKey: Backend] = [:]
    /// The chroots heard of, by Copr's build.
    var chrootsOfBuild: [Int64: [Backend]] = [:]
    var requests: [String: Backend] = [:]
    /// Backends' runs that choose between several runs of checks.
    var waiting: [Backend] = []
    /// Those whose run turned out to be none.
    var homeless: [Backend] = []
    /// The lanes in which a summary links a request.
    private(set) var lanesLinking: [String: [CheckLane]] = [:]
    private var listed: [String: Bool] = [:]
    private var ignored: [String: Bool] = [:]

    init(_ settings: LedgerSettings) {
        self.settings = settings
    }

    /// Commits and pull requests hold each other.
    deinit {
        for repository in allRepositories { repository.letGo() }
    }

    func repository(_ repository: Repository, _ heard: Heard) -> KnownRepository {
        let known = repositories[repository.id] ?? KnownRepository(id: repository.id)
        if repositories.updateValue(known, forKey: repository.id) == nil { allRepositories.append(known) }
        known.learn(repository.fullName, at: repository.statedAt.map(heard.believed) ?? heard.at)
        return known
    }

    func link(_ request: String, _ lane: CheckLane) {
        let known = lanesLinking[request] ?? []
        if !known.contains(where: { $0 === lane }) { lanesLinking[request] = known + [lane] }
    }

    func isListed(_ name: String) -> Bool {
        if let known = listed[name] { return known }
        listed[name] = settings.isListed(name)
        return settings.isListed(name)
    }

    func isIgnored(_ name: String) -> Bool {
        if let known = ignored[name] { return known }
        ignored[name] = settings.isIgnored(name)
        return settings.isIgnored(name)
    }
}

struct BuildKey: Hashable {
    let deployment: Deployment
    let buildID: Int64
    let chroot: String
}

/// What a run is of; a backend's run and a check's can only be one if this is equal.
struct RunTarget: Hashable {
    let kind: RunKind
    let deployment: Deployment
    let chroot: String?
}

final class KnownRepository {
    let id: RepositoryID
    /// All that it was ever called, its present name last: what gave it last (rule 37).
    var names: [String] = []
    private var namedAt: Timestamp?
    var pulls: [Int: KnownPullRequest] = [:]
    var commits: [String: Commit] = [:]
    /// By what their runs are of, once that is known.
    private(set) var lanes: [RunTarget: [CheckLane]] = [:]
    /// When changes were answered, by who did and the base branch of what was answered.
    var answers: [Lesson: Taught] = [:]
    /// Changes that further deployments may come to own (rule 1).
    var undecided: [Change] = []
    /// What names that no rule knows were found to show, and when last (rule 29).
    var kinds: [Name: (kind: RunKind, time: Timestamp)] = [:]
    /// The projects at Copr that proven joins showed to be its own, and when last (rule 32).
    var projects: [String: Timestamp] = [:]
    /// Branches and tags that were heard of.
    var refs: Set<String> = []

    struct Name: Hashable {
        let deployment: Deployment
        let text: String
    }

    struct Lesson: Hashable {
        let deployment: Deployment
        let baseRef: String
    }

    /// Of all answers that were heard of in time only the latest matters for what is learned (rule 2); what was heard
    /// more than a grace late taught at its own time (rule 27).
    struct Taught {
        var inTime: Timestamp?
        var late: Set<Timestamp> = []

        var isSomething: Bool { inTime != nil || !late.isEmpty }

        func isAnswered(since from: Timestamp, knownAt moment: Timestamp = .distantFuture) -> Bool {
            inTime.map { $0 >= from } ?? false || late.contains { $0 >= from && $0 <= moment }
        }
    }

    init(id: RepositoryID) {
        self.id = id
    }

    /// Choices: a body that does not tell how new it is is as new as its receipt. One that is older than what gave the
    /// name renames nothing.
    func learn(_ name: String, at time: Timestamp) {
        guard name != names.last else { return }
        if namedAt.map({ time >= $0 }) ?? true {
            names.removeAll { $0 == name }
            names.append(name)
            namedAt = time
        } else if !names.contains(name) {
            names.insert(name, at: 0)
        }
    }

    func letGo() {
        pulls = [:]
        for commit in commits.values { commit.pulls = [] }
    }

    func list(_ lane: CheckLane) {
        // What was taken for a test's may turn out to be a build's.
        guard let target = lane.target, lanes[target]?.contains(where: { $0 === lane }) != true else { return }
        lanes[target, default: []].append(lane)
    }

    func pull(_ number: Int) -> KnownPullRequest {
        let pull = pulls[number] ?? KnownPullRequest(number: number)
        pulls[number] = pull
        return pull
    }

    func commit(_ sha: String) -> Commit {
        let commit = commits[sha] ?? Commit(sha: sha, in: self)
        commits[sha] = commit
        return commit
    }
}

/// All that is known of a commit.
final class Commit {
    let sha: String
    unowned let repository: KnownRepository
    /// The pull requests that had it as head, ever.
    var pulls: [KnownPullRequest] = []
    var changes: [Change] = []
    /// Everything of Packit's on it that answers changes, by the event that made Packit post.
    var events: [Event.Key: Event] = [:]
    var lanes: [CheckLane.Key: CheckLane] = [:]
    /// In the order in which they were first heard of.
    var allLanes: [CheckLane] = []
    /// How names that can be read in two ways were read.
    var readings: [CheckLane.Key: CheckName.Reading] = [:]
    /// Whether the checks of an event at Packit are a pull request's, or a push's, as far as names tell that can be
    /// read in one way only.
    var isOfPull: [CheckLane.Key: Bool] = [:]

    init(sha: String, in repository: KnownRepository) {
        self.sha = sha
        self.repository = repository
    }

    /// The pull requests that are open with it as their head at a provider time.
    func openPulls(at time: Timestamp) -> [KnownPullRequest] {
        pulls.filter { $0.openHead(at: time) == sha }
    }
}

/// A pull request as its deliveries tell it.
final class KnownPullRequest {
    let number: Int
    private(set) var pushes: [Push] = []
    private(set) var closings: [Close] = []
    var closes: [Timestamp] { closings.map(\.at) }
    /// Those that it had as head, or that a check lists it on.
    private(set) var commits: [Commit] = []

    struct Push {
        let sha: String
        let action: ChangePushed.Action
        let stated: Timestamp
        let heard: Heard

        var time: Timestamp { heard.believed(stated) }
    }

    struct Close {
        let at: Timestamp
        /// The head that it had then.
        let of: String?
        let createdAt: Timestamp?
    }

    init(number: Int) {
        self.number = number
    }

    /// Whether a delivery of its own told of it, not only a check that lists it.
    var isHeardOf: Bool { !pushes.isEmpty || !closes.isEmpty }

    /// Pushes are kept by provider time, those of one second as they were heard, but an opening before all others.
    func add(_ push: Push) {
        if pushes.contains(where: { $0.sha == push.sha && $0.action == push.action && $0.stated == push.stated }) {
            return
        }
        let isOpening = push.action == .opened
        let next = pushes.firstIndex {
            $0.time > push.time || isOpening && $0.time == push.time && $0.action != .opened
        }
        pushes.insert(push, at: next ?? pushes.count)
    }

    func note(_ commit: Commit) {
        if !commits.contains(where: { $0 === commit }) { commits.append(commit) }
    }

    func close(_ close: Close) {
        closings.append(close)
    }

    /// Whether a push or a closing showed a commit as its head.
    func wasHead(_ sha: String?) -> Bool {
        pushes.contains { $0.sha == sha } || closings.contains { $0.of == sha }
    }

    /// The head that it has or had last.
    var lastHead: String? {
        pushes.last?.sha ?? closings.max { $0.at < $1.at }?.of
    }

    /// The head at a provider time; `nil` when the pull request is not open then. Of a push and a close in one second
    /// the close is the later, unless the pull request was reopened.
    func openHead(at time: Timestamp) -> String? {
        guard let push = pushes.last(where: { $0.time <= time }) else { return headBeforeClose(at: time) }
        let isClosed = closes.contains { close in
            close <= time && (push.action == .reopened ? close > push.time : close >= push.time)
        }
        return isClosed ? nil : push.sha
    }

    /// Of a time of which no push is known a close tells (rule 34). Choice: the head that it had then it had since it
    /// was opened.
    private func headBeforeClose(at time: Timestamp) -> String? {
        let close = closings.filter { $0.at > time && $0.createdAt ?? .distantFuture <= time }.min { $0.at < $1.at }
        return close?.of
    }
}
