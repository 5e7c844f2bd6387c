import Dispatch
import SLOCore
import SLOStore
import Synchronization

/// Makes reports for whoever asks the running service: on a thread and a connection of their own, one at a time, so
/// that neither deliveries nor other requests wait for them. A report of a few seconds ago is good enough.
final class ReportDesk: Sendable {
    private struct Made: Sendable {
        let report: Report
        /// Knows the repositories and nothing else.
        let ledger: Ledger
        /// By the clock that nobody sets.
        let at: Int64
    }

    private let database: String
    private let settings: LedgerSettings
    private let clock: ServiceClock
    private let queue = DispatchQueue(label: "packit-slo.reports")
    private let latest = Mutex<Made?>(nil)

    private static let goodForMilliseconds: Int64 = 5000

    init(database: String, settings: LedgerSettings, clock: ServiceClock) {
        self.database = database
        self.settings = settings
        self.clock = clock
    }

    /// - Returns: `nil` for a repository that nobody may be told of, or that nobody knows.
    /// - Throws: `StoreError`, `RestoreError`.
    func objectives(of repository: String?) async throws -> Report? {
        let made = try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.recent() }) }
        }
        let report = made.report.hidingNames(except: made.ledger.isPublic)
        guard let repository else { return report }
        return made.ledger.isPublic(repository) ? report.filtered(to: repository) : nil
    }

    private func recent() throws -> Made {
        let now = clock.now()
        if let made = latest.withLock({ $0 }), now.clock - made.at < Self.goodForMilliseconds { return made }
        let store = try StoreReader.open(path: database)
        let report = try Report(from: store, settings: settings, at: now.wall, looksBack: false, showsOpenWork: false)
        let repositories = try store.state(ofTable: Ledger.repositoriesTable)
        let ledger = try Ledger(settings: settings, restoring: repositories.map { ($0.key, $0.value) })
        try store.close()
        let made = Made(report: report, ledger: ledger, at: now.clock)
        latest.withLock { $0 = made }
        return made
    }
}
