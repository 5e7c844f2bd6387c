// Objectives that the configuration adds to a service that has been running (docs/counting.md, rule 44).

extension Ledger {
    /// Compares the configured objectives with those of the last start. A new one judges what is not due yet; what is
    /// open is looked at again, since it may be due sooner by the new one.
    mutating func noteObjectives() {
        let known = chronicle.knownObjectives
        let names = settings.objectives.map(\.name)
        let new = names.filter { !known.contains($0) }
        guard known != names else { return }
        var added = chronicle.addedObjectives.filter { names.contains($0.name) && isStillNew(since: $0.since) }
        added += new.map { Chronicle.AddedObjective(name: $0, since: now) }
        chronicle.knownObjectives = names
        chronicle.addedObjectives = added
        if !new.isEmpty { lookAgainAtOpenWork() }
    }

    /// Whether something may still be tracked that was due before.
    private func isStillNew(since: Timestamp) -> Bool {
        now - since <= settings.horizon + settings.horizon + settings.longestInitialStatusWait
    }

    /// Whether the last moment at which an objective may judge something was before it was added.
    func wasDue(_ last: Timestamp, beforeAdding objective: Objective.Name) -> Bool {
        let added = chronicle.addedObjectives.first { $0.name == objective }
        return added.map { last <= $0.since } ?? false
    }

    private mutating func lookAgainAtOpenWork() {
        for run in state.runs.values.filter(\.isOpen) {
            state.runs.update(run.id) { $0.armedFor = now }
            arm(run.id, at: now)
        }
        for change in state.changes.values where change.waits.contains(where: { $0.isOwner && isPending($0) }) {
            state.changes.update(change.id) { $0.armedFor = now }
            arm(change.id, at: now)
        }
    }
}
