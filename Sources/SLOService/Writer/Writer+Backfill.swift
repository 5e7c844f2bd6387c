import SLOCore
import SLOMetrics
import SLOStore

// Takes the steps of a backfill, between batches and each in a transaction of its own. None of them touches the
// ledger's state, so one whose end is unknown is taken again from the beginning, by the next process.

extension Writer {
    func take(_ step: BackfillStep) -> BackfillResult {
        do {
            switch step {
            case .clear(let backfill):
                guard let objective = settings.ledger[backfill.objective] else { return .done }
                guard try !store.clear(backfill, of: objective) else { return .more }
                let hours = try store.objectiveHours(of: objective.name).map(HourTally.init(stored:))
                metrics.replaceWindow(of: objective.name, with: hours)
            case .add(let judgements):
                let tallies = HourTally.summing(judgements.map(\.judgement))
                try store.add(judgements, hours: tallies.compactMap { $0.stored(by: settings.ledger) })
                metrics.addToWindow(tallies)
            case .complete(let backfill):
                try store.complete(backfill)
                metrics.completed(backfill.objective)
            }
            return .done
        } catch {
            return .failed
        }
    }
}
