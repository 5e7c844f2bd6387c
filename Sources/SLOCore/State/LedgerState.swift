/// Everything the ledger remembers. The first group of tables is kept by the store; the second is made of it.
struct LedgerState: Sendable {
    var repositories = Table<Int64, RepositoryState>(isWeighed: true)
    var pullRequests = Table<PullRequestKey, PullRequest>(isWeighed: true)
    var heads = Table<HeadKey, Head>(isWeighed: true)
    var changes = Table<EntityID, Change>(isWeighed: true)
    var lanes = Table<EntityID, Lane>(isWeighed: true)
    var runs = Table<EntityID, Run>(isWeighed: true)
    var backends = Table<BackendKey, BackendRun>(isWeighed: true)
    var chronicle = Table<Int64, Chronicle>()

    /// Entities that are not found by their number elsewhere.
    var subjects = Table<EntityID, Subject>()
    var laneNumbers = Table<LaneKey, EntityID>()
    /// Lanes of pull requests that are not found through one that had their commit as head, by repository.
    var strayLanes = Index<Int64, EntityID>()
    /// Lanes of pushes and releases, by the projects that Copr may build them in.
    var eventLanes = Index<ProjectKey, EntityID>()
    var repositoriesOfName = Index<String, Int64>()
    var repositoriesOfSlug = Index<String, Int64>()
    var lanesOfRequest = Index<String, EntityID>()
    var backendsOfBuild = Index<Int64, BackendKey>()
    /// Backend runs counted alone, by what a check could claim them by.
    var claimable = Index<ClaimKey, BackendKey>()
    var undecided = Table<BackendKey, Bool>()
    /// How many pull requests and heads there are of each repository.
    var repositoryUses = Table<Int64, Int>()
    /// Changes before their verdicts, by repository, the oldest first.
    var openChanges = Table<Int64, [EntityID]>()
    /// How many changes await their verdict, how many counted runs are not final.
    var openCounts = Table<Tracked, Int>()

    enum Subject: Sendable {
        case head(HeadKey)
        case pullRequest(PullRequestKey)
        case backend(BackendKey)
    }

    mutating func confirm() {
        repositories.confirm()
        pullRequests.confirm()
        heads.confirm()
        changes.confirm()
        lanes.confirm()
        runs.confirm()
        backends.confirm()
        chronicle.confirm()
        subjects.confirm()
        laneNumbers.confirm()
        strayLanes.confirm()
        eventLanes.confirm()
        repositoriesOfName.confirm()
        repositoriesOfSlug.confirm()
        lanesOfRequest.confirm()
        backendsOfBuild.confirm()
        claimable.confirm()
        undecided.confirm()
        repositoryUses.confirm()
        openChanges.confirm()
        openCounts.confirm()
    }

    mutating func rollback() {
        repositories.rollback()
        pullRequests.rollback()
        heads.rollback()
        changes.rollback()
        lanes.rollback()
        runs.rollback()
        backends.rollback()
        chronicle.rollback()
        subjects.rollback()
        laneNumbers.rollback()
        strayLanes.rollback()
        eventLanes.rollback()
        repositoriesOfName.rollback()
        repositoriesOfSlug.rollback()
        lanesOfRequest.rollback()
        backendsOfBuild.rollback()
        claimable.rollback()
        undecided.rollback()
        repositoryUses.rollback()
        openChanges.rollback()
        openCounts.rollback()
    }
}

/// What concerns the ledger as a whole. There is one, under key 0.
struct Chronicle: Equatable, Sendable {
    var nextEntity: Int64 = 1
    /// How many inputs were decided: tells earlier from later within one millisecond.
    var inputs: Int64 = 0
    /// When the service last started; `nil` in a replay.
    var startedAt: Timestamp?
    /// Times in which the observer missed something that it has not caught up with since, in order.
    var blindIntervals: [BlindInterval] = []
    /// What was last heard of at or before this may have been forgotten, as there was no room.
    var forgottenThrough: Timestamp?
    /// Times in which something may have been missed, as far as unsigned requests tell, in order. Kept apart: however
    /// many strangers make, they take the place of none of the others.
    var doubtfulIntervals: [BlindInterval] = []
    /// A private repository was forgotten, as there was no room: what is like no public one may be its.
    var hasForgottenPrivate = false

    /// Of each kind.
    static let blindIntervalsLimit = 1000
}

/// From and to are inside.
struct BlindInterval: Equatable, Sendable {
    let from: Timestamp
    let to: Timestamp

    func overlaps(_ from: Timestamp, _ to: Timestamp) -> Bool {
        self.from <= to && from <= self.to
    }
}

/// What a repository's project at Copr is called behind the repository's own part, and what is built in it.
struct ProjectKey: Hashable, Sendable {
    let repository: Int64
    let rest: String
    let chroot: String?
}

/// By what a check could find a backend run that was counted alone.
enum ClaimKey: Hashable, Sendable {
    /// What a Copr project's name may begin with, a repository's slug, and what is built for.
    case project(slug: String, chroot: String)
    case request(String)
    case commit(sha: String)
    case build(Int64)
}
