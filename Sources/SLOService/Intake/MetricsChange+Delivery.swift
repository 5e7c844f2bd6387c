package import SLOCore
package import SLOMetrics

extension MetricsChange {
    /// Counts a delivery that is decided, and its lag behind the provider's time.
    package mutating func countDecided(
        _ outcome: DeliveryOutcome, event: String, from source: Source, saying observations: [Observation],
        at receipt: Timestamp
    ) {
        for time in observations.lazy.compactMap(\.providerTime) {
            observe(.deliveryLag(source), .milliseconds(max(0, (receipt - time).milliseconds)))
        }
        count(.events(source, event: event))
        if outcome == .malformed { count(.malformedEvents(source, event: event)) }
    }
}

extension Observation {
    /// The provider's time of the event; `nil` if the payload has none.
    fileprivate var providerTime: Timestamp? {
        switch self {
        case .changePushed(let fact): fact.startedAt
        case .changeClosed(let fact): fact.closedAt
        case .statusReported(let fact): fact.completedAt ?? fact.startedAt
        case .buildReported(let fact): fact.sentAt
        case .releasePublished(let fact): fact.publishedAt
        case .commandGiven(let fact): fact.givenAt
        case .appCommented(let fact): fact.commentedAt
        case .branchPushed, .repositoryNamed, .testRunReported, .testRunHinted, .buildLookedUp, .jobIdentified,
            .appDeliveriesListed:
            nil
        }
    }
}
