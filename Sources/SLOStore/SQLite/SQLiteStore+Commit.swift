import GRDB
import SLOCore

extension SQLiteStore {
    public func commit(_ batch: CommitBatch) throws {
        try inOwnTransaction { db in try write(batch, db) }
    }

    func write(_ batch: CommitBatch, _ db: Database) throws {
        try writeProgress(batch, db)
        try writeJournal(batch.journal, db)
        try writeState(batch.state, db)
        try writeTotals(batch, db)
        try writeGauges(batch.gauges, db)
        try writeObjectiveHours(batch.objectiveHours, shard: batch.shard, db)
        try writeBlindIntervals(batch, db)
        try writeReconciliations(batch.reconciliationMemory, db)
        try writeHistory(batch, db)
        try writeBackfills(batch.backfills, db)
        try writeConditions(batch.conditions, db)
        try writeTimeNotes(batch, db)
    }

    /// Runs one transaction, and distinguishes errors before COMMIT from errors of COMMIT.
    func inOwnTransaction<Result>(_ work: (Database) throws -> Result) throws -> Result {
        try translated {
            try queue.writeWithoutTransaction { db in
                try fault(.beforeTransaction)
                // Still open only if a rollback failed.
                if db.isInsideTransaction { try db.rollback() }
                try RowStatement(db, "BEGIN IMMEDIATE").run { _ in }
                let result: Result
                do {
                    try checkOwnership(db)
                    result = try work(db)
                    try fault(.beforeCommit)
                } catch {
                    // Report the first error. A transaction that stays open is rolled back by the next one.
                    try? db.rollback()
                    throw error
                }
                try finish(db)
                return result
            }
        }
    }

    private func finish(_ db: Database) throws {
        do {
            try fault(.insteadOfCommit)
            try RowStatement(db, "COMMIT").run { _ in }
            try fault(.afterCommit)
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            throw StoreError.fromCommit(error, path: path)
        }
    }

    private func checkOwnership(_ db: Database) throws {
        let held = try RowStatement(db, "SELECT epoch, id FROM owner WHERE id = 1").firstPair { _ in }
        guard held?.0 == epoch else { throw Connection.refusal(.ownershipLost, path: path) }
    }

    /// Updates the row that every commit updates.
    private func writeProgress(_ batch: CommitBatch, _ db: Database) throws {
        let bodyBytes = batch.journal.reduce(0) { $0 + ($1.delivery?.body?.compressed.bytes.count ?? 0) }
        try RowStatement(
            db,
            """
            UPDATE owner SET next_sequence = max(next_sequence, ?), next_entity = max(next_entity, ?),
            body_bytes = body_bytes + ?, heartbeat_at = coalesce(?, heartbeat_at), stopped_at = ?,
            stopped_socket = ?
            WHERE id = 1
            """
        ).run { row in
            row.bind((batch.journal.map(\.sequence).max() ?? 0) + 1)
            row.bind(batch.nextEntity ?? 1)
            row.bind(Int64(bodyBytes))
            row.bind(batch.heartbeat?.milliseconds)
            row.bind(batch.cleanStop?.at.milliseconds)
            row.bind(batch.cleanStop?.socket.map(Int64.init(bitPattern:)))
        }
    }

