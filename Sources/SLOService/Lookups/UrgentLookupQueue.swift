public import SLOCore
import SLOMetrics
import Synchronization

/// The writer's urgent lookups, for the pollers to take. Each subject is queued once. Lookups above the limit are
/// dropped and counted; the next regular poll asks for them.
final class UrgentLookupQueue: Sendable {
    private let posted: Mutex<[Upstream: [LookupRequest.Subject: LookupRequest]]>
    private let metrics: MetricsRegistry
    static let limit = 4096

    /// - Parameter upstreams: those that are polled; lookups of others are dropped.
    init(for upstreams: [Upstream], metrics: MetricsRegistry) {
        posted = Mutex(Dictionary(uniqueKeysWithValues: upstreams.map { ($0, [:]) }))
        self.metrics = metrics
    }

    func post(_ lookupRequests: [LookupRequest]) {
        guard !lookupRequests.isEmpty else { return }
        var leftOut: [Upstream] = []
        posted.withLock { posted in
            for lookupRequest in lookupRequests {
                let upstream = lookupRequest.subject.upstream
                guard let known = posted[upstream] else { continue }
                if known[lookupRequest.subject] == nil, known.count >= Self.limit {
                    leftOut.append(upstream)
                } else {
                    posted[upstream]?[lookupRequest.subject] = lookupRequest
                }
            }
        }
        for upstream in leftOut { metrics.count(.lookupsLeftOut(upstream)) }
    }

    /// Takes all queued lookups of an upstream.
    func take(_ upstream: Upstream) -> [LookupRequest] {
        posted.withLock { posted in
            guard let waiting = posted[upstream], !waiting.isEmpty else { return [] }
            posted[upstream] = [:]
            return Array(waiting.values)
        }
    }
}

extension LookupRequest.Subject {
    /// The upstream that knows the answer.
    public var upstream: Upstream {
        switch self {
        case .build: .copr
        case .request: .testingFarm
        case .job: .packit
        }
    }
}
