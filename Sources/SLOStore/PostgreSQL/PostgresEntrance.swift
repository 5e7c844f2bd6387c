import SLOCore
import Synchronization

/// Checks each new connection to a cluster's database, and makes what is missing in it when the first one is there.
final class PostgresEntrance: Sendable {
    private let place: String
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    private struct State {
        var isOpen = false
        var refusal: StoreError?
    }

    init(place: String, now: @escaping @Sendable () -> Timestamp) {
        self.place = place
        self.now = now
    }

    /// Why the first connection found a database that this program must not use.
    var refusal: StoreError? { state.withLock { $0.refusal } }

    /// - Throws: `StoreError`.
    func enter(_ connection: PostgresConnection) throws {
        if state.withLock({ $0.isOpen }) { return try PostgresSchema.check(connection, place: place) }
        do { try prepare(connection) } catch let error as StoreError {
            if error.code.refusesDatabase { state.withLock { $0.refusal = $0.refusal ?? error } }
            throw error
        }
        state.withLock { $0.isOpen = true }
    }

    /// Several connections may do it at once, as several nodes may.
    private func prepare(_ connection: PostgresConnection) throws {
        do { try PostgresSchema.check(connection, place: place) } catch let error as StoreError {
            guard error.code == .notADatabase else { throw error }
            try PostgresSchema.make(on: connection, at: now(), place: place)
            try PostgresSchema.check(connection, place: place)
        }
        try PostgresSchema.addMissing(on: connection)
    }
}

extension StoreError.Code {
    /// Whether waiting does not help: the database is another one's, or is set up so that it must not be used.
    public var refusesDatabase: Bool {
        switch self {
        case .cannotOpen, .foreign, .newerVersion, .olderVersion, .damaged: true
        case .diskFull, .readOnly, .locked, .notADatabase, .lockedByOther, .ownershipLost, .inputOutput, .unreachable,
            .commitAmbiguous, .exists, .rejected, .unexpected:
            false
        }
    }
}
