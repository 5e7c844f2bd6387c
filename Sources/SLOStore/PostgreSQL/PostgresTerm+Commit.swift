import SLOCore

// One statement a table, however many rows: each takes its rows as arrays.

extension PostgresTerm {
    func commit(_ batch: CommitBatch) throws {
        var statements: [PostgresStatement] = []
        statements += Self.journal(batch.journal)
        statements += Self.state(batch.state)
        statements += Self.totals(batch)
        statements += Self.gauges(batch.gauges)
        statements += Self.hours(batch.objectiveHours, shard: batch.shard)
        statements += Self.blindIntervals(batch)
        statements += Self.reconciliations(batch.reconciliationMemory)
        statements += Self.history(batch)
        statements += Self.newBackfills(batch.backfills)
        statements += Self.conditions(batch.conditions)
        statements += Self.timeNotes(batch)
        statements += Self.consumed(batch.consumed)
        try transact(statements, progress: Self.progress(batch))
    }

    /// What every commit changes in the row with the epoch.
    private static func progress(_ batch: CommitBatch) -> (sql: String, parameters: [PostgresParameter]) {
        (
            """
            , next_sequence = greatest(next_sequence, $2), next_entity = greatest(next_entity, $3),
                heartbeat_at = coalesce($4, heartbeat_at), stopped_at = $5, stopped_socket = $6
            """,
            [
                .int8((batch.journal.map(\.sequence).max() ?? 0) + 1), .int8(batch.nextEntity ?? 1),
                .int8(batch.heartbeat?.milliseconds), .int8(batch.cleanStop?.at.milliseconds),
                .int8(batch.cleanStop?.socket.map(Int64.init(bitPattern:))),
            ]
        )
    }

    // MARK: - Journal

    private static func journal(_ entries: [JournalEntry]) -> [PostgresStatement] {
        guard !entries.isEmpty else { return [] }
        let identities = entries.map { $0.delivery?.identity ?? $0.answer?.identity }
        let journal = PostgresStatement.insert(
            into: "packit_slo.journal",
            [
                ("sequence", .int8s(entries.map(\.sequence))),
                ("received_at", .int8s(entries.map(\.receivedAt.milliseconds))),
                ("kind", .texts(entries.map(\.kind.rawValue))),
                ("source", .texts(entries.map { $0.delivery?.source.rawValue ?? $0.answer?.upstream.rawValue })),
                ("event", .texts(entries.map { $0.delivery?.event })),
                ("identity", .uuids(identities)),
                ("result", .texts(entries.map { $0.delivery?.result })),
                ("body_size", .int8s(entries.map { $0.delivery.map { Int64($0.bodyByteCount) } })),
                ("observation", .byteas(entries.map(\.observation))),
                ("stream", .int8s(entries.map { $0.place?.stream.number })),
                ("pos", .int8s(entries.map { $0.place?.position })),
            ])
        return [journal] + known(entries, identities) + bodies(entries)
    }

    /// Of two deliveries with one identity the first is valid.
    private static func known(_ entries: [JournalEntry], _ identities: [DeliveryIdentity?]) -> [PostgresStatement] {
        let rows = zip(entries, identities).compactMap { entry, identity in
            identity.flatMap { identity in
                (entry.delivery?.fingerprint ?? entry.answer?.fingerprint).map { (identity, $0, entry.receivedAt) }
            }
        }
        guard !rows.isEmpty else { return [] }
        return [
            .insert(
                into: "packit_slo.identities",
                [
                    ("identity", .uuids(rows.map(\.0))),
                    ("fingerprint", .int8s(rows.map { Int64(bitPattern: $0.1.bits) })),
                    ("seen_at", .int8s(rows.map(\.2.milliseconds))),
                ], "ON CONFLICT DO NOTHING")
        ]
    }

