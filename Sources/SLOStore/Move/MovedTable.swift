/// A table that both databases have.
struct MovedTable: Sendable {
    enum ColumnType: Sendable {
        case integer
        case number
        case text
        case bytes
        /// 16 bytes; a UUID in PostgreSQL.
        case identity
        /// 0 or 1 in SQLite.
        case flag
    }

    struct Column: Sendable {
        let name: String
        let type: ColumnType
    }

    let name: String
    let columns: [Column]

    init(_ name: String, _ columns: [(String, ColumnType)]) {
        self.name = name
        self.columns = columns.map { Column(name: $0.0, type: $0.1) }
    }

    var columnNames: String { columns.map(\.name).joined(separator: ", ") }

    /// All but the row of progress, which differs, and a cluster's inbox, which only PostgreSQL has.
    static let all: [MovedTable] = [
        MovedTable(
            "journal",
            [
                ("sequence", .integer), ("received_at", .integer), ("kind", .text), ("source", .text), ("event", .text),
                ("identity", .identity), ("result", .text), ("body_size", .integer), ("observation", .bytes),
            ]),
        bodies,
        MovedTable("identities", [("identity", .identity), ("fingerprint", .integer), ("seen_at", .integer)]),
        MovedTable("state", [("part", .integer), ("repository", .integer), ("key", .bytes), ("value", .bytes)]),
        MovedTable(
            "totals",
            [("shard", .integer), ("series", .text), ("part", .integer), ("value", .integer), ("bounds", .text)]),
        MovedTable("gauges", [("series", .text), ("value", .integer)]),
        MovedTable(
            "objective_hours",
            [
                ("shard", .integer), ("objective", .text), ("deployment", .text), ("hour", .integer),
                ("deadline_seconds", .integer), ("target", .number), ("good", .integer), ("bad", .integer),
            ]),
        MovedTable(
            "blind_intervals",
            [
                ("started_at", .integer), ("cause", .text), ("ended_at", .integer), ("caught_up_at", .integer),
                ("missing", .bytes),
            ]),
        MovedTable("reconciliations", [("source", .text), ("memory", .bytes)]),
        MovedTable(
            "backfills",
            [("objective", .text), ("through", .integer), ("begins_at", .integer), ("completed_at", .integer)]),
        MovedTable("sampled_series", [("number", .integer), ("series", .text)]),
        MovedTable("samples", [("sampled_at", .integer), ("bytes", .bytes)]),
        MovedTable(
            "incidents",
            [
                ("began_at", .integer), ("condition", .text), ("subject", .text), ("severity", .text), ("party", .text),
                ("summary", .text), ("since", .integer), ("fired_at", .integer), ("ended_at", .integer),
            ]),
        MovedTable(
            "time_notes",
            [("id", .integer), ("kind", .text), ("from_at", .integer), ("to_at", .integer), ("words", .text)]),
        MovedTable(
            "changes",
            [
                ("change", .integer), ("deployment", .text), ("repository", .integer), ("repository_name", .text),
                ("number", .integer), ("action", .text), ("head_sha", .text), ("base_ref", .text),
                ("started_at", .integer), ("received_at", .integer), ("answered_at", .integer), ("verdict", .text),
                ("exclusion", .text), ("eligibility", .text), ("judged_at", .integer), ("is_counted", .flag),
            ]),
        MovedTable(
            "runs",
            [
                ("run", .integer), ("kind", .text), ("deployment", .text), ("repository", .integer),
                ("repository_name", .text), ("sha", .text), ("pull_request", .integer), ("name", .text),
                ("chroot", .text), ("backend_id", .text), ("queued_at", .integer), ("started_at", .integer),
                ("finished_at", .integer), ("outcome", .text), ("reason", .text), ("revised_outcome", .text),
                ("counted_at", .integer), ("is_counted", .flag), ("proof", .text),
                ("backend_ended_at", .integer),
            ]),
        MovedTable(
            "judgements",
            [
                ("objective", .text), ("entity", .integer), ("deployment", .text), ("repository_name", .text),
                ("verdict", .text), ("judged_at", .integer), ("branch", .text), ("chroot", .text),
                ("check_name", .text), ("cause", .text),
            ]),
    ]

    static let bodies = MovedTable(
        "bodies",
        [
            ("sequence", .integer), ("received_at", .integer), ("codec", .integer), ("original_size", .integer),
            ("headers", .text), ("bytes", .bytes),
        ])
}

/// A value on its way from one database to the other.
enum MovedValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case number(Double)
    case text(String)
    case bytes([UInt8])
}
