import SLOCore
import SLOHTTP
import SLOQueries

// The components of the responses. A test checks every response against them.

extension APISchema {
    static let components: [(name: String, schema: APISchema)] =
        parts + deliveries + nodes + [
            ("Conditions", page(of: "Incident", holding)), ("Condition", condition), ("Incident", object(incident)),
            ("Objectives", objectives), ("Objective", objective), ("BurnRate", burnRate),
            ("ObjectiveDay", objectiveDay),
            ("Costs", costs), ("BlindInterval", blindInterval),
            ("BlindIntervals", page(of: "BlindInterval")), ("Notes", page(of: "Note")), ("Note", note),
            ("PullRequest", pullRequest), ("Commit", commit), ("Move", move), ("Change", change), ("Run", run),
            ("Link", link), ("Waiting", waiting), ("WaitingItem", waitingItem),
            ("WaitingGroups", page(of: "WaitingGroup")), ("WaitingGroup", waitingGroup),
            ("Events", page(of: "Event", [partial])), ("Event", event),
            ("EndedRuns", page(of: "EndedRun")), ("EndedRun", endedRun),
            ("Activity", activity), ("RunActivity", runActivity), ("ChangeActivity", changeActivity),
            ("History", history), ("HistoryGroup", historyGroup), ("HistoryDay", historyDay),
            ("HistorySlice", historySlice), ("Outcomes", outcomes),
            ("Sources", sources), ("Source", source), ("DeliveryResults", deliveryResults),
            ("Search", search),
            ("FoundPullRequest", foundPullRequest), ("FoundRun", foundRun),
            ("FoundDelivery", foundDelivery), ("OpenAPI", .anyObject), ("Problem", problem),
        ]

    static let deployment = member("deployment", .text("prod"), "As configured.")
    static let repositoryName = member(
        "repository_name", .orNull(.text("acme/rocket")), "`null` if it is private or unknown.")
    static let isPrivate = member(
        "is_private", .flag(false), "Whether it is private; name and identifying details are then left out.")
    private static let kind = member("kind", .choice(RunKind.allCases.map(\.rawValue)))
    static let moment = "2026-11-17T14:03:30Z"
    static let at = member("at", .time(moment), "The time of this data.")

    // MARK: - Objectives

    private static let counts: [Member] = [
        member("good", .integer(996), "Met the objective."),
        member("bad", .integer(3), "Missed the objective, without doubt."),
        member(
            "doubtful", .integer(1), "Missed it as far as was observed, with a blind interval involved. Counted as bad."
        ),
        member("unknown", .integer(2), "The deadline was within a blind interval. Not counted."),
        optional("compliance", .number(0.996), "good / (good + bad + doubtful); left out if there are no events."),
        optional("compliance_worst", .number(0.994), "If all events in doubt were bad. Left out if there are none."),
        optional("compliance_best", .number(0.997), "If all events in doubt were good. Left out if there are none."),
    ]
    private static let budget = optional(
        "error_budget_remaining", .number(0.6),
        "1 is unspent, 0 is spent, below 0 is overspent; left out if there are no events.")

    private static let costs = object(
        BudgetCost.allCases.map(\.rawValue).map { optional($0, .integer(1)) })

    private static let objectives = object([
        member("basis", .choice(["database"]), "The source of the counts."), at,
        member(
            "window",
            .object([member("begins_at", .time("2026-10-20T14:00:00Z")), member("seconds", .number(2_419_200))])),
        member("objectives", .list(.named("Objective"))),
        member(
            "repositories", .list(.named("RepositoryObjective")),
            "The hundred that spent most; `/api/v1/repositories` lists all."),
        member("repositories_at", .time(moment), "The time of `repositories` and `costs`."),
        member("blind_intervals", .list(.named("BlindInterval")), "Those that overlap the window."),
    ])

    private static let objectiveName = member("objective", .text("builds"), "As configured.")

