import SLOCore

// Conditions of what the observer fetches. What is not configured has no series, and no condition.

extension Condition {
    /// Copr's messages do not arrive, or some are lost.
    static var broker: [Condition] {
        let losses = Selector("packit_slo_fedora_messaging_queue_losses_total")
        return [
            Condition(
                name: "PackitSLOBrokerUnreachable",
                severity: .warning,
                hold: .minutes(10),
                owner: .party(.fedoraMessaging),
                expression: Selector("packit_slo_fedora_messaging_connected").now.max() < 1,
                summary: "No connection to Fedora Messaging: Copr's messages do not arrive",
                description: """
                    They wait in the queue, which Fedora's public broker removes after about an hour without a \
                    consumer. The log says why the connection fails. Check the certificate, the firewall and the \
                    broker's state.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLOBrokerQueueLost",
                severity: .warning,
                owner: .party(.fedoraMessaging),
                expression: risenWithinAnHour(losses) > 0,
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
    static var upstreams: [Condition] {
        [
            Condition(
                name: "PackitSLODeliveriesMissing",
                severity: .warning,
                hold: .minutes(15),
                owner: .party(.observer),
                expression: Selector("packit_slo_delivery_completeness_ratio").now.min(by: "source") < 0.99,
                summary: "Only \(value: .percentage) of the deliveries of \(label: "source") arrived",
                description: """
                    Compared with its delivery log of the last three days. The rest was refused, or lost on the way. \
                    See the page and packit_slo_deliveries_missed_total, repair the cause, and redeliver.
                    """,
                page: .deliveries),
            Condition(
                name: "PackitSLOUpstreamUnreachable",
                severity: .warning,
                hold: .minutes(30),
                owner: .label("upstream"),
                expression: Selector("packit_slo_upstream_breaker_open").now.max(by: "upstream") > 0,
                summary: "\(label: "upstream") does not respond to packit-slo",
                description: """
                    It failed repeatedly, so requests to it pause. Runs whose end nobody reports are not looked up \
                    meanwhile, and joins may wait. Check packit_slo_upstream_requests_total for the kind of failure, \
                    the upstream itself, and the firewall.
                    """,
                page: .overview),
        ]
    }
}
