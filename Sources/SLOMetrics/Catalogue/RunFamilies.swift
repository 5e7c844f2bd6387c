import SLOCore

/// The families of one kind of run: a row for each step.
struct RunFamilies: Sendable {
    let queued: MetricFamily
    let started: MetricFamily
    let finished: MetricFamily
    /// From queued to finished.
    let duration: MetricFamily
    /// From queued to started.
    let startDuration: MetricFamily
    /// From the end at the backend to its being shown at GitHub.
    let reportDuration: MetricFamily
    let unfinished: MetricFamily
    let overdue: MetricFamily

    /// - Parameters:
    ///   - plural: as in the names of counters and gauges.
    ///   - singular: as in the names of histograms.
    ///   - words: for people.
    private init(plural: String, singular: String, words: String) {
        let title = words.prefix(1).uppercased() + words.dropFirst()
        queued = .counter("packit_\(plural)_queued_total", ["deployment"], "\(title) queued.")
        started = .counter("packit_\(plural)_started_total", ["deployment"], "\(title) started.")
        finished = .counter(
            "packit_\(plural)_finished_total", ["deployment", "outcome"], "\(title) finished, by outcome.")
        duration = .histogram(
            "packit_\(singular)_duration_seconds", ["deployment", "outcome"], bounds: MetricsCatalogue.runBounds,
            "Time from queued to finished for \(words), by outcome.")
        startDuration = .histogram(
            "packit_\(singular)_start_duration_seconds", ["deployment"], bounds: MetricsCatalogue.startBounds,
            "Time from queued to started for finished \(words) of which both are known.")
        reportDuration = .histogram(
            "packit_\(singular)_report_duration_seconds", ["deployment"], bounds: MetricsCatalogue.reportBounds,
            "Time from the end at the backend until GitHub shows it, for finished \(words) whose join is proven.")
        unfinished = .gauge("packit_\(plural)_unfinished", ["deployment"], "Unfinished \(words).")
        overdue = .gauge(
            "packit_\(plural)_overdue", ["deployment"],
            "Unfinished \(words) that are older than the deadline of their objective.")
    }

    private static let builds = RunFamilies(plural: "builds", singular: "build", words: "builds")
    private static let testRuns = RunFamilies(plural: "test_runs", singular: "test_run", words: "test runs")

    static func of(_ kind: RunKind) -> RunFamilies {
        switch kind {
        case .build: builds
        case .testRun: testRuns
        }
    }

    /// Step by step, so that a step of all kinds stands together in the exposition.
    static let all: [MetricFamily] = {
        let kinds = RunKind.allCases.map(of)
        return kinds.map(\.queued) + kinds.map(\.started) + kinds.map(\.finished) + kinds.map(\.duration)
            + kinds.map(\.startDuration) + kinds.map(\.reportDuration) + kinds.map(\.unfinished) + kinds.map(\.overdue)
    }()
}
