// Which statuses answer which changes, and what that teaches (docs/counting.md, rules 2, 4 and 5).

import HashTreeCollections

extension Ledger {
    /// Records the time of a status that can answer changes, and reconsiders the changes that it answers. The cost does
    /// not grow with changes that are already answered.
    mutating func noteAnswer(_ fact: StatusReported, on key: HeadKey) {
        guard fact.name.event == nil, let head = state.heads[key] else { return }
        let answer = Answer(fact, receivedAt: now, grace: settings.initialStatusGrace)
        let isLatest = head.latestAnswer(of: fact.deployment).map { $0 <= answer.time } ?? true
        let known = head.series(of: answer)
        let boundBefore = known.map { head.answers[$0].boundTo }
        if known == nil, head.answers.count >= Head.seriesLimit { count(.limitReached(.answerSeries)) }
        record(answer, on: key)
        let binding = bind(seriesOf: answer, on: key)
        if boundBefore != binding {
            let event = EventKey(head: key, deployment: answer.deployment, externalID: answer.externalID)
            judgeRebound(lanes: state.lanesOfEvent[event].sorted(), on: head)
        }
        if let boundBefore, boundBefore != binding {
            recomputeAnswers(on: key)
        } else {
            answerChanges(on: key, with: answer, boundTo: binding, isLatest: isLatest)
        }
        teach(answer, boundTo: binding, on: key)
    }

    /// A lane turned out to belong to a pull request: its statuses answer changes.
    mutating func noteAnswers(of lane: Lane) {
        for fact in lane.facts {
            let answer = Answer(fact, of: lane, grace: settings.initialStatusGrace)
            record(answer, on: lane.head)
            _ = bind(seriesOf: answer, on: lane.head)
        }
        recomputeAnswers(on: lane.head)
    }

    /// An event at Packit turned out to be a push: its statuses answer nothing.
    mutating func takeBackAnswers(of event: EventKey) {
        state.heads.update(event.head) {
            $0.answers.removeAll { $0.deployment == event.deployment && $0.externalID == event.externalID }
        }
        recomputeAnswers(on: event.head)
    }

    private mutating func record(_ answer: Answer, on key: HeadKey) {
        let window = settings.learnedWindow
        let limit = settings.bounds.answerTimesOfCommit
        state.heads.update(key) { $0.record(answer, window: window, timesLimit: limit) }
    }

    /// A status that is not earlier than those before it concerns only changes without an answer.
    private mutating func answerChanges(
        on key: HeadKey, with answer: Answer, boundTo number: Int?, isLatest: Bool
    ) {
        for id in changes(on: key, concernedBy: answer, boundTo: number, isLatest: isLatest) {
            guard isAnsweredEarlier(change: id, by: answer, boundTo: number), var change = state.changes[id] else {
                continue
            }
            keepAnswer(by: answer.deployment, at: max(answer.time, change.startedAt), of: &change)
            decisions.remember(.answer(answer.deployment), of: id, from: decisions.deciding)
            reconsider(change)
        }
    }

    private func changes(
        on key: HeadKey, concernedBy answer: Answer, boundTo number: Int?, isLatest: Bool
    ) -> [EntityID] {
        let unanswered = isLatest ? state.sharedCommits[key]?.unanswered(by: answer.deployment, of: number) : nil
        return unanswered ?? changes(on: key)
    }

    /// Whether a change has no answer of the deployment that is as early.
    private func isAnsweredEarlier(change id: EntityID, by answer: Answer, boundTo number: Int?) -> Bool {
        let isEarlier = state.changes.part(of: id) { change in
            guard isBound(to: change, number), answer.time >= change.answerableFrom else { return false }
            let known = change.answeredAt(by: answer.deployment)
            return known.map { $0 > max(answer.time, change.startedAt) } ?? true
        }
        return isEarlier ?? false
    }

