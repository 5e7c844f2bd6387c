import SLOCore

// Alerts about Packit: it misses its objectives, or is about to.

extension Alert {
    static func objectives(_ settings: RuleSettings) -> [Alert] {
        let burns = Burn.Pace.allCases.flatMap { pace in
            settings.objectives.map { budgetBurns(Burn(pace, window: settings.window(of: $0)), $0, settings) }
        }
        // Series of runs are judged by the objective of their name.
        let runs = RunKind.allCases.compactMap {
            settings.objectives.first(named: $0.objective, of: $0.endIndicator)
        }
        return burns + settings.objectives.map { budgetExhausted($0, settings) } + [answersNobodyInTime(settings)]
            + runs.map { runsStalled($0, settings) } + runs.map { runsOverdue($0, settings) }
    }

    private static func budgetBurns(
        _ burn: Burn, _ objective: Objective, _ settings: RuleSettings
    ) -> Alert {
        let matcher = #"objective="\#(objective.name.rawValue)""#
        let threshold = burn.threshold(for: objective).decimal
        func recorded(_ record: Recording, over span: TimeSpan) -> String {
            settings.series(record.name(over: span), matcher)
        }
        let (name, speed): (String, String) =
            switch burn.pace {
            case .fast: ("PackitBudgetBurnsFast", "very fast")
            case .steady: ("PackitBudgetBurnsSteadily", "fast")
            case .slow: ("PackitBudgetBurnsSlowly", "faster than it lasts")
            }
        return Alert(
            name: name,
            severity: burn.pace == .slow ? .warning : .critical,
            labels: [("objective", objective.name.rawValue)],
            // Too few events in the short window do not show that the burn is over: hence `unless`.
            expression: """
                (
                  \(recorded(.burnRate, over: burn.long)) > \(threshold)
                  unless
                  \(recorded(.burnRate, over: burn.short)) <= \(threshold)
                )
                and
                \(recorded(.badEvents, over: burn.long)) >= \(settings.options.minimumEvents)
                """,
            summary: "\(objective.title) of Packit {{ $labels.deployment }}: the error budget burns \(speed)",
            description: """
                Objective: \(objective.targetPercent) of \(objective.meaning). Over the last \(burn.long.text), the \
                error budget of \(settings.window(of: objective).text) burned {{ $value | printf "%.1f" }} times as fast as it lasts. \
                \(firstLook(objective))
                """,
            page: .overview)
    }

    /// Where to begin, depending on what is late.
    private static func firstLook(_ objective: Objective) -> String {
        switch objective.indicator {
        case .initialStatus:
            "Check which changes wait and whether Packit answers any; then check its workers and their queue."
        case .commandAnswer:
            "Check whether Packit receives comments, and the queue of its workers that read them."
        case .allStatuses:
            "Check which checks appear late, and whether Packit's workers keep up with their queue."
        case .builds, .buildStart:
            "Check at which hop builds wait or fail: before Copr (Packit), in Copr's queue, or in the build."
        case .testRuns, .testRunStart:
            "Check at which hop tests wait or fail: before Testing Farm (Packit), in its queue, or in the run."
        case .appDeliveries:
            "Check in the App's settings at GitHub how its endpoint answers; then check Packit's web service."
        case .buildReport:
            "Check whether Packit receives Copr's messages in time, and whether its workers and their queue keep up."
        case .testRunReport:
            "Check whether Packit receives Testing Farm's notifications in time, and whether its workers keep up."
        case .jobs:
            "Check of which kind the runs are that wait or fail; then check what runs them, and Packit's workers."
        }
    }

