import SLOCore

extension PostgresTerm {
    /// A record that is written again replaces the earlier one.
    static func history(_ batch: CommitBatch) -> [PostgresStatement] {
        var statements: [PostgresStatement] = []
        if !batch.changes.isEmpty { statements.append(changes(batch.changes)) }
        if !batch.runs.isEmpty { statements.append(runs(batch.runs)) }
        if !batch.withdrawnRuns.isEmpty {
            statements.append(
                PostgresStatement(
                    "DELETE FROM packit_slo.runs WHERE run = ANY ($1)", [.int8s(batch.withdrawnRuns.map(\.number))]))
        }
        // What spent the budget by them is found in the history of their changes and runs.
        return statements + judgements(batch.judgements.map { ($0, cause: nil) })
    }

    /// Replaces rows. A statement must not name a key twice: of rows with one key the last counts.
    static func replace<Record, Key: Hashable>(
        in table: String, by records: [Record], key: (Record) -> Key, keyColumns: String,
        _ columns: ([Record]) -> [(name: String, values: PostgresParameter)]
    ) -> PostgresStatement {
        var places: [Key: Int] = [:]
        for (place, record) in records.enumerated() { places[key(record)] = place }
        let columns = columns(places.values.sorted().map { records[$0] })
        let updates = columns.map { "\($0.name) = excluded.\($0.name)" }.joined(separator: ", ")
        return .insert(into: "packit_slo.\(table)", columns, "ON CONFLICT (\(keyColumns)) DO UPDATE SET \(updates)")
    }

    private static func changes(_ changes: [ChangeRecord]) -> PostgresStatement {
        struct Key: Hashable {
            let change: EntityID
            let deployment: Deployment
        }
        return replace(
            in: "changes", by: changes, key: { Key(change: $0.change, deployment: $0.deployment) },
            keyColumns: "change, deployment"
        ) { changes in
            [
                ("change", .int8s(changes.map(\.change.number))),
                ("deployment", .texts(changes.map(\.deployment.label))),
                ("repository", .int8s(changes.map(\.repository.stored))),
                ("repository_name", .texts(changes.map(\.repositoryName))),
                ("number", .int8s(changes.map { Int64($0.number) })),
                ("action", .texts(changes.map(\.action.rawValue))),
                ("head_sha", .texts(changes.map(\.headSHA))),
                ("base_ref", .texts(changes.map(\.baseRef))),
                ("started_at", .int8s(changes.map(\.startedAt.milliseconds))),
                ("received_at", .int8s(changes.map(\.receivedAt.milliseconds))),
                ("answered_at", .int8s(changes.map { $0.answeredAt?.milliseconds })),
                ("verdict", .texts(changes.map(\.verdict.rawValue))),
                ("exclusion", .texts(changes.map { $0.exclusion?.rawValue })),
                ("eligibility", .texts(changes.map(\.eligibility.rawValue))),
                ("judged_at", .int8s(changes.map(\.judgedAt.milliseconds))),
                ("is_counted", .bools(changes.map(\.isCounted))),
            ]
        }
    }

    private static func runs(_ runs: [RunRecord]) -> PostgresStatement {
        replace(in: "runs", by: runs, key: \.run, keyColumns: "run") { runs in
            [
                ("run", .int8s(runs.map(\.run.number))),
                ("kind", .texts(runs.map(\.kind.rawValue))),
                ("deployment", .texts(runs.map(\.deployment.label))),
                ("repository", .int8s(runs.map { $0.repository?.stored })),
                ("repository_name", .texts(runs.map(\.repositoryName))),
                ("sha", .texts(runs.map(\.sha))),
                ("pull_request", .int8s(runs.map { $0.pullRequest.map { Int64($0) } })),
                ("name", .texts(runs.map(\.name))),
                ("chroot", .texts(runs.map(\.chroot))),
                ("backend_id", .texts(runs.map(\.backendID))),
                ("queued_at", .int8s(runs.map { $0.queuedAt?.milliseconds })),
                ("started_at", .int8s(runs.map { $0.startedAt?.milliseconds })),
                ("finished_at", .int8s(runs.map(\.finishedAt.milliseconds))),
                ("outcome", .texts(runs.map(\.outcome.rawValue))),
                ("reason", .texts(runs.map(\.reason.rawValue))),
                ("revised_outcome", .texts(runs.map { $0.revisedOutcome?.rawValue })),
                ("counted_at", .int8s(runs.map(\.countedAt.milliseconds))),
                ("is_counted", .bools(runs.map(\.isCounted))),
                ("proof", .texts(runs.map { $0.proof?.rawValue })),
                ("backend_ended_at", .int8s(runs.map { $0.backendEndedAt?.milliseconds })),
            ]
        }
    }

    static func judgements(_ judgements: [(judgement: ObjectiveJudgement, cause: String?)]) -> [PostgresStatement] {
        guard !judgements.isEmpty else { return [] }
        struct Key: Hashable {
            let objective: Objective.Name
            let entity: EntityID
            let deployment: Deployment
        }
        let statement = replace(
            in: "judgements", by: judgements,
            key: { entry in
                let judgement = entry.judgement
                return Key(
                    objective: judgement.objective, entity: judgement.entity, deployment: judgement.deployment)
            }, keyColumns: "objective, entity, deployment"
        ) { rows in
            let judgements = rows.map(\.judgement)
            return [
                ("objective", .texts(judgements.map(\.objective.rawValue))),
                ("entity", .int8s(judgements.map(\.entity.number))),
                ("deployment", .texts(judgements.map(\.deployment.label))),
                ("repository_name", .texts(judgements.map(\.subject.repository))),
                ("verdict", .texts(judgements.map(\.verdict.rawValue))),
                ("judged_at", .int8s(judgements.map(\.at.milliseconds))),
                ("branch", .texts(judgements.map(\.subject.branch))),
                ("chroot", .texts(judgements.map(\.subject.chroot))),
                ("check_name", .texts(judgements.map(\.subject.name))),
                ("cause", .texts(rows.map(\.cause))),
            ]
        }
        return [statement]
    }
}