    private static let objective = object(
        [
            deployment, objectiveName,
            member("indicator", .choice(Objective.Indicator.allCases.map(\.rawValue)), "What it counts."),
            optional("description", .text("Answers within the promise."), "As configured; left out if there is none."),
            optional("window_seconds", .number(604_800), "Left out if the window is that of all objectives."),
            optional(
                "is_computing", .flag(false),
                "Whether what was due before it was configured is still being computed; nothing is counted until then. "
                    + "Left out for one repository."),
            optional(
                "counts_since", .time(moment),
                "When its first events are from; left out if they reach back to the beginning of the window."),
            member("target", .number(0.99)),
            optional("deadline_seconds", .number(15), "Left out if the indicator has none."),
            optional(
                "needs_settings", .list(.text("github.app_keys")),
                "Keys of the configuration of which one must be set for it to have events. Left out if one is, if none "
                    + "is needed, and for one repository."),
        ] + counts + [
            member("costs", .named("Costs"), "The bad and doubtful events by cause."), budget,
            optional(
                "burn_rates", .list(.named("BurnRate")),
                "Recent burn rates. Left out for one repository."),
            optional(
                "days", .list(.named("ObjectiveDay")),
                "The window's days, UTC, the first one first. Left out for one repository."),
        ])

    private static let tally: [Member] = [
        member("good", .integer(40)), member("bad", .integer(1), "Including doubtful events."),
        optional("compliance", .number(0.975)),
        optional(
            "burn_rate", .number(2.5),
            "At 1 the budget lasts exactly the window; left out if there are no events."),
    ]
    private static let burnRate = object(
        [member("seconds", .integer(3600), "The length of the period, which ends now.")] + tally)
    private static let objectiveDay = object([member("begins_at", .time("2026-11-17T00:00:00Z"))] + tally)

    /// Of each dimension, the objectives by it.
    private static let parts = Report.Dimension.allCases.flatMap { dimension in
        let name = "\(dimension.schemaName)Objective"
        let spent = optional(
            "budget_spent", .number(0.2), "The ratio of the error budget that it spent; left out if there is none.")
        let part = object(
            [deployment, objectiveName, partName(by: dimension), isPrivate] + counts
                + [member("costs", .named("Costs")), spent])
        return [(name, part), ("\(name)s", page(of: name))]
    }

    private static func partName(by dimension: Report.Dimension) -> Member {
        let meaning = "`null` if it is unknown, of a private repository, or beyond the most that are told apart."
        switch dimension {
        case .repository: return repositoryName
        case .chroot: return member("chroot", .orNull(.text("fedora-rawhide-x86_64")), meaning)
        case .architecture: return member("architecture", .orNull(.text("x86_64")), meaning)
        case .branch: return member("branch", .orNull(.text("main")), meaning)
        case .checkName: return member("check_name", .orNull(.text("rpm-build:fedora-rawhide-x86_64")), meaning)
        }
    }

    private static let blindInterval = object([
        member("started_at", .time(moment)), optional("ended_at", .time("2026-11-17T14:05:30Z")),
        member("cause", .text("down"), "`down`, `suspended`, `refused`, `missing` or `unverified`."),
        member(
            "excludes", .flag(true),
            "Whether changes whose deadline is within it are excluded. Refused unverified requests exclude "
                + "none: a miss around them is doubtful."),
        optional("seconds", .number(120)),
        optional("caught_up_at", .time("2026-11-17T14:09:00Z"), "When the last missing delivery had arrived."),
    ])

    // MARK: - A pull request

    private static let pullRequest = object([
        at, member("repository_name", .text("acme/rocket")), isPrivate, member("number", .integer(42)),
        optional("is_open", .flag(false), "Left out if only history contains it."),
        optional("closed_at", .time(moment)),
        member("commits", .list(.named("Commit")), "Its heads on this page, the latest first."),
        optional("next_cursor", .text("p1-0-1e"), "The cursor of the next page; left out at the end."),
    ])

    static let sha = "3f2a9c0d8b7e6f5a4c3b2d1e0f9a8b7c6d5e4f3a"

