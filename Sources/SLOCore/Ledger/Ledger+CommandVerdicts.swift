// Verdicts on commands, and how objectives judge them (docs/counting.md, rules 7, 27, 44 and 51).

extension Ledger {
    /// Recomputes a command after anything that may concern it.
    mutating func reconsider(command id: EntityID) {
        guard var command = state.commands[id] else { return }
        if command.isOpen {
            giveVerdict(&command)
            judgeByObjectives(&command)
        }
        armNext(&command)
        state.commands.replace(id, by: command)
        if command.isOpen, command.verdict != nil, !isPending(command) { close(command) }
        if state.commands[id]?.isOpen == false, hasCome(forgetTime(of: command)) { forget(command: id) }
    }

    /// Whether objectives have not judged it.
    func isPending(_ command: Command) -> Bool {
        settings.judges(of: .commandAnswer).contains { !command.judgedBy.contains($0.name) }
    }

    /// Gives all verdicts without waiting for evidence: too many commands wait.
    mutating func exclude(command id: EntityID) {
        guard var command = state.commands[id], command.isOpen else { return }
        if command.verdict == nil {
            let deciding = decisions.deciding
            decisions.deciding = nil
            record(.excluded, on: &command)
            decisions.deciding = deciding
        }
        command.judgedBy = settings.judges(of: .commandAnswer).map(\.name)
        state.commands[id] = command
        close(command)
    }

    // MARK: - Verdicts

    private mutating func giveVerdict(_ command: inout Command) {
        guard command.verdict == nil,
            let (verdict, exclusion) = dueVerdict(on: command, by: settings.commandAnswer.terms)
        else { return }
        let deciding = decisions.deciding
        defer { decisions.deciding = deciding }
        decisions.deciding = exclusion == nil ? decider(on: command) : nil
        record(verdict, on: &command)
    }

    /// Who brought the answer, or else the command.
    private func decider(on command: Command) -> DecisionMemory.Source? {
        decisions.source(of: command.answer == nil ? .opening : .answer(command.deployment), command.id)
    }

    private mutating func record(_ verdict: Verdict, on command: inout Command) {
        command.verdict = verdict
        let eligibility = eligibility(of: command, by: settings.commandAnswer.terms)
        count(.commandsJudged(command.deployment, verdict, eligibility))
        if verdict == .onTime || verdict == .late, let span = command.answeredAfter {
            observeDuration(.commandAnswerDuration(command.deployment), span)
        }
    }

    /// The verdict that can be given now; `nil` before that.
    private func dueVerdict(on command: Command, by terms: Objective.Terms) -> (Verdict, Exclusion?)? {
        let (verdict, exclusion) = verdict(on: command, by: terms)
        let isDue = verdict == .onTime && hasCome(onTimeIsDue(command, by: terms))
        return isDue || hasCome(graceEnd(of: command, by: terms)) ? (verdict, exclusion) : nil
    }

    /// By what is known now.
    private func verdict(on command: Command, by terms: Objective.Terms) -> (Verdict, Exclusion?) {
        if let span = command.answeredAfter, span <= terms.deadline { return (.onTime, nil) }
        if let exclusion = exclusion(of: command, by: terms) { return (.excluded, exclusion) }
        return (command.answer == nil ? .never : .late, nil)
    }

    private func exclusion(of command: Command, by terms: Objective.Terms) -> Exclusion? {
        let start = command.answerableFrom
        let deadline = start + terms.deadline
        guard !command.isOnClosed, command.sha != nil, let pullRequest = state.pullRequests[command.pullRequest],
            pullRequest.isOpen(at: start), !pullRequest.isClosed(at: start)
        else { return .closed }
        if let closing = pullRequest.closing(after: start), closing < deadline { return .closed }
        if let next = pullRequest.next(after: start), next < deadline { return .superseded }
        return isBlind(at: command.clockStart + terms.deadline) ? .blind : nil
    }

    /// Rule 2. Read when something is counted.
    private func eligibility(of command: Command, by terms: Objective.Terms) -> Eligibility {
        eligibility(
            for: command.deployment, in: command.key.repository,
            baseRef: state.pullRequests[command.pullRequest]?.base?.name, isAnswered: command.answer != nil,
            learnedSince: command.clockStart - settings.learnedWindow, then: command.clockStart + terms.longestWait)
    }

    // MARK: - Objectives

    private mutating func judgeByObjectives(_ command: inout Command) {
        for objective in settings.judges(of: .commandAnswer) {
            // All others have longer deadlines.
            guard hasCome(command.clockStart + objective.terms.deadline) else { return }
            guard !command.judgedBy.contains(objective.name),
                let (verdict, exclusion) = dueVerdict(on: command, by: objective.terms)
            else { continue }
            command.judgedBy.append(objective.name)
            let deciding = decisions.deciding
            decisions.deciding = exclusion == nil ? decider(on: command) : nil
            judge(command, by: objective, verdict, exclusion)
            decisions.deciding = deciding
        }
    }

    private mutating func judge(
        _ command: Command, by objective: LedgerSettings.Judge, _ verdict: Verdict, _ exclusion: Exclusion?
    ) {
        let subject = ObjectiveSelection.Subject(
            repository: state.repositories[command.key.repository]?.fullName,
            branch: state.pullRequests[command.pullRequest]?.base?.name)
        guard settings.countedEligibilities.contains(eligibility(of: command, by: objective.terms)),
            settings.selects(subject, for: objective), !isLeftToOther(objective.name),
            let judgement = judgement(
                of: verdict, exclusion, from: command.clockStart, to: command.clockStart + objective.terms.deadline)
        else { return }
        judge(objective.name, command.deployment, judgement, of: command.id, subject)
    }

    // MARK: - Time

    /// Rule 27: one that is received after its deadline waits from its receipt on.
    private func waitStart(of command: Command, by terms: Objective.Terms) -> Timestamp {
        max(command.clockStart + terms.deadline, command.receivedAt)
    }

    private func onTimeIsDue(_ command: Command, by terms: Objective.Terms) -> Timestamp {
        verdictTime(command.clockStart + terms.deadline, knownSince: command.receivedAt)
    }

    /// When the known evidence decides.
    private func graceEnd(of command: Command, by terms: Objective.Terms) -> Timestamp {
        verdictTime(waitStart(of: command, by: terms) + terms.grace, knownSince: command.receivedAt)
    }

    private mutating func armNext(_ command: inout Command) {
        guard let next = nextStage(of: command), command.armedFor != next else { return }
        command.armedFor = next
        arm(command.id, at: next)
    }

    private func nextStage(of command: Command) -> Timestamp? {
        var stages = [forgetTime(of: command)]
        func note(_ terms: Objective.Terms) {
            stages.append(onTimeIsDue(command, by: terms))
            stages.append(graceEnd(of: command, by: terms))
        }
        if command.verdict == nil { note(settings.commandAnswer.terms) }
        if command.isOpen {
            for objective in settings.judges(of: .commandAnswer) where !command.judgedBy.contains(objective.name) {
                note(objective.terms)
            }
        }
        return stages.filter { !hasCome($0) }.min()
    }

    /// Until then a repetition of its comment is recognised.
    private func forgetTime(of command: Command) -> Timestamp {
        command.receivedAt + settings.horizon + settings.longestCommandWait
    }
}
