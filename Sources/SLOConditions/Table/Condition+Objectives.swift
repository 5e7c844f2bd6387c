import SLOCore

// Conditions of Packit: it misses its objectives, or is about to.

extension Condition {
    public static func objectives(_ settings: ConditionSettings) -> [Condition] {
        let burns = Burn.Pace.allCases.flatMap { pace in
            settings.objectives.map { budgetBurns(Burn(pace, window: settings.window(of: $0)), $0, settings) }
        }
        // Series of runs are judged by the objective of their name.
        let runs = RunKind.allCases.compactMap {
            settings.objectives.first(named: $0.objective, of: $0.endIndicator)
        }
        return burns + settings.objectives.map { budgetExhausted($0, settings) } + answers(settings)
            + runs.map { runsStalled($0, settings) } + runs.map { runsOverdue($0, settings) }
    }

    private static func budgetBurns(
        _ burn: Burn, _ objective: Objective, _ settings: ConditionSettings
    ) -> Condition {
        func recorded(_ recording: Recording, over span: TimeSpan) -> SeriesExpression {
            .recorded(recording, over: span, [objective.matcher])
        }
        let threshold = SeriesExpression.number(burn.threshold(for: objective))
        let (name, speed): (String, String) =
            switch burn.pace {
            case .fast: ("PackitBudgetBurnsFast", "very fast")
            case .steady: ("PackitBudgetBurnsSteadily", "fast")
            case .slow: ("PackitBudgetBurnsSlowly", "faster than it lasts")
            }
        return Condition(
            name: name,
            severity: burn.pace == .slow ? .warning : .critical,
            labels: Labels(["objective": objective.name.rawValue]),
            owner: .party(objective.indicator.party),
            // Too few events in the short window do not show that the burn is over: hence `unless`.
            expression: (recorded(.burnRate, over: burn.long) > threshold)
                .unless(recorded(.burnRate, over: burn.short) <= threshold)
                .and(recorded(.badEvents, over: burn.long) >= settings.minimum),
            waiting: waiting(for: objective, settings),
            summary: """
                \(objective.title) of Packit \(label: "deployment"): the error budget burns \(speed)
                """,
            description: """
                Objective: \(objective.targetPercent) of \(objective.meaning). Over the last \(burn.long.text), the \
                error budget of \(settings.window(of: objective).text) burned \(value: .oneDecimal) times as fast as \
                it lasts. \(firstLook(objective))
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

    private static func budgetExhausted(_ objective: Objective, _ settings: ConditionSettings) -> Condition {
        let remaining = Selector("packit_objective_error_budget_remaining_ratio", objective.matcher)
        let bad = Selector("packit_objective_window_events", objective.matcher, .equals("verdict", "bad"))
        return Condition(
            name: "PackitBudgetExhausted",
            severity: .warning,
            hold: .minutes(5),
            labels: Labels(["objective": objective.name.rawValue]),
            owner: .party(objective.indicator.party),
            // The server counts the window's events: Prometheus rarely keeps series that long.
            expression: (remaining.now.max(by: "deployment", "objective") <= 0)
                .and(bad.now.max(by: "deployment", "objective") >= settings.minimum),
            summary: "\(objective.title) of Packit \(label: "deployment"): the error budget is spent",
            description: """
                Objective: \(objective.targetPercent) of \(objective.meaning). Over the last \
                \(settings.window(of: objective).text) the error budget is spent: \(value: .percentage) of it is left. \
                Postpone risky changes; `packit-slo report` shows what spent the budget.
                """,
            page: .overview)
    }

    /// Does not wait for verdicts, which take the grace period: detects an outage within minutes, or within two hours
    /// where little happens.
    private static func answers(_ settings: ConditionSettings) -> [Condition] {
        let deadline = settings.initialStatusDeadline
        let soon = max(TimeSpan.minutes(10), TimeSpan(milliseconds: 4 * deadline.milliseconds))
        let later = TimeSpan(milliseconds: 12 * soon.milliseconds)
        let counted = settings.countedEligibilities.map(\.rawValue)
        let misses = Selector("packit_initial_status_deadlines_missed_total", .isOneOf("eligibility", counted))
        let answers = Selector("packit_pull_request_changes_total", .equals("verdict", "on_time"))
        func missed(over span: TimeSpan) -> SeriesExpression { misses.increase(over: span).sum(by: "deployment") }
        func onTime(over span: TimeSpan) -> SeriesExpression { answers.increase(over: span).sum(by: "deployment") }
        // Prometheus may have no data for the whole time: then the alert must not fire.
        let isKnown = misses.value(before: later).sum(by: "deployment") >= 0
        let waiting = Selector("packit_pull_requests_without_status", .isOneOf("eligibility", counted))
            .now.sum(by: "deployment")
        return [
            Condition(
                name: "PackitAnswersNobodyInTime",
                severity: .critical,
                owner: .party(.packit),
                expression: (missed(over: soon) >= settings.minimum).unless(onTime(over: soon) > 0)
                    .or((missed(over: later) >= settings.few).and(isKnown).unless(onTime(over: later) > 0)),
                onset: .first(misses, after: answers),
                waiting: waiting,
                summary: "Packit \(label: "deployment") answers no change in time",
                description: """
                    \(.aboutSoMany) changes passed their deadline of \(deadline.text) without a status, and none was \
                    answered in time for \(soon.text) (\(later.text) if they are few). Check Packit's webhook \
                    endpoint, its workers and their queue, and GitHub's status page.
                    """,
                page: .waiting),
            Condition(
                name: "PackitAnswersFewInTime",
                severity: .critical,
                hold: .minutes(5),
                owner: .party(.packit),
                expression: (missed(over: .minutes(30)) >= settings.minimum)
                    .and(missed(over: .minutes(30)) > onTime(over: .minutes(30)))
                    .and(onTime(over: soon) > 0),
                waiting: waiting,
                summary: "Packit \(label: "deployment") answers less than half of the changes in time",
                description: """
                    \(.aboutSoMany) changes of the last 30m passed their deadline of \(deadline.text) without a \
                    status, more than were answered in time. Check the queue of Packit's workers and GitHub's status \
                    page.
                    """,
                page: .waiting),
        ]
    }

    /// A run is bad only after its deadline. This detects hours earlier that no run progresses. Where few wait, it
    /// takes a little longer, and those that are overdue do not count: they may be stuck for reasons of their own.
    private static func runsStalled(_ objective: Objective, _ settings: ConditionSettings) -> Condition {
        let span = max(TimeSpan.minutes(1), TimeSpan.seconds(objective.deadline.wholeSeconds / 4))
        let longer = max(TimeSpan.minutes(2), TimeSpan.seconds(objective.deadline.wholeSeconds / 3))
        let (noun, labels) = (objective.name.rawValue, objective.runLabels)
        let unfinished = Selector("packit_\(noun)_unfinished")
        let overdue = Selector("packit_\(noun)_overdue")
        // What a push supersedes has not finished: the backend has done nothing.
        let finished = Selector("packit_\(noun)_finished_total", .differs("outcome", Outcome.superseded.rawValue))
        // Prometheus may have no data for the whole time: then the alert must not fire.
        func waited(_ count: SeriesExpression, for span: TimeSpan) -> SeriesExpression {
            count.and(unfinished.value(before: span).max(by: labels) > 0)
                .unless(finished.increase(over: span).sum(by: labels) > 0)
        }
        let many = unfinished.lowest(over: span).max(by: labels) >= settings.minimum
        let few =
            unfinished.lowest(over: longer).max(by: labels) - overdue.highest(over: longer).max(by: labels)
            >= settings.few
        return Condition(
            name: "PackitRunsStalled",
            severity: .critical,
            hold: .seconds(span.wholeSeconds / 6),
            labels: Labels(["objective": noun]),
            owner: .party(objective.indicator.party),
            expression: waited(many, for: span).or(waited(few, for: longer)),
            onset: .stop(of: finished, while: unfinished),
            waiting: waiting(for: objective, settings),
            summary: "\(objective.title) of Packit \(objective.subject): none finishes",
            description: """
                \(value: .plain) or more were unfinished throughout the last \(span.text) (\(longer.text) if they are \
                few), and none finished. Each that has not ended \(objective.deadline.text) after it was queued counts \
                as bad. Objective: \(objective.targetPercent) of \(objective.meaning). \
                \(firstLook(objective))
                """,
            page: .waiting)
    }

    private static func runsOverdue(_ objective: Objective, _ settings: ConditionSettings) -> Condition {
        let overdue = Selector("packit_\(objective.name.rawValue)_overdue").now.max(by: objective.runLabels)
        return Condition(
            name: "PackitRunsOverdue",
            severity: .warning,
            hold: .minutes(5),
            labels: Labels(["objective": objective.name.rawValue]),
            owner: .party(objective.indicator.party),
            expression: overdue >= settings.minimum,
            waiting: overdue,
            summary: "\(objective.title) of Packit \(objective.subject): \(value: .plain) are overdue",
            description: """
                They were queued longer than \(objective.deadline.text) ago and have not finished. They have spent \
                error budget. The page shows which they are and where they hang; run them again.
                """,
            page: .waiting)
    }

    /// How many of its events wait now; `nil` if no gauge tells.
    private static func waiting(for objective: Objective, _ settings: ConditionSettings) -> SeriesExpression? {
        switch objective.indicator {
        case .initialStatus:
            Selector(
                "packit_pull_requests_without_status",
                .isOneOf("eligibility", settings.countedEligibilities.map(\.rawValue))
            ).now.sum(by: "deployment")
        case .builds, .testRuns, .jobs:
            Selector("packit_\(objective.indicator.rawValue)_unfinished").now.sum(by: objective.runLabels)
        case .allStatuses, .buildStart, .testRunStart, .buildReport, .testRunReport, .commandAnswer, .appDeliveries:
            nil
        }
    }
}

extension Objective {
    /// Each kind of other jobs waits for something else.
    fileprivate var runLabels: [String] { indicator == .jobs ? ["deployment", "kind"] : ["deployment"] }

    fileprivate var subject: Sentence {
        indicator == .jobs ? "\(label: "deployment"), \(label: "kind")" : "\(label: "deployment")"
    }
}

extension Objective.Indicator {
    /// Whose part of the way it measures, mostly.
    fileprivate var party: Incident.Party {
        switch self {
        case .builds, .buildStart: .copr
        case .testRuns, .testRunStart: .testingFarm
        case .initialStatus, .allStatuses, .commandAnswer, .buildReport, .testRunReport, .jobs, .appDeliveries: .packit
        }
    }
}
