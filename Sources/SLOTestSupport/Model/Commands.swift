internal import SLOCore

/// A comment by which a person gives a deployment a command (rule 51), with its final decisions.
final class Command {
    struct Key: Hashable {
        let deployment: Deployment
        let commentID: Int64
    }

    let deployment: Deployment
    unowned let repository: KnownRepository
    unowned let pull: KnownPullRequest
    let given: Timestamp
    let receipt: Receipt
    /// Whether the comment's delivery shows the pull request as closed.
    let isShownAsClosed: Bool
    var verdict: Verdict?
    /// The objectives that have judged it, whether or not they count it (rule 44).
    var judgedBy: Set<Objective.Name> = []

    init(_ fact: CommandGiven, in repository: KnownRepository, on pull: KnownPullRequest, _ receipt: Receipt) {
        deployment = fact.deployment
        self.repository = repository
        self.pull = pull
        given = fact.givenAt.flooredToSecond
        self.receipt = receipt
        isShownAsClosed = fact.isClosed
    }

    /// The beginning of its wait: a time in the future does not extend it (rule 39).
    var waitStart: Timestamp { receipt.believed(given) }

    /// The time from which its deadlines count, and from which learning is evaluated (rule 39).
    var dueStart: Timestamp { receipt.due(given) }

    /// The head of its pull request when it was given, as far as known.
    var head: Commit? { pull.head(at: waitStart).map(repository.commit) }

    var wasClosedBefore: Bool { isShownAsClosed || pull.isClosed(at: waitStart) }

    /// When the pull request was closed, or another change of it came, after the command: the earliest.
    var endedAt: Timestamp? {
        (pull.closes + pull.pushes.map(\.time)).filter { $0 > waitStart }.min()
    }
}

/// A comment that a deployment's App created.
struct AppComment {
    let deployment: Deployment
    let answer: Event.Answer
}

/// Decisions on commands (rule 51).
extension ModelRun {
    var objectivesOfCommands: [Objective] {
        settings.objectives.filter { $0.indicator == .commandAnswer }
    }

    /// Commands in ignored repositories are not measured. A comment counts once for each deployment, as its first
    /// delivery shows it.
    func ingest(_ fact: CommandGiven, _ receipt: Receipt, _ now: Now) {
        let repository = knowledge.repository(fact.repository, receipt)
        let key = Command.Key(deployment: fact.deployment, commentID: fact.commentID)
        guard !knowledge.isIgnored(fact.repository.fullName), repository.commands[key] == nil else { return }
        let command = Command(fact, in: repository, on: repository.pull(fact.number), receipt)
        repository.commands[key] = command
        repository.openCommands.append(command)
    }

    func ingest(_ fact: AppCommented, _ receipt: Receipt, _ now: Now) {
        let pull = knowledge.repository(fact.repository, receipt).pull(fact.number)
        let answer = Event.Answer(time: fact.commentedAt.flooredToSecond, receipt: receipt)
        pull.appComments.append(AppComment(deployment: fact.deployment, answer: answer))
    }

    func lookAtCommands(in id: RepositoryID, _ now: Now) {
        guard let repository = knowledge[id] else { return }
        for command in repository.openCommands { look(at: command, now) }
        repository.openCommands.removeAll(where: isDecided)
    }

    private func isDecided(_ command: Command) -> Bool {
        command.verdict != nil && objectivesOfCommands.allSatisfy { command.judgedBy.contains($0.name) }
    }

    func look(at command: Command, _ now: Now) {
        guard !isDecided(command) else { return }
        let answer = answer(to: command)
        if let answer { learn(answer, about: command, now) }
        judge(command, answer, now)
        judgeByObjectives(command, answer, now)
        wake(command, now)
    }

    // MARK: Answers

    /// The first answer: a comment of the App, or the first status of a new run on the head. One before a time in the
    /// future answers as well (rule 39).
    private func answer(to command: Command) -> Event.Answer? {
        let comments = command.pull.appComments.filter { $0.deployment == command.deployment }.map(\.answer)
        let statuses = command.head.map { openings(on: $0, by: command.deployment) } ?? []
        return (comments + statuses).filter { $0.time >= command.waitStart }
            .min { ($0.time, $0.receipt.order) < ($1.time, $1.receipt.order) }
    }

    /// The first status of each run, whether or not that counts.
    private func openings(on commit: Commit, by deployment: Deployment) -> [Event.Answer] {
        let lanes = commit.allLanes.filter { $0.key.deployment == deployment && $0.reading.event == nil }
        return lanes.flatMap(\.openings).map { fact in
            Event.Answer(time: fact.status.answerTime(receipt: fact.receipt), receipt: fact.receipt)
        }
    }

    /// An answer teaches like that to a change (rule 2), as long as something of the command is to be decided.
    private func learn(_ answer: Event.Answer, about command: Command, _ now: Now) {
        guard let base = command.pull.base else { return }
        let lesson = KnownRepository.Lesson(deployment: command.deployment, baseRef: base)
        var taught = command.repository.answers[lesson] ?? KnownRepository.Taught()
        let before = taught
        let time = answer.receipt.due(answer.time)
        if answer.receipt.at - answer.time > settings.initialStatusGrace {
            taught.late.insert(time)
        } else {
            taught.inTime = max(taught.inTime ?? time, time)
        }
        guard taught.inTime != before.inTime || taught.late != before.late else { return }
        command.repository.answers[lesson] = taught
        guard command.deployment != settings.primary else { return }
        command.repository.undecided.removeAll { $0.isDecided }
        for change in command.repository.undecided { look(at: change, now) }
    }

