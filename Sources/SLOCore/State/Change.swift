/// One push to a pull request that wants an answer, with one wait for each deployment that owes it.
struct Change: Equatable, Sendable {
    let id: EntityID
    let pullRequest: PullRequestKey
    let action: ChangePushed.Action
    let sha: String
    let startedAt: Timestamp
    let receivedAt: Timestamp
    let baseRef: String
    /// A delivery of it named no configured app: the primary deployment owns it, and others that answer may.
    var isUnaddressed = false
    /// Deployments that deliveries of it named.
    var addressees: [Deployment] = []
    var waits: [Wait] = []
    /// The deadline has passed by the receiver's clock: gauges count, a miss was counted if there was one.
    var deadlinePassed = false
    /// Deadline and grace have passed: all verdicts are given, there are no new owners.
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
    }

    /// What it is among its pull request's.
    var move: PullRequest.HeadMove { .init(at: startedAt, sha: sha, action: action) }

    /// The wait of a deployment, made on first sight.
    mutating func withWait<Result>(of deployment: Deployment, _ body: (inout Wait) -> Result) -> Result {
        if let known = waits.firstIndex(where: { $0.deployment == deployment }) {
            return body(&waits[known])
        }
        waits.append(Wait(deployment: deployment))
        return body(&waits[waits.count - 1])
    }
}
