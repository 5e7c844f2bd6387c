internal import SLOCore

/// How the statuses of a change stood at some moment (rule 48).
struct AllStatuses {
    /// Until when they count.
    let postedUntil: Timestamp
    /// From the start to the first status of the last check.
    let seconds: Int64
    /// How many entries had been received.
    let receivedCount: Int
}

/// When all checks of a change have their first status (rule 48).
extension ModelRun {
    var objectivesOfAllStatuses: [Objective] {
        settings.objectives.filter { $0.indicator == .allStatuses }
    }

    func judgeAllStatuses(of change: Change, for owner: Deployment, _ answers: [Event.Answer]?, _ now: Now) {
        for objective in objectivesOfAllStatuses where change.waits[owner]?.judgedBy.contains(objective.name) == false {
            guard now.hasCome(lastDue(of: change, for: owner, objective)) else { continue }
            change.waits[owner]?.judgedBy.insert(objective.name)
            let last = deadline(of: change, objective) + objective.grace
            guard let all = allStatuses(of: change, by: owner, postedUntil: last) else { continue }
            count(judgement(all, on: change, objective), on: change, objective, owner, answers, now)
        }
    }

    /// `nil` if it is no event of the objective.
    private func judgement(
        _ all: AllStatuses, on change: Change, _ objective: Objective
    ) -> ObjectiveJudgement.Verdict? {
        if all.seconds <= objective.deadline.wholeSeconds { return .good }
        if wasEnded(change, within: objective.deadline) { return nil }
        let deadline = deadline(of: change, objective)
        if isBlind(at: deadline) { return .unknown }
        return wasBlind(change.dueStart, deadline) ? .doubtful : .bad
    }

    /// Observes the time at the latest end of the owner's wait; what is received after that is late evidence.
    func observeAllStatuses(of change: Change, for owner: Deployment, _ now: Now) {
        guard let wait = change.waits[owner] else { return }
        if let all = wait.allStatuses { return noteLateChecks(of: change, by: owner, all, now) }
        guard !wait.isObserved, now.hasCome(lastDue(of: change, for: owner)) else { return }
        change.waits[owner]?.isObserved = true
        let last = deadline(of: change) + settings.initialStatusGrace
        guard [.onTime, .late].contains(wait.verdict),
            let all = allStatuses(of: change, by: owner, postedUntil: last)
        else { return }
        counted.observe(.allStatusesDuration(owner), seconds: all.seconds)
        change.waits[owner]?.allStatuses = all
    }

    private func noteLateChecks(of change: Change, by owner: Deployment, _ all: AllStatuses, _ now: Now) {
        // Choice: the checks of the change are those that are known by now, whatever was when the time was observed.
        guard let initial = initialStatus(of: change, by: owner, postedUntil: all.postedUntil) else { return }
        let firsts = firstStatuses(of: change, by: owner, initial.externalID, postedUntil: all.postedUntil)
        guard firsts.contains(where: { $0.receipt.order > all.receivedCount }) else { return }
        countLateEvidence(.late, on: change, now)
    }

    func wakeForAllStatuses(_ change: Change, _ owner: Deployment, _ wait: Change.Wait, _ now: Now) {
        if !wait.isObserved { wake(.change(change), at: lastDue(of: change, for: owner), now) }
        for objective in objectivesOfAllStatuses where !wait.judgedBy.contains(objective.name) {
            wake(.change(change), at: lastDue(of: change, for: owner, objective), now)
        }
    }

    /// `nil` if it is not answered.
    private func allStatuses(
        of change: Change, by owner: Deployment, postedUntil last: Timestamp
    ) -> AllStatuses? {
        guard let initial = initialStatus(of: change, by: owner, postedUntil: last) else { return nil }
        let firsts = firstStatuses(of: change, by: owner, initial.externalID, postedUntil: last)
        let latest = firsts.map(\.time).reduce(initial.time, max)
        return AllStatuses(
            postedUntil: last, seconds: max(0, (latest - change.start).wholeSeconds), receivedCount: receivedCount)
    }

    /// The initial status, and what identifies the checks of the change: the id of its check. `nil` if it is not
    /// answered.
    private func initialStatus(
        of change: Change, by owner: Deployment, postedUntil last: Timestamp
    ) -> (time: Timestamp, externalID: String)? {
        var initial: (time: Timestamp, externalID: String)?
        for event in change.commit.events(answering: change) where event.key.deployment == owner {
            for answer in event.answers where isAccepted(answer, of: change, postedUntil: last) {
                let check = change.commit.postings.first { posted in
                    posted.value.contains { $0.receipt.order == answer.receipt.order }
                }
                let own = (answer.time, check?.key.externalID ?? event.key.externalID)
                if initial.map({ own < ($0.time, $0.externalID) }) ?? true { initial = own }
            }
        }
        return initial
    }

    /// The first status of each check; of several at one time the one that was received first.
    private func firstStatuses(
        of change: Change, by owner: Deployment, _ externalID: String, postedUntil last: Timestamp
    ) -> [Event.Answer] {
        let own = change.commit.postings.filter { $0.key.deployment == owner && $0.key.externalID == externalID }
        return own.values.compactMap { postings in
            postings.filter { isAccepted($0, of: change, postedUntil: last) }
                .min { ($0.time, $0.receipt.order) < ($1.time, $1.receipt.order) }
        }
    }

    /// Rule 4, as far as times decide.
    private func isAccepted(_ answer: Event.Answer, of change: Change, postedUntil last: Timestamp) -> Bool {
        answer.time >= change.waitStart - .seconds(2) && answer.time <= last
    }
}

extension Commit {
    /// Adds a state to those of its lane, unless its name has an event part (rule 4). A commit status has no event id:
    /// it belongs to the only lane of its name, otherwise it opens one of its own (rule 12).
    func addPosting(_ status: StatusReported, _ receipt: Receipt) {
        guard reading(of: status).event == nil else { return }
        var key = CheckLane.Key(
            deployment: status.deployment, externalID: status.externalID, name: status.name.text)
        if case .commitStatus = status.carrier {
            let named = postings.keys.filter { $0.name == key.name && $0.deployment == key.deployment }
            if named.count == 1 { key = named[0] }
        }
        postings[key, default: []].append(
            Event.Answer(time: status.answerTime(receipt: receipt), receipt: receipt))
    }
}