    // MARK: Verdicts

    private func verdict(
        on command: Command, _ answer: Event.Answer?, _ objective: Objective
    ) -> (Verdict, seconds: Int64?) {
        let seconds = answer.map { max(0, ($0.time - command.given).wholeSeconds) }
        if let seconds, seconds <= objective.deadline.wholeSeconds { return (.onTime, seconds) }
        if wasEnded(command, within: objective.deadline) || isBlind(at: command.dueStart + objective.deadline) {
            return (.excluded, nil)
        }
        return seconds == nil ? (.never, nil) : (.late, seconds)
    }

    private func wasEnded(_ command: Command, within limit: TimeSpan) -> Bool {
        command.wasClosedBefore || command.head == nil
            || command.endedAt.map { $0 - command.waitStart < limit } ?? false
    }

    /// Rules 7 and 27.
    private func lastDue(of command: Command, _ objective: Objective) -> Timestamp {
        let due = max(command.dueStart + objective.deadline, command.receipt.at)
        return afterStart(due + objective.grace, knownSince: command.receipt.at)
    }

    private func firstDue(of command: Command, _ objective: Objective) -> Timestamp {
        afterStart(command.dueStart + objective.deadline, knownSince: command.receipt.at)
    }

    private func isDue(_ verdict: Verdict, on command: Command, _ objective: Objective, _ now: Now) -> Bool {
        let last = now.hasCome(lastDue(of: command, objective))
        return verdict == .onTime ? last || now.hasCome(firstDue(of: command, objective)) : last
    }

    private func judge(_ command: Command, _ answer: Event.Answer?, _ now: Now) {
        let objective = settings.commandAnswer
        let (verdict, seconds) = verdict(on: command, answer, objective)
        guard command.verdict == nil, isDue(verdict, on: command, objective, now) else { return }
        command.verdict = verdict
        let then = command.dueStart + objective.deadline + objective.grace
        let eligibility = eligibility(of: command, answer, at: then)
        counted.count(.commandsJudged(command.deployment, verdict, eligibility))
        if let seconds { counted.observe(.commandAnswerDuration(command.deployment), seconds: seconds) }
    }

    private func judgeByObjectives(_ command: Command, _ answer: Event.Answer?, _ now: Now) {
        for objective in objectivesOfCommands where !command.judgedBy.contains(objective.name) {
            let verdict = verdict(on: command, answer, objective).0
            guard isDue(verdict, on: command, objective, now) else { continue }
            command.judgedBy.insert(objective.name)
            let then = command.dueStart + objective.deadline + objective.grace
            let eligibility = eligibility(of: command, answer, at: then)
            let subject = ObjectiveSelection.Subject(
                repository: command.repository.names.last, branch: command.pull.base)
            guard settings.countedEligibilities.contains(eligibility), objective.selection.contains(subject),
                let known = judgement(verdict, on: command, objective)
            else { continue }
            count(known, objective, command.deployment, subject, now)
        }
    }

    /// Rule 24; `nil` if it is no event of the objective.
    private func judgement(
        _ verdict: Verdict, on command: Command, _ objective: Objective
    ) -> ObjectiveJudgement.Verdict? {
        switch verdict {
        case .onTime: .good
        case .late, .never:
            wasBlind(command.dueStart, command.dueStart + objective.deadline) ? .doubtful : .bad
        case .excluded: wasEnded(command, within: objective.deadline) ? nil : .unknown
        }
    }

    /// Rule 2, evaluated now.
    private func eligibility(of command: Command, _ answer: Event.Answer?, at then: Timestamp) -> Eligibility {
        if knowledge.isListed(command.repository.names.last ?? "") { return .listed }
        if answer != nil { return .learned }
        guard let base = command.pull.base else { return .assumed }
        let lesson = KnownRepository.Lesson(deployment: command.deployment, baseRef: base)
        let from = command.dueStart - settings.learnedWindow
        return command.repository.answers[lesson]?.isAnswered(since: from, knownAt: then) ?? false
            ? .learned : .assumed
    }

    private func wake(_ command: Command, _ now: Now) {
        guard !isDecided(command) else { return }
        for objective in objectivesOfCommands + [settings.commandAnswer] {
            wake(.command(command), at: firstDue(of: command, objective), now)
            // A wait that ends on time after a start ends a grace after it.
            if let lastStart { wake(.command(command), at: lastStart + settings.initialStatusGrace, now) }
            wake(.command(command), at: lastDue(of: command, objective), now)
        }
    }
}

extension KnownPullRequest {
    /// The head at a provider time, open or not: by the last push, or by a closing that names another one, whose push
    /// was not received (rule 34).
    func head(at time: Timestamp) -> String? {
        let push = pushes.last { $0.time <= time }
        let close = closings.filter { $0.of != nil && $0.at <= time }.max { $0.at < $1.at }
        if let push, let close { return close.at >= push.time ? close.of : push.sha }
        return push?.sha ?? close?.of ?? openHead(at: time)
    }

    /// Whether a closing came before a time, and no reopening or push after it. Choice: a pull request that is pushed
    /// to after its closing is open.
    func isClosed(at time: Timestamp) -> Bool {
        guard let push = pushes.last(where: { $0.time <= time }) else { return closes.contains { $0 <= time } }
        return closes.contains { $0 <= time && (push.action == .reopened ? $0 > push.time : $0 >= push.time) }
    }
}
