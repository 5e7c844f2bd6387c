import SLOConfiguration
import SLOCore
import SLOService
import SLOStore
import SLOQueries
import SLOReplay

/// The options of a report.
struct ReportRequest {
    let input: ReplayInput
    /// The configured settings.
    let configuration: Configuration
    /// The settings to compare with, and the options that set them; empty without a comparison.
    let whatIf: Configuration
    let assignments: [ConfigurationOverride]
    let at: Timestamp?
    let format: ReportFormat
    /// Whether it is for people who may not see the names of private repositories.
    let hidesPrivate: Bool
}

func runReport(_ request: ReportRequest) throws {
    let report: Report
    switch request.input {
    case .recordings(let paths):
        report = try backtest(of: paths, request)
    case .journal:
        let store = try request.configuration.readers().open()
        report =
            request.assignments.isEmpty
            ? try reportOfDatabase(store, request) : try backtest(of: store, request)
        try store.close()
    }
    try Output.standardOutput.write(Array(report.text(as: request.format).utf8))
}

/// The report of what the server judged.
private func reportOfDatabase(_ store: any StoreReading, _ request: ReportRequest) throws -> Report {
    let at = request.at ?? WallClock.now
    let lastHeartbeat = try store.journalExtent().lastHeartbeat
    let isPresent = lastHeartbeat.map { at >= $0 } ?? true
    var report = try Report(
        from: store, settings: request.configuration.ledgerSettings, at: at, looksBack: true,
        showsOpenWork: isPresent && !request.hidesPrivate, hidesPrivate: request.hidesPrivate)
    if request.hidesPrivate { return report }
    if !isPresent {
        report.notes.append(
            "Work that was open at that time is not listed: the database knows only what is open now. With --set, the journal is used."
        )
    }
    if isPresent, let lastHeartbeat, at - lastHeartbeat > .minutes(1) {
        report.notes.append(
            "No server has written since \(Formatting.time(lastHeartbeat)): open work is as of then.")
    }
    return report
}

/// The journal, judged with other settings.
private func backtest(of store: any StoreReading, _ request: ReportRequest) throws -> Report {
    let journal = try JournalInput(store)
    let at = request.at ?? WallClock.now
    var replays = try request.replays()
    try journal.feed(&replays, until: at)
    if let heartbeat = journal.extent.lastHeartbeat, at < heartbeat {
        for place in replays.indices { replays[place].advance(through: at) }
    }
    var report = request.report(of: replays, basis: .journal, at: at, blindIntervals: try store.blindIntervals())
    if !journal.extent.isWhole {
        report.noteBeginning(journal.extent.beginsAt, of: "The journal", request.whatIf.ledgerSettings)
    }
    report.noteIdleSettings(request.assignments)
    return report
}

/// Recordings, judged with the configured settings or others.
private func backtest(of paths: [String], _ request: ReportRequest) throws -> Report {
    var replays = try request.replays()
    let beginsAt = try RecordingInput(paths: paths).feed(&replays, until: request.at)
    let last = replays.map { $0.now + $0.settings.longestInitialStatusWait }.max()
    let at = request.at ?? last ?? WallClock.now
    for place in replays.indices { replays[place].advance(through: at) }
    var report = request.report(of: replays, basis: .recordings, at: at, blindIntervals: [])
    report.noteBeginning(beginsAt, of: "The recording", request.whatIf.ledgerSettings)
    return report
}

extension ReportRequest {
    /// One replay with the configured settings and, for a comparison, another one, which is last, with the other
    /// settings.
    fileprivate func replays() throws -> [SLOReplay.Replay] {
        let configurations = assignments.isEmpty ? [configuration] : [configuration, whatIf]
        return try configurations.map { try SLOReplay.Replay($0, keepsHistory: true) }
    }

    fileprivate func report(
        of replays: [SLOReplay.Replay], basis: Report.Basis, at: Timestamp, blindIntervals: [BlindInterval]
    ) -> Report {
        var reports = replays.map { $0.report(basis: basis, at: at, blindIntervals: blindIntervals) }
        var report = reports.removeLast()
        if let asItWas = reports.first {
            report.comparison = Report.Comparison(
                settings: assignments.map { .init(key: $0.key, value: $0.shownValue) }, asItWas: asItWas.standings)
        }
        return report
    }
}

extension Report {
    /// Adds a note if the input begins too late to know what was open, and which repositories were handled, when the
    /// window began.
    fileprivate mutating func noteBeginning(_ beginsAt: Timestamp?, of what: String, _ settings: LedgerSettings) {
        guard let beginsAt, beginsAt > at - settings.longestWindow - settings.learnedWindow else { return }
        notes.append(
            "\(what) begins at \(Formatting.time(beginsAt)): work that was open before is missing, and it is unknown which "
                + "repositories had been handled before.")
    }

    /// Adds a note about settings without effect: a journal contains observations that are already decoded.
    fileprivate mutating func noteIdleSettings(_ assignments: [ConfigurationOverride]) {
        let judging = ["objectives.", "handled.", "jobs.", "limits."]
        let idle = assignments.map(\.key).filter { key in !judging.contains { key.hasPrefix($0) } }
        guard !idle.isEmpty else { return }
        notes.append(
            "\(idle.joined(separator: ", ")): no effect on a journal, whose entries were decoded when they were written."
        )
    }

    fileprivate func text(as format: ReportFormat) -> String {
        switch format {
        case .json: PlainText.json(json)
        case .text: ReportPage(self).text
        case .markdown: ReportPage(self).markdown
        case .html: ReportPage(self).html
        }
    }
}
