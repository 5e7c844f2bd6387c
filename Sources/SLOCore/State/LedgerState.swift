/// The ledger's whole state. The first group of tables is stored; the second is derived from it.
struct LedgerState: Sendable {
    var repositories = Table<RepositoryID, RepositoryState>(isWeighed: true)
    var pullRequests = Table<PullRequestKey, PullRequest>(isWeighed: true)
    var heads = Table<HeadKey, Head>(isWeighed: true)
    var changes = Table<EntityID, Change>(isWeighed: true)
    var lanes = Table<EntityID, Lane>(isWeighed: true)
    var runs = Table<EntityID, Run>(isWeighed: true)
    var backends = Table<BackendKey, BackendRun>(isWeighed: true)
    var chronicle = Table<Int64, Chronicle>()
    /// By the App's id at GitHub.
    var apps = Table<Int64, WatchedApp>()
    var appPeriods = Table<AppPeriodKey, AppPeriod>()
    var commands = Table<EntityID, Command>(isWeighed: true)

    /// Entities that are not found by their number in another table.
    var subjects = Table<EntityID, Subject>()
    var laneNumbers = Table<LaneKey, EntityID>()
    /// Lanes whose checks name a pull request, and whose commit no push has shown as its head; by pull request.
    var strayLanes = Index<PullRequestKey, EntityID>()
    var placesOfStrays = Table<EntityID, PullRequestKey>()
    /// Builds of checks with which a backend run may be joined.
    var openings = OrderedIndex<OpeningKey>()
    /// Lanes whose names have two readings, by their events.
    var ambiguousLanes = Index<EventKey, EntityID>()
    /// Lanes that wait for their kind, by name and by the time they were first seen; and that time.
    var unclassifiedLanes = OrderedIndex<KindKey>()
    var placesOfUnclassified = Table<EntityID, Int64>()
    var repositoriesOfName = Index<String, RepositoryID>()
    var repositoriesOfSlug = Index<String, RepositoryID>()
    /// By Copr's `owner/project`, as proven joins have taught it.
    var repositoriesOfProject = Index<String, RepositoryID>()
    var lanesOfRequest = Index<String, EntityID>()
    var backendsOfBuild = Index<Int64, BackendKey>()
    /// Backend runs that a check may claim, by the possible criteria and by their beginning.
    var claimable = OrderedIndex<ClaimKey>()
    var claimKeys = Table<BackendKey, [ClaimKey]>()
    /// Backend runs that wait, by what may end the wait and by their beginning; and by the end of the wait.
    var waits = OrderedIndex<WaitKey>()
    var waitEnds = OrderedIndex<Bool>()
    var waitKeys = Table<BackendKey, [WaitKey]>()
    /// How many pull requests and heads each repository has.
    var repositoryUses = Table<RepositoryID, Int>()
    var changeNumbers = Table<ChangeKey, EntityID>()
    /// Changes without a verdict, by repository.
    var openChanges = Index<RepositoryID, EntityID>()
    var commandNumbers = Table<CommandKey, EntityID>()
    /// All commands of a pull request; and those that statuses on a commit may answer.
    var commandsOfPullRequest = Index<PullRequestKey, EntityID>()
    var commandsOfHead = Index<HeadKey, EntityID>()
    /// The indexes of commits with many changes.
    var sharedCommits = Table<HeadKey, SharedCommitIndex>()
    /// Lanes that have or had runs that are not final.
    var busyLanes = Index<HeadKey, EntityID>()
    /// All lanes of one event at Packit, and all of one name.
    var lanesOfEvent = Index<EventKey, EntityID>()
    var lanesOfName = Index<LaneNameKey, EntityID>()
    /// The number of changes without a verdict, of counted runs that are not final, and of open commands.
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
        apps.confirm()
        appPeriods.confirm()
        commands.confirm()
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
        commandNumbers.confirm()
        commandsOfPullRequest.confirm()
        commandsOfHead.confirm()
        sharedCommits.confirm()
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
        apps.rollback()
        appPeriods.rollback()
        commands.rollback()
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
        commandNumbers.rollback()
        commandsOfPullRequest.rollback()
        commandsOfHead.rollback()
        sharedCommits.rollback()
        busyLanes.rollback()
        lanesOfEvent.rollback()
        lanesOfName.rollback()
        openCounts.rollback()
    }
}

/// State of the ledger as a whole: one row, with key 0.
struct Chronicle: Equatable, Sendable {
    var nextEntity: Int64 = 1
    /// The number of decided inputs, which orders inputs within one millisecond.
    var inputs: Int64 = 0
    /// When the service last started; `nil` in a replay.
    var startedAt: Timestamp?
    /// The blind intervals, in order.
    var blindIntervals: [BlindInterval] = []
    /// Entities last touched at or before this may have been removed because of a limit.
    var forgottenThrough: Timestamp?
    /// The intervals of refused unverified requests, in order. Kept separately, so that they cannot displace the
    /// others, however many anybody causes.
    var doubtfulIntervals: [BlindInterval] = []
    /// A private repository was removed because of a limit: any name that is not known to be public may be its.
    var hasForgottenPrivate = false
    /// The configured objectives, as of the last start.
    var knownObjectives: [KnownObjective] = []
    /// Those that were added or changed while the service had been running before.
    var addedObjectives: [AddedObjective] = []

    /// An objective whose events up to and including a moment are filled in: the service judges later ones.
    struct AddedObjective: Equatable, Sendable {
        let name: Objective.Name
        let backfilledThrough: Timestamp
    }

    /// The limit of each of the two.
    static let blindIntervalsLimit = 1000
}

/// Both ends are inclusive.
struct BlindInterval: Equatable, Sendable {
    let from: Timestamp
    let to: Timestamp
    /// All missed deliveries have arrived: it casts no doubt any more (docs/counting.md, rule 27).
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
