import SLOCore
import SLOHTTP

// What the answers are made of. A test holds every answer against it.

extension APISchema {
    static let components: [(name: String, schema: APISchema)] = [
        ("Objectives", objectives), ("Objective", objective), ("BurnRate", burnRate), ("ObjectiveDay", objectiveDay),
        ("Costs", costs), ("RepositoryObjective", repositoryObjective), ("BlindInterval", blindInterval),
        ("RepositoryObjectives", page(of: "RepositoryObjective")),
        ("BlindIntervals", page(of: "BlindInterval")),
        ("PullRequest", pullRequest), ("Commit", commit), ("Move", move), ("Change", change), ("Run", run),
        ("Link", link), ("Waiting", waiting), ("WaitingItem", waitingItem),
        ("EndedRuns", page(of: "EndedRun")), ("EndedRun", endedRun),
        ("Activity", activity), ("RunActivity", runActivity), ("ChangeActivity", changeActivity),
        ("History", history), ("HistoryGroup", historyGroup), ("HistoryDay", historyDay),
        ("HistorySlice", historySlice), ("Outcomes", outcomes),
        ("Sources", sources), ("Source", source), ("DeliveryResults", deliveryResults),
        ("Deliveries", page(of: "Delivery")), ("Delivery", delivery), ("OpenAPI", .anyObject), ("Problem", problem),
    ]

    private static let deployment = member("deployment", .text("prod"), "As configured.")
    private static let repositoryName = member(
        "repository_name", .orNull(.text("acme/rocket")), "`null` where it is private, or where nobody told.")
    private static let isPrivate = member(
        "is_private", .flag(false), "Private, and therefore told of without its name and what gives it away.")
    private static let kind = member("kind", .choice(RunKind.allCases.map(\.rawValue)))
    private static let moment = "2026-11-17T14:03:30Z"
    private static let at = member("at", .time(moment), "Of when this is.")

    // MARK: - Objectives

    private static let counts: [Member] = [
        member("good", .integer(996), "Met the objective."),
        member("bad", .integer(3), "Did not, beyond doubt."),
        member("doubtful", .integer(1), "Did not, as far as was seen in a blind time. Counted as bad."),
        member("unknown", .integer(2), "The deadline lay in a blind time: nothing is counted."),
        optional("compliance", .number(0.996), "good / (good + bad + doubtful); left out while nothing was judged."),
        optional("compliance_worst", .number(0.994), "If all that was missed was bad. Left out where nothing was."),
        optional("compliance_best", .number(0.997), "If all that was missed was good. Left out where nothing was."),
    ]
    private static let budget = optional(
        "error_budget_remaining", .number(0.6),
        "1 is untouched, 0 spent, below that overspent; left out while nothing was judged.")

    private static let costs = object(
        ["late", "never", "error", "unfinished"].map { optional($0, .integer(1)) })

    private static let objectives = object([
        member("basis", .choice(["database"]), "Where the numbers come from."), at,
        member(
            "window",
            .object([member("begins_at", .time("2026-10-20T14:00:00Z")), member("seconds", .number(2_419_200))])),
        member("objectives", .list(.named("Objective"))),
        member(
            "repositories", .list(.named("RepositoryObjective")),
            "The worst hundred; all of them are at `/api/v1/repositories`."),
        member("repositories_at", .time(moment), "Of when `repositories` and `costs` are."),
        member("blind_intervals", .list(.named("BlindInterval")), "Those that lay in the window at least in part."),
    ])

    private static let objectiveName = member("objective", .text("builds"), "As configured.")

    private static let objective = object(
        [
            deployment, objectiveName, member("target", .number(0.99)), member("deadline_seconds", .number(15)),
        ] + counts + [
            member("costs", .named("Costs"), "What the bad and doubtful ones were."), budget,
            optional(
                "burn_rates", .list(.named("BurnRate")),
                "How fast the budget went lately. Not told of one repository."),
            optional(
                "days", .list(.named("ObjectiveDay")),
                "The window's days, UTC, the first one first. Not told of one repository."),
        ])

