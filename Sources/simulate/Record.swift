import ArgumentParser
import Foundation
import SLOTestSupport

/// Writes a generated history as a recording.
struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a generated history as a recording, with deliveries spread evenly and few irregularities.",
        discussion: """
            EXAMPLE
              swift run -c release simulate record --deliveries 1000000 --days 28 > month.jsonl
            """
    )

    @Option(help: "The approximate number of deliveries.")
    var deliveries = 1_000_000

    @Option(help: "The number of days.")
    var days: Int64 = 28

    @Option(help: "The seed of the history.")
    var seed: UInt64 = 1

    @Option(help: "The least size of pull request bodies in bytes; GitHub's have about 23,000.")
    var pullRequestBytes = 0

    private static let chunkBytes = 1 << 20

    func run() throws {
        let writer = PayloadWriter(pullRequestBytes: pullRequestBytes)
        let stream = HistoryGenerator(seed: seed, shape: .steady(deliveries: deliveries, days: days)).stream()
        var lines: [UInt8] = []
        for (index, entry) in stream.enumerated() {
            writer.payload(of: entry, index: index)?.write(to: &lines)
            if lines.count >= Self.chunkBytes { try write(&lines) }
        }
        try write(&lines)
    }

    private func write(_ lines: inout [UInt8]) throws {
        try FileHandle.standardOutput.write(contentsOf: lines)
        lines.removeAll(keepingCapacity: true)
    }
}