    /// The body of what came through the inbox is there already.
    private static func bodies(_ entries: [JournalEntry]) -> [PostgresStatement] {
        let rows = entries.compactMap { entry in
            entry.place == nil ? entry.delivery?.body.map { (entry: entry, body: $0) } : nil
        }
        guard !rows.isEmpty else { return [] }
        return [
            .insert(
                into: "packit_slo.bodies",
                [
                    ("sequence", .int8s(rows.map(\.entry.sequence))),
                    ("received_at", .int8s(rows.map(\.entry.receivedAt.milliseconds))),
                    ("codec", .int8s(rows.map(\.body.compressed.codec.rawValue))),
                    ("original_size", .int8s(rows.map { Int64($0.body.compressed.originalByteCount) })),
                    ("headers", .texts(rows.map(\.body.headers))),
                    ("bytes", .byteas(rows.map(\.body.compressed.bytes))),
                ])
        ]
    }

    private static func consumed(_ positions: [StreamID: Int64]) -> [PostgresStatement] {
        guard !positions.isEmpty else { return [] }
        let rows = positions.sorted { $0.key < $1.key }
        return [
            .insert(
                into: "packit_slo.consumed",
                [
                    ("shard", .int8s(rows.map { _ in 0 })), ("stream", .int8s(rows.map(\.key.number))),
                    ("pos", .int8s(rows.map(\.value))),
                ], "ON CONFLICT (shard, stream) DO UPDATE SET pos = greatest(consumed.pos, excluded.pos)")
        ]
    }

    // MARK: - State

    /// A statement must not name a key twice, so later changes replace earlier ones here.
    private static func state(_ changes: [StateChange]) -> [PostgresStatement] {
        var last: [StateKey: [UInt8]?] = [:]
        for change in changes { last.updateValue(change.value, forKey: change.key) }
        let kept = last.compactMap { key, value in value.map { (key, $0) } }
        let removed = last.filter { $0.value == nil }.map(\.key)
        var statements: [PostgresStatement] = []
        if !kept.isEmpty {
            statements.append(
                .insert(
                    into: "packit_slo.state", keys(kept.map(\.0)) + [("value", .byteas(kept.map(\.1)))],
                    "ON CONFLICT (part, repository, key) DO UPDATE SET value = excluded.value"))
        }
        if !removed.isEmpty {
            let columns = keys(removed).map(\.values)
            statements.append(
                PostgresStatement(
                    """
                    DELETE FROM packit_slo.state s USING \(PostgresStatement.unnest(columns)) AS d (part, repository, key)
                    WHERE s.part = d.part AND s.repository = d.repository AND s.key = d.key
                    """, columns))
        }
        return statements
    }

    private static func keys(_ keys: [StateKey]) -> [(name: String, values: PostgresParameter)] {
        [
            ("part", .int8s(keys.map { Int64($0.table) })), ("repository", .int8s(keys.map(\.repository))),
            ("key", .byteas(keys.map(\.key))),
        ]
    }

    // MARK: - Numbers

    private static func totals(_ batch: CommitBatch) -> [PostgresStatement] {
        var rows: [(series: String, part: Int64, value: Int64, bounds: String?)] = []
        for (series, delta) in batch.counters { rows.append((series, TotalsPart.counter, delta, nil)) }
        for histogram in batch.histograms {
            rows.append((histogram.series, TotalsPart.sum, histogram.sum, histogram.bounds))
            for (bucket, delta) in histogram.buckets.enumerated() where delta != 0 {
                rows.append((histogram.series, Int64(bucket), delta, nil))
            }
        }
        guard !rows.isEmpty else { return [] }
        let add = PostgresStatement.insert(
            into: "packit_slo.totals",
            [
                ("shard", .int8s(rows.map { _ in batch.shard })), ("series", .texts(rows.map(\.series))),
                ("part", .int8s(rows.map(\.part))), ("value", .int8s(rows.map(\.value))),
                ("bounds", .texts(rows.map(\.bounds))),
            ], "ON CONFLICT (shard, series, part) DO UPDATE SET value = totals.value + excluded.value")
        return (batch.histograms.isEmpty ? [] : [restart(batch.histograms, shard: batch.shard)]) + [add]
    }

