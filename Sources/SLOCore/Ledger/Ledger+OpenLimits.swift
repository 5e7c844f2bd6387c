// The limits of open entities. Beyond them the oldest is closed, and counted.

extension Ledger {
    mutating func opened(change id: EntityID) {
        if oneMoreIsOpen(.change) > settings.openChangesLimit { closeOldestChange() }
        oldestChanges.add(id, age: id, limit: settings.openChangesLimit)
    }

    private mutating func closeOldestChange() {
        let oldest = oldestChanges.first {
            state.changes[$0]?.isJudged == false ? $0 : nil
        } of: {
            state.openChanges.elements.map { .init(age: $0, entity: $0) }
        }
        if let oldest { giveUp(change: oldest) }
    }

    /// Gives the verdict on an open change without waiting for its evidence.
    mutating func giveUp(change id: EntityID) {
        guard state.changes[id]?.isJudged == false else { return }
        exclude(change: id)
        count(.limitReached(.change))
    }

    /// Drops the oldest change of a commit with the most changes allowed. If it still waits, it is excluded.
    mutating func makeRoomForChange(on key: HeadKey) {
        guard let known = state.heads[key]?.changes, known.count >= Head.changesLimit, let oldest = known.first else {
            return
        }
        count(.limitReached(.changeOfCommit))
        if state.changes[oldest]?.isJudged == false { exclude(change: oldest) }
        if let change = state.changes[oldest] { forget(change) }
    }

    mutating func opened(command id: EntityID) {
        if oneMoreIsOpen(.command) > settings.openCommandsLimit { closeOldestCommand() }
        oldestCommands.add(id, age: id, limit: settings.openCommandsLimit)
    }

    private mutating func closeOldestCommand() {
        let oldest = oldestCommands.first {
            state.commands[$0]?.isOpen == true ? $0 : nil
        } of: {
            state.commands.values.filter(\.isOpen).map { .init(age: $0.id, entity: $0.id) }
        }
        if let oldest { giveUp(command: oldest) }
    }

    /// Gives the verdict on an open command without waiting for its evidence.
    mutating func giveUp(command id: EntityID) {
        guard state.commands[id]?.isOpen == true else { return }
        exclude(command: id)
        count(.limitReached(.command))
    }

    /// Drops the oldest command of a pull request with the most commands allowed. If it still waits, it is excluded.
    mutating func makeRoomForCommand(on key: PullRequestKey) {
        let known = state.commandsOfPullRequest[key]
        guard known.count >= settings.bounds.commandsOfPullRequest, let oldest = known.min() else { return }
        if state.commands[oldest]?.isOpen == true { count(.limitReached(.commandOfPullRequest)) }
        exclude(command: oldest)
        forget(command: oldest)
    }

    /// Excludes the oldest command that waits for statuses on a commit where the most commands allowed wait.
    mutating func makeRoomForCommand(on key: HeadKey) {
        let waiting = state.commandsOfHead[key]
        guard waiting.count >= settings.bounds.commandsOfCommit, let oldest = waiting.min() else { return }
        count(.limitReached(.commandOfCommit))
        exclude(command: oldest)
    }

    mutating func changeJudged(_ change: Change) {
        let repository = change.pullRequest.repository
        state.openChanges.remove(change.id, under: repository)
        state.openCounts[.change] = (state.openCounts[.change] ?? 1) - 1
    }

    /// Called before the run itself is updated in the table, where it is not open yet.
    mutating func counted(run id: EntityID) {
        if oneMoreIsOpen(.run) > settings.openRunsLimit { closeOldestRun() }
        oldestRuns.add(id, age: id, limit: settings.openRunsLimit)
    }

    private mutating func closeOldestRun() {
        let oldest = oldestRuns.first {
            state.runs[$0]?.isOpen == true ? $0 : nil
        } of: {
            state.runs.values.filter(\.isOpen).map { .init(age: $0.id, entity: $0.id) }
        }
        if let oldest { giveUp(run: oldest) }
    }

    /// Ends an open run without waiting for its end.
    mutating func giveUp(run id: EntityID) {
        guard var run = state.runs[id], run.isOpen else { return }
        finish(&run, .error, .limit, at: nil, by: nil)
        lookAtReport(ofEnded: &run)
        state.runs[id] = run
        count(.limitReached(.run))
    }

    /// - Returns: how many are open now.
    private mutating func oneMoreIsOpen(_ kind: Tracked) -> Int {
        let count = (state.openCounts[kind] ?? 0) + 1
        state.openCounts[kind] = count
        return count
    }

    mutating func runFinished() {
        state.openCounts[.run] = (state.openCounts[.run] ?? 1) - 1
    }
}
