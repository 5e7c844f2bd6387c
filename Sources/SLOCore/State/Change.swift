/// A push to a pull request that needs an answer, with one wait per deployment.
struct Change: Equatable, Sendable {
    let id: EntityID
    let pullRequest: PullRequestKey
    let action: ChangePushed.Action
    let sha: String
    /// Provider time, from which latencies are measured.
    let startedAt: Timestamp
    /// When its first delivery was received.
    let receivedAt: Timestamp
    let baseRef: String
    /// A delivery of it named no configured App: the primary deployment owns it, and others that answer may.
    var isUnaddressed = false
    /// When the first of those deliveries was received, if it was not the first of all.
    var unaddressedAt: Timestamp?
    /// Deployments that its deliveries named.
    var addressees: [Deployment] = []
    var waits: [Wait] = []
    /// Deadline and grace have passed: all verdicts for its owners are given, and an answer adds no owner any more.
    var isJudged = false
    var lateEvidenceCounted = false
    /// The time of the armed deadline. A deadline that fires with another time is stale.
    var armedFor: Timestamp?

    /// The wait of one deployment for its answer.
    struct Wait: Equatable, Sendable {
        let deployment: Deployment
        var isOwner = false
        /// The earliest provider time of an answer.
        var answeredAt: Timestamp?
        /// The eligibility under which the gauge of changes without status contains it, while it does.
        var inGaugeAs: Eligibility?
        /// More changes were open than the limit allows: that gauge does not contain it.
        var isOverLimit = false
        var verdict: Verdict?
        /// When the first delivery that makes the deployment an owner was received (docs/counting.md, rule 27).
        var heardAt: Timestamp?
        /// The objectives that have judged it, besides the one that judges by the verdict.
        var judgedBy: [Objective.Name] = []
        /// Its deadline has passed by the receiver's clock: the gauge contains it, and a miss was counted if there was
        /// one.
        var deadlinePassed = false
        /// Whether the time of all its statuses was observed; `nil` until that is decided (docs/counting.md, rule 48).
        var isAllStatusesObserved: Bool?
    }

    /// When it became the head, by the pull request; the receipt if that time is in the future.
    var movedAt: Timestamp { Ledger.effective(startedAt, receivedAt: receivedAt) }

    /// The time from which its deadlines count (docs/counting.md, rule 39).
    var clockStart: Timestamp { min(startedAt, receivedAt) }

    /// The move of the pull request's head.
    var move: PullRequest.HeadMove { .init(at: movedAt, sha: sha, action: action, statedAt: startedAt) }

    var head: HeadKey { HeadKey(repository: pullRequest.repository, sha: sha) }

    var key: ChangeKey { ChangeKey(pullRequest: pullRequest, action: action, sha: sha, startedAt: startedAt) }

    /// The earliest time of a status that answers it (docs/counting.md, rule 4).
    var answerableFrom: Timestamp { movedAt - PullRequest.clockTolerance }

    func answeredAt(by deployment: Deployment) -> Timestamp? {
        waits.first { $0.deployment == deployment }?.answeredAt
    }

    /// Changes the wait of a deployment, which is created if necessary.
    mutating func withWait<Result>(of deployment: Deployment, _ body: (inout Wait) -> Result) -> Result {
        if let known = waits.firstIndex(where: { $0.deployment == deployment }) {
            return body(&waits[known])
        }
        waits.append(Wait(deployment: deployment))
        return body(&waits[waits.count - 1])
    }

    /// - Returns: whether that is new.
    mutating func noteAnswer(by deployment: Deployment, at answeredAt: Timestamp?) -> Bool {
        guard answeredAt != self.answeredAt(by: deployment) else { return false }
        withWait(of: deployment) { $0.answeredAt = answeredAt }
        return true
    }
}

/// Identifies a change (docs/counting.md, rule 3).
struct ChangeKey: Hashable, Sendable {
    let pullRequest: PullRequestKey
    let action: ChangePushed.Action
    let sha: String
    /// Provider time.
    let startedAt: Timestamp
}
