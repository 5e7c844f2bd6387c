internal import SLOCore

/// What Packit posted on a commit for one of its events (rules 4 and 5).
final class Event {
    /// Event ids belong to a deployment. A check without one answers for the pull request that it lists, if it lists
    /// exactly one. All others without one, and commit statuses, are one unbound event.
    struct Key: Hashable {
        let deployment: Deployment
        let externalID: String
        let listed: Int?
    }

    struct Answer {
        let time: Timestamp
        let receipt: Receipt
    }

    let key: Key
    unowned let commit: Commit
    private(set) var answers: [Answer] = []
    /// The first status by provider time, and the pull requests that it lists. Of several within one second, the one
    /// that binds.
    private(set) var first: (time: Timestamp, listed: [Int])

    init(_ key: Key, on commit: Commit, first: (time: Timestamp, listed: [Int])) {
        self.key = key
        self.commit = commit
        self.first = first
    }

    func add(_ answer: Answer, listing pulls: [Int]) {
        answers.append(answer)
        if answer.time < first.time { first = (answer.time, pulls) }
        guard answer.time == first.time, pulls.count == 1 else { return }
        if first.listed.count != 1 || pulls[0] < first.listed[0] { first.listed = pulls }
    }

    /// The pull request to which the event is bound (rule 5): the only one that its first payload lists, otherwise the
    /// only one that was open with the commit as head when it was first seen. Choices: the list takes precedence; what
    /// was first seen up to two seconds before the push is bound by it, as an answer may be (rule 4); a check without
    /// id is bound by its own list only.
    var boundTo: Int? {
        guard !key.externalID.isEmpty else { return key.listed }
        if first.listed.count == 1 { return first.listed[0] }
        let atOnce = commit.openPulls(at: first.time)
        let open = atOnce.isEmpty ? commit.openPulls(at: first.time + .seconds(2)) : atOnce
        return open.count == 1 ? open[0].number : nil
    }
}

extension StatusReported {
    /// The provider time of a state as an answer (rule 4): when the check was started.
    func answerTime(receipt: Receipt) -> Timestamp {
        (startedAt ?? completedAt ?? receipt.at).flooredToSecond
    }

    var eventKey: Event.Key {
        let listed = externalID.isEmpty && pullRequests.count == 1 ? pullRequests[0] : nil
        return Event.Key(deployment: deployment, externalID: externalID, listed: listed)
    }
}

extension Commit {
    /// Adds a state to the answers, unless its name has an event part (rule 4).
    func addAnswer(_ status: StatusReported, _ receipt: Receipt) {
        guard reading(of: status).event == nil else { return }
        let time = status.answerTime(receipt: receipt)
        let key = status.eventKey
        let event = events[key] ?? Event(key, on: self, first: (time, status.pullRequests))
        events[key] = event
        event.add(Event.Answer(time: time, receipt: receipt), listing: status.pullRequests)
    }

    /// All answers to a change, from two seconds before its start on, by deployment (rules 4, 5).
    func answers(to change: Change) -> [Deployment: [Event.Answer]] {
        var all: [Deployment: [Event.Answer]] = [:]
        for event in events(answering: change) {
            let answers = event.answers.filter { $0.time >= change.waitStart - .seconds(2) }
            if !answers.isEmpty { all[event.key.deployment, default: []] += answers }
        }
        return all
    }

    /// The events that may answer a change (rule 5).
    func events(answering change: Change) -> [Event] {
        events.values.filter { event in event.boundTo.map { $0 == change.key.number } ?? true }
    }
}
