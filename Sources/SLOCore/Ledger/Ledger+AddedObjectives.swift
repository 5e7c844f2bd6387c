// Objectives that the configuration adds to a service that has been running, or changes (docs/counting.md, rules 44
// and 54).
//
// Two judge by such an objective: the backfill, which decides the journal again, up to a moment shortly after the
// start, and the running service from then on. By that moment the service has looked at everything that is open, and
// knows what it would have judged before.

extension Ledger {
    /// Another process continues what one has decided, maybe by other objectives. It is no start: verdicts wait for
    /// nothing.
    /// - Returns: whether that changes anything.
    public mutating func continued(at moment: Timestamp) -> Bool {
        now = moment
        isDeadlineTime = false
        return noteObjectives()
    }

    /// Compares the configured objectives with those of the last start. What is open is looked at again, since it may
    /// be due sooner by a new one.
    /// - Returns: whether that changes anything.
    @discardableResult
    mutating func noteObjectives() -> Bool {
        let known = chronicle.knownObjectives
        let present = settings.objectives.map { Chronicle.KnownObjective($0) }
        let new = Set(present.filter { !isKnown($0, among: known) }.map(\.name))
        let names = Set(present.map(\.name))
        let unfinished = chronicle.addedObjectives.filter { $0.backfilledThrough >= now && names.contains($0.name) }
        let added = new.union(unfinished.map(\.name))
        guard known != present || !chronicle.addedObjectives.isEmpty else { return false }
        chronicle.knownObjectives = present
        // What was overdue at this start is judged a grace after it, and may settle.
        let backfilledThrough = now + settings.initialStatusGrace + settings.settle
        chronicle.addedObjectives = added.sorted().map { .init(name: $0, backfilledThrough: backfilledThrough) }
        if !new.isEmpty { lookAgainAtOpenWork(by: new) }
        return true
    }

    /// The objectives whose past is to be filled in, each up to and including a moment, as of the present start.
    public var objectivesToBackfill: [(objective: Objective.Name, through: Timestamp)] {
        chronicle.addedObjectives.filter { $0.backfilledThrough > now }.map { ($0.name, $0.backfilledThrough) }
    }

    /// Rows of older versions tell the names only.
    private func isKnown(_ objective: Chronicle.KnownObjective, among known: [Chronicle.KnownObjective]) -> Bool {
        known.contains { $0.name == objective.name && ($0.definition ?? objective.definition) == objective.definition }
    }

    /// Whether the other of the two judges what is judged now.
    func isLeftToOther(_ objective: Objective.Name) -> Bool {
        if let until = settings.backfillThrough[objective] { return now > until }
        return chronicle.addedObjectives.contains { $0.name == objective && now <= $0.backfilledThrough }
    }

    private mutating func lookAgainAtOpenWork(by new: Set<Objective.Name>) {
        for run in state.runs.values where run.isOpen || awaitsReport(run) {
            state.runs.update(run.id) {
                $0.judgedBy.removeAll(where: new.contains)
                $0.armedFor = now
            }
            arm(run.id, at: now)
        }
        for change in state.changes.values where change.waits.contains(where: \.isOwner) {
            state.changes.update(change.id) {
                for place in $0.waits.indices { $0.waits[place].judgedBy.removeAll(where: new.contains) }
                $0.armedFor = now
            }
            arm(change.id, at: now)
        }
        for command in state.commands.values { reopen(command, for: new) }
    }
}

extension Chronicle {
    /// An objective as it was configured at the last start.
    struct KnownObjective: Equatable, Sendable {
        let name: Objective.Name
        /// A digest of what decides its events; `nil` in rows of older versions.
        let definition: UInt64?

        init(name: Objective.Name, definition: UInt64?) {
            self.name = name
            self.definition = definition
        }

        init(_ objective: Objective) {
            self.init(name: objective.name, definition: objective.definition)
        }
    }
}

extension Objective {
    /// A digest of what decides which events are good: not of its target, window and description.
    fileprivate var definition: UInt64 {
        var digest = FNV1a()
        digest.add(indicator.rawValue)
        digest.add("\(deadline.milliseconds) \(grace.milliseconds)")
        for globs in [
            selection.repositories, selection.branches, selection.chroots, selection.names, selection.identifiers,
        ] {
            digest.add("\(globs.count)")
            for glob in globs { digest.add(glob) }
        }
        return digest.value
    }
}
