public import SLOCore
import Synchronization

/// A cluster's database. Inbox, lease and readers have connections of their own.
public struct PostgresCluster: Sendable {
    private let current: CurrentAddress
    private let entrance: PostgresEntrance

    /// Makes the tables of a new database, and checks those of one that exists.
    /// - Parameter now: the present time.
    /// - Throws: `StoreError`, as `open` does.
    public init(_ address: PostgresAddress, at now: Timestamp) throws {
        self.init(at: address) { now }
        try open()
    }

    /// Connects to nothing. The first connection that succeeds, whoever opens it, does what `open` does.
    /// - Parameter now: the present time.
    public init(at address: PostgresAddress, now: @escaping @Sendable () -> Timestamp) {
        current = CurrentAddress(address)
        entrance = PostgresEntrance(place: address.place, now: now)
    }

    /// Makes the tables of a new database, and checks those of one that exists.
    /// - Throws: `StoreError`, among others with the codes `unreachable`, `cannotOpen`, `readOnly`, `foreign`,
    ///   `newerVersion`.
    public func open() throws {
        try entrance.enter(try PostgresConnection(to: current.address, applicationName: "packit-slo start"))
    }

    /// Uses another password for connections from now on. Those that are open stay.
    /// - Returns: whether the address has the same hosts, database and user: nothing else can be changed.
    public func use(_ address: PostgresAddress) -> Bool { current.replace(with: address) }

    /// Why the first connection found a database that this program must not use; `nil` if it may, or if none was there
    /// yet.
    public var refusal: StoreError? { entrance.refusal }

    /// A connection for what a node receives.
    /// - Parameters:
    ///   - patience: how long an answer of the database is waited for; then it is in doubt.
    ///   - copies: how many of the database must be there, the primary and its synchronous standbys; with fewer,
    ///     nothing is appended.
    ///   - fault: for tests.
    public func inbox(
        patience: Duration = .seconds(8), copies: Int = 1, fault: @escaping StoreFault = { _ in }
    ) -> any Inbox {
        PostgresInbox(
            session(as: "packit-slo inbox", patience: patience), copies: DatabaseCopies(required: copies), fault: fault)
    }

    /// A connection for deciding.
    /// - Parameter fault: for tests.
    public func lease(fault: @escaping StoreFault = { _ in }) -> any DeciderLease {
        PostgresLease(session(as: PostgresLease.applicationName), fault: fault)
    }

    /// Opens connections for reading.
    public var readers: ReaderSource { ReaderSource { [current] in try PostgresReader(current.address) } }

    /// The same without a look at the database, which may have no tables yet.
    public static func readers(of address: PostgresAddress) -> ReaderSource {
        ReaderSource { try PostgresReader(address) }
    }

    /// A connection for what is counted.
    public func totals() -> ClusterTotalsReader { ClusterTotalsReader(session(as: "packit-slo metrics")) }

    /// A connection for people's notes.
    public func timeNotes() -> ClusterTimeNotes { ClusterTimeNotes(session(as: "packit-slo notes")) }

    /// A connection for what nodes tell of themselves.
    public func nodeReports() -> ClusterNodeReports { ClusterNodeReports(session(as: "packit-slo nodes")) }

    /// The database and its hosts, without user and password.
    public var place: String { current.address.place }

    private func session(as name: String, patience: Duration = .seconds(8)) -> PostgresSession {
        PostgresSession({ [current] in current.address }, as: name, patience: patience) { [entrance] in
            try entrance.enter($0)
        }
    }
}

private final class CurrentAddress: Sendable {
    private let held: Mutex<PostgresAddress>

    init(_ address: PostgresAddress) {
        held = Mutex(address)
    }

    var address: PostgresAddress { held.withLock { $0 } }

    func replace(with address: PostgresAddress) -> Bool {
        held.withLock { held in
            guard address.hasSameTarget(as: held) else { return false }
            held = address
            return true
        }
    }
}

extension PostgresSession {
    /// Checks the database on each new connection: it may lead to another server, the one that is the primary now.
    convenience init(checking address: PostgresAddress, as name: String, patience: Duration = .seconds(8)) {
        let place = address.place
        self.init({ address }, as: name, patience: patience) { try PostgresSchema.check($0, place: place) }
    }
}
