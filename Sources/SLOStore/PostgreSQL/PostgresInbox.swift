import SLOCore

/// The inbox of a cluster in PostgreSQL.
final class PostgresInbox: Inbox {
    private let session: PostgresSession
    /// Nothing is appended with fewer.
    private let copies: DatabaseCopies
    private let fault: StoreFault
    /// A transaction that waits for the standby, and that nobody waits for any more, may hold the stream's row. Each
    /// attempt that waited for it would hold a connection of the server's, too.
    private let limitWait: PostgresStatement

    init(_ session: PostgresSession, copies: DatabaseCopies, fault: @escaping StoreFault) {
        self.session = session
        self.copies = copies
        self.fault = fault
        let (seconds, attoseconds) = session.patience.components
        let milliseconds = (seconds * 1000 + attoseconds / 1_000_000_000_000_000) / 2
        limitWait = PostgresStatement("SET LOCAL lock_timeout = \(max(100, milliseconds))")
    }

    // MARK: - Lives

    func beginStream(_ stream: StreamID, node: String, startedAt: Timestamp) throws {
        let begin = PostgresStatement(
            """
            WITH own AS (
                INSERT INTO packit_slo.receiver AS r (stream, node, started_at, through, seen_at, sent_at)
                VALUES ($1, $2, $3, $3, clock_timestamp(), \(Self.databaseClock))
                ON CONFLICT (stream) DO UPDATE SET seen_at = excluded.seen_at
                    WHERE r.node = excluded.node AND r.started_at = excluded.started_at
                RETURNING 1
            )
            SELECT 1 / count(*) FROM own
            """, [.int8(stream.number), .text(node), .int8(startedAt.milliseconds)])
        do { try session.transact([limitWait, begin], fault) } catch let error as StoreError
            where error.code == .ownershipLost
        {
            throw StoreError(code: .foreign, message: "the inbox has a stream \(stream.number) of another process")
        }
    }

    func endStream(_ stream: StreamID, at moment: Timestamp) throws {
        let end = PostgresStatement(
            """
            WITH own AS (
                UPDATE packit_slo.receiver SET ended_at = $2, through = greatest(through, $2), seen_at = clock_timestamp()
                WHERE stream = $1 RETURNING 1
            )
            SELECT 1 / count(*) FROM own
            """, [.int8(stream.number), .int8(moment.milliseconds)])
        do { try session.transact([limitWait, end], fault) } catch let error as StoreError
            where error.code == .ownershipLost
        {
            throw Self.unknown(stream)
        }
    }

    // MARK: - Appending

    func append(
        _ entries: [InboxEntry], to stream: StreamID, through: Timestamp, sentAt: Timestamp
    ) throws {
        // A batch that is sent again has an older watermark, and maybe positions that are there.
        let move = PostgresStatement(
            """
            WITH own AS (
                UPDATE packit_slo.receiver SET through = greatest(through, $2), appended = greatest(appended, $3),
                    seen_at = clock_timestamp(), sent_at = $4
                WHERE stream = $1 AND $4 - \(Self.databaseClock) <= \(Self.clockToleranceMilliseconds)
                    AND \(copies.condition)
                RETURNING 1
            )
            SELECT 1 / count(*) FROM own
            """,
            [
                .int8(stream.number), .int8(through.milliseconds), .int8(entries.last?.place.position ?? 0),
                .int8(sentAt.milliseconds),
            ])
        do {
            // A watermark that is lost is made up for by the next: no standby is waited for.
            let first = entries.isEmpty ? PostgresStatement("SET LOCAL synchronous_commit = off") : Self.insert(entries)
            try session.transact([limitWait, first, move], fault)
        } catch let error as StoreError where error.code == .ownershipLost {
            if let problem = try copies.problem(of: session) { throw problem }
            throw try isKnown(stream) ? Self.ahead(session.place) : Self.unknown(stream)
        }
        // One that went meanwhile may not have it.
        if !entries.isEmpty, let problem = try copies.problem(of: session) { throw problem.inDoubt(session.place) }
    }

