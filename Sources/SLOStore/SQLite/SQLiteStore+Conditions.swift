import GRDB
public import SLOCore

extension SQLiteStore {
    func writeConditions(_ records: ConditionRecords, _ db: Database) throws {
        guard !records.isEmpty else { return }
        let addSeries = try RowStatement(
            db, "INSERT INTO sampled_series (number, series) VALUES (?, ?) ON CONFLICT DO NOTHING")
        for record in records.series {
            try addSeries.run { row in
                row.bind(record.number)
                row.bind(record.series)
            }
        }
        try writeSamples(records, db)
        try writeIncidents(records, db)
    }

    func writeTimeNotes(_ batch: CommitBatch, _ db: Database) throws {
        for note in batch.timeNotes {
            try RowStatement(db, "INSERT INTO time_notes (\(TimeNote.columns)) VALUES (?, ?, ?, ?, ?)").run { row in
                row.bind(note.id)
                row.bind(note.kind)
                row.bind(note.from.milliseconds)
                row.bind(note.to.milliseconds)
                row.bind(note.words)
            }
        }
        for id in batch.withdrawnTimeNotes {
            try RowStatement(db, "DELETE FROM time_notes WHERE id = ?").run { $0.bind(id) }
        }
    }

    public func timeNotes(at moment: Timestamp) throws -> TimeNotesNow {
        try translated {
            try queue.read { db in
                func notes(_ sql: String, _ arguments: StatementArguments) throws -> [TimeNote] {
                    try Row.fetchAll(db, sql: sql, arguments: arguments).map { try TimeNote($0) }
                }
                return TimeNotesNow(
                    inForce: try notes(
                        PageQuery.timeNotes, [moment.milliseconds, moment.milliseconds, TimeNotesNow.limit]),
                    written: try notes(PageQuery.latestTimeNotes, [Int64.max, TimeNotesNow.limit]))
            }
        }
    }

    private func writeSamples(_ records: ConditionRecords, _ db: Database) throws {
        guard let first = records.samples.first else { return }
        try RowStatement(db, "DELETE FROM samples WHERE sampled_at >= ?").run { $0.bind(first.at.milliseconds) }
        let add = try RowStatement(db, "INSERT INTO samples (sampled_at, bytes) VALUES (?, ?)")
        for sample in records.samples {
            try add.run { row in
                row.bind(sample.at.milliseconds)
                row.bind(sample.bytes)
            }
        }
        guard let kept = records.keepSamplesFrom else { return }
        try RowStatement(db, "DELETE FROM samples WHERE sampled_at < ?").run { $0.bind(kept.milliseconds) }
    }

    private func writeIncidents(_ records: ConditionRecords, _ db: Database) throws {
        let replace = try RowStatement(db, "REPLACE INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for incident in records.incidents {
            try replace.run { row in
                row.bind(incident.key.beganAt.milliseconds)
                row.bind(incident.key.condition)
                row.bind(incident.key.subject)
                row.bind(incident.severity.rawValue)
                row.bind(incident.party.rawValue)
                row.bind(incident.summary)
                row.bind(incident.since.milliseconds)
                row.bind(incident.firedAt?.milliseconds)
                row.bind(incident.endedAt?.milliseconds)
            }
        }
        let delete = try RowStatement(
            db, "DELETE FROM incidents WHERE began_at = ? AND condition = ? AND subject = ?")
        for key in records.withdrawnIncidents {
            try delete.run { row in
                row.bind(key.beganAt.milliseconds)
                row.bind(key.condition)
                row.bind(key.subject)
            }
        }
    }
}
