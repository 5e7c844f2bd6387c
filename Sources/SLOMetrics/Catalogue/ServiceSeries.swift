public import SLOCore

// The service's metrics about itself.

/// Why a connection to Fedora Messaging failed or ended. The value of the `reason` label.
public enum BusDisconnection: String, CaseIterable, Hashable, Sendable {
    /// The broker cannot be reached.
    case unreachable
    /// One side refused the other's certificate, login, queue or binding.
    case refused
    /// The broker or the network closed it.
    case closed
    /// No heartbeat arrived.
    case silent
    /// It was open, but delivered no messages.
    case notConsuming = "not_consuming"
}

/// The result of a request to an upstream. The value of the `result` label.
public enum UpstreamResult: String, CaseIterable, Hashable, Sendable {
    /// A usable reply.
    case ok
    /// A status from 400 to 499.
    case refused
    /// A status of 500 or more.
    case failed
    /// No connection, or a broken one.
    case unreachable
    case timedOut = "timed_out"
    case rateLimited = "rate_limited"
    /// The reply is a redirect, has another content type, is not JSON, or has other fields.
    case invalidResponse = "invalid_response"
    case tooLarge = "too_large"
    /// Interrupted because the server stopped.
    case canceled
    /// Not sent: the circuit breaker is open, the upstream's rate limit is exceeded, or too many requests wait.
    case notSent = "not_sent"
}

/// Why a delivery in the source's delivery log is missing. The value of the `reason` label.
public enum MissReason: String, CaseIterable, Hashable, Sendable {
    /// The source's attempt failed.
    case failed
    /// The source reports the delivery as successful.
    case lost
    /// The source's attempt has been pending for too long.
    case pending
}

/// The result of a lookup. The value of the `result` label.
public enum LookupResult: String, CaseIterable, Hashable, Sendable {
    /// The reply contained something new, which is stored.
    case news
    /// The reply contained nothing new.
    case unchanged
    /// The upstream does not know the subject.
    case absent
    /// The upstream denied access.
    case denied
    /// There was no usable reply.
    case failed
    /// The reply could not be stored; the lookup is repeated.
    case unstored
}

public enum ServiceCounter: Hashable, Sendable {
    case deliveries(Source, DeliveryOutcome)
    /// By the source's name of the event; events unknown to the registry count as `other`.
    case events(Source, event: String)
    case malformedEvents(Source, event: String)
    /// Exposed in seconds.
    case blindMilliseconds
    case busDisconnections(BusDisconnection)
    case busQueueLosses
    /// Exposed in seconds.
    case busGapMilliseconds
    /// Exists for the upstreams that the registry was created with.
    case upstreamRequests(Upstream, UpstreamResult)
    /// Exists for sources whose delivery log is compared with the journal, like those that follow.
    case deliveriesChecked(Source)
    case deliveriesMissed(Source, MissReason)
    case deliveriesRecovered(Source)
    case deliveriesGivenUp(Source)
    case redeliveries(Source)
    /// Exists for upstreams that are polled about open entities, like those that follow.
    case lookups(Upstream, LookupResult)
    case lookupsLeftOut(Upstream)

    /// The label of all events without a series of their own.
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
            SeriesID(MetricsCatalogue.blindSeconds)
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

    /// The counter for `other` in the place of an unknown event's.
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