    private func isBound(to change: Change, _ number: Int?) -> Bool {
        number == nil || number == change.pullRequest.number
    }

    /// All changes on a commit.
    func changes(on key: HeadKey) -> [EntityID] { state.heads.part(of: key) { $0.changes } ?? [] }

    /// Recomputes the answers of a commit's changes after the binding of its statuses has changed.
    mutating func recomputeAnswers(on key: HeadKey) {
        for id in changes(on: key) { recomputeAnswers(change: id) }
    }

    private mutating func recomputeAnswers(change id: EntityID) {
        guard var change = state.changes[id] else { return }
        let before = change
        findAnswers(to: &change)
        let isNews = change != before
        // A lesson makes all open changes of the repository be reconsidered, including this one.
        if isNews { state.changes[id] = change }
        // A status that answers a change only now teaches, also if another has answered that change earlier.
        for deployment in settings.deployments { learn(deployment, from: change) }
        if isNews { reconsider(change: id) }
    }

    /// Finds all answers of a change that arrived after them, and learns from them.
    mutating func findAnswers(toNew id: EntityID) {
        guard var change = state.changes[id] else { return }
        findAnswers(to: &change)
        state.changes[id] = change
        for deployment in settings.deployments { learn(deployment, from: change) }
    }

    private mutating func findAnswers(to change: inout Change) {
        for deployment in settings.deployments {
            let earliest = series(answering: change, by: deployment)
                .compactMap { $0.earliest(from: change.answerableFrom) }.min()
            keepAnswer(by: deployment, at: earliest.map { max($0, change.startedAt) }, of: &change)
        }
    }

    /// Changes the given value, which is not in the table yet.
    private mutating func keepAnswer(by deployment: Deployment, at answeredAt: Timestamp?, of change: inout Change) {
        guard change.noteAnswer(by: deployment, at: answeredAt) else { return }
        decisions.remember(.answer(deployment), of: change.id, from: nil)
        let answered = change
        state.sharedCommits.update(change.head) { $0.note(answered, by: deployment) }
    }

    func series(answering change: Change, by deployment: Deployment) -> [AnswerSeries] {
        (state.heads[change.head]?.answers ?? []).filter {
            $0.deployment == deployment && ($0.boundTo == nil || $0.boundTo == change.pullRequest.number)
        }
    }

    // MARK: - Binding of statuses

    /// The pull request to which an event at Packit belongs: the one that its payloads name, otherwise the only open
    /// one with the commit as head when the event was first seen. `nil` if it answers all of them.
    private func binding(of series: AnswerSeries, on head: Head) -> Int? {
        if let stated = series.statedPullRequest { return stated }
        guard !series.externalID.isEmpty, let firstSeen = series.times.first else { return nil }
        switch holders(of: head, at: firstSeen) {
        case .one(let number): return number
        case .several: return nil
        case .none: break
        }
        // The provider's clocks may differ by a second or two: a check may seem to precede its pull request.
        guard case .one(let number) = holders(of: head, at: firstSeen + PullRequest.clockTolerance) else { return nil }
        return number
    }

    private enum Holders {
        case none
        case one(Int)
        case several
    }

    /// The open pull requests with a commit as head at a moment.
    private func holders(of head: Head, at moment: Timestamp) -> Holders {
        var found: Int?
        for number in head.pullRequests {
            let key = PullRequestKey(repository: head.key.repository, number: number)
            guard state.pullRequests[key]?.hasAsHead(head.key.sha, at: moment) ?? false else { continue }
            if found != nil { return .several }
            found = number
        }
        return found.map(Holders.one) ?? .none
    }

    private mutating func bind(seriesOf answer: Answer, on key: HeadKey) -> Int? {
        guard let head = state.heads[key], let place = head.series(of: answer) else { return nil }
        let bound = binding(of: head.answers[place], on: head)
        if bound != head.answers[place].boundTo { state.heads.update(key) { $0.answers[place].boundTo = bound } }
        return bound
    }

