import SLOConfiguration
import SLOCore
import SLOMetrics
import SLORecordings
import SLOService
import SLOSources

/// Feeds the recordings through the core and prints what they yield.
func runReplay(_ request: ReplayRequest) async throws {
    let configuration = request.configuration
    var replay = SLOService.Replay(
        settings: configuration.ledgerSettings, sources: SourceSettings(configuration),
        rules: try RuleBook(configuration), credentials: try Credentials(configuration), version: PackitSLO.version)
    try feed(&replay, request)
    let settings = configuration.ledgerSettings
    switch request.end {
    case .at(let time): replay.advance(through: time)
    case .whenNothingIsDue: replay.advanceToEnd()
    case .afterLastDelivery:
        replay.advance(through: replay.now + settings.initialStatusDeadline + settings.initialStatusGrace)
    }
    try Output.standardOutput.write(output(of: replay, request.format, settings))
}

private func feed(_ replay: inout SLOService.Replay, _ request: ReplayRequest) throws {
    let reader = try RecordingReader(paths: request.paths)
    var progress = Progress()
    while let recorded = try reader.next() {
        if case .at(let end) = request.end, recorded.receivedAt > end { break }
        replay.feed(ReplayedDelivery(recorded))
        progress.show("\(replay.deliveries) deliveries, \(replay.now.rfc3339)")
    }
    progress.clear()
    if reader.clockStepsBack > 0 {
        Terminal.complain("the recording's clock went back \(reader.clockStepsBack) times; it was held there")
    }
}

private func output(
    of replay: SLOService.Replay, _ format: ReplayFormat, _ settings: LedgerSettings
) -> [UInt8] {
    switch format {
    case .metrics: replay.metrics.render(format: .text, now: replay.now, include: .deterministic)
    case .summary: Array(ReplaySummary(replay, settings).table.utf8)
    case .json: Array(ReplaySummary(replay, settings).json.utf8)
    }
}

extension ReplayedDelivery {
    init(_ recorded: RecordedDelivery) {
        self.init(
            receivedAt: recorded.receivedAt, source: recorded.source, headers: WebhookHeaders(recorded.headers),
            body: recorded.body)
    }
}

extension WebhookHeaders {
    /// A recording's headers; one without a content type is JSON.
    init(_ headers: RecordedHeaders) {
        self.init(
            contentType: headers["Content-Type"] ?? "application/json", event: headers["X-GitHub-Event"],
            delivery: headers["X-GitHub-Delivery"], signature: headers["X-Hub-Signature-256"],
            hookTargetType: headers["X-GitHub-Hook-Installation-Target-Type"],
            hookTargetID: headers["X-GitHub-Hook-Installation-Target-ID"])
    }
}
