public import SLOCore

/// The size, duration and irregularity of a history.
public struct HistoryShape: Sendable {
    public var repositories: Int
    /// The number of stories: a pull request with everything that follows, a push to a branch, a release, or a build or
    /// request without a check. Each has from 5 to some hundred observations.
    public var stories: Int
    /// The stories begin within one of these spans, chosen at random.
    public var spans: [TimeSpan]
    /// The limit of chroots per repository.
    public var chroots: Int
    /// Whether names collide: repositories with indistinguishable Copr projects, equal numbers of pull requests.
    public var collides: Bool
    /// Whether each seed has a random mixture of irregularities. With some left out, the rest is combined in more ways.
    public var mixesOddities: Bool
    /// Whether the settings are random; otherwise they are the defaults.
    public var variesSettings: Bool
    /// Whether bodies have times, closings name their head, and some custom Copr projects are configured.
    public var tellsMore = false

    private var shares: [Double]

    public init(
        repositories: Int, stories: Int, spans: [TimeSpan], chroots: Int = 2, oddities share: Double,
        collides: Bool = false, mixesOddities: Bool = false, variesSettings: Bool = false
    ) {
        self.repositories = repositories
        self.stories = stories
        self.spans = spans
        self.chroots = chroots
        self.collides = collides
        self.mixesOddities = mixesOddities
        self.variesSettings = variesSettings
        shares = [Double](repeating: share, count: Oddity.allCases.count)
        for oddity in Oddity.ofTraffic + Oddity.further { self[oddity] = 0 }
    }

    /// The share of opportunities in which it happens.
    public subscript(oddity: Oddity) -> Double {
        get { shares[oddity.rawValue] }
        set { shares[oddity.rawValue] = newValue }
    }
}

extension HistoryShape {
    /// Some dozens to a few hundred observations with collisions of all kinds.
    public static let small: HistoryShape = {
        var shape = HistoryShape(
            repositories: 3, stories: 4, spans: [.minutes(20), .hours(3), .hours(20), .days(4)], oddities: 0.15,
            collides: true, mixesOddities: true, variesSettings: true)
        // Irregularities that need another one first.
        for oddity: Oddity in [.pushedAgainAtOnce, .returnedToOldCommit, .commitOnBranch, .reopened] {
            shape[oddity] = 0.35
        }
        for oddity: Oddity in [.sharedCommit, .sharedEventID, .pushedAgain, .secondDeployment] { shape[oddity] = 0.3 }
        for oddity: Oddity in [.testFailed, .testErred, .testCanceled, .testUnclassified] { shape[oddity] = 0.25 }
        // Irregularities that end a story early.
        for oddity: Oddity in [
            .submissionFailed, .sourceFailed, .unsupportedTarget, .mergeConflict, .refused, .testSkipped,
            .testMisconfigured, .testSubmissionFailed,
        ] { shape[oddity] = 0.06 }
        for oddity in Oddity.further { shape[oddity] = 0.25 }
        shape[.commanded] = 0.4
        // No payload tells of it.
        shape[.appWatched] = 0
        return shape
    }()

    /// The same with the further irregularities of real traffic, often.
    public static let traffic: HistoryShape = {
        var shape = small
        shape.tellsMore = true
        for oddity in Oddity.ofTraffic { shape[oddity] = 0.3 }
        for oddity: Oddity in [.templatedName, .customProject, .renamed] { shape[oddity] = 0.3 }
        for oddity: Oddity in [.runAgainWhileOpen, .endBeforeStart, .fallbackStatuses, .addressed] {
            shape[oddity] = 0.3
        }
        for oddity: Oddity in [.fromFuture, .namedAlone] { shape[oddity] = 0.03 }
        shape[.appWatched] = 0.5
        return shape
    }()

    /// About a thousand observations, mostly regular.
    public static let ordinary: HistoryShape = {
        var shape = HistoryShape(
            repositories: 6, stories: 24, spans: [.days(1), .days(3)], oddities: 0.015, variesSettings: true)
        shape.addCommonThings()
        for oddity: Oddity in [.commanded, .jobRun] { shape[oddity] = 0.05 }
        return shape
    }()

    /// About this many observations spread evenly, with few irregularities, to measure growth. Use it as a stream.
    public static func steady(deliveries: Int, days: Int64) -> HistoryShape {
        var shape = HistoryShape(
            repositories: max(100, min(500, deliveries / 1000)), stories: max(1, deliveries / observationsPerStory),
            spans: [.days(days)], oddities: 0.004)
        shape.addCommonThings()
        return shape
    }

    /// Four weeks of ordinary traffic, with commands, runs of other jobs, and Apps whose deliveries are read.
    public static func month(deliveries: Int) -> HistoryShape {
        var shape = steady(deliveries: deliveries, days: 28)
        for oddity in Oddity.further { shape[oddity] = 0.05 }
        for oddity: Oddity in [.commanded, .jobRun] { shape[oddity] = 0.2 }
        for oddity: Oddity in [.secondDeployment, .answerNearDeadline, .slowAnswer] { shape[oddity] = 0.03 }
        shape[.appWatched] = 1
        return shape
    }

    /// Measured.
    private static let observationsPerStory = 43

    /// Irregularities that are common in a year of real traffic.
    private mutating func addCommonThings() {
        self[.pushedAgain] = 0.35
        self[.listedPullRequests] = 0.2
        self[.untested] = 0.3
        self[.buildFailed] = 0.08
        self[.testFailed] = 0.1
        self[.runAgain] = 0.03
        self[.otherJob] = 0.05
        self[.branchPushed] = 0.1
        self[.released] = 0.02
        self[.doubledDelivery] = 0.01
    }

    /// Each irregularity is left out, rare or frequent.
    /// - Parameter further: draws those that other seeds are without.
    func mixed(by random: inout SeededGenerator, further: inout SeededGenerator) -> HistoryShape {
        var shape = self
        if further.chance(0.35) {
            for oddity in Oddity.further { shape[oddity] = 0 }
        }
        guard mixesOddities else { return shape }
        for oddity in Oddity.allCases where !Oddity.further.contains(oddity) { shape.mix(oddity, by: &random) }
        for oddity in Oddity.further where self[oddity] > 0 { shape.mix(oddity, by: &further) }
        return shape
    }

    private mutating func mix(_ oddity: Oddity, by random: inout SeededGenerator) {
        self[oddity] = random.chance(0.4) ? 0 : min(0.8, self[oddity] * (0.3 + 3 * random.fraction()))
    }
}
