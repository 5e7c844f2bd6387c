import Foundation
import SLOCore
import SLOTestSupport
import Testing

@testable import SLOStore

/// The databases behind `LedgerStore`.
enum Backend: CaseIterable {
    /// A SQLite file.
    case file
    /// A term of a cluster's store in memory.
    case memory
}

/// A database of its own for each test, which is opened again and again.
final class StorePlace: Sendable {
    private let opening: @Sendable (@escaping StoreFault) throws -> any LedgerStore

    init(_ backend: Backend) throws {
        switch backend {
        case .file:
            let scratch = try Scratch()
            opening = { try scratch.open(fault: $0) }
        case .memory:
            let cluster = MemoryCluster(clock: ManualClock(at: Timestamp(seconds: 1_795_341_600)))
            opening = { fault in
                let connection = cluster.connection { operation, point in
                    if [.commit, .renew].contains(operation) { try fault(point) }
                }
                return try #require(try connection.claim(by: "node"), "the store that was opened before is not closed")
            }
        }
    }

    func open(fault: @escaping StoreFault = { _ in }) throws -> any LedgerStore { try opening(fault) }
}