    private static let commit = object([
        member("sha", .text(sha)), member("moves", .list(.named("Move")), "When and how it became the head."),
        member("changes", .list(.named("Change")), "Each deployment's answer."),
        member("runs", .list(.named("Run"))),
    ])

    private static let move = object([
        member("at", .time(moment)), member("action", .choice(ChangePushed.Action.allCases.map(\.rawValue))),
    ])

    private static let change = object([
        deployment, member("started_at", .time(moment)), optional("answered_at", .time("2026-11-17T14:03:34Z")),
        optional("seconds", .number(4), "From the push to the first status."),
        optional("verdict", .choice(Verdict.allCases.map(\.rawValue)), "Left out until it is final."),
        optional("exclusion", .choice(Exclusion.allCases.map(\.rawValue)), "Why it is excluded."),
        optional("eligibility", .choice(Eligibility.allCases.map(\.rawValue))),
        member("is_counted", .flag(true), "Whether the objective counts it."),
    ])

    private static let run = object([
        kind, deployment, member("name", .text("rpm-build:fedora-rawhide-x86_64"), "The check's name."),
        optional("chroot", .text("fedora-rawhide-x86_64")),
        member(
            "phase", .choice(["waiting", "unfinished", "settling", "finished"]),
            "`waiting`: not queued yet. `settling`: ended, but the outcome may still change."),
        member("is_overdue", .flag(false)),
        member("first_seen_at", .time(moment)), optional("queued_at", .time(moment)),
        optional("started_at", .time("2026-11-17T14:05:00Z")),
        member("has_backend_ended", .flag(true)), optional("backend_ended_at", .time("2026-11-17T14:12:00Z")),
        optional("finished_at", .time("2026-11-17T14:12:20Z")),
        optional("outcome", .choice(Outcome.allCases.map(\.rawValue))),
        optional("reason", .choice(OutcomeReason.allCases.map(\.rawValue))),
        optional(
            "revised_outcome", .choice(Outcome.allCases.map(\.rawValue)),
            "The outcome by later evidence, if it differs."),
        member("is_shown_by_check", .flag(true)), optional("check_state", .text("success")),
        optional("backend_outcome", .choice(Outcome.allCases.map(\.rawValue))),
        optional(
            "join_proof", .choice(JoinProof.allCases.map(\.rawValue)),
            "The evidence that backend run and check belong together; `proposed` changes no outcome."),
        member("is_counted", .flag(true)), member("links", .list(.named("Link"))),
    ])

    private static let link = object([
        member("name", .text("Copr build 9001")),
        member("url", .url("https://copr.fedorainfracloud.org/coprs/build/9001")),
    ])

    // MARK: - Lists

    private static let waiting = page(
        of: "WaitingItem",
        [
            member("total", .integer(12), "How many items match."),
            member("overdue", .integer(3), "How many of these are overdue."),
            optional(
                "left_out", .integer(7),
                "How many more items are open, matching or not: the 5,000 longest waiting changes and runs are listed. Left out "
                    + "if there are none."),
        ])

    private static let partial = optional(
        "is_partial", .flag(true), "Sorted by duration, and only the latest of the events that match were compared.")

    private static let waitingGroup = object([
        member(
            "name", .orNull(.text("s390x")),
            "The hop, chroot, architecture or repository; `null` for what has none, or "
                + "is private."),
        member("is_private", .flag(false), "Whether it is all that belongs to private repositories."),
        member("waiting", .integer(12)), member("overdue", .integer(3)),
        member("longest_seconds", .number(46_800), "How long the one waits that waits longest."),
        optional(
            "next_deadline_seconds", .number(600),
            "How much time the one has that has least, of those that are not overdue."),
    ])

