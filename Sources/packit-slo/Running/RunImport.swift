import Logging
import SLOConditions
import SLOConfiguration
import SLOCore
import SLORecordings
import SLOService
import SLOSources
import SLOStore

/// Imports recordings into the configured database.
/// - Parameter end: deliveries received after it are not imported.
func runImport(of paths: [String], until end: Timestamp?, _ configuration: Configuration) throws {
    let reader = try RecordingReader(paths: paths)
    guard let first = try reader.next(), first.receivedAt <= end ?? first.receivedAt else {
        throw CommandFailure(
            "nothing to import: the recordings have no deliveries\(end.map { " until \($0.rfc3339)" } ?? "")")
    }
    var progress = Progress()
    let imported = try fillDatabase(at: configuration.database, configuration, from: first.receivedAt) { importer in
        defer { progress.clear() }
        var next: RecordedDelivery? = first
        while let recorded = next, recorded.receivedAt <= end ?? recorded.receivedAt {
            try importer.take(ReceivedDelivery(recorded))
            progress.show("\(importer.deliveries) deliveries, \(importer.now.rfc3339)")
            next = try reader.next()
        }
        try importer.advance(to: end ?? importer.now + configuration.ledgerSettings.longestInitialStatusWait)
    }
    reader.complainOfClock()
    Terminal.note("imported \(imported) deliveries into \(configuration.database)")
}

/// Makes a new database of what `feed` lets an importer decide.
/// - Parameter sampling: how long after a moment the conditions are evaluated again.
/// - Returns: how many deliveries it took.
func fillDatabase(
    at path: String, _ configuration: Configuration, from start: Timestamp,
    sampling: @escaping (Timestamp) -> TimeSpan = { _ in SampleHistory.interval }, feed: (Importer) throws -> Void
) throws -> Int64 {
    let database = try NewDatabase(at: path, startedAt: WallClock.now)
    do {
        var logger = Logger(configuration)
        // What the server would have told then is in the database.
        logger.logLevel = max(logger.logLevel, .warning)
        let importer = try Importer(
            into: database, settings: try ServiceSettings(configuration), credentials: try Credentials(configuration),
            from: start, sampling: sampling, logger: logger)
        try feed(importer)
        try importer.finish()
        try database.complete()
        return importer.deliveries
    } catch {
        database.discard()
        throw error
    }
}