    /// Counts with different bounds cannot be added: the histogram starts again.
    private static func restart(_ histograms: [HistogramDelta], shard: Int64) -> PostgresStatement {
        PostgresStatement(
            """
            DELETE FROM packit_slo.totals t USING packit_slo.totals s, unnest($1::text[], $2::text[]) AS d (series, bounds)
            WHERE s.shard = $3 AND s.series = d.series AND s.part = \(TotalsPart.sum) AND s.bounds <> d.bounds
                AND t.shard = $3 AND t.series = s.series
            """,
            [.texts(histograms.map(\.series)), .texts(histograms.map(\.bounds)), .int8(shard)])
    }

    private static func gauges(_ gauges: [String: Int64]) -> [PostgresStatement] {
        guard !gauges.isEmpty else { return [] }
        let rows = gauges.sorted { $0.key < $1.key }
        return [
            .insert(
                into: "packit_slo.gauges", [("series", .texts(rows.map(\.key))), ("value", .int8s(rows.map(\.value)))],
                "ON CONFLICT (series) DO UPDATE SET value = excluded.value")
        ]
    }

    /// A batch may have several events of one hour, which a statement must add up first.
    static func hours(_ hours: [ObjectiveHour], shard: Int64) -> [PostgresStatement] {
        guard !hours.isEmpty else { return [] }
        let columns: [PostgresParameter] = [
            .int8s(hours.map { _ in shard }), .texts(hours.map(\.objective.rawValue)),
            .texts(hours.map(\.deployment.label)), .int8s(hours.map(\.hour)), .int8s(hours.map(\.deadlineSeconds)),
            .float8s(hours.map(\.target)), .int8s(hours.map(\.good)), .int8s(hours.map(\.bad)),
        ]
        return [
            PostgresStatement(
                """
                INSERT INTO packit_slo.objective_hours
                    (shard, objective, deployment, hour, deadline_seconds, target, good, bad)
                SELECT shard, objective, deployment, hour, deadline_seconds, target, sum(good), sum(bad)
                FROM \(PostgresStatement.unnest(columns))
                    AS d (shard, objective, deployment, hour, deadline_seconds, target, good, bad)
                GROUP BY shard, objective, deployment, hour, deadline_seconds, target
                ON CONFLICT (shard, objective, deployment, hour, deadline_seconds, target) DO UPDATE
                SET good = objective_hours.good + excluded.good, bad = objective_hours.bad + excluded.bad
                """, columns)
        ]
    }

    // MARK: - Blind intervals and reconciliations

    private static func blindIntervals(_ batch: CommitBatch) -> [PostgresStatement] {
        // One statement each: there are few, and of one interval the last word counts.
        let upserts = batch.blindIntervals.map { interval in
            PostgresStatement(
                """
                INSERT INTO packit_slo.blind_intervals (started_at, cause, ended_at, caught_up_at, missing)
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (started_at, cause) DO UPDATE
                SET ended_at = excluded.ended_at, caught_up_at = excluded.caught_up_at, missing = excluded.missing
                """,
                [
                    .int8(interval.startedAt.milliseconds), .text(interval.cause),
                    .int8(interval.endedAt?.milliseconds), .int8(interval.caughtUpAt?.milliseconds),
                    .bytea(interval.missing.map { $0.flatMap(\.bytes) }),
                ])
        }
        let updates = batch.caughtUp.map { caughtUp in
            PostgresStatement(
                """
                UPDATE packit_slo.blind_intervals SET caught_up_at = $1
                WHERE started_at = $2 AND cause <> 'unverified'
                """, [.int8(caughtUp.at.milliseconds), .int8(caughtUp.startedAt.milliseconds)])
        }
        return upserts + updates
    }

    private static func reconciliations(_ memory: [Source: [UInt8]]) -> [PostgresStatement] {
        guard !memory.isEmpty else { return [] }
        let rows = memory.sorted { $0.key.rawValue < $1.key.rawValue }
        return [
            .insert(
                into: "packit_slo.reconciliations",
                [("source", .texts(rows.map(\.key.rawValue))), ("memory", .byteas(rows.map(\.value)))],
                "ON CONFLICT (source) DO UPDATE SET memory = excluded.memory")
        ]
    }
}