    private func writeJournal(_ entries: [JournalEntry], _ db: Database) throws {
        guard !entries.isEmpty else { return }
        let journal = try RowStatement(
            db,
            """
            INSERT INTO journal (sequence, received_at, kind, source, event, identity, result, body_size, observation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let bodies = try RowStatement(
            db,
            """
            INSERT INTO bodies (sequence, received_at, codec, original_size, headers, bytes)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        // Of two deliveries with one identity the first is valid.
        let identities = try RowStatement(
            db, "INSERT INTO identities (identity, fingerprint, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        for entry in entries {
            let identity = (entry.delivery?.identity ?? entry.answer?.identity)?.bytes
            let fingerprint = entry.delivery?.fingerprint ?? entry.answer?.fingerprint
            try journal.run { row in
                row.bind(entry.sequence)
                row.bind(entry.receivedAt.milliseconds)
                row.bind(entry.kind.rawValue)
                row.bind(entry.delivery?.source.rawValue ?? entry.answer?.upstream.rawValue)
                row.bind(entry.delivery?.event)
                row.bind(identity)
                row.bind(entry.delivery?.result)
                row.bind(entry.delivery.map { Int64($0.bodyByteCount) })
                row.bind(entry.observation)
            }
            if let identity, let fingerprint {
                try identities.run { row in
                    row.bind(identity)
                    row.bind(Int64(bitPattern: fingerprint.bits))
                    row.bind(entry.receivedAt.milliseconds)
                }
            }
            guard let body = entry.delivery?.body else { continue }
            try bodies.run { row in
                row.bind(entry.sequence)
                row.bind(entry.receivedAt.milliseconds)
                row.bind(body.compressed.codec.rawValue)
                row.bind(Int64(body.compressed.originalByteCount))
                row.bind(body.headers)
                row.bind(body.compressed.bytes)
            }
        }
    }

    private func writeState(_ changes: [StateChange], _ db: Database) throws {
        guard !changes.isEmpty else { return }
        let upsert = try RowStatement(
            db,
            """
            INSERT INTO state (part, repository, key, value) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value
            """)
        let delete = try RowStatement(db, "DELETE FROM state WHERE part = ? AND repository = ? AND key = ?")
        for change in changes {
            try (change.value == nil ? delete : upsert).run { row in
                row.bind(Int64(change.key.table))
                row.bind(change.key.repository)
                row.bind(change.key.key)
                if let value = change.value { row.bind(value) }
            }
        }
    }

    private func writeTotals(_ batch: CommitBatch, _ db: Database) throws {
        guard !batch.counters.isEmpty || !batch.histograms.isEmpty else { return }
        let upsert = try RowStatement(
            db,
            """
            INSERT INTO totals (shard, series, part, value) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = value + excluded.value
            """)
        func add(_ amount: Int64, to part: Int64, of series: String) throws {
            try upsert.run { row in
                row.bind(batch.shard)
                row.bind(series)
                row.bind(part)
                row.bind(amount)
            }
        }
        for (series, delta) in batch.counters { try add(delta, to: TotalsPart.counter, of: series) }
        for histogram in batch.histograms {
            try writeSum(of: histogram, shard: batch.shard, db)
            for (bucket, delta) in histogram.buckets.enumerated() where delta != 0 {
                try add(delta, to: Int64(bucket), of: histogram.series)
            }
        }
    }

    private func writeGauges(_ gauges: [String: Int64], _ db: Database) throws {
        guard !gauges.isEmpty else { return }
        let replace = try RowStatement(
            db, "INSERT INTO gauges (series, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        for (series, value) in gauges {
            try replace.run { row in
                row.bind(series)
                row.bind(value)
            }
        }
    }

    private func writeSum(of histogram: HistogramDelta, shard: Int64, _ db: Database) throws {
        let add = try RowStatement(
            db,
            """
            INSERT INTO totals (shard, series, part, value, bounds) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
            SET value = value + excluded.value WHERE bounds = excluded.bounds
            """)
        func bind(_ row: inout RowBinder) {
            row.bind(shard)
            row.bind(histogram.series)
            row.bind(TotalsPart.sum)
            row.bind(histogram.sum)
            row.bind(histogram.bounds)
        }
        guard try add.run(bind) == 0 else { return }
        // Counts with different bounds cannot be added: the histogram starts again.
        try RowStatement(db, "DELETE FROM totals WHERE shard = ? AND series = ?").run { row in
            row.bind(shard)
            row.bind(histogram.series)
        }
        try add.run(bind)
    }

    func writeObjectiveHours(_ hours: [ObjectiveHour], shard: Int64, _ db: Database) throws {
        guard !hours.isEmpty else { return }
        let add = try RowStatement(
            db,
            """
            INSERT INTO objective_hours
                (shard, objective, deployment, hour, deadline_seconds, target, good, bad)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
            SET good = good + excluded.good, bad = bad + excluded.bad
            """)
        for hour in hours {
            try add.run { row in
                row.bind(shard)
                row.bind(hour.objective.rawValue)
                row.bind(hour.deployment.label)
                row.bind(hour.hour)
                row.bind(hour.deadlineSeconds)
                row.bind(hour.target)
                row.bind(hour.good)
                row.bind(hour.bad)
            }
        }
    }

    private func writeBlindIntervals(_ batch: CommitBatch, _ db: Database) throws {
        if !batch.blindIntervals.isEmpty {
            let upsert = try RowStatement(
                db,
                """
                INSERT INTO blind_intervals (started_at, cause, ended_at, caught_up_at, missing)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
                SET ended_at = excluded.ended_at, caught_up_at = excluded.caught_up_at, missing = excluded.missing
                """)
            for interval in batch.blindIntervals {
                try upsert.run { row in
                    row.bind(interval.startedAt.milliseconds)
                    row.bind(interval.cause)
                    row.bind(interval.endedAt?.milliseconds)
                    row.bind(interval.caughtUpAt?.milliseconds)
                    row.bind(interval.missing.map { $0.flatMap(\.bytes) })
                }
            }
        }
        for caughtUp in batch.caughtUp {
            try RowStatement(
                db, "UPDATE blind_intervals SET caught_up_at = ? WHERE started_at = ? AND cause <> 'unverified'"
            ).run { row in
                row.bind(caughtUp.at.milliseconds)
                row.bind(caughtUp.startedAt.milliseconds)
            }
        }
    }

    private func writeReconciliations(_ memory: [Source: [UInt8]], _ db: Database) throws {
        for (source, bytes) in memory {
            try RowStatement(
                db,
                """
                INSERT INTO reconciliations (source, memory) VALUES (?, ?)
                ON CONFLICT DO UPDATE SET memory = excluded.memory
                """
            ).run { row in
                row.bind(source.rawValue)
                row.bind(bytes)
            }
        }
    }
}