    private static let tally: [Member] = [
        member("good", .integer(40)), member("bad", .integer(1), "Doubtful ones included."),
        optional("compliance", .number(0.975)),
        optional(
            "burn_rate", .number(2.5),
            "1 is the pace at which the budget lasts exactly the window; left out where nothing was judged."),
    ]
    private static let burnRate = object([member("seconds", .integer(3600), "The time up to now.")] + tally)
    private static let objectiveDay = object([member("begins_at", .time("2026-11-17T00:00:00Z"))] + tally)

    private static let repositoryObjective = object(
        [deployment, objectiveName, repositoryName, isPrivate] + counts + [member("costs", .named("Costs"))])

    private static let blindInterval = object([
        member("started_at", .time(moment)), optional("ended_at", .time("2026-11-17T14:05:30Z")),
        member("cause", .text("down"), "`down`, `suspended`, `refused`, `missing` or `unverified`."),
        member(
            "excludes", .flag(true),
            "Whether changes whose deadline lies in it are excluded. Unverified requests that were refused exclude "
                + "none: a miss around them is doubtful."),
        optional("seconds", .number(120)),
        optional("caught_up_at", .time("2026-11-17T14:09:00Z"), "When nothing was missing any more."),
    ])

    // MARK: - A pull request

    private static let pullRequest = object([
        at, member("repository_name", .text("acme/rocket")), isPrivate, member("number", .integer(42)),
        optional("is_open", .flag(false), "Left out where only history knows it."),
        optional("closed_at", .time(moment)),
        member("commits", .list(.named("Commit")), "Its heads, the latest first, as far as this page tells of them."),
        optional("next_cursor", .text("p1-0-1e"), "Where to go on; left out at the end."),
    ])

    private static let sha = "3f2a9c0d8b7e6f5a4c3b2d1e0f9a8b7c6d5e4f3a"

    private static let commit = object([
        member("sha", .text(sha)), member("moves", .list(.named("Move")), "When it became the head, and how."),
        member("changes", .list(.named("Change")), "How each deployment answered."),
        member("runs", .list(.named("Run"))),
    ])

    private static let move = object([
        member("at", .time(moment)), member("action", .choice(ChangePushed.Action.allCases.map(\.rawValue))),
    ])

    private static let change = object([
        deployment, member("started_at", .time(moment)), optional("answered_at", .time("2026-11-17T14:03:34Z")),
        optional("seconds", .number(4), "From the push to the first status."),
        optional("verdict", .choice(Verdict.allCases.map(\.rawValue)), "Left out until it is given."),
        optional("exclusion", .choice(Exclusion.allCases.map(\.rawValue)), "Why it is excluded."),
        optional("eligibility", .choice(Eligibility.allCases.map(\.rawValue))),
        member("is_counted", .flag(true), "Whether the objective counts it."),
    ])

    private static let run = object([
        kind, deployment, member("name", .text("rpm-build:fedora-rawhide-x86_64"), "Of the check."),
        optional("chroot", .text("fedora-rawhide-x86_64")),
        member(
            "phase", .choice(["waiting", "unfinished", "settling", "finished"]),
            "`waiting` is not queued yet; `settling` has ended and may still be corrected."),
        member("is_overdue", .flag(false)),
        member("first_seen_at", .time(moment)), optional("queued_at", .time(moment)),
        optional("started_at", .time("2026-11-17T14:05:00Z")),
        member("has_backend_ended", .flag(true)), optional("backend_ended_at", .time("2026-11-17T14:12:00Z")),
        optional("finished_at", .time("2026-11-17T14:12:20Z")),
        optional("outcome", .choice(Outcome.allCases.map(\.rawValue))),
        optional("reason", .choice(OutcomeReason.allCases.map(\.rawValue))),
        optional("revised_outcome", .choice(Outcome.allCases.map(\.rawValue)), "What later evidence says instead."),
        member("is_shown_by_check", .flag(true)), optional("check_state", .text("success")),
        optional("backend_outcome", .choice(Outcome.allCases.map(\.rawValue))),
        optional(
            "join_proof", .choice(JoinProof.allCases.map(\.rawValue)),
            "On what the backend's run was taken for that of the check: what is only `proposed` changes no outcome."),
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
            member("total", .integer(12), "How many fit."),
            member("overdue", .integer(3), "How many of these are over their deadline."),
            optional(
                "left_out", .integer(7),
                "How many more wait, fitting or not: of changes and of runs the longest waiting 5,000 are told of. Left out "
                    + "where there are none."),
        ])

