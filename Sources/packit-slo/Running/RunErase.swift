import Foundation
import Logging
import SLOConfiguration
import SLOCore
import SLOService
import SLOStore

/// Whether data may be erased.
enum ErasureConsent {
    case given
    /// Ask on the terminal, once it is known what would be erased.
    case asked
    /// Erase nothing.
    case dryRun
}

/// Erases a target from the configured database.
func runErase(_ target: ErasureTarget, _ configuration: Configuration, consent: ErasureConsent) throws {
    guard configuration.cluster.database == nil else {
        throw CommandFailure(
            "erase works on a file, and this configuration is of a cluster's node (cluster.database): stop all nodes, "
                + "bring the database into a file with packit-slo move, erase there without cluster.database, and move "
                + "the file into a new database; then drop the old one and the nodes' cluster.spool folders",
            code: .misconfigured)
    }
    if consent == .asked, isatty(STDIN_FILENO) != 1 {
        throw CommandFailure("there is no terminal to ask on: use --yes to erase, or --dry-run")
    }
    let path = configuration.database
    let store = try SQLiteStore.openExisting(path: path, startedAt: WallClock.now)
    var logger = Logger(configuration)
    logger.logLevel = max(logger.logLevel, .warning)
    let eraser = Eraser(target, from: store, settings: try ServiceSettings(configuration), logger: logger)
    if consent != .given {
        Terminal.note("\(path) has of \(target.words): \(try run(eraser, isDryRun: true).summary)")
        guard consent == .asked, try agrees(to: "Erase it for good? [y/N] ") else { return try store.close() }
    }
    let result = try run(eraser, isDryRun: false)
    try store.close()
    Terminal.note("erased \(target.words) from \(path): \(result.summary)")
    for line in unreached(besides: path) { Terminal.note(line) }
}

private func run(_ eraser: Eraser, isDryRun: Bool) throws -> Eraser.Result {
    var progress = Progress()
    defer { progress.clear() }
    return try eraser.run(at: WallClock.now, isDryRun: isDryRun) { step in progress.show(step) }
}

private func agrees(to question: String) throws -> Bool {
    try Output.standardOutput.write(Array(question.utf8))
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}

/// Copies that the command does not touch, as far as they are beside the database, and the others.
private func unreached(besides path: String) -> [String] {
    SQLiteStore.copies(beside: path).map { "delete this older copy yourself: \($0)" }
        + ["backups, recordings and logs are as they were: delete those that have the name"]
}

extension ErasureTarget {
    fileprivate var words: String {
        switch self {
        case .repository(let name): "the repository \(name)"
        case .login(let name): "the login \(name)"
        }
    }
}

extension Eraser.Result {
    /// In numbers, for people.
    var summary: String {
        guard !isEmpty else { return "nothing" }
        let parts: [(Int64, String)] = [
            (deliveries, "deliveries and replies"), (bodies, "bodies"),
            (renamedDeliveries, "deliveries of other repositories, stored without the name"),
            (Int64(rows.changes), "changes"), (Int64(rows.runs), "runs"),
            (Int64(rows.judgements), "judgements, kept without names"),
            (Int64(rows.timeNotes), "notes on times, kept without the name"),
            (Int64(state.repositories), "tracked repositories"),
            (Int64(state.entities), "tracked pull requests, commits, checks and backend runs"),
            (Int64(state.excluded), "open changes and commands, which count as excluded"),
            (Int64(state.canceled), "open runs, which count as canceled"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: "; ")
    }
}