    private static func insert(_ entries: [InboxEntry]) -> PostgresStatement {
        let contents = entries.map { InboxRow($0.content) }
        return .insert(
            into: "packit_slo.inbox",
            [
                ("day", .int8s(entries.map { PostgresSchema.day(of: $0.receivedAt) })),
                ("stream", .int8s(entries.map(\.place.stream.number))),
                ("pos", .int8s(entries.map(\.place.position))),
                ("received_at", .int8s(entries.map(\.receivedAt.milliseconds))),
                ("source", .texts(contents.map(\.source))),
                ("event", .texts(contents.map(\.event))),
                ("identity", .uuids(contents.map(\.identity))),
                ("untargeted_identity", .uuids(entries.map(\.untargetedIdentity))),
                ("fingerprint", .int8s(contents.map { Int64(bitPattern: $0.fingerprint.bits) })),
                ("result", .texts(contents.map(\.result))),
                ("body_size", .int8s(contents.map(\.bodyByteCount))),
                ("observation", .byteas(entries.map(\.observation))),
                ("codec", .int8s(contents.map { $0.body?.compressed.codec.rawValue })),
                ("original_size", .int8s(contents.map { $0.body.map { Int64($0.compressed.originalByteCount) } })),
                ("headers", .texts(contents.map { $0.body?.headers })),
                ("body", .byteas(contents.map { $0.body?.compressed.bytes })),
            ], "ON CONFLICT DO NOTHING")
    }

    private func isKnown(_ stream: StreamID) throws -> Bool {
        let select = PostgresStatement(
            "SELECT 1::bigint FROM packit_slo.receiver WHERE stream = $1", [.int8(stream.number)])
        return try session.run([select])[0].first != nil
    }

    /// Milliseconds since 1970 by the database's clock.
    static let databaseClock = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    private static let clockToleranceMilliseconds = 1000

    private static func ahead(_ place: String) -> StoreError {
        StoreError(
            code: .rejected,
            message: "this machine's clock is more than a second ahead of that of the database \(place): set it")
    }

    private static func unknown(_ stream: StreamID) -> StoreError {
        StoreError(code: .foreign, message: "the inbox has no stream \(stream.number)")
    }

    // MARK: - Reading

    /// What is read of one stream at a time, and one entry more.
    private static let bytesOfReading = 16 << 20

    /// Reads the lives before the entries: a watermark then covers nothing that is not read.
    func read(
        after positions: [StreamID: Int64], atMost count: Int, except full: Set<StreamID>
    ) throws -> InboxReading {
        let lives = PostgresStatement(
            """
            SELECT \(ReceiverLife.columns) FROM packit_slo.receiver r ORDER BY r.stream
            """)
        let known = positions.sorted { $0.key < $1.key }
        let entries = PostgresStatement(
            """
            SELECT \(InboxRow.columns)
            FROM packit_slo.receiver r
            LEFT JOIN unnest($1::int8[], $2::int8[]) AS known (stream, pos) USING (stream)
            CROSS JOIN LATERAL (
                SELECT *, sum(octet_length(page.body)) OVER (ORDER BY page.pos) - octet_length(page.body) AS before
                FROM (
                    SELECT * FROM packit_slo.inbox i WHERE i.stream = r.stream AND i.pos > coalesce(known.pos, 0)
                    ORDER BY i.pos LIMIT $4
                ) page
            ) i
            WHERE coalesce(i.before, 0) <= \(Self.bytesOfReading) AND r.appended > coalesce(known.pos, 0) AND r.stream <> ALL ($3::int8[])
            ORDER BY i.stream, i.pos
            """,
            [
                .int8s(known.map(\.key.number)), .int8s(known.map(\.value)), .int8s(full.map(\.number)),
                .int8(Int64(count)),
            ])
        try fault(.beforeTransaction)
        let results = try session.run([PostgresStatement("SELECT \(Self.databaseClock)"), lives, entries])
        guard let now = results[0].first?.time(0) else { throw StoreError.damaged("the database's clock") }
        return InboxReading(
            entries: try results[2].rows.map(InboxRow.entry), receivers: try results[1].rows.map(ReceiverLife.init),
            now: now)
    }
}

extension ReceiverLife {
    /// Of the table `receiver` as `r`.
    static let columns = """
        r.stream, r.node, r.started_at, r.through, r.appended, (extract(epoch FROM r.seen_at) * 1000)::bigint, r.sent_at,
        r.ended_at
        """

    /// - Parameter row: begins with the columns.
    init(_ row: PostgresRow) throws {
        guard let stream = row.integer(0), let node = row.text(1), let startedAt = row.time(2),
            let through = row.time(3), let appended = row.integer(4), let seenAt = row.time(5), let sentAt = row.time(6)
        else { throw StoreError.damaged("the receivers' table") }
        self.init(stream: StreamID(stream), node: node, startedAt: startedAt, seenAt: seenAt)
        self.through = through
        self.appended = appended
        self.sentAt = sentAt
        endedAt = row.time(7)
    }
}
