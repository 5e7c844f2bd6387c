public import SLOStore

/// Where the judgements of objectives that were added or changed are filled in (docs/counting.md, rule 54).
public protocol BackfillTarget: Sendable {
    /// The configured objectives whose judgements are not complete.
    var pendingBackfills: [Backfill] { get }

    /// Takes one short step, between two batches of the service.
    func take(_ step: BackfillStep) async -> BackfillResult
}

/// What fits into one transaction.
public enum BackfillStep: Sendable {
    /// Deletes some of what is to be filled in anew.
    case clear(Backfill)
    case add([BackfilledJudgement])
    case complete(Backfill)
}

public enum BackfillResult: Sendable {
    case done
    /// The step is to be taken again: there is more to delete.
    case more
    /// The database cannot be written at present.
    case failed
    /// The service stops.
    case stopping
}
