// Commands in comments, and what answers them (docs/counting.md, rule 51).

import HashTreeCollections

extension Ledger {
    mutating func commandGiven(_ fact: CommandGiven) {
        let key = CommandKey(
            repository: fact.repository.id, deployment: fact.deployment, comment: fact.commentID)
        guard state.commandNumbers[key] == nil, !settings.isIgnored(fact.repository.fullName),
            !mayBeForgotten(fact.givenAt)
        else { return }
        let pullRequest = touchPullRequest(fact.number, of: key.repository)
        makeRoomForCommand(on: pullRequest)
        let command = Command(
            id: nextEntity(), key: key, number: fact.number, givenAt: fact.givenAt.flooredToSecond, receivedAt: now,
            isOnClosed: fact.isClosed)
        state.commands[command.id] = command
        decisions.remember(.opening, of: command.id, from: decisions.deciding)
        state.commandNumbers[key] = command.id
        state.commandsOfPullRequest.add(command.id, under: pullRequest)
        opened(command: command.id)
        findHead(of: command)
        findAnswer(to: command.id)
        reconsider(command: command.id)
    }

    mutating func appCommented(_ fact: AppCommented) {
        let comment = AppComment(
            deployment: fact.deployment, at: fact.commentedAt.flooredToSecond, receivedAt: now)
        let pullRequest = touchPullRequest(fact.number, of: fact.repository.id)
        guard state.pullRequests.update(pullRequest, { $0.record(comment) }) == true else { return }
        for command in openCommands(of: pullRequest) where command.isAnswered(by: comment) {
            guard command.answer.map({ comment.at < $0.at }) ?? true else { continue }
            answer(command.id, with: Command.Answer(comment))
        }
    }

    /// The pull request's history has changed: it may have had another head when a command was given, or have been
    /// closed, and its base branch may be known only now.
    mutating func reconsiderCommands(of pullRequest: PullRequestKey) {
        for command in openCommands(of: pullRequest) {
            if findHead(of: command) { findAnswer(to: command.id) }
            if let answer = state.commands[command.id]?.answer { teach(answer, of: command) }
            reconsider(command: command.id)
        }
    }

    /// The facts of a lane were divided into runs: the first of a new run answers commands.
    mutating func noteOpenings(ofLane id: EntityID) {
        guard !state.commandsOfHead.isEmpty, let lane = state.lanes[id] else { return }
        let waiting = state.commandsOfHead[lane.head].compactMap { state.commands[$0] }
            .filter { $0.deployment == lane.deployment }
        guard !waiting.isEmpty else { return }
        let openings = openings(of: lane)
        for command in waiting.sorted(by: { $0.id < $1.id }) {
            let first = openings.first { $0.at >= command.answerableFrom }
            if let answer = command.answer, answer.lane == id, answer != first, lane.shows(answer) {
                // It turned out not to be new: another lane's may be the first.
                findAnswer(to: command.id)
                reconsider(command: command.id)
            } else if let first, command.answer.map({ first.at < $0.at }) ?? true {
                answer(command.id, with: first)
            }
        }
    }

    /// Those on which evidence still counts, in the order of their receipt.
    func openCommands(of pullRequest: PullRequestKey) -> [Command] {
        state.commandsOfPullRequest[pullRequest].compactMap { state.commands[$0] }.filter(\.isOpen)
            .sorted { $0.id < $1.id }
    }

    /// With all its commands.
    mutating func forgetCommands(of pullRequest: PullRequestKey) {
        for id in state.commandsOfPullRequest[pullRequest].sorted() { forget(command: id) }
    }

    mutating func forget(command id: EntityID) {
        guard let command = state.commands[id] else { return }
        if command.isOpen { close(command) }
        state.commandsOfPullRequest.remove(id, under: command.pullRequest)
        state.commandNumbers[command.key] = nil
        state.commands[id] = nil
    }

    /// Nothing is evidence on it any more.
    mutating func close(_ command: Command) {
        if let head = command.head { state.commandsOfHead.remove(command.id, under: head) }
        state.openCounts[.command] = (state.openCounts[.command] ?? 1) - 1
        state.commands.update(command.id) { $0.isOpen = false }
    }

    /// Objectives were added by which it is not judged yet: evidence counts again.
    mutating func reopen(_ command: Command, for new: Set<Objective.Name>) {
        var command = command
        command.judgedBy.removeAll(where: new.contains)
        guard isPending(command) else { return }
        if !command.isOpen {
            state.openCounts[.command] = (state.openCounts[.command] ?? 0) + 1
            if let head = command.head { state.commandsOfHead.add(command.id, under: head) }
        }
        command.isOpen = true
        command.armedFor = now
        state.commands[command.id] = command
        findAnswer(to: command.id)
        arm(command.id, at: now)
    }

