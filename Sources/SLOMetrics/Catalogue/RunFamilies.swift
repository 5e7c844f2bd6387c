import SLOCore

/// The families of one kind of run: a row for each step.
struct RunFamilies: Sendable {
    let queued: MetricFamily
    let started: MetricFamily
    let finished: MetricFamily
    /// From queued to finished.
    let duration: MetricFamily
    /// From queued to started. Not of other jobs.
    let startDuration: MetricFamily
    /// From the end at the backend to its being shown at GitHub. Not of other jobs.
    let reportDuration: MetricFamily
    let unfinished: MetricFamily
    let overdue: MetricFamily

    /// - Parameters:
    ///   - plural: as in the names of counters and gauges.
    ///   - singular: as in the names of histograms.
    ///   - words: for people.
    ///   - labels: which tell its runs apart, besides the deployment.
    private init(plural: String, singular: String, words: String, labels: [String] = []) {
        let title = words.prefix(1).uppercased() + words.dropFirst()
        let labels = ["deployment"] + labels
        let byLabels = labels.dropFirst().reduce("") { $0 + ", by \($1)" }
        queued = .counter("packit_\(plural)_queued_total", labels, "\(title) queued\(byLabels).")
        started = .counter("packit_\(plural)_started_total", labels, "\(title) started\(byLabels).")
        finished = .counter(
            "packit_\(plural)_finished_total", labels + ["outcome"], "\(title) finished\(byLabels), by outcome.")
        duration = .histogram(
            "packit_\(singular)_duration_seconds", labels + ["outcome"], bounds: MetricsCatalogue.runBounds,
            "Time from queued to finished for \(words)\(byLabels), by outcome\(labels.count > 1 ? ", absent until the first" : "")."
        )
        startDuration = .histogram(
            "packit_\(singular)_start_duration_seconds", ["deployment"], bounds: MetricsCatalogue.startBounds,
            "Time from queued to started for finished \(words) of which both are known.")
        reportDuration = .histogram(
            "packit_\(singular)_report_duration_seconds", ["deployment"], bounds: MetricsCatalogue.reportBounds,
            "Time from the end at the backend until GitHub shows it, for finished \(words) whose join is proven.")
        unfinished = .gauge("packit_\(plural)_unfinished", labels, "Unfinished \(words)\(byLabels).")
        overdue = .gauge(
            "packit_\(plural)_overdue", labels,
            "Unfinished \(words) that are older than the deadline of their objective\(byLabels).")
    }

    private static let builds = RunFamilies(plural: "builds", singular: "build", words: "builds")
    private static let testRuns = RunFamilies(plural: "test_runs", singular: "test_run", words: "test runs")
    private static let jobs = RunFamilies(
        plural: "jobs", singular: "job", words: "runs of other jobs", labels: ["kind"])

    static func of(_ kind: RunKind) -> RunFamilies {
        switch kind {
        case .build: builds
        case .testRun: testRuns
        case .job: jobs
        }
    }

    /// Step by step, so that a step of all kinds stands together in the exposition.
    static let all: [MetricFamily] = {
        let kinds = RunKind.allCases.map(of)
        return kinds.map(\.queued) + kinds.map(\.started) + kinds.map(\.finished) + kinds.map(\.duration)
            + [builds, testRuns].map(\.startDuration) + [builds, testRuns].map(\.reportDuration)
            + kinds.map(\.unfinished) + kinds.map(\.overdue)
    }()
}

extension RunGroup {
    /// All that have series from the start.
    /// - Parameter jobs: the kinds of other jobs.
    static func all(_ jobs: [JobKind]) -> [RunGroup] { [.build, .testRun] + jobs.map(RunGroup.job) }

    var families: RunFamilies { .of(kind) }

    /// The values of the labels of its series.
    func labels(_ deployment: Deployment) -> [String] { [deployment.label] + (jobKind.map { [$0.label] } ?? []) }
}
