/// Everything the ledger remembers. The first group of tables is kept by the store; the second is made of it.
struct LedgerState: Sendable {
    var repositories = Table<RepositoryID, RepositoryState>(isWeighed: true)
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
    /// Lanes whose checks name a pull request of which no push has shown their commit as its head, by it.
    var strayLanes = Index<PullRequestKey, EntityID>()
    var placesOfStrays = Table<EntityID, PullRequestKey>()
    /// Builds of checks that a backend's run may be.
    var openings = OrderedIndex<OpeningKey>()
    /// Lanes whose names can be read in two ways, by their events.
    var ambiguousLanes = Index<EventKey, EntityID>()
    /// Lanes that wait for their kind, by their names and when they were first seen; and when that was.
    var unclassifiedLanes = OrderedIndex<KindKey>()
    var placesOfUnclassified = Table<EntityID, Int64>()
    var repositoriesOfName = Index<String, RepositoryID>()
    var repositoriesOfSlug = Index<String, RepositoryID>()
    /// By `owner/project` at Copr, as proven joins taught it.
    var repositoriesOfProject = Index<String, RepositoryID>()
    var lanesOfRequest = Index<String, EntityID>()
    var backendsOfBuild = Index<Int64, BackendKey>()
    /// Backend runs that a check may claim, by what it could claim them by and when they began.
    var claimable = OrderedIndex<ClaimKey>()
    var claimKeys = Table<BackendKey, [ClaimKey]>()
    /// Backend runs that wait, by where they hear of news and when they began; and by when their waits end.
    var waits = OrderedIndex<WaitKey>()
    var waitEnds = OrderedIndex<Bool>()
    var waitKeys = Table<BackendKey, [WaitKey]>()
    /// How many pull requests and heads there are of each repository.
    var repositoryUses = Table<RepositoryID, Int>()
    var changeNumbers = Table<ChangeKey, EntityID>()
    /// Changes before their verdicts, by repository.
    var openChanges = Index<RepositoryID, EntityID>()
    /// The changes of commits that have many.
    var crowds = Table<HeadKey, Crowd>()
    /// Lanes that have, or had, runs which are not final.
    var busyLanes = Index<HeadKey, EntityID>()
    /// All lanes of one event at Packit, and all of one name.
    var lanesOfEvent = Index<EventKey, EntityID>()
    var lanesOfName = Index<LaneNameKey, EntityID>()
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
        placesOfStrays.confirm()
        openings.confirm()
        ambiguousLanes.confirm()
        unclassifiedLanes.confirm()
        placesOfUnclassified.confirm()
        repositoriesOfName.confirm()
        repositoriesOfSlug.confirm()
        repositoriesOfProject.confirm()
        lanesOfRequest.confirm()
        backendsOfBuild.confirm()
        claimable.confirm()
        claimKeys.confirm()
        waits.confirm()
        waitEnds.confirm()
        waitKeys.confirm()
        repositoryUses.confirm()
        changeNumbers.confirm()
        openChanges.confirm()
        crowds.confirm()
        busyLanes.confirm()
        lanesOfEvent.confirm()
        lanesOfName.confirm()
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
        placesOfStrays.rollback()
        openings.rollback()
        ambiguousLanes.rollback()
        unclassifiedLanes.rollback()
        placesOfUnclassified.rollback()
        repositoriesOfName.rollback()
        repositoriesOfSlug.rollback()
        repositoriesOfProject.rollback()
        lanesOfRequest.rollback()
        backendsOfBuild.rollback()
        claimable.rollback()
        claimKeys.rollback()
        waits.rollback()
        waitEnds.rollback()
        waitKeys.rollback()
        repositoryUses.rollback()
        changeNumbers.rollback()
        openChanges.rollback()
        crowds.rollback()
        busyLanes.rollback()
        lanesOfEvent.rollback()
        lanesOfName.rollback()
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
    /// Times in which the observer missed something, in order.
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
    /// What was missed in it has come: it casts no doubt any more (docs/counting.md, rule 27).
    var isCaughtUp = false

    func overlaps(_ from: Timestamp, _ to: Timestamp) -> Bool {
        self.from <= to && from <= self.to
    }
}

/// All checks of one name on one commit.
struct LaneNameKey: Hashable, Sendable {
    let head: HeadKey
    let deployment: Deployment
    let name: String
}