    private static func budgetExhausted(_ objective: Objective, _ settings: RuleSettings) -> Alert {
        let matcher = #"objective="\#(objective.name.rawValue)""#
        let remaining = settings.series("packit_objective_error_budget_remaining_ratio", matcher)
        let bad = settings.series("packit_objective_events_total", matcher + #",verdict="bad""#)
        return Alert(
            name: "PackitBudgetExhausted",
            severity: .warning,
            hold: .minutes(5),
            labels: [("objective", objective.name.rawValue)],
            expression: """
                max by (deployment, objective) (\(remaining)) <= 0
                and
                sum by (deployment, objective) (increase(\(bad)[\(settings.window(of: objective).text)])) \
                >= \(settings.options.minimumEvents)
                """,
            summary: "\(objective.title) of Packit {{ $labels.deployment }}: the error budget is spent",
            description: """
                Objective: \(objective.targetPercent) of \(objective.meaning). Over the last \
                \(settings.window(of: objective).text) the error budget is spent: {{ $value | humanizePercentage }} of it is left. Postpone risky changes; \
                `packit-slo report` shows what spent the budget.
                """,
            page: .overview)
    }

    /// Does not wait for verdicts, which take the grace period: detects an outage within minutes.
    private static func answersNobodyInTime(_ settings: RuleSettings) -> Alert {
        let deadline = settings.initialStatusDeadline
        let span = max(TimeSpan.minutes(10), TimeSpan(milliseconds: 4 * deadline.milliseconds)).text
        let counted = settings.countedEligibilities.map(\.rawValue).joined(separator: "|")
        let missed = settings.series(
            "packit_initial_status_deadlines_missed_total", #"eligibility=~"\#(counted)""#)
        let onTime = settings.series("packit_pull_request_changes_total", #"verdict="on_time""#)
        return Alert(
            name: "PackitAnswersNobodyInTime",
            severity: .critical,
            expression: """
                sum by (deployment) (increase(\(missed)[\(span)])) >= \(settings.options.minimumEvents)
                unless
                sum by (deployment) (increase(\(onTime)[\(span)])) > 0
                """,
            summary: "Packit {{ $labels.deployment }} has answered no change in time for \(span)",
            description: """
                \(aboutSoMany) changes passed their deadline of \(deadline.text) without a status in the last \
                \(span), and none was answered in time. Check Packit's webhook endpoint, its workers and their queue, \
                and GitHub's status page.
                """,
            page: .waiting)
    }

    /// A run is bad only after its deadline. This alert detects hours earlier that no run progresses.
    private static func runsStalled(_ objective: Objective, _ settings: RuleSettings) -> Alert {
        let span = max(TimeSpan.minutes(1), TimeSpan.seconds(objective.deadline.wholeSeconds / 4))
        let noun = objective.name.rawValue
        let (labels, named) = apart(objective)
        let unfinished = settings.series("packit_\(noun)_unfinished")
        let finished = settings.series("packit_\(noun)_finished_total")
        return Alert(
            name: "PackitRunsStalled",
            severity: .critical,
            hold: .seconds(span.wholeSeconds / 6),
            labels: [("objective", noun)],
            // Prometheus may have no data for the whole time: then the alert must not fire.
            expression: """
                max by (\(labels)) (min_over_time(\(unfinished)[\(span.text)])) >= \(settings.options.minimumEvents)
                and
                max by (\(labels)) (\(unfinished) offset \(span.text)) > 0
                unless
                sum by (\(labels)) (increase(\(finished)[\(span.text)])) > 0
                """,
            summary:
                "\(objective.title) of Packit {{ $labels.deployment }}\(named): none has finished for \(span.text)",
            description: """
                At least {{ $value }} were unfinished all that time, and will miss the objective \
                (\(objective.targetPercent) of \(objective.meaning)). \(firstLook(objective))
                """,
            page: .waiting)
    }

    /// Each kind of other jobs waits for something else.
    private static func apart(_ objective: Objective) -> (labels: String, named: String) {
        objective.indicator == .jobs ? ("deployment, kind", ", {{ $labels.kind }}") : ("deployment", "")
    }

    private static func runsOverdue(_ objective: Objective, _ settings: RuleSettings) -> Alert {
        let noun = objective.name.rawValue
        let (labels, named) = apart(objective)
        return Alert(
            name: "PackitRunsOverdue",
            severity: .warning,
            hold: .minutes(5),
            labels: [("objective", noun)],
            expression: """
                max by (\(labels)) (\(settings.series("packit_\(noun)_overdue"))) >= \(settings.options.minimumEvents)
                """,
            summary: "\(objective.title) of Packit {{ $labels.deployment }}\(named): {{ $value }} are overdue",
            description: """
                They were queued longer than \(objective.deadline.text) ago and have not finished. They have spent \
                error budget. The page shows which they are and where they hang; run them again.
                """,
            page: .waiting)
    }
}
