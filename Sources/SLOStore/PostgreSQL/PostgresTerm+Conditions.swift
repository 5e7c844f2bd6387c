import SLOCore

extension PostgresTerm {
    static func conditions(_ records: ConditionRecords) -> [PostgresStatement] {
        guard !records.isEmpty else { return [] }
        return series(records.series) + samples(records) + incidents(records)
    }

    static func timeNotes(_ batch: CommitBatch) -> [PostgresStatement] {
        var statements: [PostgresStatement] = []
        if !batch.timeNotes.isEmpty {
            statements.append(
                .insert(
                    into: "packit_slo.time_notes",
                    [
                        ("id", .int8s(batch.timeNotes.map(\.id))),
                        ("kind", .texts(batch.timeNotes.map(\.kind))),
                        ("from_at", .int8s(batch.timeNotes.map(\.from.milliseconds))),
                        ("to_at", .int8s(batch.timeNotes.map(\.to.milliseconds))),
                        ("words", .texts(batch.timeNotes.map(\.words))),
                    ]))
        }
        if !batch.withdrawnTimeNotes.isEmpty {
            statements.append(
                PostgresStatement(
                    "DELETE FROM packit_slo.time_notes WHERE id = ANY ($1)", [.int8s(batch.withdrawnTimeNotes)]))
        }
        return statements
    }

    private static func series(_ series: [SampledSeriesRecord]) -> [PostgresStatement] {
        guard !series.isEmpty else { return [] }
        return [
            .insert(
                into: "packit_slo.sampled_series",
                [("number", .int8s(series.map(\.number))), ("series", .texts(series.map(\.series)))],
                "ON CONFLICT DO NOTHING")
        ]
    }

    private static func samples(_ records: ConditionRecords) -> [PostgresStatement] {
        guard let first = records.samples.first else { return [] }
        let replace = PostgresStatement("DELETE FROM packit_slo.samples WHERE sampled_at >= $1", [.time(first.at)])
        let add = PostgresStatement.insert(
            into: "packit_slo.samples",
            [
                ("sampled_at", .int8s(records.samples.map(\.at.milliseconds))),
                ("bytes", .byteas(records.samples.map(\.bytes))),
            ])
        let forget = records.keepSamplesFrom.map {
            PostgresStatement("DELETE FROM packit_slo.samples WHERE sampled_at < $1", [.time($0)])
        }
        return [replace, add] + [forget].compactMap { $0 }
    }

    func timeNotes(at moment: Timestamp) throws -> TimeNotesNow {
        let found = try session.run([
            PostgresStatement(PostgresQuery.timeNotes, [.time(moment), .time(moment), .count(TimeNotesNow.limit)]),
            PostgresStatement(PostgresQuery.latestTimeNotes, [.int8(.max), .count(TimeNotesNow.limit)]),
        ])
        return TimeNotesNow(
            inForce: try found[0].rows.map { try TimeNote($0) }, written: try found[1].rows.map { try TimeNote($0) })
    }

    private static func incidents(_ records: ConditionRecords) -> [PostgresStatement] {
        var statements: [PostgresStatement] = []
        if !records.incidents.isEmpty {
            statements.append(
                replace(
                    in: "incidents", by: records.incidents, key: \.key, keyColumns: "began_at, condition, subject"
                ) { incidents in
                    [
                        ("began_at", .int8s(incidents.map(\.beganAt.milliseconds))),
                        ("condition", .texts(incidents.map(\.condition))),
                        ("subject", .texts(incidents.map(\.subject))),
                        ("severity", .texts(incidents.map(\.severity.rawValue))),
                        ("party", .texts(incidents.map(\.party.rawValue))),
                        ("summary", .texts(incidents.map(\.summary))),
                        ("since", .int8s(incidents.map(\.since.milliseconds))),
                        ("fired_at", .int8s(incidents.map { $0.firedAt?.milliseconds })),
                        ("ended_at", .int8s(incidents.map { $0.endedAt?.milliseconds })),
                    ]
                })
        }
        if !records.withdrawnIncidents.isEmpty {
            let keys: [PostgresParameter] = [
                .int8s(records.withdrawnIncidents.map(\.beganAt.milliseconds)),
                .texts(records.withdrawnIncidents.map(\.condition)), .texts(records.withdrawnIncidents.map(\.subject)),
            ]
            statements.append(
                PostgresStatement(
                    """
                    DELETE FROM packit_slo.incidents i
                    USING \(PostgresStatement.unnest(keys)) AS d (began_at, condition, subject)
                    WHERE i.began_at = d.began_at AND i.condition = d.condition AND i.subject = d.subject
                    """, keys))
        }
        return statements
    }
}