    private static let waitingItem = object([
        member("kind", .choice(WaitingFilter.kinds)), deployment, repositoryName, isPrivate,
        optional("pull_request", .integer(42)), optional("sha", .text(sha)),
        optional("name", .text("rpm-build:fedora-rawhide-x86_64")), optional("chroot", .text("fedora-rawhide-x86_64")),
        optional("backend_id", .text("9001"), "Copr’s build or Testing Farm’s request."),
        member(
            "hop", .choice(OpenWorkSnapshot.Item.Hop.allCases.map(\.rawValue)),
            "What it waits for, or its current step. A test at `submission` is not a run yet."),
        member("since", .time(moment)), member("seconds", .number(50_400), "How long it has waited."),
        optional("started_at", .time("2026-11-17T14:05:00Z")),
        member("deadline_seconds", .number(43_200)), member("is_overdue", .flag(true)),
        member("is_counted", .flag(true), "Whether a miss spends a budget."),
        optional("eligibility", .choice(Eligibility.allCases.map(\.rawValue)), "For a change."),
    ])

    private static let event = object([
        objectiveName, deployment,
        member("verdict", .choice(ObjectiveJudgement.Verdict.allCases.map(\.rawValue)), "`doubtful` counts as bad."),
        member("judged_at", .time("2026-11-17T14:03:50Z"), "`from` and `to` filter by it."),
        optional("cause", .choice(BudgetCost.allCases.map(\.rawValue)), "How it spent the error budget."),
        optional(
            "hop", .choice(ObjectiveEvent.Hop.allCases.map(\.rawValue)),
            "What it waited for when its deadline passed, as far as that is known."),
        member("kind", .choice(ObjectiveEvent.Kind.words)), repositoryName, isPrivate,
        optional("pull_request", .integer(42)), optional("sha", .text(sha)),
        optional("name", .text("rpm-build:fedora-rawhide-x86_64"), "Of the check."),
        optional("chroot", .text("fedora-rawhide-x86_64")),
        optional("branch", .text("main"), "The base of the pull request, else the branch or tag."),
        optional("backend_id", .text("9001"), "Copr’s build or Testing Farm’s request."),
        optional("since", .time(moment), "The push, or when the run was queued."),
        optional("started_at", .time("2026-11-17T14:05:00Z")),
        optional("ended_at", .time("2026-11-17T14:12:20Z"), "The first status, or the end of the run."),
        optional("seconds", .number(530), "From `since` to `ended_at`."),
        optional("deadline_seconds", .number(43_200)),
        optional("outcome", .choice(Outcome.allCases.map(\.rawValue)), "Of a run that has ended."),
        optional("reason", .choice(OutcomeReason.allCases.map(\.rawValue))),
        optional("change_verdict", .choice(Verdict.allCases.map(\.rawValue)), "Of a change, by the default objective."),
    ])

    private static let endedRun = object([
        kind, deployment, repositoryName, isPrivate, optional("pull_request", .integer(42)),
        optional("sha", .text(sha)), optional("name", .text("rpm-build:fedora-rawhide-x86_64")),
        optional("chroot", .text("fedora-rawhide-x86_64")), optional("queued_at", .time(moment)),
        optional("started_at", .time("2026-11-17T14:05:00Z")),
        optional("backend_ended_at", .time("2026-11-17T14:12:08Z"), "As far as it was known when the end was counted."),
        member("finished_at", .time("2026-11-17T14:12:20Z")),
        optional("seconds", .number(530), "From queued to finished."),
        member("outcome", .choice(Outcome.allCases.map(\.rawValue))),
        member("reason", .choice(OutcomeReason.allCases.map(\.rawValue))),
        optional(
            "revised_outcome", .choice(Outcome.allCases.map(\.rawValue)),
            "The outcome by later evidence, if it differs."),
        member(
            "counted_at", .time("2026-11-17T14:12:21Z"), "When the end was counted; `from` and `until` filter by it."),
        member("is_counted", .flag(true), "Whether the metrics count it."),
        optional(
            "join_proof", .choice(JoinProof.allCases.map(\.rawValue)),
            "The evidence that backend run and check belong together; `proposed` changes no outcome."),
    ])

    // MARK: - Activity and history

