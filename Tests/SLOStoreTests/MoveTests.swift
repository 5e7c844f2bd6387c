import GRDB
import SLOCore
import TestPostgres
import Testing

@testable import SLOStore

@Suite struct MoveTests {
    private let now = Timestamp(seconds: 1_795_341_600)

    /// Every table has rows, with and without NULLs.
    private func fill(_ store: any LedgerStore) throws {
        var batch = CommitBatch.deliveries(1...2500, from: now)
        batch.journal.append(JournalEntry(sequence: 2501, receivedAt: now + .days(1), kind: .start))
        batch.state = (0..<1500).map { StateChange(key: .named("key \($0)"), value: [UInt8](repeating: 7, count: $0)) }
        batch.counters = ["a": 3, "b": .max]
        batch.histograms = [HistogramDelta(series: "duration", bounds: "1,5", buckets: [1, 0, 2], sum: 12)]
        batch.gauges = ["g": -4]
        batch.objectiveHours = [
            ObjectiveHour(
                objective: .builds, deployment: Deployment("prod"), hour: 500_000, deadlineSeconds: 43200, target: 0.98,
                good: 3, bad: 1)
        ]
        batch.blindIntervals = [
            BlindInterval(startedAt: now, cause: "missing", endedAt: now + .hours(1), missing: [.numbered(5)]),
            BlindInterval(startedAt: now + .hours(2), cause: "down", endedAt: nil),
        ]
        batch.reconciliationMemory = [.github: [1, 2, 3]]
        batch.backfills = [.builds: now]
        batch.changes = [.sample(EntityID(1), judgedAt: now)]
        batch.runs = [.sample(EntityID(2), revised: .error, countedAt: now)]
        batch.judgements = [
            ObjectiveJudgement(
                objective: .builds, deployment: Deployment("prod"), entity: EntityID(2),
                subject: ObjectiveSelection.Subject(repository: "packit/ogr", branch: nil, chroot: "é", name: ""),
                verdict: .bad, at: now)
        ]
        batch.conditions.series = [SampledSeriesRecord(number: 0, series: "a")]
        batch.conditions.samples = [SampleRecord(at: now, bytes: [1, 2])]
        batch.conditions.incidents = [
            Incident(
                key: Incident.Key(beganAt: now, condition: "Stalled", subject: ""), severity: .critical,
                party: .copr, summary: "stalled", since: now)
        ]
        batch.timeNotes = [
            TimeNote(id: 9, kind: "maintenance", from: now, to: now + .hours(1), words: "new workers; à demain")
        ]
        batch.heartbeat = now + .days(2)
        batch.nextEntity = 77
        try store.commit(batch)
    }

    /// All rows of all tables that both databases have, and the progress.
    private func content(of path: String) throws -> [String: [String]] {
        let store = try SQLiteStore.open(path: path, startedAt: now)
        defer { try? store.close() }
        return try store.queue.read { db in
            var content: [String: [String]] = [:]
            for table in MovedTable.all {
                try table.forEachPage(in: db) { rows in
                    content[table.name, default: []] += rows.map { "\($0)" }
                }
                content[table.name]?.sort()
            }
            let columns = "next_sequence, next_entity, body_bytes, heartbeat_at, stopped_at, forgotten_through"
            content["owner"] = try Row.fetchAll(db, sql: "SELECT \(columns) FROM owner").map { "\($0)" }
            return content
        }
    }

