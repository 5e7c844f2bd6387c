import SLOCore
import Synchronization

/// A connection that is opened when it is needed, and again after it broke. Callers wait for one another.
final class PostgresSession: Sendable {
    private let address: @Sendable () -> PostgresAddress
    private let applicationName: String
    let patience: Duration
    private let prepare: @Sendable (PostgresConnection) throws -> Void
    private let slot = Mutex<Slot>(Slot())

    private struct Slot: @unchecked Sendable {
        // Proof of sendability: it is used under the lock only.
        var connection: PostgresConnection?
    }

    /// - Parameters:
    ///   - address: asked for each new connection.
    ///   - applicationName: how the server's administrator sees the connection.
    ///   - patience: for the results of statements that are sent together.
    ///   - prepare: runs on each new connection.
    init(
        _ address: @escaping @Sendable () -> PostgresAddress, as applicationName: String,
        patience: Duration = .seconds(8),
        prepare: @escaping @Sendable (PostgresConnection) throws -> Void = { _ in }
    ) {
        self.address = address
        self.applicationName = applicationName
        self.patience = patience
        self.prepare = prepare
    }

    var place: String { address().place }

    /// - Throws: `StoreError`, or what `work` throws.
    func with<Result: Sendable>(_ work: (PostgresConnection) throws -> Result) throws -> Result {
        try slot.withLock { slot in
            let connection = try slot.connection ?? open()
            slot.connection = connection
            defer { if connection.isBroken { slot.connection = nil } }
            return try work(connection)
        }
    }

    private func open() throws -> PostgresConnection {
        let connection = try PostgresConnection(to: address(), applicationName: applicationName, patience: patience)
        try prepare(connection)
        return connection
    }

    /// Closes the connection. The next use opens another one.
    func close() { slot.withLock { $0.connection = nil } }

    // MARK: - Transactions

    /// Runs statements that change nothing, or that are harmless to repeat.
    /// - Throws: `StoreError`.
    func run(_ statements: [PostgresStatement]) throws -> [PostgresResult] {
        try with { try $0.run(statements) }
    }

    /// Runs one transaction, with the points at which a test makes it fail.
    /// - Throws: `StoreError`, as `PostgresConnection.transact` does.
    @discardableResult
    func transact(_ statements: [PostgresStatement], _ fault: StoreFault) throws -> [PostgresResult] {
        try fault(.beforeTransaction)
        try fault(.beforeCommit)
        try inDoubt { try fault(.insteadOfCommit) }
        let results = try with { try $0.transact(statements) }
        try inDoubt { try fault(.afterCommit) }
        return results
    }

    private func inDoubt(_ pass: () throws -> Void) throws {
        do { try pass() } catch let error as StoreError {
            close()
            throw error.inDoubt(place)
        }
    }
}
