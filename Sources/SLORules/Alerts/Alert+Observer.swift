import SLOCore

// Alerts about the observer itself: its numbers may be incomplete.

extension Alert {
    static func observer(_ settings: RuleSettings) -> [Alert] {
        deliveries(settings) + broker(settings) + upstreams(settings) + machinery(settings)
            + settings.objectives.map { rulesOutdated($0, settings) }
    }

    /// Deliveries are missing or refused.
    private static func deliveries(_ settings: RuleSettings) -> [Alert] {
        let minimum = settings.options.minimumEvents
        func received(_ results: String, over span: String, offset: String = "") -> String {
            let series = settings.series("packit_slo_deliveries_total", #"result=~"\#(results)""#)
            return "sum by (source) (increase(\(series)[\(span)]\(offset)))"
        }
        let authentic = "accepted|ignored|duplicate"
        let last = settings.series("packit_slo_last_delivery_timestamp_seconds")
        let malformed = settings.series("packit_slo_malformed_events_total")
        let lagAll = settings.series("packit_slo_delivery_lag_seconds_count")
        let lagSmall = settings.series("packit_slo_delivery_lag_seconds_bucket", #"le="300.0""#)
        return [
            Alert(
                name: "PackitSLOSourceSilent",
                severity: .warning,
                // An hour without deliveries matters only if this hour is usually busy; a day always matters.
                expression: """
                    (
                      time() - max by (source) (\(last)) > 3600
                      and
                      \(received(authentic, over: "1h", offset: " offset 1w")) >= \(minimum)
                    )
                    or
                    time() - max by (source) (\(last)) > 86400
                    """,
                summary: "{{ $labels.source }} has sent nothing for {{ $value | humanizeDuration }}",
                description: """
                    Either there are no events, or deliveries do not arrive. Check the sender's delivery log (GitHub: \
                    the App's advanced settings), the relay, and the network path to packit-slo. Missed deliveries \
                    can be redelivered.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeliveriesRejected",
                severity: .warning,
                expression: """
                    \(received("bad_signature|no_secret|malformed|unsupported_media_type|too_large", over: "1h")) \
                    >= \(minimum)
                    and
                    \(received("bad_signature|no_secret|malformed|unsupported_media_type|too_large", over: "1h"))
                    > \(received(authentic, over: "1h"))
                    """,
                summary: "Most webhooks from {{ $labels.source }} are rejected (signature, type or size)",
                description: """
                    \(aboutSoMany) deliveries were rejected in the last hour, more than were accepted. The usual \
                    cause is a webhook secret that was changed on one side only. Compare it with the configuration; \
                    the page shows why each delivery was rejected.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeliveriesRefused",
                severity: .critical,
                expression: #"\#(received("overloaded|timed_out", over: "15m")) >= \#(minimum)"#,
                summary: "Deliveries of {{ $labels.source }} are refused: the queue or the buffers are full",
                description: """
                    \(aboutSoMany) in the last 15 minutes. GitHub does not redeliver by itself, so refused deliveries \
                    are missing. Check the load of the machine and its disk, and the limits under `http` in the \
                    configuration. Then redeliver from the sender.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOJournalFailing",
                severity: .critical,
                expression: #"\#(received("unstored", over: "10m")) > 0"#,
                summary: "Deliveries of {{ $labels.source }} cannot be stored",
                description: """
                    The disk rejects writes, so deliveries are refused, and the time counts as blind. Check for a \
                    full or failing disk, and read the log. Then redeliver from the sender.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeliveriesUndecided",
                severity: .warning,
                expression: #"\#(received("processing_failed", over: "1h")) > 0"#,
                summary: "Deliveries of {{ $labels.source }} were stored but not counted",
                description: """
                    Processing them failed. This is a defect of packit-slo: report it with the log line and an export \
                    of the delivery. The journal keeps the deliveries.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOPayloadsChanged",
                severity: .warning,
                expression: "sum by (source, event) (increase(\(malformed)[1h])) >= \(minimum)",
                summary: "{{ $labels.source }} sends {{ $labels.event }} deliveries that cannot be decoded",
                description: """
                    \(aboutSoMany) signed deliveries in the last hour lacked fields that their event needs. The \
                    provider may have changed its format: export one and report it.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeliveriesLate",
                severity: .warning,
                expression: """
                    (
                      sum by (source) (increase(\(lagAll)[1h]))
                      - sum by (source) (increase(\(lagSmall)[1h]))
                    ) >= \(minimum)
                    and
                    sum by (source) (increase(\(lagSmall)[1h]))
                    < 0.5 * sum by (source) (increase(\(lagAll)[1h]))
                    """,
                summary: "{{ $labels.source }} delivers more than five minutes late",
                description: """
                    \(aboutSoMany) deliveries of the last hour, more than half, came late. Final verdicts use the \
                    provider's times and are not affected. Gauges and early alerts use the time of receipt, so they \
                    may blame Packit wrongly. Check the provider's status page and the relay.
                    """,
                page: .deliveries),
        ]
    }

    /// The observer runs, but with a fault.
    private static func machinery(_ settings: RuleSettings) -> [Alert] {
        let minimum = settings.options.minimumEvents
        let blind = settings.series("packit_slo_blind_seconds_total")
        let violations = settings.series("packit_slo_invariant_violations_total", #"invariant!="step_order""#)
        return [
            Alert(
                name: "PackitSLOAbsent",
                severity: .critical,
                hold: .minutes(5),
                expression: "absent(\(settings.series("packit_slo_build_info")))",
                summary: "packit-slo is down or not scraped",
                description: """
                    No other alert can fire meanwhile. Check that the service runs (`systemctl status packit-slo`), \
                    that /readyz responds with 200, and that Prometheus scrapes it.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOBlind",
                severity: .warning,
                expression: "\(risenWithinAnHour(blind)) > 60",
                summary: "packit-slo was blind for {{ $value | humanizeDuration }}",
                description: """
                    It was down, or refused deliveries, within the last hour. Changes whose deadline lies in the \
                    blind interval are excluded from the objective. Find the cause, then redeliver from the senders.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOQueueFilling",
                severity: .warning,
                hold: .minutes(5),
                expression: """
                    max(\(settings.series("packit_slo_queue_deliveries"))) >= \(settings.queueCapacity / 2 + 1)
                    """,
                summary: "{{ $value }} deliveries wait in the queue",
                description: """
                    The queue holds at most \(settings.queueCapacity) (`http.max_queued_deliveries`); above that, \
                    senders get 503. The disk is too slow or the load too high: check \
                    packit_slo_journal_commit_duration_seconds.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOAcknowledgesSlowly",
                severity: .warning,
                expression: slow("packit_slo_delivery_ack_duration_seconds", over: "15m", settings),
                summary: "Deliveries are acknowledged too slowly",
                description: """
                    \(aboutSoMany) in the last 15 minutes took longer than 5 s. GitHub gives up after 10 s and does \
                    not redeliver by itself. Check the duration of commits and the disk.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeadlinesLate",
                severity: .warning,
                // Deadlines from a downtime are decided after the start; their lateness is not a fault.
                expression: """
                    \(slow("packit_slo_deadline_lateness_seconds", over: "1h", settings))
                    unless
                    time() - max(\(settings.ofProcess("process_start_time_seconds"))) < 3600
                    """,
                summary: "Deadlines are decided too late",
                description: """
                    \(aboutSoMany) in the last hour were decided more than 5 s late, so gauges and early alerts lag. \
                    The machine is overloaded or was suspended. Check its load and the duration of commits.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOInvariantBroken",
                severity: .warning,
                expression: "sum by (invariant) (increase(\(violations)[1h])) > 0",
                summary: "Metrics invariant violated: {{ $labels.invariant }}",
                description: """
                    Two metrics that must agree do not. This is a defect of packit-slo. Do not trust the figures of \
                    this hour; report it with the log and an export of the journal.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOLimitReached",
                severity: .warning,
                expression: """
                    sum by (kind) (increase(\(settings.series("packit_slo_limit_reached_total"))[1h])) > 0
                    """,
                summary: "The limit of tracked {{ $labels.kind }} is reached",
                description: """
                    \(aboutSoMany) were evicted in the last hour: changes ended as excluded, runs as errors, and \
                    everything else was forgotten, so its later events are not counted. If there really are so many, \
                    raise `limits` in the configuration. Otherwise find out who sends them.
                    """,
                page: .waiting),
        ]

        /// The number of observations above five seconds.
        func slow(_ histogram: String, over span: String, _ settings: RuleSettings) -> String {
            """
            sum(increase(\(settings.series(histogram + "_count"))[\(span)]))
            - sum(increase(\(settings.series(histogram + "_bucket", #"le="5.0""#))[\(span)]))
            >= \(minimum)
            """
        }
    }

    /// The increase of one of the observer's counters within an hour. A downtime is counted with the first sample after
    /// it, when the sample before may be old or have another instance label, so `increase` does not see it.
    static func risenWithinAnHour(_ counter: String) -> String {
        """
        max(\(counter))
        - (max(last_over_time(\(counter)[7d] offset 1h)) or min(min_over_time(\(counter)[1h])))
        """
    }

    /// The rule file and the running server have different settings.
    private static func rulesOutdated(_ objective: Objective, _ settings: RuleSettings) -> Alert {
        let matcher = #"objective="\#(objective.name.rawValue)""#
        func differs(_ name: String, _ value: Double) -> String {
            "max by (deployment, objective) (\(settings.series(name, matcher))) != \(value.decimal)"
        }
        let window = settings.window(of: objective)
        let values: [(name: String, value: Double?)] = [
            ("packit_objective_target_ratio", objective.target),
            ("packit_objective_deadline_seconds", objective.statedDeadline?.inSeconds),
            ("packit_objective_window_seconds", window.inSeconds),
        ]
        let promise = objective.targetPercent + (objective.statedDeadline.map { " within \($0.text)" } ?? "")
        return Alert(
            name: "PackitSLORulesOutdated",
            severity: .warning,
            hold: .minutes(10),
            labels: [("objective", objective.name.rawValue)],
            expression: values.compactMap { name, value in value.map { differs(name, $0) } }
                .joined(separator: "\nor\n"),
            summary: "The alerting rules do not match the settings of {{ $labels.objective }}",
            description: """
                The rules were generated for \(promise) over \(window.text); the server has {{ $value }} instead. \
                Generate them again with `packit-slo rules prometheus` and the server's configuration.
                """,
            page: .overview)
    }
}
