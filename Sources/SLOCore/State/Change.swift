/// One push to a pull request that wants an answer, with one wait for each deployment that owes it.
struct Change: Equatable, Sendable {
    let id: EntityID
    let pullRequest: PullRequestKey
    let action: ChangePushed.Action
    let sha: String
    /// Provider time: what latencies are measured from.
    let startedAt: Timestamp
    /// When the first delivery of it was received.
    let receivedAt: Timestamp
    let baseRef: String
    /// A delivery of it named no configured app: the primary deployment owns it, and others that answer may.
    var isUnaddressed = false
    /// When the first of those deliveries was received, if it was not the first of all.
    var unaddressedAt: Timestamp?
    /// Deployments that deliveries of it named.
    var addressees: [Deployment] = []
    var waits: [Wait] = []
    /// Deadline and grace have passed: all verdicts on those who owned it by then are given; nobody comes to own it by
    /// an answer any more.
    var isJudged = false
    var lateEvidenceCounted = false
    /// What the armed deadline is due at; a fired one with another time is stale.
    var armedFor: Timestamp?

    /// How one deployment stands to the change.
    struct Wait: Equatable, Sendable {
        let deployment: Deployment
        var isOwner = false
        /// The earliest provider time of an answer.
        var answeredAt: Timestamp?
        /// The eligibility under which it is in the gauge of changes without status, while it is.
        var inGaugeAs: Eligibility?
        /// More changes were open than the limit allows: it is kept out of that gauge.
        var isGivenUp = false
        var verdict: Verdict?
        /// When the first delivery that makes it an owner was received (docs/counting.md, rule 27).
        var heardAt: Timestamp?
        /// Its deadline has passed by the receiver's clock: the gauge holds it, a miss was counted if there was one.
        var deadlinePassed = false
    }

    /// When it became the head, as the pull request has it: a time in the future stands for the receipt.
    var movedAt: Timestamp { Ledger.effective(startedAt, receivedAt: receivedAt) }

    /// What its deadlines count from (docs/counting.md, rule 39).
    var clockStart: Timestamp { min(startedAt, receivedAt) }

    /// What it is among its pull request's.
    var move: PullRequest.HeadMove { .init(at: movedAt, sha: sha, action: action, statedAt: startedAt) }

    var head: HeadKey { HeadKey(repository: pullRequest.repository, sha: sha) }

    var key: ChangeKey { ChangeKey(pullRequest: pullRequest, action: action, sha: sha, startedAt: startedAt) }

    /// From when on a status answers it (docs/counting.md, rule 4).
    var answerableFrom: Timestamp { movedAt - PullRequest.clockTolerance }

    func answeredAt(by deployment: Deployment) -> Timestamp? {
        waits.first { $0.deployment == deployment }?.answeredAt
    }

    /// The wait of a deployment, made on first sight.
    mutating func withWait<Result>(of deployment: Deployment, _ body: (inout Wait) -> Result) -> Result {
        if let known = waits.firstIndex(where: { $0.deployment == deployment }) {
            return body(&waits[known])
        }
        waits.append(Wait(deployment: deployment))
        return body(&waits[waits.count - 1])
    }

    /// - Returns: whether that is news.
    mutating func noteAnswer(by deployment: Deployment, at answeredAt: Timestamp?) -> Bool {
        guard answeredAt != self.answeredAt(by: deployment) else { return false }
        withWait(of: deployment) { $0.answeredAt = answeredAt }
        return true
    }
}

/// What identifies a change (docs/counting.md, rule 3).
struct ChangeKey: Hashable, Sendable {
    let pullRequest: PullRequestKey
    let action: ChangePushed.Action
    let sha: String
    /// Provider time.
    let startedAt: Timestamp
}
