/// A counter that decisions increase, with its labels. The metrics catalogue defines its name.
public enum Counter: Hashable, Sendable {
    case runsQueued(RunGroup, Deployment)
    case runsStarted(RunGroup, Deployment)
    case runsFinished(RunGroup, Deployment, Outcome)
    /// Builds whose checks ended before Copr had them.
    case buildsNotSubmitted(Deployment, SubmissionObstacle)
    /// Changes that a deployment owns, counted as soon as that is known.
    case changesSeen(Deployment)
    /// Final verdicts on changes.
    case changesJudged(Deployment, Verdict, Eligibility)
    /// Deadlines that passed without an answer: provisional, never taken back.
    case deadlinesMissed(Deployment, Eligibility)
    /// Final verdicts on commands.
    case commandsJudged(Deployment, Verdict, Eligibility)
    case objectiveEvents(Objective.Name, Deployment, isGood: Bool)
    /// Attempts to deliver to the App of a deployment, by the answer of its endpoint.
    case appDeliveries(Deployment, AppDeliveryStatus)
    /// Evidence that came after a verdict and would have changed it, by the verdict it would have given.
    case lateEvidence(Verdict)
    case outcomesRevised
    /// Backend runs that were joined with checks. One that is proven later counts once more.
    case joins(JoinProof)
    /// Proposed joins whose sides have different outcomes.
    case joinConflicts
    case invariantViolations(Invariant)
    /// Entities that were removed because of a limit.
    case limitReached(Limit)
    /// Backend runs with more possible checks than are considered.
    case candidatesLeftOut
    /// Provider times too far after their receipt to be used (docs/counting.md, rule 39).
    case futureTimes(Source)
}

/// A limit on tracked entities: on all of one kind, or on those in one place.
public enum Limit: Hashable, Sendable {
    case total(Tracked)
    /// Changes of one commit.
    case changeOfCommit
    /// Pull requests that have or had one commit as head.
    case pullRequestOfCommit
    /// Events at Packit that posted on one commit.
    case answerSeries
    /// Commands of one pull request that wait for their answer.
    case commandOfPullRequest
    /// Attempts to deliver to an App within a quarter of an hour.
    case appDelivery
    /// Those that wait for a status on one commit.
    case commandOfCommit

    public static let repository = Limit.total(.repository)
    public static let change = Limit.total(.change)
    public static let run = Limit.total(.run)
    public static let pullRequest = Limit.total(.pullRequest)
    public static let head = Limit.total(.head)
    public static let lane = Limit.total(.lane)
    public static let backendRun = Limit.total(.backendRun)
    public static let command = Limit.total(.command)

    public static let allCases: [Limit] =
        Tracked.allCases.map(Limit.total) + [
            .changeOfCommit, .pullRequestOfCommit, .answerSeries, .commandOfPullRequest, .commandOfCommit,
            .appDelivery,
        ]

    /// The value of the `kind` label.
    public var label: String {
        switch self {
        case .total(let tracked): tracked.rawValue
        case .changeOfCommit: "change_of_commit"
        case .pullRequestOfCommit: "pull_request_of_commit"
        case .answerSeries: "event_of_commit"
        case .commandOfPullRequest: "command_of_pull_request"
        case .appDelivery: "app_delivery"
        case .commandOfCommit: "command_of_commit"
        }
    }
}

/// A histogram that decisions observe.
public enum Histogram: Hashable, Sendable {
    /// From queued to finished.
    case runDuration(RunGroup, Deployment, Outcome)
    /// From queued to started.
    case runStartDuration(RunKind, Deployment)
    /// From the end at the backend to its being shown at GitHub.
    case runReportDuration(RunKind, Deployment)
    /// From a change's start to its first status.
    case initialStatusDuration(Deployment)
    /// From a change's start to the first status of its last check (docs/counting.md, rule 48).
    case allStatusesDuration(Deployment)
    /// How long the endpoint of a deployment's App took to answer an attempt to deliver.
    case appDeliveryDuration(Deployment)
    /// From a command to its first answer.
    case commandAnswerDuration(Deployment)
}

/// A gauge: the number of entities in a state.
public enum Gauge: Hashable, Sendable {
    case changesWithoutStatus(Deployment, Eligibility)
    /// Changes without a verdict.
    case changesOpen(Deployment)
    case runsUnfinished(RunGroup, Deployment)
    case runsOverdue(RunGroup, Deployment)
    case runsSettling(RunKind, Deployment)
    /// Tests that Packit accepted and has not submitted.
    case testRunsWaiting(Deployment)
    /// Checks whose names no rule knows, and whose kind is still unknown.
    case unclassifiedChecks
    /// Backend runs that no check has claimed, and that are not final.
    case unjoinedRuns
    case tracked(Tracked)
}

/// What the ledger keeps in memory, each with a limit.
public enum Tracked: String, CaseIterable, Hashable, Sendable {
    case repository
    case pullRequest = "pull_request"
    case change
    case head
    case lane
    case run
    case backendRun = "backend_run"
    case command
}

/// The invariants (docs/counting.md, rule 26).
public enum Invariant: String, CaseIterable, Hashable, Sendable {
    /// Per run: queued ≤ started ≤ finished in time.
    case stepOrder = "step_order"
    /// Every counted run is in exactly one of unfinished, settling, finished, and their sum is queued.
    case runStates = "run_states"
    /// Finished as success, failure or error ≤ started ≤ queued.
    case stepCounts = "step_counts"
    /// on_time + late + never + excluded + open = changes.
    case changeVerdicts = "change_verdicts"
    /// A histogram has as many observations as its rule says.
    case histogramCounts = "histogram_counts"
    /// good + bad = what the rules say.
    case objectiveEvents = "objective_events"
}
