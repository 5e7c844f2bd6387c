internal import SLOCore

/// When something was heard, and as which of all things.
struct Heard {
    let at: Timestamp
    let order: Int
}

/// All that was heard by now, grouped by what it is about.
final class Knowledge {
    let settings: LedgerSettings
    private var repositories: [Int64: KnownRepository] = [:]
    /// In the order in which they were first heard of.
    private(set) var allRepositories: [KnownRepository] = []
    var builds: [BuildKey: Backend] = [:]
    /// The chroots heard of, by Copr's build.
    var chrootsOfBuild: [Int64: [Backend]] = [:]
    var requests: [String: Backend] = [:]
    /// Backends' runs that choose between several runs of checks.
    var waiting: [Backend] = []
    /// Those counted alone that a check may still claim, by chroot.
    var unclaimed: [RunTarget: [Backend]] = [:]
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

    func repository(_ repository: Repository) -> KnownRepository {
        let known = repositories[repository.id] ?? KnownRepository(id: repository.id)
        if repositories.updateValue(known, forKey: repository.id) == nil { allRepositories.append(known) }
        known.names.removeAll { $0 == repository.fullName }
        known.names.append(repository.fullName)
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
    let id: Int64
    /// All that it was ever called, its present name last.
    var names: [String] = []
    var pulls: [Int: KnownPullRequest] = [:]
    var commits: [String: Commit] = [:]
    /// By what their runs are of, once that is known.
    private(set) var lanes: [RunTarget: [CheckLane]] = [:]
    private var listed: Set<ObjectIdentifier> = []
    /// The latest provider time of an answer, by who gave it and the base branch of what it answered. Of all answers
    /// only the latest matters for what is learned (rule 2).
    var answers: [Lesson: Timestamp] = [:]
    /// Changes that further deployments may come to own (rule 1).
    var undecided: [Change] = []

    struct Lesson: Hashable {
        let deployment: Deployment
        let baseRef: String
    }

    init(id: Int64) {
        self.id = id
    }

    func letGo() {
        pulls = [:]
        for commit in commits.values { commit.pulls = [] }
    }

    func list(_ lane: CheckLane) {
        guard let target = lane.target, listed.insert(ObjectIdentifier(lane)).inserted else { return }
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
    private(set) var closes: [Timestamp] = []
    /// Those that it had as head, or that a check lists it on.
    private(set) var commits: [Commit] = []

    struct Push {
        let sha: String
        let action: ChangePushed.Action
        let time: Timestamp
        let heard: Heard
    }

    init(number: Int) {
        self.number = number
    }

    /// Whether a delivery of its own told of it, not only a check that lists it.
    var isHeardOf: Bool { !pushes.isEmpty || !closes.isEmpty }

    /// Pushes are kept by provider time, those of one second as they were heard, but an opening before all others.
    func add(_ push: Push) {
        if pushes.contains(where: { $0.sha == push.sha && $0.action == push.action && $0.time == push.time }) { return }
        let isOpening = push.action == .opened
        let next = pushes.firstIndex {
            $0.time > push.time || isOpening && $0.time == push.time && $0.action != .opened
        }
        pushes.insert(push, at: next ?? pushes.count)
    }

    func note(_ commit: Commit) {
        if !commits.contains(where: { $0 === commit }) { commits.append(commit) }
    }

    func close(at time: Timestamp) {
        closes.append(time)
    }

    /// The head at a provider time; `nil` when the pull request is not open then. Of a push and a close in one second
    /// the close is the later, unless the pull request was reopened.
    func openHead(at time: Timestamp) -> String? {
        guard let push = pushes.last(where: { $0.time <= time }) else { return nil }
        let isClosed = closes.contains { close in
            close <= time && (push.action == .reopened ? close > push.time : close >= push.time)
        }
        return isClosed ? nil : push.sha
    }
}
