import SLOCore

// Alerts about what the observer fetches itself. What is not configured has no series, and no alert.

extension Alert {
    /// Copr's messages do not come, or some are gone.
    static func broker(_ settings: RuleSettings) -> [Alert] {
        let losses = settings.series("packit_slo_fedora_messaging_queue_losses_total")
        return [
            Alert(
                name: "PackitSLOBrokerUnreachable",
                severity: .warning,
                hold: .minutes(10),
                expression: "max(\(settings.series("packit_slo_fedora_messaging_connected"))) < 1",
                summary: "Copr's messages do not come: there is no connection to Fedora Messaging",
                description: """
                    They wait in the queue, which Fedora's public broker removes after about an hour without a \
                    consumer. The log says why the connection fails: look at the certificate, at what is let out to \
                    the broker, and at its own state.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOBrokerQueueLost",
                severity: .warning,
                expression: "\(risenWithinAnHour(losses)) > 0",
                summary: "The queue of Copr's messages was gone, with whatever was in it",
                description: """
                    It was made anew. Copr's word on builds that began or ended meanwhile may be missing, and builds \
                    that only Copr knows of; what GitHub shows is not affected. Find out why nobody consumed, or ask \
                    for a queue that lasts (docs/fedora-messaging.md).
                    """,
                page: .deliveries),
        ]
    }

    /// Upstreams do not answer, or what GitHub says to have sent never came.
    static func upstreams(_ settings: RuleSettings) -> [Alert] {
        let completeness = settings.series("packit_slo_delivery_completeness_ratio")
        let breaker = settings.series("packit_slo_upstream_breaker_open")
        return [
            Alert(
                name: "PackitSLODeliveriesMissing",
                severity: .warning,
                hold: .minutes(15),
                expression: "min by (source) (\(completeness)) < 0.99",
                summary: "Only {{ $value | humanizePercentage }} of what {{ $labels.source }} sent is held",
                description: """
                    Compared with its own list of the last three days. The rest was refused, or lost on the way: see \
                    which on the page and in packit_slo_deliveries_missed_total, mend what lies between, and have it \
                    delivered again.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOUpstreamUnreachable",
                severity: .warning,
                hold: .minutes(30),
                expression: "max by (upstream) (\(breaker)) > 0",
                summary: "{{ $labels.upstream }} does not answer the observer",
                description: """
                    It failed so often that it is left alone for a while each time. Runs whose end nobody reports are \
                    not looked up meanwhile, and joins may wait. Look at packit_slo_upstream_requests_total for how it \
                    fails, at the upstream itself, and at what is let out to it.
                    """,
                page: .overview),
        ]
    }
}
