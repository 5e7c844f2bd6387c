internal import SLOCore

/// A change that needs an answer (rule 3), with its final decisions.
final class Change {
    struct Key: Hashable {
        let repository: RepositoryID
        let number: Int
        let action: ChangePushed.Action
        let headSHA: String
        let startedAt: Timestamp
    }

    let key: Key
    unowned let commit: Commit
    unowned let pull: KnownPullRequest
    let baseRef: String
    /// When it was first received.
    let receipt: Receipt
    /// The deployments that its deliveries name, and since when.
    var addressees: [Deployment: Timestamp] = [:]
    /// Since when a delivery of it is known that names none.
    var unaddressedSince: Timestamp?

    /// The wait of each owner.
    var waits: [Deployment: Wait] = [:]
    /// Whether the latest end of a wait has passed: an answer adds no owner from then on.
    var isDecided = false
    var isLateEvidenceCounted = false
    /// Whether it was old, and not the latest of its pull request, at some moment.
    var isForgotten = false

    struct Wait {
        var verdict: Verdict?
        /// The objectives that have judged it, whether or not they count it (rule 44).
        var judgedBy: Set<Objective.Name> = []
        /// Whether the latest end of the wait has passed.
        var isObserved = false
        /// How its statuses stood when the time of the last was observed (rule 48).
        var allStatuses: AllStatuses?
        /// Whether the missed counter has been decided (rule 8).
        var isDeadlineDecided = false
        /// The eligibility under which the gauge of changes without a status contains it.
        var shownAs: Eligibility?
    }

    init(_ push: ChangePushed, on commit: Commit, of pull: KnownPullRequest, receipt: Receipt) {
        key = Key(
            repository: push.repository.id, number: push.number, action: push.action, headSHA: push.headSHA,
            startedAt: push.startedAt)
        self.commit = commit
        self.pull = pull
        self.receipt = receipt
        baseRef = push.baseRef
    }

    var start: Timestamp { key.startedAt.flooredToSecond }

    /// The beginning of its wait: a start in the future does not extend it (rule 39).
    var waitStart: Timestamp { receipt.believed(start) }

    /// The time from which its deadlines count, and from which learning is evaluated (rule 39).
    var dueStart: Timestamp { receipt.due(start) }

    /// When the first delivery that made a deployment its owner was received.
    func receipt(for owner: Deployment) -> Timestamp {
        [addressees[owner], unaddressedSince].compactMap { $0 }.min() ?? receipt.at
    }

    /// Whether it is still the latest of its pull request.
    var isPresent: Bool { pull.openHead(at: .distantFuture) == key.headSHA }

    /// When it was closed or another change of the pull request came, as far as known: the earliest. Choices: a closing
    /// in the second of the start came after it, unless it was a reopening; of two pushes within one second the one
    /// received later is the later one.
    var endedAt: Timestamp? {
        let own = pull.pushes.firstIndex { $0.stated == start && $0.sha == key.headSHA && $0.action == key.action }
        let next = own.map { pull.pushes[($0 + 1)...].map(\.time).min() } ?? nil
        let closes = pull.closes.filter { key.action == .reopened ? $0 > waitStart : $0 >= waitStart }
        return (closes + [next].compactMap { $0 }).min()
    }
}

/// Queries on a change.
extension ModelRun {
    /// - Parameter objective: by whose deadline and grace; otherwise by those of the mission's own series.
    func deadline(of change: Change, _ objective: Objective? = nil) -> Timestamp {
        change.dueStart + (objective ?? settings.initialStatus).deadline
    }

    /// When an owner's wait enters the gauge (rule 8): at the deadline or, if it was received later than that, one
    /// deadline after the receipt (rule 27).
    func isMissedFrom(_ change: Change, _ owner: Deployment) -> Timestamp {
        let deadline = deadline(of: change)
        let receipt = change.receipt(for: owner)
        return receipt > deadline ? receipt + settings.initialStatusDeadline : deadline
    }

