import SLOConfiguration
import SLOCore
import SLOMetrics
import SLOService
import SLOSources
import SLOStore
import SLOReplay

/// Replays recordings or the journal, and prints the results.
func runReplay(_ request: ReplayRequest) async throws {
    let settings = request.configuration.ledgerSettings
    var replays = [try SLOReplay.Replay(request.configuration)]
    switch request.input {
    case .recordings(let paths):
        try RecordingInput(paths: paths).feed(&replays, until: request.end.time)
    case .journal:
        let store = try request.configuration.readers().open()
        try JournalInput(store).feed(&replays, until: request.end.time)
        try store.close()
    }
    for place in replays.indices {
        switch (request.end, request.input) {
        case (.at(let time), _): replays[place].advance(through: time)
        case (.whenNothingIsDue, _): replays[place].advanceToEnd()
        case (.afterLastDelivery, .recordings):
            replays[place].advance(
                through: replays[place].now + settings.longestInitialStatusWait)
        case (.afterLastDelivery, .journal): break
        }
        if replays[place].erasedEntries > 0 {
            Terminal.complain(
                "\(replays[place].erasedEntries) entries of the journal were erased: what they said is not in these numbers"
            )
        }
        if let complaint = ReplaySummary(replays[place], settings).complaint { Terminal.complain(complaint) }
        try Output.standardOutput.write(output(of: replays[place], request.format, settings))
    }
}

private func output(
    of replay: SLOReplay.Replay, _ format: ReplayFormat, _ settings: LedgerSettings
) -> [UInt8] {
    switch format {
    case .metrics: replay.metrics.render(format: .text, now: replay.now, include: .deterministic)
    case .summary: Array(ReplaySummary(replay, settings).table.utf8)
    case .json: Array(ReplaySummary(replay, settings).json.utf8)
    }
}

extension SLOReplay.Replay {
    init(_ configuration: Configuration, keepsHistory: Bool = false) throws {
        self.init(
            settings: configuration.ledgerSettings, sources: SourceSettings(configuration),
            rules: try RuleBook(configuration), credentials: try Credentials(configuration),
            version: PackitSLO.version, keepIdentities: configuration.journal.keepIdentities,
            keepsHistory: keepsHistory)
    }
}
