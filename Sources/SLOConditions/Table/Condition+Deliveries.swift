import SLOCore

// Conditions of what sources send: missing, refused, late, or in a format that is not understood.

extension Condition {
    static func sources(_ settings: ConditionSettings) -> [Condition] {
        let last = Selector("packit_slo_last_delivery_timestamp_seconds")
        let silence = SeriesExpression.time - last.now.max(by: "source")
        let lags = Selector("packit_slo_delivery_lag_seconds_count").increase(over: .hours(1)).sum(by: "source")
        let shortLags = Selector("packit_slo_delivery_lag_seconds_bucket", .equals("le", "300.0"))
            .increase(over: .hours(1)).sum(by: "source")
        let malformed = Selector("packit_slo_malformed_events_total").increase(over: .hours(1))
        return [
            Condition(
                name: "PackitSLOSourceSilent",
                severity: .warning,
                owner: .label("source"),
                // An hour without deliveries matters only if this hour is usually busy; a day always matters.
                expression: (silence > 3600)
                    .and(received(authentic, over: .hours(1), before: .days(7)) >= settings.minimum)
                    .or(silence > 86400),
                onset: .timestamp(last),
                summary: "\(label: "source") has sent nothing for \(value: .duration)",
                description: """
                    Either there are no events, or deliveries do not arrive. Check the sender's delivery log (GitHub: \
                    the App's advanced settings), the relay, and the network path to packit-slo. Missed deliveries \
                    can be redelivered.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLOPayloadsChanged",
                severity: .warning,
                owner: .label("source"),
                expression: malformed.sum(by: "source", "event") >= settings.minimum,
                summary: "\(label: "source") sends \(label: "event") deliveries that cannot be decoded",
                description: """
                    \(.aboutSoMany) signed deliveries in the last hour lacked fields that their event needs. The \
                    provider may have changed its format: export one and report it.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLODeliveriesLate",
                severity: .warning,
                owner: .label("source"),
                expression: (lags - shortLags >= settings.minimum).and(shortLags < 0.5 * lags),
                summary: "\(label: "source") delivers more than five minutes late",
                description: """
                    \(.aboutSoMany) deliveries of the last hour, more than half, came late. Final verdicts use the \
                    provider's times and are not affected. Gauges and early alerts use the time of receipt, so they \
                    may blame Packit wrongly. Check the provider's status page and the relay.
                    """,
                page: .deliveries),
        ]
    }

    /// Deliveries arrive, and are not taken.
    static func deliveries(_ settings: ConditionSettings) -> [Condition] {
        let rejected = received(
            ["bad_signature", "no_secret", "malformed", "unsupported_media_type", "too_large"], over: .hours(1))
        return [
            Condition(
                name: "PackitSLODeliveriesRejected",
                severity: .warning,
                owner: .party(.observer),
                expression: (rejected >= settings.minimum).and(rejected > received(authentic, over: .hours(1))),
                summary: "Most webhooks from \(label: "source") are rejected (signature, type or size)",
                description: """
                    \(.aboutSoMany) deliveries were rejected in the last hour, more than were accepted. The usual \
                    cause is a webhook secret that was changed on one side only. Compare it with the configuration; \
                    the page shows why each delivery was rejected.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLODeliveriesRefused",
                severity: .critical,
                owner: .party(.observer),
                expression: received(["overloaded", "timed_out"], over: .minutes(15)) >= settings.minimum,
                summary: "Deliveries of \(label: "source") are refused: the queue or the buffers are full",
                description: """
                    \(.aboutSoMany) in the last 15 minutes. GitHub does not redeliver by itself, so refused \
                    deliveries are missing. Check the load of the machine and its disk, and the limits under `http` \
                    in the configuration. Then redeliver from the sender.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLOJournalFailing",
                severity: .critical,
                owner: .party(.observer),
                expression: received(["unstored"], over: .minutes(10)) > 0,
                summary: "Deliveries of \(label: "source") cannot be stored",
                description: """
                    The disk rejects writes, so deliveries are refused, and the time counts as blind. Check for a \
                    full or failing disk, and read the log. Then redeliver from the sender.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLODeliveriesUndecided",
                severity: .warning,
                owner: .party(.observer),
                expression: received(["processing_failed"], over: .hours(1)) > 0,
                summary: "Deliveries of \(label: "source") were stored but not counted",
                description: """
                    Processing them failed. This is a defect of packit-slo: report it with the log line and an export \
                    of the delivery. The journal keeps the deliveries.
                    """,
                page: .deliveries),
        ]
    }

    private static let authentic = ["accepted", "ignored", "duplicate"]

    /// Deliveries with one of these results, by source.
    private static func received(
        _ results: [String], over span: TimeSpan, before: TimeSpan = .zero
    ) -> SeriesExpression {
        Selector("packit_slo_deliveries_total", .isOneOf("result", results))
            .increase(over: span, before: before).sum(by: "source")
    }
}
