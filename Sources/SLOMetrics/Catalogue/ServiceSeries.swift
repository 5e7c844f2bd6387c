public import SLOCore

// What the service counts and measures about itself.

/// Why a connection to Fedora Messaging ended or did not come about. The value of the `reason` label.
public enum BusDisconnection: String, CaseIterable, Hashable, Sendable {
    /// The broker is not to be reached.
    case unreachable
    /// The broker, or this side, takes no certificate, login, queue or binding of the other's.
    case refused
    /// The broker or the network ended it.
    case closed
    /// No heartbeat came.
    case silent
    /// It was up, and nothing could come over it.
    case notConsuming = "not_consuming"
}

/// What came of a request to an upstream. The value of the `result` label.
public enum UpstreamResult: String, CaseIterable, Hashable, Sendable {
    /// An answer that could be used.
    case ok
    /// A status from 400 to 499.
    case refused
    /// A status of 500 or more.
    case failed
    /// No connection, or one that broke.
    case unreachable
    case timedOut = "timed_out"
    case rateLimited = "rate_limited"
    /// The answer is not what it should be: a redirect, another content type, no JSON, other fields.
    case invalidResponse = "invalid_response"
    case tooLarge = "too_large"
    /// Given up because the server stopped.
    case canceled
    /// Held back: it failed too often, asked for a pause, or more is to be asked than may be.
    case notSent = "not_sent"
}

/// Why a delivery that its source lists is not held. The value of the `reason` label.
public enum MissReason: String, CaseIterable, Hashable, Sendable {
    /// The source knows that it did not arrive.
    case failed
    /// The source takes it for delivered.
    case lost
    /// It was to be on its way, for too long.
    case pending
}

/// What came of asking an upstream about something open. The value of the `result` label.
public enum LookupResult: String, CaseIterable, Hashable, Sendable {
    /// It told something new, which is on disk.
    case news
    /// It told nothing new.
    case unchanged
    /// The upstream does not know what it was asked about.
    case absent
    /// It does not tell this server.
    case denied
    /// It gave no answer that could be used.
    case failed
    /// The answer could not be stored; it is asked for again.
    case unstored
}

public enum ServiceCounter: Hashable, Sendable {
    case deliveries(Source, DeliveryOutcome)
    /// An event as its source calls it; those that the registry was not told of count as `other`.
    case events(Source, event: String)
    case malformedEvents(Source, event: String)
    /// Exposed in seconds.
    case blindMilliseconds
    case busDisconnections(BusDisconnection)
    case busQueueLosses
    /// Exposed in seconds.
    case busGapMilliseconds
    /// There for the upstreams that the registry was told of.
    case upstreamRequests(Upstream, UpstreamResult)
    /// These are there for sources whose list is read.
    case deliveriesChecked(Source)
    case deliveriesMissed(Source, MissReason)
    case deliveriesRecovered(Source)
    case deliveriesGivenUp(Source)
    case redeliveries(Source)
    /// These are there for upstreams that are asked about what is open.
    case lookups(Upstream, LookupResult)
    case lookupsLeftOut(Upstream)

    /// What all events without a series of their own are counted as.
    public static let otherEvent = "other"

