public import SLOCore

/// Generates histories that resemble what GitHub, Packit, Copr and Testing Farm send. The same seed and shape give the
/// same history on every machine.
public struct HistoryGenerator: Sendable {
    /// The settings by which the history is judged.
    public let settings: LedgerSettings
    /// The same with the mission's objectives only, which the stories know.
    private let toldSettings: LedgerSettings
    private let shape: HistoryShape
    private let begins: Int64
    private let span: Int64
    private let random: SeededGenerator
    /// For what some seeds are without.
    private let further: SeededGenerator

    public init(seed: UInt64, shape: HistoryShape) {
        var random = SeededGenerator(seed: seed, for: "history")
        var further = SeededGenerator(seed: seed, for: "further")
        self.shape = shape.mixed(by: &random, further: &further)
        self.further = further
        var settings = shape.variesSettings ? .drawn(by: &random, collides: shape.collides) : LedgerSettings()
        if shape.tellsMore, random.chance(0.4) { settings.map(by: &random) }
        span = random.pick(shape.spans).wholeSeconds
        toldSettings = settings
        var forObjectives = SeededGenerator(seed: seed, for: "objectives")
        if shape.variesSettings { settings.drawObjectives(by: &forObjectives) }
        var forReports = SeededGenerator(seed: seed, for: "objectives of reports")
        if shape.variesSettings { settings.drawReportObjectives(by: &forReports) }
        var forFurther = SeededGenerator(seed: seed, for: "further objectives")
        if shape.variesSettings { settings.drawFurtherObjectives(by: &forFurther) }
        self.settings = settings
        begins = Self.epoch + random.whole(0...86400)
        self.random = random.fork()
    }

    /// The whole history. `stream` generates it in constant memory.
    public func history() -> History {
        History(settings: settings, entries: Array(stream()))
    }

    /// The entries one by one, in constant memory.
    public func stream() -> HistoryStream {
        HistoryStream(shape, toldSettings, begins: begins, span: span, random: random, further: further)
    }

    /// 1 November 2026, 00:00 UTC.
    private static let epoch: Int64 = 1_793_491_200
}

extension LedgerSettings {
    fileprivate static func drawn(by random: inout SeededGenerator, collides: Bool) -> LedgerSettings {
        var settings = LedgerSettings()
        settings.deployments = random.pick([
            [Deployment("prod"), Deployment("stg")], [Deployment("prod"), Deployment("stg")],
            [Deployment("stg"), Deployment("prod")], [Deployment("prod")],
        ])
        settings.policy = random.pick(Policy.allCases)
        if random.chance(0.5) { settings.listedRepositories = [collides ? random.pick(["a/*", "A-B/c"]) : "fennel/*"] }
        if random.chance(0.2) {
            settings.ignoredRepositories = [collides ? random.pick(["a-b/c-?", "moved/*"]) : "mallow/*"]
        }
        settings[.initialStatus]?.deadline = random.pick([.seconds(15), .seconds(15), .seconds(25), .seconds(5)])
        settings[.initialStatus]?.grace = random.pick([.minutes(5), .minutes(5), .minutes(1), .hours(1)])
        settings.learnedWindow = random.pick([.days(30), .days(1), .hours(1)])
        settings[.builds]?.deadline = random.pick([.hours(12), .hours(12), .hours(1)])
        settings[.testRuns]?.deadline = random.pick([.hours(12), .hours(12), .minutes(30)])
        settings.settle = random.pick([.minutes(2), .minutes(2), .seconds(20), .minutes(15)])
        settings.joinWait = random.pick([.minutes(15), .minutes(15), .minutes(1), .hours(2)])
        settings.horizon = random.pick([.days(7), .days(7), .days(2), .hours(13)])
        return settings
    }

    /// Configures the custom projects of `Place`.
    fileprivate mutating func map(by random: inout SeededGenerator) {
        coprProjects = [
            random.pick([
                CoprProjectRule(projects: "@group/*", repository: "a-b/c"),
                CoprProjectRule(projects: "packit/copr", repository: "a/b-c"),
                CoprProjectRule(projects: "*/nightly", repository: "moved/project-0"),
            ])
        ]
    }
}