    private static let activity = object([
        at, member("seconds", .number(86_400), "The length of the period, which ends now."),
        member("runs", .list(.named("RunActivity"))),
        member("changes", .list(.named("ChangeActivity"))),
    ])

    private static let runActivity = object([
        kind, deployment, member("queued", .integer(120)), member("started", .integer(118)),
        member("ended", .named("Outcomes")), member("unfinished", .integer(7), "Now."),
        member("overdue", .integer(1), "Now."),
    ])

    private static let changeActivity = object([
        deployment, member("judged", .object(Verdict.allCases.map { member($0.rawValue, .integer(1)) })),
        member("without_status", .integer(2), "Currently, and overdue."),
    ])

    private static let outcomes = object(Outcome.allCases.map { member($0.rawValue, .integer(1)) })

    private static let history = object([
        at, member("begins_at", .time("2026-10-20T00:00:00Z")), member("groups", .list(.named("HistoryGroup"))),
    ])

    private static let numbers: [Member] = [
        member("total", .integer(900)), member("outcomes", .named("Outcomes")),
        optional(
            "duration_seconds",
            .object([member("p10", .number(120)), member("p50", .number(420)), member("p90", .number(1800))]),
            "From queued to finished, of successes and failures, with an error of at most one twelfth."),
    ]

    private static let historyGroup = object(
        [kind, deployment] + numbers + [
            member("days", .list(.named("HistoryDay")), "UTC, the first one first.")
        ]
            + ["slowest_chroots", "slowest_repositories", "failing_chroots", "failing_repositories"].map {
                member($0, .list(.named("HistorySlice")))
            })

    private static let historyDay = object([member("begins_at", .time("2026-11-17T00:00:00Z"))] + numbers)

    private static let historySlice = object(
        [
            member("name", .orNull(.text("fedora-rawhide-x86_64")), "`null` if it is private or unknown."),
            isPrivate,
        ] + numbers)

    // MARK: - Sources

    private static let sources = object([member("sources", .list(.named("Source")))])

    private static let source = object([
        member("source", .choice(Source.allCases.map(\.rawValue))), optional("last_delivery_at", .time(moment)),
        optional(
            "median_lag_seconds", .number(2.5),
            "The median time from the provider's time to the receipt."),
        member("results", .named("DeliveryResults"), "Since the database was created."),
    ])

    private static let deliveryResults = object(DeliveryOutcome.allCases.map { member($0.rawValue, .integer(1)) })

    // MARK: - Search

    private static let search = object([
        at, member("repositories", .list(.text("acme/rocket")), "By its name, now or earlier."),
        member("pull_requests", .list(.named("FoundPullRequest")), "At most 50."),
        member("runs", .list(.named("FoundRun")), "At most 50 that have not ended, and 50 that have."),
        member("deliveries", .list(.named("FoundDelivery"))),
    ])

    private static let foundPullRequest = object([
        member("repository_name", .text("acme/rocket")), member("number", .integer(42)),
    ])

    private static let foundRun = object([
        kind, deployment, repositoryName, isPrivate, optional("pull_request", .integer(42)),
        optional("sha", .text(sha)),
        member("name", .text("rpm-build:fedora-rawhide-x86_64")), optional("chroot", .text("fedora-rawhide-x86_64")),
        optional("backend_id", .text("9001"), "Copr’s build or Testing Farm’s request."),
        member("at", .time(moment), "When it was queued, or else ended."),
        optional("outcome", .choice(Outcome.allCases.map(\.rawValue)), "Left out until it has ended."),
    ])

    private static let foundDelivery = object([
        member("received_at", .time("2026-11-17T14:03:30.123Z")),
        optional("entry", .named("Delivery"), "Left out if the journal does not have it any more."),
    ])

    private static let problem = object([
        member("type", .text("about:blank")), member("title", .text("Bad Request")), member("status", .integer(400)),
        member("detail", .text("The parameter kind must be one of build, test_run.")),
        optional("parameter", .text("kind"), "The invalid parameter."),
    ])
}
