import SLOCore

// Conditions of the observer itself: its numbers may be incomplete.

extension Condition {
    public static func observer(_ settings: ConditionSettings) -> [Condition] {
        sources(settings) + deliveries(settings) + broker + upstreams + machinery(settings)
            + (settings.isCluster ? cluster : [])
            + settings.objectives.map { rulesOutdated($0, settings) }
    }

    /// The observer runs, but with a fault.
    private static func machinery(_ settings: ConditionSettings) -> [Condition] {
        let queued = Selector("packit_slo_queue_deliveries").now.max()
        let violations = Selector("packit_slo_invariant_violations_total", .differs("invariant", "step_order"))
        let evicted = Selector("packit_slo_limit_reached_total").increase(over: .hours(1)).sum(by: "kind")
        return [
            Condition(
                name: "PackitSLOAbsent",
                severity: .critical,
                hold: .minutes(5),
                owner: .party(.observer),
                expression: .absent(Selector("packit_slo_build_info")),
                summary: "packit-slo is down or not scraped",
                description: """
                    No other alert can fire meanwhile. Check that the service runs (`systemctl status packit-slo`), \
                    that /readyz responds with 200, and that Prometheus scrapes it.
                    """,
                page: .overview,
                isSeenByServer: false),
            Condition(
                name: "PackitSLOBlind",
                severity: .warning,
                owner: .party(.observer),
                expression: risenWithinAnHour(Selector("packit_slo_blind_seconds_total")) > 60,
                summary: "packit-slo was blind for \(value: .duration)",
                description: """
                    It was down, or refused deliveries, within the last hour. Changes whose deadline lies in the \
                    blind interval are excluded from the objective. Find the cause, then redeliver from the senders.
                    """,
                page: .overview),
            Condition(
                name: "PackitSLOBlindNow",
                severity: .warning,
                owner: .party(.observer),
                expression: Selector("packit_slo_blind").now.max() > 0,
                summary: "packit-slo is blind: deliveries are refused or missing",
                description: """
                    What arrives now may be incomplete, and changes whose deadline lies in this time are excluded from \
                    the objective. The page shows why deliveries are refused, and /readyz which part is not ready. \
                    Redeliver from the senders once it is over.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLODiskFilling",
                severity: .critical,
                hold: .minutes(5),
                owner: .party(.observer),
                expression: Selector("packit_slo_database_free_bytes").now.max().divided(by: 1_048_576) < 1024,
                summary: "\(.aboutSoMany) MiB are left on the database’s disk",
                description: """
                    Once it is full, deliveries are refused and the time counts as blind. Free space, enlarge the disk, \
                    or lower journal.max_bytes, journal.keep_bodies or history.keep in the configuration.
                    """,
                page: .overview),
            Condition(
                name: "PackitSLOQueueFilling",
                severity: .warning,
                hold: .minutes(5),
                owner: .party(.observer),
                expression: queued >= SeriesExpression(settings.queueCapacity / 2 + 1),
                waiting: queued,
                summary: "\(value: .plain) deliveries wait in the queue",
                description: """
                    The queue holds at most \(settings.queueCapacity) (`http.max_queued_deliveries`); above that, \
                    senders get 503. The disk is too slow or the load too high: check \
                    packit_slo_journal_commit_duration_seconds.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLOAcknowledgesSlowly",
                severity: .warning,
                owner: .party(.observer),
                expression: slow("packit_slo_delivery_ack_duration_seconds", over: .minutes(15)) >= settings.minimum,
                summary: "Deliveries are acknowledged too slowly",
                description: """
                    \(.aboutSoMany) in the last 15 minutes took longer than 5 s. GitHub gives up after 10 s and does \
                    not redeliver by itself. Check the duration of commits and the disk.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLODeadlinesLate",
                severity: .warning,
                owner: .party(.observer),
                // Deadlines from a downtime are decided after the start; their lateness is not a fault.
                expression: (slow("packit_slo_deadline_lateness_seconds", over: .hours(1)) >= settings.minimum)
                    .unless(.sinceStart < 3600),
                summary: "Deadlines are decided too late",
                description: """
                    \(.aboutSoMany) in the last hour were decided more than 5 s late, so gauges and early alerts lag. \
                    The machine is overloaded or was suspended. Check its load and the duration of commits.
                    """,
                page: .overview),
            Condition(
                name: "PackitSLOInvariantBroken",
                severity: .warning,
                owner: .party(.observer),
                expression: violations.increase(over: .hours(1)).sum(by: "invariant") > 0,
                summary: "Metrics invariant violated: \(label: "invariant")",
                description: """
                    Two metrics that must agree do not. This is a defect of packit-slo. Do not trust the figures of \
                    this hour; report it with the log and an export of the journal.
                    """,
                page: .overview),
            Condition(
                name: "PackitSLOLimitReached",
                severity: .warning,
                owner: .party(.observer),
                expression: evicted > 0,
                summary: "The limit of tracked \(label: "kind") is reached",
                description: """
                    \(.aboutSoMany) were evicted in the last hour: changes ended as excluded, runs as errors, and \
                    everything else was forgotten, so its later events are not counted. If there really are so many, \
                    raise `limits` in the configuration. Otherwise find out who sends them.
                    """,
                page: .waiting),
        ]
    }

    /// The number of observations above five seconds.
    private static func slow(_ histogram: String, over span: TimeSpan) -> SeriesExpression {
        Selector(histogram + "_count").increase(over: span).sum()
            - Selector(histogram + "_bucket", .equals("le", "5.0")).increase(over: span).sum()
    }

    /// The increase of one of the observer's counters within an hour. A downtime is counted with the first sample after
    /// it, when the sample before may be old or have another instance label, so `increase` does not see it.
    static func risenWithinAnHour(_ counter: Selector) -> SeriesExpression {
        counter.now.max()
            - counter.last(over: .days(7), before: .hours(1)).max().or(counter.lowest(over: .hours(1)).min())
    }

    /// The rule file and the running server have different settings.
    private static func rulesOutdated(_ objective: Objective, _ settings: ConditionSettings) -> Condition {
        func differs(_ name: String, _ value: Double) -> SeriesExpression {
            Selector(name, objective.matcher).now.max(by: "deployment", "objective") != .number(value)
        }
        let window = settings.window(of: objective)
        var expression = differs("packit_objective_target_ratio", objective.target)
        if let deadline = objective.statedDeadline {
            expression = expression.or(differs("packit_objective_deadline_seconds", deadline.inSeconds))
        }
        expression = expression.or(differs("packit_objective_window_seconds", window.inSeconds))
        let promise = objective.targetPercent + (objective.statedDeadline.map { " within \($0.text)" } ?? "")
        return Condition(
            name: "PackitSLORulesOutdated",
            severity: .warning,
            hold: .minutes(10),
            labels: Labels(["objective": objective.name.rawValue]),
            owner: .party(.observer),
            expression: expression,
            summary: "The alerting rules do not match the settings of \(label: "objective")",
            description: """
                The rules were generated for \(promise) over \(window.text); the server has \(value: .plain) instead. \
                Generate them again with `packit-slo rules prometheus` and the server's configuration.
                """,
            page: .overview,
            isSeenByServer: false)
    }
}