    /// A pull request's history has changed on a commit: recomputes the binding of its statuses.
    mutating func rebind(on key: HeadKey) {
        guard let head = state.heads[key] else { return }
        let bound = bindings(on: head)
        guard bound != head.answers.map(\.boundTo) else { return }
        state.heads.update(key) {
            for (place, number) in bound.enumerated() { $0.answers[place].boundTo = number }
        }
        judgeRebound(lanes: head.lanes, on: head)
        recomputeAnswers(on: key)
    }

    /// Lanes may have turned out to belong to another pull request, or to none: then other pushes supersede their runs.
    /// - Parameter before: the commit with its answers as they were bound before.
    private mutating func judgeRebound(lanes: [EntityID], on before: Head) {
        for id in lanes {
            place(lane: id)
            guard let lane = state.lanes[id], pullRequest(of: lane, on: before) != pullRequest(of: lane) else {
                continue
            }
            for run in lane.runs where state.runs[run]?.isFinished == false { supersedeByPush(run) }
        }
    }

    private func bindings(on head: Head) -> [Int?] {
        head.answers.map { binding(of: $0, on: head) }
    }

    /// Older versions did not store the bindings.
    mutating func bindRestored() {
        for head in state.heads.values.filter({ !$0.isBindingKnown }) {
            var bound = head
            bound.isBindingKnown = true
            for place in bound.answers.indices {
                bound.answers[place].boundTo = binding(of: bound.answers[place], on: head)
            }
            state.heads.restore(bound, at: head.key)
        }
    }

    /// The pull request to which a lane's event belongs. Without an `external_id` the pull request named by one status
    /// says nothing about others.
    func binding(of lane: Lane) -> Int? {
        state.heads.part(of: lane.head) { binding(of: lane, on: $0) } ?? nil
    }

    func binding(of lane: Lane, on head: Head) -> Int? {
        var bound: Int??
        for series in head.answers where series.deployment == lane.deployment && series.externalID == lane.externalID {
            if let bound, bound != series.boundTo { return nil }
            bound = .some(series.boundTo)
        }
        return bound ?? nil
    }

    // MARK: - Lessons

    /// An answer teaches that its deployment handles the repository and base branch of each change that it answers,
    /// also after the verdict.
    private mutating func teach(_ answer: Answer, boundTo number: Int?, on key: HeadKey) {
        guard let answeredAt = answer.lesson.latest else { return }
        for base in bases(on: key, of: number, answeredAt: answeredAt) {
            learn(answer.deployment, in: key.repository, baseRef: base, from: answer.lesson)
        }
    }

    private func bases(on key: HeadKey, of number: Int?, answeredAt moment: Timestamp) -> [String] {
        if let index = state.sharedCommits[key] { return index.bases(of: number, answeredAt: moment) }
        let bases = changes(on: key).compactMap { id in
            state.changes.part(of: id) { isBound(to: $0, number) && $0.answerableFrom <= moment ? $0.baseRef : nil }
                ?? nil
        }
        return bases.count == 1 ? bases : Set(bases).sorted()
    }

    private mutating func learn(_ deployment: Deployment, from change: Change) {
        var times = LessonTimes()
        for series in series(answering: change, by: deployment) {
            times.merge(series.lessons.since(change.answerableFrom), window: settings.learnedWindow)
        }
        guard !times.isEmpty else { return }
        learn(deployment, in: change.pullRequest.repository, baseRef: change.baseRef, from: times)
    }

