import SLOCore

extension World {
    /// A command in a comment, received a second later unless said otherwise.
    mutating func command(
        _ comment: Int64 = 1, at time: Double, receivedAt: Double? = nil, number: Int = 1,
        deployment: Deployment = World.prod, isClosed: Bool = false, repository: Repository = World.repository()
    ) {
        let fact = CommandGiven(
            repository: repository, number: number, deployment: deployment, commentID: comment, word: "build",
            authorAssociation: "MEMBER", givenAt: Self.at(time), isClosed: isClosed)
        observe(.commandGiven(fact), receivedAt: receivedAt ?? time + 1)
    }

    mutating func appComment(
        at time: Double, receivedAt: Double? = nil, number: Int = 1, deployment: Deployment = World.prod
    ) {
        let fact = AppCommented(
            repository: Self.repository(), number: number, deployment: deployment, commentID: 2,
            commentedAt: Self.at(time))
        observe(.appCommented(fact), receivedAt: receivedAt ?? time + 1)
    }

    func commands(
        _ verdict: Verdict, _ eligibility: Eligibility = .learned, _ deployment: Deployment = World.prod
    ) -> Int64 {
        counters[.commandsJudged(deployment, verdict, eligibility)] ?? 0
    }

    func commandsInAll(_ deployment: Deployment = World.prod) -> Int64 {
        Verdict.allCases.flatMap { verdict in Eligibility.allCases.map { commands(verdict, $0, deployment) } }
            .reduce(0, +)
    }

    func answerTimes(_ deployment: Deployment = World.prod) -> [Int64] {
        observations.filter { $0.histogram == .commandAnswerDuration(deployment) }.map(\.seconds)
    }
}
