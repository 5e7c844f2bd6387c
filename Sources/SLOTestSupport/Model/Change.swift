internal import SLOCore

/// Something pushed that is to be answered (rule 3), with what was decided on it for good.
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
    /// When it was first heard of.
    let heard: Heard
    /// The deployments that deliveries of it name, since when.
    var addressees: [Deployment: Timestamp] = [:]
    /// Since when a delivery of it is known that named nobody.
    var unaddressedSince: Timestamp?

    /// How each owner's wait stands.
    var waits: [Deployment: Wait] = [:]
    /// Whether the moment was at which a wait ends at the latest: nobody comes to own it by an answer from then on.
    var isDecided = false
    var isLateEvidenceCounted = false
    /// Whether it was old, and not what its pull request waited for, at some moment.
    var isForgotten = false

    struct Wait {
        var verdict: Verdict?
        /// Whether the moment of the missed counter was (rule 8).
        var isDeadlineDecided = false
        /// As it is in the gauge of changes without a status.
        var shownAs: Eligibility?
    }

    init(_ push: ChangePushed, on commit: Commit, of pull: KnownPullRequest, heard: Heard) {
        key = Key(
            repository: push.repository.id, number: push.number, action: push.action, headSHA: push.headSHA,
            startedAt: push.startedAt)
        self.commit = commit
        self.pull = pull
        self.heard = heard
        baseRef = push.baseRef
    }

    var start: Timestamp { key.startedAt.flooredToSecond }

    /// From when on it is waited for: a start from the future extends no wait (rule 39).
    var waitStart: Timestamp { heard.believed(start) }

    /// From when its deadlines run, and what is learned is read (rule 39).
    var dueStart: Timestamp { heard.due(start) }

    /// When the first delivery was received that made a deployment its owner.
    func heard(for owner: Deployment) -> Timestamp {
        [addressees[owner], unaddressedSince].compactMap { $0 }.min() ?? heard.at
    }

    /// Whether it is still what its pull request waits for.
    var isPresent: Bool { pull.openHead(at: .distantFuture) == key.headSHA }

    /// When it was closed or another change of the pull request came, as far as known: the earliest. Choices: a close
    /// in the second of the start came after it, unless it was a reopening; of two pushes in one second the one heard
    /// of later is the later.
    var endedAt: Timestamp? {
        let own = pull.pushes.firstIndex { $0.stated == start && $0.sha == key.headSHA && $0.action == key.action }
        let next = own.map { pull.pushes[($0 + 1)...].map(\.time).min() } ?? nil
        let closes = pull.closes.filter { key.action == .reopened ? $0 > waitStart : $0 >= waitStart }
        return (closes + [next].compactMap { $0 }).min()
    }
}

/// What is asked of a change, from what is known.
extension ModelRun {
    func deadline(of change: Change) -> Timestamp {
        change.dueStart + settings.initialStatusDeadline
    }

    /// From when an owner's wait is in the gauge (rule 8): from the deadline, or one after what is heard of later than
    /// that (rule 27).
    func isMissedFrom(_ change: Change, _ owner: Deployment) -> Timestamp {
        let deadline = deadline(of: change)
        let heard = change.heard(for: owner)
        return heard > deadline ? heard + settings.initialStatusDeadline : deadline
    }

    /// Rule 1. A delivery that names a configured app adds that deployment; one that names none adds the primary one,
    /// and each other that answered in the repository within the window, or answers this change before its verdict.
    func owners(of change: Change, _ answers: [Deployment: [Event.Answer]]) -> [Deployment] {
        var owners = change.addressees.keys.sorted()
        guard change.unaddressedSince != nil else { return owners }
        owners.append(settings.primary)
        // Choice: the verdict before which a deployment has to answer is its own, at deadline + grace.
        guard !change.isDecided else { return owners }
        owners += settings.deployments.filter { answers[$0] != nil || hasAnswered($0, within: change) }
        return owners
    }

    /// Whether a deployment answered anything in the repository from a window before the change on (fine print to 2).
    private func hasAnswered(_ deployment: Deployment, within change: Change) -> Bool {
        change.commit.repository.answers.contains { lesson, taught in
            lesson.deployment == deployment && taught.isAnswered(since: change.dueStart - settings.learnedWindow)
        }
    }

    /// Rule 2, as it is read now. What has taught is read as it would have been when the change would have been
    /// counted, had all been heard of in time (rule 27).
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

    /// Rule 6: the verdict by what is known, with the seconds that the first answer took. Exactly the deadline is on
    /// time; an answer before the start took none.
    func verdict(on change: Change, _ answers: [Event.Answer]?) -> (Verdict, seconds: Int64?) {
        let seconds = answers?.map { max(0, ($0.time - change.start).wholeSeconds) }.min()
        if let seconds, seconds <= settings.initialStatusDeadline.wholeSeconds { return (.onTime, seconds) }
        if isExcluded(change) { return (.excluded, nil) }
        return seconds == nil ? (.never, nil) : (.late, seconds)
    }

    /// Rule 6: closed or pushed over strictly less than the deadline after the start, or the deadline was in a blind
    /// interval.
    private func isExcluded(_ change: Change) -> Bool {
        if let end = change.endedAt, end - change.waitStart < settings.initialStatusDeadline { return true }
        return blind.contains { $0.since <= deadline(of: change) && deadline(of: change) <= $0.until }
    }

    /// Rule 7: `on_time` at the deadline or at the receipt of the answer, the others when the wait ends at the latest.
    /// What was overdue at a start waits (rule 23).
    func verdictIsDue(on change: Change, for owner: Deployment, _ verdict: Verdict, _ now: Now) -> Bool {
        let last = lastDue(of: change, for: owner)
        guard verdict == .onTime else { return now.hasCome(last) }
        return now.hasCome(afterStart(deadline(of: change), knownSince: change.heard(for: owner))) || now.hasCome(last)
    }

    /// When an owner's wait ends at the latest: a grace after the deadline, or after its receipt if that is later than
    /// the deadline (rule 27).
    func lastDue(of change: Change, for owner: Deployment) -> Timestamp {
        let heard = change.heard(for: owner)
        let due = max(deadline(of: change), heard > deadline(of: change) ? heard : .distantPast)
        return afterStart(due + settings.initialStatusGrace, knownSince: heard)
    }

    /// Rule 8: whether a change waits for a status. Nothing of a deployment's answered it, it was neither closed nor
    /// pushed over.
    func isWaiting(_ change: Change, _ answers: [Event.Answer]?) -> Bool {
        answers == nil && change.endedAt == nil
    }
}