    mutating func learn(
        _ deployment: Deployment, in repository: RepositoryID, baseRef: String, from times: LessonTimes
    ) {
        guard let known = state.repositories[repository] else { return }
        let before = known.lastAnswer(of: deployment)
        var learned = known.lesson(of: deployment, baseRef: baseRef)?.times ?? LessonTimes()
        let knownTimes = learned
        learned.merge(times, window: settings.learnedWindow)
        guard learned != knownTimes else { return }
        let window = settings.learnedWindow
        state.repositories.update(repository) { $0.learn(deployment, baseRef: baseRef, times, window: window) }
        guard deployment != settings.primary, let latest = times.latest, before.map({ latest > $0 }) ?? true else {
            return
        }
        // A deployment that answers in a repository owns the changes there without a verdict. If it had answered there
        // within the learned window before, it owns them already.
        if let before, before >= now + Self.futureTolerance - settings.learnedWindow { return }
        for open in state.openChanges[repository].sorted() { reconsider(change: open) }
    }
}

/// A status that can answer changes.
private struct Answer {
    let deployment: Deployment
    let externalID: String
    let statedPullRequest: Int?
    /// Provider time, otherwise the receipt.
    let time: Timestamp
    let lesson: LessonTimes

    init(_ fact: StatusReported, receivedAt: Timestamp, grace: TimeSpan) {
        self.init(
            deployment: fact.deployment, externalID: fact.externalID,
            statedPullRequest: fact.pullRequests.count == 1 ? fact.pullRequests.first : nil,
            time: (fact.postedAt ?? receivedAt).flooredToSecond, receivedAt: receivedAt, grace: grace)
    }

    init(_ fact: Fact, of lane: Lane, grace: TimeSpan) {
        self.init(
            deployment: lane.deployment, externalID: lane.externalID, statedPullRequest: nil,
            time: fact.startedAt ?? fact.completedAt ?? fact.receivedAt.flooredToSecond, receivedAt: fact.receivedAt,
            grace: grace)
    }

    private init(
        deployment: Deployment, externalID: String, statedPullRequest: Int?, time: Timestamp, receivedAt: Timestamp,
        grace: TimeSpan
    ) {
        self.deployment = deployment
        self.externalID = externalID
        self.statedPullRequest = statedPullRequest
        self.time = time
        lesson = LessonTimes(answeredAt: time, receivedAt: receivedAt, grace: grace)
    }
}

extension Head {
    fileprivate func latestAnswer(of deployment: Deployment) -> Timestamp? {
        answers.lazy.filter { $0.deployment == deployment }.compactMap { $0.times.last }.max()
    }

    /// Without an `external_id` only the payload can bind, so each named pull request has its own series.
    fileprivate func series(of answer: Answer) -> Int? {
        answers.firstIndex {
            $0.deployment == answer.deployment && $0.externalID == answer.externalID
                && (!answer.externalID.isEmpty || $0.statedPullRequest == answer.statedPullRequest)
        }
    }

    /// Events at Packit beyond the limit of one commit answer only the changes known when they arrive.
    ///
    /// - Parameter timesLimit: of all events of the commit. One event has no more than half, and no less than 16.
    fileprivate mutating func record(_ answer: Answer, window: TimeSpan, timesLimit: Int) {
        if let known = series(of: answer) {
            answers[known].noteStated(answer.statedPullRequest, at: answer.time)
            answers[known].record(answer.time, limit: min(timesLimit / 2, max(16, timesLimit / answers.count)))
            answers[known].lessons.merge(answer.lesson, window: window)
        } else {
            if answers.count >= Self.seriesLimit { answers.remove(at: answers.count - 1) }
            answers.append(
                AnswerSeries(
                    deployment: answer.deployment, externalID: answer.externalID,
                    statedPullRequest: answer.statedPullRequest, times: [answer.time], lessons: answer.lesson))
        }
    }
}

extension AnswerSeries {
    /// An event is bound by the statuses of its first second: of these any may name the pull request, so that their
    /// order does not matter.
    fileprivate mutating func noteStated(_ pullRequest: Int?, at time: Timestamp) {
        guard let first = times.first, time <= first else { return }
        let sameSecond = time == first ? statedPullRequest : nil
        statedPullRequest = [sameSecond, pullRequest].compactMap { $0 }.min()
    }
}