    /// The list of moved tables and columns is that of the schema.
    @Test func everyTableAndColumnIsMoved() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        defer { try? store.close() }
        try store.queue.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            #expect(
                Set(tables).subtracting(["grdb_migrations", "owner", "probe"]) == Set(MovedTable.all.map(\.name)))
            for table in MovedTable.all {
                let columns = try db.columns(in: table.name).map(\.name)
                #expect(Set(columns) == Set(table.columns.map(\.name)), "\(table.name)")
            }
        }
    }

    @Test func thereAndBackIsTheSame() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try fill(store)
        try store.close()
        let address = try PostgresAddress.ofTest()
        var told: [(Int64, Int64)] = []
        let moved = try Move.toPostgres(from: scratch.database, to: address, at: now) { told.append(($0, $1)) }
        let back = scratch.path("back.sqlite")
        #expect(try Move.toSQLite(from: address, to: back, at: now, asSnapshot: false) == moved)
        #expect(told.last.map { $0 == (moved, moved) } == true)
        #expect(told.count > 5)
        let content = try content(of: scratch.database)
        #expect(content.allSatisfy { !$0.value.isEmpty })
        #expect(content.count == MovedTable.all.count + 1)
        #expect(try self.content(of: back) == content)
        #expect(try SQLiteReader.open(path: back).journalExtent().nextSequence == 2502)
    }

    @Test func aNodeGoesOnFromWhatWasMoved() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try fill(store)
        let before = try store.load()
        try store.close()
        let address = try PostgresAddress.ofTest()
        _ = try Move.toPostgres(from: scratch.database, to: address, at: now)
        let term = try #require(try PostgresCluster(address, at: now).lease().claim(by: "a"))
        #expect(try term.load() == before)
        try term.close()
    }

    @Test func theBodiesOfTheInboxAreMoved() throws {
        let cluster = try PostgresAddress.ofTest()
        let database = try PostgresCluster(cluster, at: now)
        let inbox = database.inbox()
        let stream = try inbox.beginStream(node: "a", startedAt: Timestamp(seconds: 1))
        let term = try #require(try database.lease().claim(by: "a"))
        let delivery = JournalEntry.delivery(1, at: now, body: noise(3000)).delivery
        let entry = try #require(delivery)
        try inbox.append(
            [
                InboxEntry(
                    place: InboxPlace(stream, 1), receivedAt: now, content: .delivery(entry), untargetedIdentity: nil,
                    observation: [1])
            ], to: stream, through: now, sentAt: Timestamp(seconds: 1))
        let scratch = try Scratch()
        let target = scratch.path("moved.sqlite")
        // Undecided.
        try term.release()
        let early = try storeError {
            _ = try Move.toSQLite(from: cluster, to: target, at: now, asSnapshot: false)
        }
        #expect(early.code == .rejected)
        #expect(early.message.contains("--snapshot"))
        let next = try #require(try database.lease().claim(by: "a"))
        var batch = CommitBatch()
        batch.journal = [
            JournalEntry(
                sequence: 1, receivedAt: now, kind: .delivery, delivery: delivery, observation: [1],
                place: InboxPlace(stream, 1))
        ]
        batch.consumed = [stream: 1]
        try next.commit(batch)
        // A node that decides.
        let busy = try storeError {
            _ = try Move.toSQLite(from: cluster, to: target, at: now, asSnapshot: false)
        }
        #expect(busy.code == .lockedByOther)
        try next.close()
        _ = try Move.toSQLite(from: cluster, to: target, at: now, asSnapshot: false)
        var bodies: [[UInt8]] = []
        try SQLiteReader.open(path: target).forEachDelivery { bodies.append($0.body) }
        #expect(bodies == [noise(3000)])
    }

    @Test func aDatabaseWithALedgerIsNotOverwritten() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try fill(store)
        try store.close()
        let address = try PostgresAddress.ofTest()
        _ = try Move.toPostgres(from: scratch.database, to: address, at: now)
        let again = try storeError { _ = try Move.toPostgres(from: scratch.database, to: address, at: now) }
        #expect(again.code == .exists)
        let back = try storeError {
            _ = try Move.toSQLite(from: address, to: scratch.database, at: now, asSnapshot: false)
        }
        #expect(back.code == .exists)
    }

    @Test func aFileThatIsNotThereIsNotMade() throws {
        let scratch = try Scratch()
        let error = try storeError { _ = try Move.toPostgres(from: scratch.database, to: .ofTest(), at: now) }
        #expect(error.code == .cannotOpen)
        #expect(try File.size(scratch.database) == nil)
    }

    @Test func whatIsInterruptedLeavesNothing() throws {
        struct Interruption: Error {}
        let scratch = try Scratch()
        let store = try scratch.open()
        try fill(store)
        try store.close()
        let address = try PostgresAddress.ofTest()
        #expect(throws: Interruption.self) {
            _ = try Move.toPostgres(from: scratch.database, to: address, at: now) { done, _ in
                if done > 1500 { throw Interruption() }
            }
        }
        // The database is still empty.
        _ = try Move.toPostgres(from: scratch.database, to: address, at: now)
        let back = scratch.path("back.sqlite")
        #expect(throws: Interruption.self) {
            _ = try Move.toSQLite(from: address, to: back, at: now, asSnapshot: false) { done, _ in
                if done > 1500 { throw Interruption() }
            }
        }
        #expect(try File.size(back) == nil)
        #expect(try File.size(back + ".partial") == nil)
    }

    @Test func aFileInUseIsNotMoved() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        let error = try storeError { _ = try Move.toPostgres(from: scratch.database, to: .ofTest(), at: now) }
        #expect(error.code == .lockedByOther)
        try store.close()
    }
}
