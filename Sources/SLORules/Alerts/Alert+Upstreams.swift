import SLOCore

// Alerts about what the observer fetches. What is not configured has no series, and no alert.

extension Alert {
    /// Copr's messages do not arrive, or some are lost.
    static func broker(_ settings: RuleSettings) -> [Alert] {
        let losses = settings.series("packit_slo_fedora_messaging_queue_losses_total")
        return [
            Alert(
                name: "PackitSLOBrokerUnreachable",
                severity: .warning,
                hold: .minutes(10),
                expression: "max(\(settings.series("packit_slo_fedora_messaging_connected"))) < 1",
                summary: "No connection to Fedora Messaging: Copr's messages do not arrive",
                description: """
                    They wait in the queue, which Fedora's public broker removes after about an hour without a \
                    consumer. The log says why the connection fails. Check the certificate, the firewall and the \
                    broker's state.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOBrokerQueueLost",
                severity: .warning,
                expression: "\(risenWithinAnHour(losses)) > 0",
                summary: "The queue of Copr's messages was deleted with its messages",
                description: """
                    A new queue was created. Messages about builds that started or ended meanwhile may be missing; \
                    GitHub's deliveries are not affected. Find out why nothing consumed the queue, or request a \
                    durable queue (docs/fedora-messaging.md).
                    """,
                page: .deliveries),
        ]
    }

    /// Upstreams fail, or deliveries in GitHub's log are missing.
    static func upstreams(_ settings: RuleSettings) -> [Alert] {
        let completeness = settings.series("packit_slo_delivery_completeness_ratio")
        let breaker = settings.series("packit_slo_upstream_breaker_open")
        return [
            Alert(
                name: "PackitSLODeliveriesMissing",
                severity: .warning,
                hold: .minutes(15),
                expression: "min by (source) (\(completeness)) < 0.99",
                summary: "Only {{ $value | humanizePercentage }} of the deliveries of {{ $labels.source }} arrived",
                description: """
                    Compared with its delivery log of the last three days. The rest was refused, or lost on the way. \
                    See the page and packit_slo_deliveries_missed_total, repair the cause, and redeliver.
                    """,
                page: .deliveries),
            Alert(
                name: "PackitSLOUpstreamUnreachable",
                severity: .warning,
                hold: .minutes(30),
                expression: "max by (upstream) (\(breaker)) > 0",
                summary: "{{ $labels.upstream }} does not respond to packit-slo",
                description: """
                    It failed repeatedly, so requests to it pause. Runs whose end nobody reports are not looked up \
                    meanwhile, and joins may wait. Check packit_slo_upstream_requests_total for the kind of failure, \
                    the upstream itself, and the firewall.
                    """,
                page: .overview),
        ]
    }
}
