/// An entity that takes memory of its own, however long ago it ended. Changes belong to their heads, runs to their
/// lanes and backend runs.
enum TrackedEntity {
    case pullRequest(PullRequest)
    case head(Head)
    case lane(Lane)
    case backend(BackendRun)

    /// When it was last touched, by the receiver's clock.
    var touchedAt: Timestamp {
        switch self {
        case .pullRequest(let row): row.touchedAt
        case .head(let row): row.touchedAt
        case .lane(let row): row.touchedAt
        case .backend(let row): row.touchedAt
        }
    }
}

extension LedgerState {
    var trackedCount: Int { subjects.count + lanes.count }

    func trackedEntity(_ entity: EntityID) -> TrackedEntity? {
        if let lane = lanes[entity] { return .lane(lane) }
        return switch subjects[entity] {
        case .pullRequest(let key): pullRequests[key].map(TrackedEntity.pullRequest)
        case .head(let key): heads[key].map(TrackedEntity.head)
        case .backend(let key): backends[key].map(TrackedEntity.backend)
        case nil: nil
        }
    }

    /// All tracked entities, by the time they were last touched.
    var entriesByTime: [EvictionQueue<Timestamp>.Entry] {
        pullRequests.values.map { .init(age: $0.touchedAt, entity: $0.id) }
            + heads.values.map { .init(age: $0.touchedAt, entity: $0.id) }
            + lanes.values.map { .init(age: $0.touchedAt, entity: $0.id) }
            + backends.values.map { .init(age: $0.touchedAt, entity: $0.id) }
    }

    mutating func touch(_ row: TrackedEntity, at moment: Timestamp) {
        switch row {
        case .pullRequest(let row): pullRequests.update(row.key) { $0.touchedAt = moment }
        case .head(let row): heads.update(row.key) { $0.touchedAt = moment }
        case .lane(let row): lanes.update(row.id) { $0.touchedAt = moment }
        case .backend(let row): backends.update(row.key) { $0.touchedAt = moment }
        }
    }
}