    public var series: SeriesID {
        switch self {
        case .deliveries(let source, let result):
            SeriesID(MetricsCatalogue.deliveries, [source.rawValue, result.rawValue])
        case .events(let source, let event):
            SeriesID(MetricsCatalogue.events, [source.rawValue, event])
        case .malformedEvents(let source, let event):
            SeriesID(MetricsCatalogue.malformedEvents, [source.rawValue, event])
        case .blindMilliseconds:
            SeriesID(MetricsCatalogue.blindTime)
        case .busDisconnections(let reason):
            SeriesID(MetricsCatalogue.busDisconnections, [reason.rawValue])
        case .busQueueLosses:
            SeriesID(MetricsCatalogue.busQueueLosses)
        case .busGapMilliseconds:
            SeriesID(MetricsCatalogue.busGapTime)
        case .upstreamRequests(let upstream, let result):
            SeriesID(MetricsCatalogue.upstreamRequests, [upstream.rawValue, result.rawValue])
        case .deliveriesChecked(let source): SeriesID(MetricsCatalogue.deliveriesChecked, [source.rawValue])
        case .deliveriesMissed(let source, let reason):
            SeriesID(MetricsCatalogue.deliveriesMissed, [source.rawValue, reason.rawValue])
        case .deliveriesRecovered(let source): SeriesID(MetricsCatalogue.deliveriesRecovered, [source.rawValue])
        case .deliveriesGivenUp(let source): SeriesID(MetricsCatalogue.deliveriesGivenUp, [source.rawValue])
        case .redeliveries(let source): SeriesID(MetricsCatalogue.redeliveries, [source.rawValue])
        case .lookups(let upstream, let result):
            SeriesID(MetricsCatalogue.lookups, [upstream.rawValue, result.rawValue])
        case .lookupsLeftOut(let upstream):
            SeriesID(MetricsCatalogue.lookupsLeftOut, [upstream.rawValue])
        }
    }

    /// The counter that stands in for one whose event is unknown.
    var withOtherEvent: ServiceCounter {
        switch self {
        case .events(let source, _): .events(source, event: Self.otherEvent)
        case .malformedEvents(let source, _): .malformedEvents(source, event: Self.otherEvent)
        case .deliveries, .blindMilliseconds, .busDisconnections, .busQueueLosses, .busGapMilliseconds,
            .upstreamRequests, .deliveriesChecked, .deliveriesMissed, .deliveriesRecovered, .deliveriesGivenUp,
            .redeliveries, .lookups, .lookupsLeftOut:
            self
        }
    }

    static func all(events: [Source: [String]], upstreams: [Upstream]) -> [ServiceCounter] {
        var counters: [ServiceCounter] = [.blindMilliseconds, .busQueueLosses, .busGapMilliseconds]
        counters += BusDisconnection.allCases.map { .busDisconnections($0) }
        for source in Source.allCases {
            counters += DeliveryOutcome.allCases.map { .deliveries(source, $0) }
            var names: [String] = []
            for name in events[source, default: []] + [otherEvent] where !names.contains(name) { names.append(name) }
            counters += names.flatMap { [.events(source, event: $0), .malformedEvents(source, event: $0)] }
        }
        counters += upstreams.flatMap { upstream in UpstreamResult.allCases.map { .upstreamRequests(upstream, $0) } }
        for source in upstreams.compactMap(\.listedSource) {
            counters += MissReason.allCases.map { .deliveriesMissed(source, $0) }
            counters += [
                .deliveriesChecked(source), .deliveriesRecovered(source), .deliveriesGivenUp(source),
                .redeliveries(source),
            ]
        }
        for upstream in upstreams where upstream.isAskedAboutRuns {
            counters += LookupResult.allCases.map { .lookups(upstream, $0) } + [.lookupsLeftOut(upstream)]
        }
        return counters
    }
}

extension Upstream {
    /// Whose deliveries it lists.
    var listedSource: Source? { self == .github ? .github : nil }
}

public enum ServiceHistogram: Hashable, Sendable {
    /// From the first byte of a delivery to its answer.
    case deliveryAckDuration
    case journalCommitDuration
    /// From due to decided.
    case deadlineLateness
    /// From the provider's time to receipt.
    case deliveryLag(Source)
    /// From sending a request to the end of its answer. There for the upstreams that the registry was told of.
    case upstreamRequestDuration(Upstream)
    /// From when a missed delivery was sent to when that was noticed. There for sources whose list is read.
    case missNotice(Source)