    private static let waitingItem = object([
        member("kind", .choice(WaitingFilter.kinds)), deployment, repositoryName, isPrivate,
        optional("pull_request", .integer(42)), optional("sha", .text(sha)),
        optional("name", .text("rpm-build:fedora-rawhide-x86_64")), optional("chroot", .text("fedora-rawhide-x86_64")),
        member(
            "hop", .choice(["status", "submission", "queued", "started", "report"]),
            "What it waits for, or where it hangs. A test at submission is no run yet."),
        member("since", .time(moment)), member("seconds", .number(50_400), "How long it has waited."),
        optional("started_at", .time("2026-11-17T14:05:00Z")),
        member("deadline_seconds", .number(43_200)), member("is_overdue", .flag(true)),
        member("is_counted", .flag(true), "Whether a miss spends a budget."),
        optional("eligibility", .choice(Eligibility.allCases.map(\.rawValue)), "Of a change."),
    ])

    private static let endedRun = object([
        kind, deployment, repositoryName, isPrivate, optional("pull_request", .integer(42)),
        optional("sha", .text(sha)), optional("name", .text("rpm-build:fedora-rawhide-x86_64")),
        optional("chroot", .text("fedora-rawhide-x86_64")), optional("queued_at", .time(moment)),
        optional("started_at", .time("2026-11-17T14:05:00Z")), member("finished_at", .time("2026-11-17T14:12:20Z")),
        optional("seconds", .number(530), "From queued to finished."),
        member("outcome", .choice(Outcome.allCases.map(\.rawValue))),
        member("reason", .choice(OutcomeReason.allCases.map(\.rawValue))),
        optional("revised_outcome", .choice(Outcome.allCases.map(\.rawValue)), "What later evidence says instead."),
        member("counted_at", .time("2026-11-17T14:12:21Z"), "What `from` and `until` go by."),
        member("is_counted", .flag(true), "Whether it is in the series."),
        optional(
            "join_proof", .choice(JoinProof.allCases.map(\.rawValue)),
            "On what the backend's run was taken for that of the check: what is only `proposed` changes no outcome."),
    ])

    private static let delivery = object([
        member("received_at", .time("2026-11-17T14:03:30.123Z")),
        member("source", .choice(Source.allCases.map(\.rawValue))),
        member("event", .text("pull_request")), member("result", .text("accepted")),
        member("body_bytes", .integer(23_700)),
    ])

    // MARK: - What moved, and history

    private static let activity = object([
        at, member("seconds", .number(86_400), "The time up to now."), member("runs", .list(.named("RunActivity"))),
        member("changes", .list(.named("ChangeActivity"))),
    ])

    private static let runActivity = object([
        kind, deployment, member("queued", .integer(120)), member("started", .integer(118)),
        member("ended", .named("Outcomes")), member("unfinished", .integer(7), "Now."),
        member("overdue", .integer(1), "Now."),
    ])

    private static let changeActivity = object([
        deployment, member("judged", .object(Verdict.allCases.map { member($0.rawValue, .integer(1)) })),
        member("without_status", .integer(2), "Now, and over the deadline."),
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
            "From queued to finished, of what ended as success or failure, to within a twelfth."),
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
            member("name", .orNull(.text("fedora-rawhide-x86_64")), "`null` where it is private, or nobody told."),
            isPrivate,
        ] + numbers)

    // MARK: - Sources

    private static let sources = object([member("sources", .list(.named("Source")))])

    private static let source = object([
        member("source", .choice(Source.allCases.map(\.rawValue))), optional("last_delivery_at", .time(moment)),
        optional(
            "median_lag_seconds", .number(2.5),
            "Half of its deliveries came at most so long after the provider's time."),
        member("results", .named("DeliveryResults"), "Since counting began."),
    ])

    private static let deliveryResults = object(DeliveryOutcome.allCases.map { member($0.rawValue, .integer(1)) })

    private static let problem = object([
        member("type", .text("about:blank")), member("title", .text("Bad Request")), member("status", .integer(400)),
        member("detail", .text("The parameter kind is to be one of build, test_run.")),
        optional("parameter", .text("kind"), "Which parameter is wrong."),
    ])
}