    /// Rule 1. A delivery that names a configured App adds that deployment; one that names none adds the primary one,
    /// and each other that answered in the repository within the window, or answers this change before its verdict.
    func owners(of change: Change, _ answers: [Deployment: [Event.Answer]]) -> [Deployment] {
        var owners = change.addressees.keys.sorted()
        guard change.unaddressedSince != nil else { return owners }
        owners.append(settings.primary)
        // Choice: a deployment must answer it before its own verdict, at deadline + grace.
        guard !change.isDecided else { return owners }
        owners += settings.deployments.filter { answers[$0] != nil || hasAnswered($0, within: change) }
        return owners
    }

    /// Whether a deployment answered in the repository from a window before the change on (rule 2).
    private func hasAnswered(_ deployment: Deployment, within change: Change) -> Bool {
        change.commit.repository.answers.contains { lesson, taught in
            lesson.deployment == deployment && taught.isAnswered(since: change.dueStart - settings.learnedWindow)
        }
    }

    /// Rule 2, evaluated now. Lessons count as when the change would have been counted with everything received in time
    /// (rule 27).
    func eligibility(
        of change: Change, for deployment: Deployment, _ answers: [Event.Answer]?, at then: Timestamp
    ) -> Eligibility {
        if knowledge.isListed(change.commit.repository.names.last ?? "") { return .listed }
        if answers != nil { return .learned }
        let lesson = KnownRepository.Lesson(deployment: deployment, baseRef: change.baseRef)
        let taught = change.commit.repository.answers[lesson]
        let from = change.dueStart - settings.learnedWindow
        return taught?.isAnswered(since: from, knownAt: then) ?? false ? .learned : .assumed
    }

    /// Rule 6: the verdict by what is known, with the seconds until the first answer. Exactly the deadline is on time;
    /// an answer before the start counts as 0 s.
    func verdict(
        on change: Change, _ answers: [Event.Answer]?, _ objective: Objective? = nil
    ) -> (Verdict, seconds: Int64?) {
        let seconds = answers?.map { max(0, ($0.time - change.start).wholeSeconds) }.min()
        let limit = (objective ?? settings.initialStatus).deadline
        if let seconds, seconds <= limit.wholeSeconds { return (.onTime, seconds) }
        if wasEnded(change, within: limit) || isBlind(at: deadline(of: change, objective)) { return (.excluded, nil) }
        return seconds == nil ? (.never, nil) : (.late, seconds)
    }

    /// Rule 6: closed or superseded before the deadline.
    func wasEnded(_ change: Change, within limit: TimeSpan) -> Bool {
        change.endedAt.map { $0 - change.waitStart < limit } ?? false
    }

    func isBlind(at moment: Timestamp) -> Bool {
        blind.contains { $0.since <= moment && moment <= $0.until }
    }

    /// Rule 7: `on_time` at the deadline or at the receipt of the answer, the others at the latest end of the wait.
    /// Verdicts that were overdue at a start wait (rule 23).
    func verdictIsDue(
        on change: Change, for owner: Deployment, _ verdict: Verdict, _ objective: Objective, _ now: Now
    ) -> Bool {
        let last = lastDue(of: change, for: owner, objective)
        guard verdict == .onTime else { return now.hasCome(last) }
        let first = afterStart(deadline(of: change, objective), knownSince: change.receipt(for: owner))
        return now.hasCome(first) || now.hasCome(last)
    }

    /// The latest end of an owner's wait: a grace after the deadline, or after its receipt if that is later than the
    /// deadline (rule 27).
    func lastDue(of change: Change, for owner: Deployment, _ objective: Objective? = nil) -> Timestamp {
        let receipt = change.receipt(for: owner)
        let grace = (objective ?? settings.initialStatus).grace
        let due = max(deadline(of: change, objective), receipt)
        return afterStart(due + grace, knownSince: receipt)
    }

    /// Rule 8: whether a change waits for a status: the deployment did not answer it, and it was neither closed nor
    /// superseded.
    func isWaiting(_ change: Change, _ answers: [Event.Answer]?) -> Bool {
        answers == nil && change.endedAt == nil
    }
}
