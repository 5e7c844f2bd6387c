import SLOCore

// Alerts about the observer itself: what it says may be missing something.

extension Alert {
    static func observer(_ settings: RuleSettings) -> [Alert] {
        deliveries(settings) + broker(settings) + upstreams(settings) + machinery(settings)
            + settings.promises.map { rulesOutdated($0, settings) }
    }

    /// Nothing, or not everything, gets in.
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
                // An hour means something only where this hour is usually busy; a day always does.
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
                    Either nothing happens there, or deliveries do not arrive: look at the sender's own list of \
                    deliveries (for GitHub: the App's advanced settings), at the relay, and at what stands between it \
                    and the observer. What was missed can be sent again.
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
                summary: "Most of what {{ $labels.source }} sends is not believed",
                description: """
                    \(aboutSoMany) deliveries were turned away in the last hour, more than were taken. \
                    Most often a webhook secret was changed on one side only: compare it with the configuration, and \
                    see on the page why each was refused.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeliveriesRefused",
                severity: .critical,
                expression: #"\#(received("overloaded|timed_out", over: "15m")) >= \#(minimum)"#,
                summary: "Deliveries of {{ $labels.source }} are refused for want of room",
                description: """
                    \(aboutSoMany) in the last 15 minutes. GitHub does not send again by itself: what is \
                    refused is not seen. Look at the load of the machine and its disk, and at the limits under `http` \
                    in the configuration; then have the sender deliver again.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOJournalFailing",
                severity: .critical,
                expression: #"\#(received("unstored", over: "10m")) > 0"#,
                summary: "Deliveries of {{ $labels.source }} cannot be stored",
                description: """
                    The disk does not take them, so they are refused and time counts as blind. Look for a full or \
                    failing disk and at the log; then have the sender deliver again.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeliveriesUndecided",
                severity: .warning,
                expression: #"\#(received("processing_failed", over: "1h")) > 0"#,
                summary: "Deliveries of {{ $labels.source }} were stored but not counted",
                description: """
                    Deciding them failed, which is a defect of the observer. The journal keeps them and the log says \
                    why: report it, with an export of the delivery.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOPayloadsChanged",
                severity: .warning,
                expression: "sum by (source, event) (increase(\(malformed)[1h])) >= \(minimum)",
                summary: "{{ $labels.source }} sends {{ $labels.event }} in a shape that cannot be read",
                description: """
                    \(aboutSoMany) signed deliveries in the last hour lacked what their event needs. The \
                    provider may have changed its format: export one, and report it.
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
                    \(aboutSoMany) of the last hour's, more than half. Verdicts go by the provider's own \
                    times, but gauges and early alerts see an answer only when it arrives: they may accuse Packit \
                    wrongly. Look at the provider's status page and at the relay.
                    """,
                page: .deliveries),
        ]
    }

    /// It runs, but not as it should.
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
                summary: "Nobody observes Packit: packit-slo is down or not scraped",
                description: """
                    While this fires no other alert can. Look whether the service runs \
                    (`systemctl status packit-slo`), whether /readyz answers, and whether Prometheus scrapes it.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOBlind",
                severity: .warning,
                expression: "\(risenWithinAnHour(blind)) > 60",
                summary: "The observer was blind for {{ $value | humanizeDuration }}",
                description: """
                    It was down, or refused deliveries, within the last hour or until then. Changes whose deadline \
                    fell into that time are excluded, so the objectives say less than usual. Find out why, and have \
                    the senders deliver again.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOQueueFilling",
                severity: .warning,
                hold: .minutes(5),
                expression: """
                    max(\(settings.series("packit_slo_queue_deliveries"))) >= \(settings.queueCapacity / 2 + 1)
                    """,
                summary: "{{ $value }} deliveries wait to be written",
                description: """
                    The queue has room for \(settings.queueCapacity) (`http.max_queued_deliveries`); beyond it senders \
                    are refused. The disk is too slow or the load too high: look at the duration of commits.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOAcknowledgesSlowly",
                severity: .warning,
                expression: slow("packit_slo_delivery_ack_duration_seconds", over: "15m", settings),
                summary: "Deliveries are acknowledged too slowly",
                description: """
                    \(aboutSoMany) in the last 15 minutes took longer than 5 s. GitHub gives up after \
                    10 s and does not send again by itself. Look at the duration of commits and at the disk.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLODeadlinesLate",
                severity: .warning,
                // What came due while nobody looked is decided after the start, and late by nobody's fault.
                expression: """
                    \(slow("packit_slo_deadline_lateness_seconds", over: "1h", settings))
                    unless
                    time() - max(\(settings.ofProcess("process_start_time_seconds"))) < 3600
                    """,
                summary: "Deadlines are decided too late",
                description: """
                    \(aboutSoMany) in the last hour were decided more than 5 s after they were due: \
                    gauges and early alerts lag behind. The machine is overloaded or was suspended: look at its load, \
                    and at the duration of commits.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOInvariantBroken",
                severity: .warning,
                expression: "sum by (invariant) (increase(\(violations)[1h])) > 0",
                summary: "Numbers contradict each other: {{ $labels.invariant }}",
                description: """
                    A number did not agree with another one that it must agree with: a defect of the observer. Do not \
                    trust the figures of this hour; report it with the log and an export of the journal.
                    """,
                page: .overview),
            Alert(
                name: "PackitSLOLimitReached",
                severity: .warning,
                expression: """
                    sum by (kind) (increase(\(settings.series("packit_slo_limit_reached_total"))[1h])) > 0
                    """,
                summary: "There are more {{ $labels.kind }} than may be kept",
                description: """
                    \(aboutSoMany) were given up early in the last hour: changes were closed as excluded, runs as \
                    errors, and everything else was forgotten, so that what comes of it later is not counted. If there \
                    are really that many, raise `limits` in the configuration; otherwise find out who sends them.
                    """,
                page: .waiting),
        ]

        /// How many took longer than five seconds.
        func slow(_ histogram: String, over span: String, _ settings: RuleSettings) -> String {
            """
            sum(increase(\(settings.series(histogram + "_count"))[\(span)]))
            - sum(increase(\(settings.series(histogram + "_bucket", #"le="5.0""#))[\(span)]))
            >= \(minimum)
            """
        }
    }

    /// By how much a counter of the observer's rose since an hour ago. What it counts of its own absence is there with
    /// the first sample after that, when the one before may be long past or have had another address.
    static func risenWithinAnHour(_ counter: String) -> String {
        """
        max(\(counter))
        - (max(last_over_time(\(counter)[7d] offset 1h)) or min(min_over_time(\(counter)[1h])))
        """
    }

    /// The rule file and the running server are of two minds.
    private static func rulesOutdated(_ promise: RuleSettings.Promise, _ settings: RuleSettings) -> Alert {
        let objective = #"objective="\#(promise.objective.rawValue)""#
        func differs(_ name: String, _ value: Double) -> String {
            "max by (deployment, objective) (\(settings.series(name, objective))) != \(value.decimal)"
        }
        return Alert(
            name: "PackitSLORulesOutdated",
            severity: .warning,
            hold: .minutes(10),
            labels: [("objective", promise.objective.rawValue)],
            expression: """
                \(differs("packit_objective_target_ratio", promise.target))
                or
                \(differs("packit_objective_deadline_seconds", promise.deadline.inSeconds))
                or
                \(differs("packit_objective_window_seconds", settings.window.inSeconds))
                """,
            summary: "These rules do not match how {{ $labels.objective }} is judged",
            description: """
                They were written for \(promise.targetPercent) within \(promise.deadline.text) over \
                \(settings.window.text), and the server says {{ $value }} where that differs. Write them again with \
                `packit-slo rules prometheus` from the configuration that the server runs with.
                """,
            page: .overview)
    }
}
