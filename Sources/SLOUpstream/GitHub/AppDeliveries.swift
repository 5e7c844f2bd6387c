internal import Logging
internal import SLOCore
internal import SLOService

/// Reads GitHub's list of the deliveries to a watched App at intervals (docs/counting.md, rule 52).
final class AppDeliveries: Sendable {
    private let app: WatchedAppSettings
    private let interval: TimeSpan
    private let journal: any AppDeliveryJournal
    private let logger: Logger
    private let surroundings: UpstreamSurroundings

    /// - Throws: `AppKeyError` if the key cannot be read now.
    init(
        _ app: WatchedAppSettings, interval: TimeSpan, journal: any AppDeliveryJournal, logger: Logger,
        surroundings: UpstreamSurroundings
    ) throws {
        _ = try app.key.key()
        self.app = app
        self.interval = interval
        self.journal = journal
        self.logger = logger
        self.surroundings = surroundings
    }

    /// Runs until its task is cancelled.
    func run(_ client: UpstreamClient) async {
        var reader = AppDeliveryReader(
            AppDeliveryList(of: app.key, client: client, surroundings: surroundings), app: app.key.app,
            deployment: app.deployment, interval: interval, journal: journal, clock: surroundings.clock)
        let failures = ChangedFailures(
            logger, failing: "GitHub's list of the deliveries to \(app.slug) cannot be read",
            working: "GitHub's list of the deliveries to \(app.slug) can be read again")
        await surroundings.repeating(every: interval, noting: failures) {
            report(try await reader.read())
            return interval
        }
    }

    private func report(_ reading: AppDeliveryReader<AppDeliveryList>.Report) {
        if reading.isCut {
            logger.warning(
                "GitHub's list of the deliveries to \(app.slug) is too long: the oldest are not counted",
                metadata: ["pages": "\(reading.pages)"])
        }
        if reading.isFirst {
            logger.info(
                "GitHub's list of the deliveries to \(app.slug) is read",
                metadata: ["pages": "\(reading.pages)", "new": "\(reading.counted)"])
        }
    }
}
