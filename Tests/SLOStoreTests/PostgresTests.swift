import SLOCore
import TestPostgres
import Testing

@testable import SLOStore

/// Databases that are not to be used, and servers that fail.
@Suite struct PostgresTests {
    private let now = Timestamp(seconds: 1_795_341_600)

    private func refusal(of address: String) throws -> StoreError {
        try storeError { _ = try PostgresCluster(PostgresAddress(address), at: now) }
    }

    @Test func aDatabaseIsMadeOnceAndOpenedAgain() throws {
        let address = try PostgresAddress.ofTest()
        let first = try PostgresCluster(address, at: now)
        let term = try #require(try first.lease().claim(by: "a"))
        try term.commit(.counting("a", 1))
        try term.close()
        let second = try PostgresCluster(address, at: now)
        #expect(try #require(try second.lease().claim(by: "b")).load().counters == ["a": 1])
    }

    /// As an earlier version made it, which runs on beside this one.
    @Test func aDatabaseGetsTheColumnsThatItLacks() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        try PostgresCluster(PostgresAddress(address), at: now).lease().claim(by: "a")?.close()
        try server.execute("ALTER TABLE packit_slo.runs DROP COLUMN backend_ended_at", on: address)
        let cluster = try PostgresCluster(PostgresAddress(address), at: now)
        let term = try #require(try cluster.lease().claim(by: "b"))
        var batch = CommitBatch()
        batch.runs = [.sample(EntityID(2), countedAt: now)]
        try term.commit(batch)
        #expect(try cluster.readers.open().runs([EntityID(2)]) == batch.runs)
    }

    @Test func aNodeThatDoesNotDecideNotesTimes() throws {
        let cluster = try PostgresCluster(PostgresAddress.ofTest(), at: now)
        let notes = cluster.timeNotes()
        let note = TimeNote(id: 7, kind: "incident", from: now, to: now + .hours(1), words: "workers stood")
        try notes.add(note)
        let reader = try cluster.readers.open()
        #expect(try reader.timeNotes(from: now, through: now, atMost: 9) == [note])
        #expect(throws: StoreError.self) { try notes.add(note) }
        try notes.withdraw(note.id)
        #expect(try reader.timeNotes(from: now, through: now, atMost: 9).isEmpty)
        try reader.close()
    }

    @Test func anotherEncodingIsRefused() throws {
        let error = try refusal(of: TestPostgres.shared().database(encoding: "SQL_ASCII"))
        #expect(error.code == .cannotOpen)
        #expect(error.message.contains("its encoding is SQL_ASCII, not UTF8"))
    }

    @Test func aServerThatConfirmsBeforeItStoresIsRefused() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        try server.execute(
            "ALTER ROLE postgres IN DATABASE \(name(of: address)) SET synchronous_commit = off", on: address)
        let error = try refusal(of: address)
        #expect(error.code == .cannotOpen)
        #expect(error.message.contains("synchronous_commit is off"))
    }

    @Test func theSchemaOfAnotherProgramIsRefused() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        try server.execute(
            """
            CREATE SCHEMA packit_slo; CREATE TABLE packit_slo.cluster
            (application bigint, schema_version bigint, least_program bigint);
            INSERT INTO packit_slo.cluster VALUES (1, 1, 1)
            """, on: address)
        #expect(try refusal(of: address).code == .foreign)
    }

    @Test func whatANewerProgramWroteIsRefused() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        _ = try PostgresCluster(PostgresAddress(address), at: now)
        try server.execute("UPDATE packit_slo.cluster SET schema_version = 99", on: address)
        // It adds only, as long as it says so.
        _ = try PostgresCluster(PostgresAddress(address), at: now)
        try server.execute("UPDATE packit_slo.cluster SET least_program = 99", on: address)
        let error = try refusal(of: address)
        #expect(error.code == .newerVersion)
        #expect(error.message.contains("newer version"))
    }

    @Test func aUserWithoutRightsIsRefused() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        let role = "nobody_\(name(of: address))"
        try server.execute("CREATE ROLE \(role) LOGIN", on: address)
        let error = try refusal(of: address.replacing("user=postgres", with: "user=\(role)"))
        #expect(error.code == .cannotOpen)
        #expect(error.message.contains("rights"))
    }

    @Test func aServerThatIsNotThereIsNamed() throws {
        let error = try refusal(of: "host=/tmp/nothing-there dbname=slo user=slo password=hunter2")
        #expect(error.code == .unreachable)
        #expect(error.message.contains("slo on /tmp/nothing-there"))
        #expect(error.isDiskFault)
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test(arguments: [
        "postgres//slo:hunter2@db/slo", "postgres://slo:hunter2@db:port/slo", "password=hunter2 nonsense",
        "host=db password=hunter2\u{0}", "postgres://slo:x/hunter2@db/slo", "postgres://slo:x@hunter2@db/slo",
        "postgres://slo:hunter2:x@db/slo",
    ])
    func anAddressThatCannotBeReadIsNeverRepeated(_ address: String) throws {
        #expect(!"\(try refusal(of: address))".contains("hunter2"))
    }

    /// It stands still amid a transaction, which keeps the row with the epoch locked.
    @Test func aHolderThatStandsStillIsEnded() throws {
        let address = try PostgresAddress.ofTest()
        let cluster = try PostgresCluster(address, at: now)
        let frozen = try PostgresConnection(to: address, applicationName: "frozen")
        try frozen.run([
            PostgresStatement(
                """
                UPDATE packit_slo.shard SET epoch = 1, lease_until = clock_timestamp() - interval '1 s',
                    backend_pid = pg_backend_pid(),
                    backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
                """)
        ])
        try frozen.run([.begin, PostgresStatement("UPDATE packit_slo.shard SET epoch = epoch")])
        let lease = cluster.lease()
        #expect(try lease.claim(by: "b") == nil)
        #expect(try #require(try lease.claim(by: "b")).epoch == 2)
        #expect(try storeError { try frozen.run([.commit]) }.code == .unreachable)
        #expect(frozen.isBroken)
    }

    /// It has connected again since its claim, so that the row with the epoch does not tell its connection.
    @Test func aHolderThatConnectedAgainAndStandsStillIsEnded() throws {
        let address = try PostgresAddress.ofTest()
        let cluster = try PostgresCluster(address, at: now)
        let term = try #require(try cluster.lease().claim(by: "a"))
        try term.release()
        let frozen = try PostgresConnection(to: address, applicationName: PostgresLease.applicationName)
        try frozen.run([.begin, PostgresStatement("UPDATE packit_slo.shard SET epoch = epoch")])
        let lease = cluster.lease()
        #expect(try lease.claim(by: "b") == nil)
        #expect(try #require(try lease.claim(by: "b")).epoch == 2)
        #expect(try storeError { try frozen.run([.commit]) }.code == .unreachable)
    }

    /// Only the password may be another one.
    @Test func anotherAddressIsNotUsed() throws {
        let address = try TestPostgres.shared().database()
        let cluster = try PostgresCluster(PostgresAddress(address), at: now)
        #expect(cluster.use(try PostgresAddress("\(address) password=hunter2")))
        #expect(try cluster.readers.open().clusterNodes() != nil)
        for other in ["user=other", "host=/tmp", "port=1", "dbname=other"] {
            #expect(!cluster.use(try PostgresAddress("\(address) \(other)")))
        }
        #expect(try cluster.readers.open().clusterNodes() != nil)
    }

    /// A connection that the server ends while nothing is on its way is opened again by the next call.
    @Test func aConnectionThatBrokeIsOpenedAgain() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        let inbox = try PostgresCluster(PostgresAddress(address), at: now).inbox()
        let stream = try inbox.beginStream(node: "a", startedAt: now)
        try server.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """, on: address)
        #expect(try storeError { try inbox.append([], to: stream, through: now, sentAt: now) }.code == .commitAmbiguous)
        try inbox.append([], to: stream, through: now, sentAt: now)
        #expect(try inbox.read(after: [:], atMost: 1, except: []).receivers.map(\.through) == [now])
    }

    /// A server without a standby is one copy.
    @Test func aDatabaseWithTooFewCopiesTakesNothing() throws {
        let cluster = try PostgresCluster(.ofTest(), at: now)
        let (one, two) = (cluster.inbox(copies: 1), cluster.inbox(copies: 2))
        let stream = try one.beginStream(node: "a", startedAt: now)
        let error = try storeError { try two.append([], to: stream, through: now + .seconds(1), sentAt: now) }
        #expect(error.code == .unreachable)
        #expect(error.message.contains("has 1 of the 2 copies that cluster.require_copies asks for"))
        #expect(try two.read(after: [:], atMost: 1, except: []).receivers.map(\.through) == [now])
        try one.append([], to: stream, through: now + .seconds(1), sentAt: now)
        #expect(try two.read(after: [:], atMost: 1, except: []).receivers.map(\.through) == [now + .seconds(1)])
        #expect(try cluster.totals().read().copies == 1)
    }

    @Test func aUserWhoSeesNoStandbysIsTold() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        let role = "blind_\(name(of: address))"
        try server.execute(
            "CREATE ROLE \(role) LOGIN; ALTER DATABASE \(name(of: address)) OWNER TO \(role)", on: address)
        let own = try PostgresAddress(address.replacing("user=postgres", with: "user=\(role)"))
        let cluster = try PostgresCluster(own, at: now)
        let stream = try cluster.inbox().beginStream(node: "a", startedAt: now)
        let error = try storeError { try cluster.inbox(copies: 2).append([], to: stream, through: now, sentAt: now) }
        #expect(error.message.contains("grant pg_read_all_stats"))
        #expect(try cluster.totals().read().copies == nil)
    }

    /// More than a socket's buffers hold in both directions.
    @Test func aLargeBatchIsOneRoundTrip() throws {
        let cluster = try PostgresCluster(.ofTest(), at: now)
        let term = try #require(try cluster.lease().claim(by: "a"))
        var batch = CommitBatch.deliveries(1...3000)
        batch.state = (0..<3000).map { StateChange(key: .named("key \($0)"), value: noise(2000)) }
        try term.commit(batch)
        #expect(try term.load().state.count == 3000)
        #expect(try term.load().nextSequence == 3001)
    }

    @Test func textWithoutPlaceInADatabaseIsStored() throws {
        let cluster = try PostgresCluster(.ofTest(), at: now)
        let term = try #require(try cluster.lease().claim(by: "a"))
        try term.commit(.counting("a\u{0}b", 1))
        #expect(try term.load().counters == ["a\u{FFFD}b": 1])
    }

    private func name(of address: String) -> Substring {
        address.split(separator: "dbname=").last ?? ""
    }
}
