import GRDB
public import SLOCore

extension SQLiteReader {
    private static let pageJudgements = 4096

    public func forEachJudgement(
        from: Timestamp, until: Timestamp, _ visit: (StoredJudgement) throws -> Void
    ) throws {
        var after: ObjectiveJudgement?
        while true {
            let page = try judgements(after: after, from: from, until: until)
            for judgement in page { try visit(judgement) }
            guard let last = page.last else { return }
            after = last.judgement
        }
    }

    private func judgements(
        after last: ObjectiveJudgement?, from: Timestamp, until: Timestamp
    ) throws -> [StoredJudgement] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT j.objective, j.deployment, j.entity, j.repository_name, j.verdict, j.judged_at,
                            j.branch, j.chroot, j.check_name, j.cause, c.verdict, r.outcome, r.queued_at, r.finished_at,
                            r.counted_at, r.revised_outcome IS NOT NULL
                        FROM judgements j
                        LEFT JOIN changes c ON j.verdict IN ('bad', 'doubtful')
                            AND c.change = j.entity AND c.deployment = j.deployment
                        LEFT JOIN runs r ON j.verdict IN ('bad', 'doubtful')
                            AND r.run = j.entity
                        WHERE j.judged_at BETWEEN ? AND ?
                            AND (j.judged_at, j.objective, j.entity, j.deployment) > (?, ?, ?, ?)
                        ORDER BY j.judged_at, j.objective, j.entity, j.deployment LIMIT ?
                        """,
                    arguments: [
                        max(from, last?.at ?? from).milliseconds, until.milliseconds,
                        last?.at.milliseconds ?? .min, last?.objective.rawValue ?? "", last?.entity.number ?? .min,
                        last?.deployment.label ?? "", Self.pageJudgements,
                    ])
                var page: [StoredJudgement] = []
                while let row = try rows.next() { page.append(try StoredJudgement(row)) }
                return page
            }
        }
    }
}

extension StoredJudgement {
    fileprivate init(_ row: Row) throws {
        guard let objective = Objective.Name(rawValue: row[0]),
            let verdict = ObjectiveJudgement.Verdict(rawValue: row[4])
        else {
            throw StoreError(
                code: .damaged, message: "the judgement on entity \(row[2] as Int64) is damaged: restore a backup")
        }
        self.init(
            ObjectiveJudgement(
                objective: objective, deployment: Deployment(row[1]), entity: EntityID(row[2]),
                subject: ObjectiveSelection.Subject(repository: row[3], branch: row[6], chroot: row[7], name: row[8]),
                verdict: verdict, at: Timestamp(milliseconds: row[5])),
            changeVerdict: (row[10] as String?).flatMap(Verdict.init(rawValue:)),
            runEnd: RunEnd(row), cause: row[9])
    }
}

extension RunEnd {
    fileprivate init?(_ row: Row) {
        guard let outcome = (row[11] as String?).flatMap(Outcome.init(rawValue:)) else { return nil }
        self.init(
            outcome: outcome, queuedAt: Timestamp(stored: row[12]), finishedAt: Timestamp(milliseconds: row[13]),
            countedAt: Timestamp(milliseconds: row[14]), isRevised: row[15])
    }
}
