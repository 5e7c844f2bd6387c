internal import SLOCore

/// Generates stories in the providers' times. Each story is generated completely when it begins; `HistoryStream` orders
/// them.
///
/// Times are whole seconds since 1970.
struct HistoryBuilder {
    var random: SeededGenerator
    /// For what some seeds are without.
    private var further: SeededGenerator
    let shape: HistoryShape
    let settings: LedgerSettings
    /// Within which stories begin, in seconds.
    let span: Int64
    var world: World
    var tally: OddityTally
    /// The observations generated so far, in no order.
    private(set) var drafts: [Draft] = []
    private var posts = 0
    private var hasListed = false
    /// For ends that are shown late: what else a seed draws stays as it was.
    var lateness: SeededGenerator

    init(
        _ shape: HistoryShape, _ settings: LedgerSettings, begins: Int64, span: Int64, random: SeededGenerator,
        further: SeededGenerator
    ) {
        self.random = random
        var fork = random
        lateness = SeededGenerator(seed: fork.next(), for: "lateness")
        self.further = further
        self.shape = shape
        self.settings = settings
        self.span = span
        tally = OddityTally()
        world = World(shape, begins: begins, span: span, random: &self.random, tally: &tally)
    }

    /// Tells what some seeds are without: everything else draws the same numbers.
    mutating func aside(_ tell: (inout HistoryBuilder) -> Void) {
        swap(&random, &further)
        tell(&self)
        swap(&random, &further)
    }

    /// Whether an irregularity happens here. Call it only if the result has an effect.
    mutating func odd(_ oddity: Oddity) -> Bool {
        let isSo = random.chance(shape[oddity])
        if isSo { tally.note(oddity) }
        return isSo
    }

    /// The provider's time of an event, which is in the future now and then.
    mutating func stated(_ time: Int64) -> Timestamp {
        Timestamp(seconds: odd(.fromFuture) ? time + random.pick([500, 601, 700, 7200, 200_000]) : time)
    }

    mutating func takeDrafts() -> [Draft] {
        defer { drafts.removeAll(keepingCapacity: true) }
        return drafts
    }

    mutating func say(_ observation: Observation, at time: Int64) {
        drafts.append(Draft(at: time, observation: observation, isDoubled: odd(.doubledDelivery)))
    }

    /// Adds what the service itself reads, and so receives once.
    mutating func read(_ listed: AppDeliveriesListed, at time: Int64) {
        drafts.append(Draft(at: time, observation: .appDeliveriesListed(listed), isDoubled: false))
    }

    /// Adds a posted status. Its id follows from the order of all posts.
    /// - Returns: a reference for later observations of the same check.
    @discardableResult
    mutating func say(_ status: StatusReported, at time: Int64, of check: Int? = nil) -> Int {
        posts += 1
        drafts.append(
            Draft(
                at: time, observation: .statusReported(status), isDoubled: odd(.doubledDelivery),
                check: check ?? posts, isAgain: check != nil))
        return check ?? posts
    }

    /// Generates one story that begins at this time.
    mutating func tell(from time: Int64) {
        if !hasListed, shape[.appWatched] > 0 {
            hasListed = true
            aside { $0.watchApps(from: time) }
        }
        if odd(.namedAlone) { say(.repositoryNamed(random.pick(world.places).repository(at: time)), at: time) }
        if odd(.branchPushed) { return tellBranchPush(at: time) }
        if odd(.released) { return tellRelease(at: time) }
        if odd(.coprAlone) { return tellLoneBuild(at: time) }
        if odd(.requestAlone) { return tellLoneRequest(at: time) }
        tellPullRequest(at: time)
    }
}

/// An observation before all are ordered.
struct Draft {
    /// The provider's time.
    let at: Int64
    let observation: Observation
    /// Whether it is delivered twice, as by a second webhook.
    let isDoubled: Bool
    /// The check that it is about, numbered in the order of creation.
    var check: Int?
    /// Whether an earlier draft is about the same check.
    var isAgain = false
}

extension HistoryBuilder {
    /// The deployments that handle a pull request, the primary one first.
    mutating func answeringDeployments() -> [Deployment] {
        let others = settings.deployments.filter { $0 != settings.primary }
        guard !others.isEmpty, odd(.secondDeployment) else { return [settings.primary] }
        return random.chance(0.2) ? others : [settings.primary] + others
    }

    /// A span close to this one, often exactly it or one second more or less.
    mutating func near(_ span: TimeSpan) -> Int64 {
        let seconds = span.wholeSeconds
        return max(1, random.pick([seconds - 1, seconds, seconds + 1, seconds / 3, seconds * 2]))
    }
}
