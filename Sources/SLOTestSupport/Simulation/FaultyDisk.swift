import Foundation
import SLOStore
import Synchronization

/// A disk that fails at a commit, or at which the process dies.
final class FaultyDisk: Sendable {
    enum Mishap: Equatable, Sendable, CustomStringConvertible {
        /// The next commit fails at this point, later ones succeed.
        case failure(StoreFaultPoint)
        /// The process dies at this point: the next one finds what is on disk then.
        case death(StoreFaultPoint)

        static let all: [Mishap] =
            [.beforeTransaction, .beforeCommit, .insteadOfCommit, .afterCommit].flatMap { [.failure($0), .death($0)] }

        var point: StoreFaultPoint {
            switch self {
            case .failure(let point), .death(let point): point
            }
        }

        var description: String {
            switch self {
            case .failure(let point): "a failure at \(point.rawValue)"
            case .death(let point): "death at \(point.rawValue)"
            }
        }
    }

    private struct State {
        var mishap: Mishap?
        var isDead = false
        var problem: String?
    }

    private let state = Mutex(State())
    private let database: String
    private let inheritance: String

    /// - Parameters:
    ///   - database: the path of the failing process's database.
    ///   - inheritance: the path at which the next process finds it.
    init(database: String, inheritance: String) {
        self.database = database
        self.inheritance = inheritance
    }

    var isDead: Bool { state.withLock { $0.isDead } }
    /// Why the files could not be copied.
    var problem: String? { state.withLock { $0.problem } }

    /// Sets what happens at the next commit.
    func arm(_ mishap: Mishap) {
        state.withLock { $0.mishap = mishap }
    }

    func disarm() {
        state.withLock { $0.mishap = nil }
    }

    /// The store's fault injection.
    func pass(_ point: StoreFaultPoint) throws {
        try state.withLock { state in
            if state.isDead { throw StoreError(code: .inputOutput, message: "the process has ended") }
            guard let mishap = state.mishap, mishap.point == point else { return }
            state.mishap = nil
            switch mishap {
            case .failure: throw StoreError(code: .inputOutput, message: "the disk failed at \(point.rawValue)")
            case .death:
                state.isDead = true
                do { try leaveBehind() } catch { state.problem = "\(error)" }
                throw StoreError(code: .inputOutput, message: "the process ended at \(point.rawValue)")
            }
        }
    }

    /// Copies the files as they are now. The log's index is rebuilt on opening.
    private func leaveBehind() throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: database + suffix) {
            try FileManager.default.copyItem(atPath: database + suffix, toPath: inheritance + suffix)
        }
    }
}