    // MARK: - Answers

    private mutating func touchPullRequest(_ number: Int, of repository: RepositoryID) -> PullRequestKey {
        let key = PullRequestKey(repository: repository, number: number)
        ensure(pullRequest: key)
        state.pullRequests.update(key) { $0.touchedAt = now }
        return key
    }

    /// - Returns: whether it is another one than before.
    @discardableResult
    private mutating func findHead(of command: Command) -> Bool {
        let sha = state.pullRequests[command.pullRequest]?.head(at: command.answerableFrom)
        guard sha != command.sha else { return false }
        if let head = command.head { state.commandsOfHead.remove(command.id, under: head) }
        state.commands.update(command.id) { $0.sha = sha }
        guard let sha else { return true }
        let head = HeadKey(repository: command.key.repository, sha: sha)
        makeRoomForCommand(on: head)
        state.commandsOfHead.add(command.id, under: head)
        return true
    }

    /// Finds what was received before, or is left after something turned out to be none.
    private mutating func findAnswer(to id: EntityID) {
        guard let command = state.commands[id] else { return }
        var first: Command.Answer?
        func note(_ answer: Command.Answer?) {
            guard let answer, answer.at >= command.answerableFrom else { return }
            if first.map({ answer.at < $0.at }) ?? true { first = answer }
        }
        let comments = state.pullRequests[command.pullRequest]?.appComments ?? []
        note(comments.first { command.isAnswered(by: $0) }.map { Command.Answer($0) })
        for lane in command.head.flatMap({ state.heads[$0]?.lanes })?.compactMap({ state.lanes[$0] }) ?? []
        where lane.deployment == command.deployment {
            note(openings(of: lane).first { $0.at >= command.answerableFrom })
        }
        guard first != command.answer else { return }
        state.commands.update(id) { $0.answer = first }
        decisions.remember(.answer(command.deployment), of: id, from: nil)
        if let first { teach(first, of: command) }
    }

    private mutating func answer(_ id: EntityID, with answer: Command.Answer) {
        guard let command = state.commands[id] else { return }
        state.commands.update(id) { $0.answer = answer }
        let source = answer.receivedAt == now ? decisions.deciding : nil
        decisions.remember(.answer(command.deployment), of: id, from: source)
        teach(answer, of: command)
        reconsider(command: id)
    }

    /// The first facts of a lane's runs, whether they count or not; by their times. A lane that waits for its kind is
    /// divided as a build's.
    private func openings(of lane: Lane) -> [Command.Answer] {
        guard lane.name.event == nil else { return [] }
        var firsts: [Fact] = []
        if lane.kind == nil {
            let portions = Partition(kind: .build, returns: [], final: [:]).portions(of: lane.facts)
            firsts = portions.compactMap(\.places.first).map { lane.facts[$0] }
        } else {
            var seen: Set<EntityID> = []
            firsts = lane.facts.filter { $0.run.map { seen.insert($0).inserted } ?? false }
        }
        return firsts.map {
            Command.Answer(at: $0.postedAt.flooredToSecond, receivedAt: $0.receivedAt, lane: lane.id)
        }.sorted { $0.at < $1.at }
    }

    /// Rule 2: an answer teaches that its deployment handles the repository and the base branch.
    private mutating func teach(_ answer: Command.Answer, of command: Command) {
        guard let base = state.pullRequests[command.pullRequest]?.base?.name else { return }
        learn(
            command.deployment, in: command.key.repository, baseRef: base,
            from: LessonTimes(answeredAt: answer.at, receivedAt: answer.receivedAt, grace: settings.initialStatusGrace))
    }
}

extension Command {
    fileprivate func isAnswered(by comment: AppComment) -> Bool {
        comment.deployment == deployment && comment.at >= answerableFrom
    }
}

extension Lane {
    /// Whether the fact is still known: a lane with many facts forgets some of runs that are final.
    fileprivate func shows(_ answer: Command.Answer) -> Bool {
        facts.contains { $0.postedAt.flooredToSecond == answer.at && $0.receivedAt == answer.receivedAt }
    }
}

extension Command.Answer {
    fileprivate init(_ comment: AppComment) {
        self.init(at: comment.at, receivedAt: comment.receivedAt, lane: nil)
    }
}
