import Foundation
import SLOCore

/// One generated history, run through the product and through something that must give the same result.
public struct Trial: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// The ledger on a disordered history, compared with the reference model.
        case ledger
        /// The ledger with very low limits, compared with an undisturbed one.
        case room
        /// The whole service on a failing disk, compared with an undisturbed replay.
        case service
        /// Several nodes on one store in memory, with cut connections, pauses and deaths, compared with an undisturbed
        /// replay of what they received.
        case cluster
        /// The ledger on a month under twelve objectives, compared with the reference model. It takes a minute.
        case month
    }

    public let kind: Kind
    public let seed: UInt64

    /// The statistics of a successful trial.
    public struct Tally: Sendable {
        public var events = 0
        public var mishaps = 0

        public init(events: Int = 0, mishaps: Int = 0) {
            self.events = events
            self.mishaps = mishaps
        }
    }

    /// How a trial failed.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public init(_ kind: Kind, seed: UInt64) {
        self.kind = kind
        self.seed = seed
    }

    /// - Throws: `Failure`.
    public func run() async throws -> Tally {
        switch kind {
        case .ledger: try LedgerTrial(seed: seed).run()
        case .room: try RoomTrial(seed: seed).run()
        case .service: try await runService()
        case .cluster: try ClusterTrial(seed: seed).run()
        case .month: try MonthTrial(seed: seed).run()
        }
    }

    // MARK: - The whole service

    private func runService() async throws -> Tally {
        var random = SeededGenerator(seed: seed)
        var disorder = Disorder(drawnBy: &random)
        // The run controls the clock by the entries, and the disk ends the processes.
        disorder.outages = .init()
        let history = disorder.applied(
            to: HistoryGenerator(seed: random.next(), shape: .small).history(), by: &random)
        guard let last = history.entries.last else { return Tally() }
        let end = last.receivedAt + .days(9)
        let mishaps = random.pick([0.02, 0.1, 0.5])
        let folder = FileManager.default.temporaryDirectory.appending(path: "packit-slo-simulation-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let result = try await ServiceRun(folder: folder, mishaps: mishaps)
                .result(of: history, until: end, random: random)
            let expected = try ServiceRun.undisturbed(history, until: end, blindIntervals: result.blindIntervals)
            let differences = Self.differences(result.decided, expected)
            guard differences.isEmpty else { throw Failure(description: differences.joined(separator: "\n")) }
            return Tally(events: result.deliveries, mishaps: result.mishaps)
        } catch {
            throw Failure(description: "\(disorder); mishaps at \(mishaps) of the deliveries\n\(error)")
        }
    }

    static func differences(_ own: [String], _ expected: [String]) -> [String] {
        Set(own).symmetricDifference(expected).sorted().map { (own.contains($0) ? "+ " : "- ") + $0 }
    }
}
