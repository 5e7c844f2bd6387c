public import SLOCore
import SLOMetrics
import Synchronization

/// Where the writer leaves what is to be asked without delay, for whoever asks the upstream. Each subject stands there
/// once, however often it is left; beyond a bound what comes is not taken and counted: the next survey knows of it.
final class UrgentLookupQueue: Sendable {
    private let posted: Mutex<[Upstream: [LookupRequest.Subject: LookupRequest]]>
    private let metrics: MetricsRegistry
    static let limit = 4096

    /// - Parameter upstreams: those that are asked; what is for others is not kept.
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

    /// Takes all that was left for an upstream.
    func take(_ upstream: Upstream) -> [LookupRequest] {
        posted.withLock { posted in
            guard let waiting = posted[upstream], !waiting.isEmpty else { return [] }
            posted[upstream] = [:]
            return Array(waiting.values)
        }
    }
}

extension LookupRequest.Subject {
    /// Who can tell.
    public var upstream: Upstream {
        switch self {
        case .build: .copr
        case .request: .testingFarm
        case .job: .packit
        }
    }
}
