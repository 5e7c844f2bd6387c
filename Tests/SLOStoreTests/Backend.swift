import Foundation
import GRDB
import SLOCore
import SLOTestSupport
import Synchronization
import TestPostgres
import Testing

@testable import SLOStore

/// The databases behind `LedgerStore`.
enum Backend: CaseIterable {
    /// A SQLite file.
    case file
    /// A term of a cluster's store in memory.
    case memory
    /// A term of a cluster's store in PostgreSQL.
    case postgres

    /// Those that have readers.
    static let readable: [Backend] = [.file, .postgres]
}

/// A database of its own for each test, which is opened again and again.
final class StorePlace: Sendable {
    private let opening: @Sendable (@escaping StoreFault) throws -> any LedgerStore
    private let readers: ReaderSource?
    private let administrator: (any Administrator)?

    init(_ backend: Backend) throws {
        switch backend {
        case .file:
            let scratch = try Scratch()
            let file = OpenFile()
            opening = { try file.note(scratch.open(fault: $0)) }
            readers = ReaderSource(path: scratch.database)
            administrator = file
        case .memory:
            let cluster = MemoryCluster(clock: ManualClock(at: Timestamp(seconds: 1_795_341_600)))
            opening = { fault in
                let connection = cluster.connection { operation, point in
                    if [.commit, .renew].contains(operation) { try fault(point) }
                }
                return try #require(try connection.claim(by: "node"), "the store that was opened before is not closed")
            }
            readers = nil
            administrator = nil
        case .postgres:
            let address = try TestPostgres.shared().database()
            let cluster = try PostgresCluster(PostgresAddress(address), at: Timestamp(seconds: 1_795_341_600))
            opening = { fault in
                // What claims is not disturbed.
                let isClaimed = Atomic<Bool>(false)
                let lease = cluster.lease { if isClaimed.load(ordering: .relaxed) { try fault($0) } }
                let term = try #require(try lease.claim(by: "node"), "the store that was opened before is not closed")
                isClaimed.store(true, ordering: .relaxed)
                return term
            }
            readers = ReaderSource(try PostgresAddress(address))
            administrator = ClusterAdministrator(address: address)
        }
    }

    func open(fault: @escaping StoreFault = { _ in }) throws -> any LedgerStore { try opening(fault) }

    func reader() throws -> any StoreReading { try #require(readers).open() }

    /// Runs SQL that both databases understand, while a store is open.
    /// - Returns: the first column of what it selects.
    @discardableResult
    func run(_ sql: String) throws -> [Int64] { try #require(administrator).run(sql) }

    func counts(_ tables: String...) throws -> [String: Int] {
        let counts = try tables.map { Int(try run("SELECT count(*) FROM \($0)")[0]) }
        return Dictionary(uniqueKeysWithValues: zip(tables, counts))
    }
}

private protocol Administrator: Sendable {
    func run(_ sql: String) throws -> [Int64]
}

/// Uses the connection of the store that was opened last: the file is locked for others.
private final class OpenFile: Administrator {
    private let store = Mutex<SQLiteStore?>(nil)

    func note(_ opened: SQLiteStore) -> SQLiteStore {
        store.withLock { $0 = opened }
        return opened
    }

    func run(_ sql: String) throws -> [Int64] {
        try #require(store.withLock { $0 }).queue.write { try Int64.fetchAll($0, sql: sql) }
    }
}

private struct ClusterAdministrator: Administrator {
    let address: String

    func run(_ sql: String) throws -> [Int64] {
        let address = try PostgresAddress(address + " options=-csearch_path=packit_slo")
        let connection = try PostgresConnection(to: address, applicationName: "administrator")
        return try connection.run([PostgresStatement(sql)])[0].rows.compactMap { $0.integer(0) }
    }
}

extension PostgresAddress {
    /// A database of its own.
    static func ofTest() throws -> PostgresAddress { try PostgresAddress(TestPostgres.shared().database()) }
}
