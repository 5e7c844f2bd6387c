import GRDB
public import SLOCore

extension SQLiteStore {
    /// Free pages kept for new data: 4 MiB.
    private static let reservedPages: Int64 = 256
    /// Free pages returned to the file system at a time: 1 MiB.
    private static let vacuumPages: Int64 = 64

    public func prune(now: Timestamp, limits: PruneLimits, rows: Int) throws -> Bool {
        let removed = try inOwnTransaction { db in
            var budget = rows
            budget -= try pruneBodies(db, now: now, limits: limits, atMost: budget)
            let identitiesFrom = now - min(limits.keepIdentities, limits.keepObservations)
            budget -= try forgetIdentities(db, before: identitiesFrom, atMost: budget)
            budget -= try pruneJournal(db, before: now - limits.keepObservations, atMost: budget)
            let cutoff = (now - limits.keepHistory).milliseconds
            for (table, key, time, oldest) in [
                ("changes", "change, deployment", "judged_at", cutoff),
                ("runs", "run", "counted_at", cutoff),
                ("judgements", "objective, entity, deployment", "judged_at", cutoff),
                ("blind_intervals", "started_at, cause", "ended_at", cutoff),
                ("incidents", "began_at, condition, subject", "ended_at", cutoff),
                ("time_notes", "id", "to_at", cutoff),
                (
                    "objective_hours", "shard, objective, deployment, hour, deadline_seconds, target", "hour",
                    cutoff / 3_600_000
                ),
            ] where budget > 0 {
                budget -= try delete(db, from: table, key: key, where: time, isBefore: oldest, atMost: budget)
            }
            return rows - budget
        }
        if removed > 0 { return true }
        return try giveRoomBack()
    }

    /// Deletes bodies in order of arrival, by age and by total size. A body is deleted with its entry at the latest.
    private func pruneBodies(_ db: Database, now: Timestamp, limits: PruneLimits, atMost count: Int) throws -> Int {
        let oldest = (now - min(limits.keepBodies, limits.keepObservations)).milliseconds
        var total = try Int64.fetchOne(db, sql: "SELECT body_bytes FROM owner WHERE id = 1") ?? 0
        let before = total
        var last: Int64?
        var removed = 0
        let rows = try Row.fetchCursor(
            db, sql: "SELECT sequence, received_at, length(bytes) FROM bodies ORDER BY sequence LIMIT ?",
            arguments: [count])
        while let row = try rows.next() {
            guard (row[1] as Int64) < oldest || total > limits.maxBodyBytes else { break }
            last = row[0]
            total -= row[2]
            removed += 1
        }
        guard let last else { return 0 }
        try db.execute(sql: "DELETE FROM bodies WHERE sequence <= ?", arguments: [last])
        try db.execute(sql: "UPDATE owner SET body_bytes = body_bytes - ? WHERE id = 1", arguments: [before - total])
        return removed
    }

    /// Deletes identities in the journal's order, before their entries. An index of identities by time would cost each
    /// delivery a page.
    private func forgetIdentities(_ db: Database, before oldest: Timestamp, atMost count: Int) throws -> Int {
        let delete = try RowStatement(db, "DELETE FROM identities WHERE identity = ?")
        var last: Int64?
        var entries = 0
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, received_at, identity FROM journal
                WHERE sequence > (SELECT forgotten_through FROM owner WHERE id = 1) ORDER BY sequence LIMIT ?
                """,
            arguments: [count])
        while let row = try rows.next(), (row[1] as Int64) < oldest.milliseconds {
            if let identity = try row.bytes(2) { try delete.run { $0.bind(identity) } }
            last = row[0]
            entries += 1
        }
        if let last { try db.execute(sql: "UPDATE owner SET forgotten_through = ? WHERE id = 1", arguments: [last]) }
        return entries
    }

    /// Deletes the journal's oldest entries only, so that the rest has no gap.
    private func pruneJournal(_ db: Database, before oldest: Timestamp, atMost count: Int) throws -> Int {
        try RowStatement(
            db,
            """
            WITH first AS (SELECT sequence, received_at FROM journal ORDER BY sequence LIMIT ?)
            DELETE FROM journal WHERE sequence <= (SELECT max(sequence) FROM first WHERE sequence
                < coalesce((SELECT min(sequence) FROM first WHERE received_at >= ?), 9223372036854775807))
            """
        ).run { row in
            row.bind(Int64(count))
            row.bind(oldest.milliseconds)
        }
    }

    private func delete(
        _ db: Database, from table: String, key: String, where time: String, isBefore oldest: Int64, atMost count: Int
    ) throws -> Int {
        try RowStatement(
            db,
            """
            DELETE FROM \(table) WHERE (\(key)) IN
            (SELECT \(key) FROM \(table) WHERE \(time) < ? ORDER BY \(time) LIMIT ?)
            """
        ).run { row in
            row.bind(oldest)
            row.bind(Int64(count))
        }
    }

    private func giveRoomBack() throws -> Bool {
        try translated {
            try queue.writeWithoutTransaction { db in
                let free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                // A database in use fills its free pages again, so only what exceeds the reserve is returned.
                guard free > max(Self.reservedPages, pages / 20) else { return false }
                try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.vacuumPages))")
                return true
            }
        }
    }
}