    public var series: SeriesID {
        switch self {
        case .deliveryAckDuration: SeriesID(MetricsCatalogue.deliveryAckDuration)
        case .journalCommitDuration: SeriesID(MetricsCatalogue.journalCommitDuration)
        case .deadlineLateness: SeriesID(MetricsCatalogue.deadlineLateness)
        case .deliveryLag(let source): SeriesID(MetricsCatalogue.deliveryLag, [source.rawValue])
        case .upstreamRequestDuration(let upstream):
            SeriesID(MetricsCatalogue.upstreamRequestDuration, [upstream.rawValue])
        case .missNotice(let source): SeriesID(MetricsCatalogue.missNotice, [source.rawValue])
        }
    }

    static func all(upstreams: [Upstream]) -> [ServiceHistogram] {
        [.deliveryAckDuration, .journalCommitDuration, .deadlineLateness] + Source.allCases.map { .deliveryLag($0) }
            + upstreams.map { .upstreamRequestDuration($0) }
            + upstreams.compactMap(\.listedSource).map { .missNotice($0) }
    }
}

public enum ServiceGauge: Hashable, Sendable {
    case queueDeliveries
    case queueBytes
    /// Absent until it is set.
    case databaseBytes
    case deadlinesArmed
    case trackedBytes
    /// In milliseconds since 1970, exposed in seconds. Absent until it is set.
    case lastDeliveryMilliseconds(Source)
    /// 1 or 0. Absent until it is set.
    case busConnected
    /// 1 while an upstream is left alone. There for the upstreams that the registry was told of.
    case upstreamBreakerOpen(Upstream)
    /// In millionths. There for sources whose list is read; absent until it is set.
    case deliveryCompleteness(Source)
    /// There for upstreams that are asked about what is open.
    case lookupsWatched(Upstream)

    public var series: SeriesID {
        switch self {
        case .queueDeliveries: SeriesID(MetricsCatalogue.queueDeliveries)
        case .queueBytes: SeriesID(MetricsCatalogue.queueBytes)
        case .databaseBytes: SeriesID(MetricsCatalogue.databaseBytes)
        case .deadlinesArmed: SeriesID(MetricsCatalogue.deadlinesArmed)
        case .trackedBytes: SeriesID(MetricsCatalogue.trackedBytes)
        case .lastDeliveryMilliseconds(let source):
            SeriesID(MetricsCatalogue.lastDeliveryTimestamp, [source.rawValue])
        case .busConnected: SeriesID(MetricsCatalogue.busConnected)
        case .upstreamBreakerOpen(let upstream):
            SeriesID(MetricsCatalogue.upstreamBreakerOpen, [upstream.rawValue])
        case .deliveryCompleteness(let source):
            SeriesID(MetricsCatalogue.deliveryCompleteness, [source.rawValue])
        case .lookupsWatched(let upstream):
            SeriesID(MetricsCatalogue.lookupsWatched, [upstream.rawValue])
        }
    }

    /// Whether 0 would be a guess as long as nobody has said what the value is.
    var isAbsentUntilSet: Bool {
        switch self {
        case .databaseBytes, .lastDeliveryMilliseconds, .busConnected, .deliveryCompleteness: true
        case .queueDeliveries, .queueBytes, .deadlinesArmed, .trackedBytes, .upstreamBreakerOpen, .lookupsWatched:
            false
        }
    }

    static func all(upstreams: [Upstream]) -> [ServiceGauge] {
        [.queueDeliveries, .queueBytes, .databaseBytes, .deadlinesArmed, .trackedBytes, .busConnected]
            + Source.allCases.map { .lastDeliveryMilliseconds($0) }
            + upstreams.map { .upstreamBreakerOpen($0) }
            + upstreams.compactMap(\.listedSource).map { .deliveryCompleteness($0) }
            + upstreams.filter(\.isAskedAboutRuns).map { .lookupsWatched($0) }
    }
}

extension Upstream {
    /// Whether it is asked about open runs; GitHub is asked for deliveries.
    public var isAskedAboutRuns: Bool { self != .github }
}
