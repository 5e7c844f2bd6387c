internal import SLOCore

/// When an entry was received, and its number.
struct Receipt {
    let at: Timestamp
    let order: Int

    /// The provider's time that counts for teaching, superseding, closing and extending: the receipt, if it is more
    /// than ten minutes after that (rule 39).
    func believed(_ time: Timestamp) -> Timestamp {
        isFromFuture(time) ? at.flooredToSecond : time
    }

    /// The time from which deadlines and learning count: the earlier of provider's time and receipt.
    func due(_ time: Timestamp) -> Timestamp {
        min(time, at)
    }

    func isFromFuture(_ time: Timestamp) -> Bool {
        time > at + .minutes(10)
    }
}

/// Everything received by now, grouped by subject.
final class Knowledge {
    let settings: LedgerSettings
    private var repositories: [RepositoryID: KnownRepository] = [:]
    /// In the order in which they were first received.
    private(set) var allRepositories: [KnownRepository] = []
    var builds: [BuildKey: Backend] = [:]
    /// The known chroots of each Copr build.
    var chrootsOfBuild: [Int64: [Backend]] = [:]
    var requests: [String: Backend] = [:]
    /// Backend runs that choose between several runs of checks.
    var waiting: [Backend] = []
    /// Those that have lost their run.
    var withoutRun: [Backend] = []
    /// The lanes with a summary that links a request.
    private(set) var lanesLinking: [String: [CheckLane]] = [:]
    /// By the ids of the Apps.
    var appLists: [Int64: AppList] = [:]
    private var listed: [String: Bool] = [:]
    private var ignored: [String: Bool] = [:]

    init(_ settings: LedgerSettings) {
        self.settings = settings
    }

    /// Breaks reference cycles between commits and pull requests.
    deinit {
        for repository in allRepositories { repository.letGo() }
    }

    subscript(id: RepositoryID) -> KnownRepository? { repositories[id] }

    func repository(_ repository: Repository, _ receipt: Receipt) -> KnownRepository {
        let known = repositories[repository.id] ?? KnownRepository(id: repository.id)
        if repositories.updateValue(known, forKey: repository.id) == nil { allRepositories.append(known) }
        known.learn(repository.fullName, at: repository.statedAt.map(receipt.believed) ?? receipt.at)
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

/// The target of a run; a backend run and a check's can only be joined if it is equal.
struct RunTarget: Hashable {
    let kind: RunKind
    let deployment: Deployment
    let chroot: String?
}

final class KnownRepository {
    let id: RepositoryID
    /// All its names, the present one last: the one in the newest body (rule 37).
    var names: [String] = []
    private var namedAt: Timestamp?
    var pulls: [Int: KnownPullRequest] = [:]
    var commits: [String: Commit] = [:]
    /// By the target of their runs, once that is known.
    private(set) var lanes: [RunTarget: [CheckLane]] = [:]
    /// When changes were answered, by deployment and base branch.
    var answers: [Lesson: Taught] = [:]
    /// Changes that may get further owners (rule 1).
    var undecided: [Change] = []
    /// The learned kinds of names that no rule knows, and when last (rule 29).
    var kinds: [Name: (kind: RunKind, time: Timestamp)] = [:]
    /// The Copr projects with proven joins, and when last (rule 32).
    var projects: [String: Timestamp] = [:]
    /// Known branches and tags.
    var refs: Set<String> = []
    /// Commands by their comments and deployments, and those that wait for a verdict in order of receipt (rule 51).
    var commands: [Command.Key: Command] = [:]
    var openCommands: [Command] = []

    struct Name: Hashable {
        let deployment: Deployment
        let text: String
    }

    struct Lesson: Hashable {
        let deployment: Deployment
        let baseRef: String
    }

    /// Of all answers received in time only the latest matters for learning (rule 2); those received more than a grace
    /// late teach at their own time (rule 27).
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

    /// Choices: a body without a time is as new as its receipt. One that is older than the body with the present name
    /// renames nothing.
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
        // A lane taken for a test's may turn out to be a build's.
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

/// Everything known of a commit.
final class Commit {
    let sha: String
    unowned let repository: KnownRepository
    /// The pull requests that had it as head.
    var pulls: [KnownPullRequest] = []
    var changes: [Change] = []
    /// Packit's posts on it that answer changes, by event.
    var events: [Event.Key: Event] = [:]
    var lanes: [CheckLane.Key: CheckLane] = [:]
    /// In the order in which they were first received.
    var allLanes: [CheckLane] = []
    /// What may be a check's first status on a change (rule 48).
    var postings: [CheckLane.Key: [Event.Answer]] = [:]
    /// How ambiguous names were read.
    var readings: [CheckLane.Key: CheckName.Reading] = [:]
    /// Whether the checks of an event at Packit are a pull request's, by its unambiguous names.
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

/// A pull request by its deliveries.
final class KnownPullRequest {
    let number: Int
    private(set) var pushes: [Push] = []
    private(set) var closings: [Close] = []
    var closes: [Timestamp] { closings.map(\.at) }
    /// The branches into which it was to be merged, in order of receipt.
    private var bases: [(name: String, at: Timestamp)] = []
    /// What Apps commented on it (rule 51).
    var appComments: [AppComment] = []
    /// Those that it had as head, or on which a check lists it.
    private(set) var commits: [Commit] = []

    struct Push {
        let sha: String
        let action: ChangePushed.Action
        let stated: Timestamp
        let receipt: Receipt

        var time: Timestamp { receipt.believed(stated) }
    }

    struct Close {
        let at: Timestamp
        /// By the provider, also if that is in the future.
        let stated: Timestamp
        /// Its head at that time.
        let of: String?
        let createdAt: Timestamp?
    }

    init(number: Int) {
        self.number = number
    }

    /// Its base: what the latest of its deliveries names.
    var base: String? { bases.last { $0.at == bases.map(\.at).max() }?.name }

    func note(base: String, at time: Timestamp) {
        bases.append((base, time))
    }

    /// Whether a delivery of its own was received, and not only a check that lists it.
    var isReceived: Bool { !pushes.isEmpty || !closes.isEmpty }

    /// Pushes are in order of provider time, those of one second in order of receipt, but an opening before all others.
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

    /// A closing that is received again is the same.
    func close(_ close: Close) {
        if closings.contains(where: { $0.stated == close.stated }) { return }
        closings.append(close)
    }

    /// Whether a push or a closing showed a commit as its head.
    func wasHead(_ sha: String?) -> Bool {
        pushes.contains { $0.sha == sha } || closings.contains { $0.of == sha }
    }

    /// Its present or last head.
    var lastHead: String? {
        pushes.last?.sha ?? closings.max { $0.at < $1.at }?.of
    }

    /// The head at a provider time; `nil` if the pull request is not open then. Of a push and a closing within one
    /// second the closing is later, unless the pull request was reopened.
    func openHead(at time: Timestamp) -> String? {
        guard let push = pushes.last(where: { $0.time <= time }) else { return headBeforeClose(at: time) }
        let isClosed = closes.contains { close in
            close <= time && (push.action == .reopened ? close > push.time : close >= push.time)
        }
        return isClosed ? nil : push.sha
    }

    /// If no push before that time is known, a closing tells (rule 34). Choice: the pull request has had that head
    /// since it was opened.
    private func headBeforeClose(at time: Timestamp) -> String? {
        let close = closings.filter { $0.at > time && $0.createdAt ?? .distantFuture <= time }.min { $0.at < $1.at }
        return close?.of
    }
}
