// Provider times in the future (docs/counting.md, rule 39).

extension Ledger {
    /// Clocks differ by less than this.
    public static let futureTolerance = TimeSpan.minutes(10)

    /// The provider time that counts for teaching, superseding, closing and extending: one that is further in the
    /// future than clocks differ is replaced by the receipt. Call it while its delivery is decided.
    func effective(_ time: Timestamp) -> Timestamp { Self.effective(time, receivedAt: now) }

    static func effective(_ time: Timestamp, receivedAt: Timestamp) -> Timestamp {
        time > receivedAt + futureTolerance ? receivedAt.flooredToSecond : time
    }

    mutating func countFutureTimes(of observation: Observation) {
        let limit = now + Self.futureTolerance
        let times = observation.providerTimes
        guard times.contains(where: { $0.map { $0 > limit } ?? false }) else { return }
        for _ in Set(times.compactMap { $0 }.filter { $0 > limit }) { count(.futureTimes(observation.source)) }
    }
}

extension Observation {
    fileprivate var source: Source {
        switch self {
        case .changePushed, .changeClosed, .statusReported, .branchPushed, .releasePublished, .repositoryNamed,
            .commandGiven, .appCommented, .appDeliveriesListed:
            .github
        case .buildReported, .buildLookedUp, .jobIdentified: .copr
        case .testRunReported, .testRunHinted: .testingFarm
        }
    }

    fileprivate var providerTimes: [Timestamp?] {
        switch self {
        case .changePushed(let fact): [fact.startedAt]
        case .changeClosed(let fact): [fact.closedAt]
        case .statusReported(let fact): [fact.startedAt, fact.completedAt]
        case .releasePublished(let fact): [fact.publishedAt]
        case .buildReported(let fact): [fact.sentAt]
        case .testRunReported(let fact): [fact.createdAt, fact.startedAt, fact.finishedAt]
        case .buildLookedUp(let fact): [fact.submittedAt, fact.startedAt, fact.finishedAt]
        case .commandGiven(let fact): [fact.givenAt]
        case .appCommented(let fact): [fact.commentedAt]
        case .appDeliveriesListed(let fact): fact.attempts.map(\.deliveredAt)
        case .branchPushed, .repositoryNamed, .testRunHinted, .jobIdentified: []
        }
    }
}
