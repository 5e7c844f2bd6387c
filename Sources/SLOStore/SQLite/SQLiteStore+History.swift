import GRDB
import SLOCore

extension SQLiteStore {
    /// A record that is written again replaces the earlier one.
    func writeHistory(_ batch: CommitBatch, _ db: Database) throws {
        if !batch.changes.isEmpty {
            let replace = try RowStatement(
                db, "REPLACE INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for change in batch.changes { try replace.run { bind(change, &$0) } }
        }
        if !batch.runs.isEmpty {
            let replace = try RowStatement(
                db, "REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for run in batch.runs { try replace.run { bind(run, &$0) } }
        }
        if !batch.withdrawnRuns.isEmpty {
            let delete = try RowStatement(db, "DELETE FROM runs WHERE run = ?")
            for run in batch.withdrawnRuns { try delete.run { $0.bind(run.number) } }
        }
        // What spent the budget by them is found in the history of their changes and runs.
        try write(batch.judgements.lazy.map { ($0, cause: nil) }, db)
    }

    func write(
        _ judgements: some Collection<(judgement: ObjectiveJudgement, cause: String?)>, _ db: Database
    ) throws {
        guard !judgements.isEmpty else { return }
        let replace = try RowStatement(db, "REPLACE INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for (judgement, cause) in judgements { try replace.run { bind(judgement, cause: cause, &$0) } }
    }

    private func bind(_ judgement: ObjectiveJudgement, cause: String?, _ row: inout RowBinder) {
        row.bind(judgement.objective.rawValue)
        row.bind(judgement.entity.number)
        row.bind(judgement.deployment.label)
        row.bind(judgement.subject.repository)
        row.bind(judgement.verdict.rawValue)
        row.bind(judgement.at.milliseconds)
        row.bind(judgement.subject.branch)
        row.bind(judgement.subject.chroot)
        row.bind(judgement.subject.name)
        row.bind(cause)
    }

    private func bind(_ change: ChangeRecord, _ row: inout RowBinder) {
        row.bind(change.change.number)
        row.bind(change.deployment.label)
        row.bind(change.repository.stored)
        row.bind(change.repositoryName)
        row.bind(Int64(change.number))
        row.bind(change.action.rawValue)
        row.bind(change.headSHA)
        row.bind(change.baseRef)
        row.bind(change.startedAt.milliseconds)
        row.bind(change.receivedAt.milliseconds)
        row.bind(change.answeredAt?.milliseconds)
        row.bind(change.verdict.rawValue)
        row.bind(change.exclusion?.rawValue)
        row.bind(change.eligibility.rawValue)
        row.bind(change.judgedAt.milliseconds)
        row.bind(change.isCounted)
    }

    private func bind(_ run: RunRecord, _ row: inout RowBinder) {
        row.bind(run.run.number)
        row.bind(run.kind.rawValue)
        row.bind(run.deployment.label)
        row.bind(run.repository?.stored)
        row.bind(run.repositoryName)
        row.bind(run.sha)
        row.bind(run.pullRequest.map { Int64($0) })
        row.bind(run.name)
        row.bind(run.chroot)
        row.bind(run.backendID)
        row.bind(run.queuedAt?.milliseconds)
        row.bind(run.startedAt?.milliseconds)
        row.bind(run.finishedAt.milliseconds)
        row.bind(run.outcome.rawValue)
        row.bind(run.reason.rawValue)
        row.bind(run.revisedOutcome?.rawValue)
        row.bind(run.countedAt.milliseconds)
        row.bind(run.isCounted)
        row.bind(run.proof?.rawValue)
        row.bind(run.backendEndedAt?.milliseconds)
    }
}