    static func all(
        events: [Source: [String]], upstreams: [Upstream], deliveryLogs: [Source]
    ) -> [ServiceCounter] {
        var counters: [ServiceCounter] = [.blindMilliseconds, .busQueueLosses, .busGapMilliseconds]
        counters += BusDisconnection.allCases.map { .busDisconnections($0) }
        for source in Source.allCases {
            counters += DeliveryOutcome.allCases.map { .deliveries(source, $0) }
            var names: [String] = []
            for name in events[source, default: []] + [otherEvent] where !names.contains(name) { names.append(name) }
            counters += names.flatMap { [.events(source, event: $0), .malformedEvents(source, event: $0)] }
        }
        counters += upstreams.flatMap { upstream in UpstreamResult.allCases.map { .upstreamRequests(upstream, $0) } }
        for source in deliveryLogs {
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

public enum ServiceHistogram: Hashable, Sendable {
    /// From the first byte of a delivery to its response.
    case deliveryAckDuration
    case journalCommitDuration
    /// From due to decided.
    case deadlineLateness
    /// From the provider's time to receipt.
    case deliveryLag(Source)
    /// From sending a request to the end of its reply. Exists for the upstreams that the registry was created with.
    case upstreamRequestDuration(Upstream)
    /// From the sending of a missing delivery to its discovery. Exists for sources whose delivery log is compared.
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

    static func all(upstreams: [Upstream], deliveryLogs: [Source]) -> [ServiceHistogram] {
        [.deliveryAckDuration, .journalCommitDuration, .deadlineLateness] + Source.allCases.map { .deliveryLag($0) }
            + upstreams.map { .upstreamRequestDuration($0) }
            + deliveryLogs.map { .missNotice($0) }
    }
}

/// One of the two times of a note.
public enum TimeNoteEdge: String, CaseIterable, Hashable, Sendable {
    case start
    case end
}

public enum ServiceGauge: Hashable, Sendable {
    case queueDeliveries
    case queueBytes
    /// 1 while this node of a cluster decides. Absent until it is set, as what follows.
    case deciding
    case leaseEpoch
    case spooledDeliveries
    case databaseCopies
    /// Absent until it is set.
    case databaseBytes
    /// Absent until it is set.
    case databaseFreeBytes
    /// 1 or 0.
    case blind
    /// Of people, whose time contains the present.
    case timeNotes(TimeNoteKind)
    /// The time of the note that was written last, in milliseconds since 1970. Absent until it is set.
    case latestTimeNote(TimeNoteKind, TimeNoteEdge)
    case deadlinesArmed
    case trackedBytes
    /// In milliseconds since 1970, exposed in seconds. Absent until it is set.
    case lastDeliveryMilliseconds(Source)
    /// 1 or 0. Absent until it is set.
    case busConnected
    /// 1 while the circuit breaker is open. Exists for the upstreams that the registry was created with.
    case upstreamBreakerOpen(Upstream)
    /// In millionths. Exists for sources whose delivery log is compared; absent until it is set.
    case deliveryCompleteness(Source)
    /// Exists for upstreams that are polled about open entities.
    case lookupsWatched(Upstream)

    public var series: SeriesID {
        switch self {
        case .queueDeliveries: SeriesID(MetricsCatalogue.queueDeliveries)
        case .queueBytes: SeriesID(MetricsCatalogue.queueBytes)
        case .deciding: SeriesID(MetricsCatalogue.deciding)
        case .leaseEpoch: SeriesID(MetricsCatalogue.leaseEpoch)
        case .spooledDeliveries: SeriesID(MetricsCatalogue.spooledDeliveries)
        case .databaseCopies: SeriesID(MetricsCatalogue.databaseCopies)
        case .databaseBytes: SeriesID(MetricsCatalogue.databaseBytes)
        case .databaseFreeBytes: SeriesID(MetricsCatalogue.databaseFreeBytes)
        case .blind: SeriesID(MetricsCatalogue.blind)
        case .timeNotes(let kind): SeriesID(MetricsCatalogue.timeNotes, [kind.rawValue])
        case .latestTimeNote(let kind, let edge):
            SeriesID(MetricsCatalogue.latestTimeNote, [kind.rawValue, edge.rawValue])
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

    /// Whether the gauge is absent until it is set, because 0 would be wrong.
    var isAbsentUntilSet: Bool {
        switch self {
        case .deciding, .leaseEpoch, .spooledDeliveries, .databaseCopies, .databaseBytes, .databaseFreeBytes,
            .lastDeliveryMilliseconds,
            .busConnected,
            .deliveryCompleteness, .latestTimeNote:
            true
        case .queueDeliveries, .queueBytes, .blind, .timeNotes, .deadlinesArmed, .trackedBytes, .upstreamBreakerOpen,
            .lookupsWatched:
            false
        }
    }

    /// Whether the database keeps its value: nothing sets it soon after a start, and an alert needs it.
    var outlastsProcess: Bool {
        switch self {
        case .lastDeliveryMilliseconds, .deliveryCompleteness, .upstreamBreakerOpen: true
        case .queueDeliveries, .queueBytes, .deciding, .leaseEpoch, .spooledDeliveries, .databaseCopies, .databaseBytes,
            .databaseFreeBytes, .blind, .timeNotes, .latestTimeNote,
            .deadlinesArmed, .trackedBytes, .busConnected, .lookupsWatched:
            false
        }
    }

    static func all(upstreams: [Upstream], deliveryLogs: [Source]) -> [ServiceGauge] {
        [
            .queueDeliveries, .queueBytes, .deciding, .leaseEpoch, .spooledDeliveries, .databaseCopies, .databaseBytes,
            .databaseFreeBytes, .blind,
            .deadlinesArmed, .trackedBytes,
            .busConnected,
        ]
            + Source.allCases.map { .lastDeliveryMilliseconds($0) }
            + TimeNoteKind.allCases.flatMap { kind in
                [.timeNotes(kind)] + TimeNoteEdge.allCases.map { .latestTimeNote(kind, $0) }
            }
            + upstreams.map { .upstreamBreakerOpen($0) }
            + deliveryLogs.map { .deliveryCompleteness($0) }
            + upstreams.filter(\.isAskedAboutRuns).map { .lookupsWatched($0) }
    }
}

extension Upstream {
    /// Whether it is polled about open runs; GitHub is asked for its lists of deliveries.
    public var isAskedAboutRuns: Bool { self != .github }
}
