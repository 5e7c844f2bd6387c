public import SLOCore
import Synchronization

// The windows of objectives whose judgements are filled in (docs/counting.md, rule 54). Until that is done they have no
// compliance and no budget.

extension MetricsRegistry {
    public func beginFillingIn(_ objectives: [Objective.Name]) {
        state.withLock { $0.filledIn = Set(objectives) }
    }

    public func replaceWindow(of objective: Objective.Name, with hours: [HourTally]) {
        state.withLock { state in
            state.window.forget(objective)
            for hour in hours { state.window.add(hour) }
        }
    }

    public func addToWindow(_ hours: [HourTally]) {
        state.withLock { state in
            for hour in hours { state.window.add(hour) }
        }
    }

    public func completed(_ objective: Objective.Name) {
        state.withLock { _ = $0.filledIn.remove(objective) }
    }
}
