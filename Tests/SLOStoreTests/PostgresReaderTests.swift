import SLOCore
import TestPostgres
import Testing

@testable import SLOStore

/// What only readers of a cluster do.
@Suite struct PostgresReaderTests {
    private let now = Timestamp(seconds: 1_795_341_600)

    private func cluster() throws -> (address: String, cluster: PostgresCluster, term: any TermStore) {
        let address = try TestPostgres.shared().database()
        let cluster = try PostgresCluster(PostgresAddress(address), at: now)
        return (address, cluster, try #require(try cluster.lease().claim(by: "a")))
    }

    private func deliveries(
        _ reader: any StoreReading, from: Timestamp? = nil, until: Timestamp? = nil
    ) throws -> [StoredDelivery] {
        var deliveries: [StoredDelivery] = []
        try reader.forEachDelivery(from: from, until: until) { deliveries.append($0) }
        return deliveries
    }

    /// Receives a delivery, and returns its entry in the journal.
    private func receive(
        _ sequence: Int64, at place: InboxPlace, body: [UInt8]?, through inbox: any Inbox
    ) throws -> JournalEntry {
        let receivedAt = now + .seconds(sequence)
        let entry = JournalEntry.delivery(sequence, at: receivedAt, body: body)
        let delivery = try #require(entry.delivery)
        let received = InboxEntry(
            place: place, receivedAt: receivedAt, content: .delivery(delivery), untargetedIdentity: nil,
            observation: [1])
        try inbox.append([received], to: place.stream, through: receivedAt, sentAt: Timestamp(seconds: 0))
        return JournalEntry(
            sequence: sequence, receivedAt: receivedAt, kind: .delivery, delivery: delivery, place: place)
    }

    @Test func bodiesInTheInboxAreReadInTheJournalsOrder() throws {
        let (_, cluster, term) = try cluster()
        let inbox = cluster.inbox()
        let streams = try ["a", "b"].map { try inbox.beginStream(node: $0, startedAt: now) }
        var batch = CommitBatch()
        // Not through the inbox, such as what was moved here.
        batch.journal = [.delivery(1, at: now, body: [7])]
        for (sequence, place) in [
            (2, InboxPlace(streams[1], 1)), (3, InboxPlace(streams[0], 1)), (4, InboxPlace(streams[1], 2)),
            (5, InboxPlace(streams[0], 2)),
        ] as [(Int64, InboxPlace)] {
            let body = sequence == 4 ? nil : Array("body \(sequence)".utf8)
            batch.journal.append(try receive(sequence, at: place, body: body, through: inbox))
        }
        batch.journal.append(JournalEntry(sequence: 6, receivedAt: now, kind: .deadline))
        try term.commit(batch)
        // Not decided yet.
        _ = try receive(7, at: InboxPlace(streams[0], 3), body: [1], through: inbox)
        let reader = try cluster.readers.open()
        let read = try deliveries(reader)
        #expect(read.map(\.sequence) == [1, 2, 3, 5])
        #expect(read.map(\.body) == [[7], Array("body 2".utf8), Array("body 3".utf8), Array("body 5".utf8)])
        #expect(read[1].headers == #"{"X-GitHub-Event":"pull_request"}"#)
        #expect(read[1].receivedAt == now + .seconds(2))
        let part = try deliveries(reader, from: now + .seconds(3), until: now + .seconds(4))
        #expect(part.map(\.sequence) == [3])
        try reader.close()
    }

    /// More than a page looks through, most of it without bodies.
    @Test func bodiesFarApartAreFound() throws {
        let (_, cluster, term) = try cluster()
        var batch = CommitBatch()
        batch.journal = (1...20_000).map { number in
            number % 9000 == 1
                ? .delivery(number, at: now, body: [1])
                : JournalEntry(sequence: number, receivedAt: now, kind: .deadline)
        }
        try term.commit(batch)
        #expect(try deliveries(cluster.readers.open()).map(\.sequence) == [1, 9001, 18_001])
    }

    @Test func aPageEndsWithTheBodyThatReachesTheLimit() throws {
        let (address, _, term) = try cluster()
        var batch = CommitBatch()
        batch.journal = (1...5).map { .delivery($0, at: now, body: [1, 2, 3]) }
        try term.commit(batch)
        let reader = try PostgresReader(PostgresAddress(address))
        for (bytes, count) in [(1, 1), (3, 1), (4, 2), (7, 3), (100, 5)] as [(Int64, Int)] {
            let page = try reader.records(
                PostgresQuery.bodies,
                [.int8(0), .int8(5), .int8(.min), .int8(.max), .int8(10), .int8(bytes)], StoredDelivery.init)
            #expect(page.map(\.sequence) == Array(1...Int64(count)))
        }
    }

    @Test func aTermThatCommitsMeanwhileIsSeenByTheNextCall() throws {
        let (address, _, term) = try cluster()
        try term.commit(.counting("a", 1))
        let reader = try PostgresReader(PostgresAddress(address))
        let load = { (run: PostgresLoading.Run) in
            try PostgresLoading.load(eachEntry: { _, _ in }, by: run).counters["a"]
        }
        let seen = try reader.inSnapshot { run in
            let before = try load(run)
            try term.commit(.counting("a", 1))
            return [before, try load(run)]
        }
        #expect(seen == [1, 1])
        #expect(try reader.load().counters["a"] == 2)
    }

    @Test func aReadingThatFailsLeavesNoTransactionOpen() throws {
        let (address, _, term) = try cluster()
        let reader = try PostgresReader(PostgresAddress(address))
        let fail = { (_: PostgresLoading.Run) throws -> Int in throw NothingThrown() }
        #expect(throws: NothingThrown.self) { try reader.inSnapshot(fail) }
        try term.commit(.counting("a", 1))
        #expect(try reader.load().counters == ["a": 1])
    }

    @Test func aReaderConnectsAgainAfterAFailure() throws {
        let (address, cluster, term) = try cluster()
        try term.commit(.counting("a", 1))
        try term.close()
        let reader = try cluster.readers.open()
        try TestPostgres.shared().execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """, on: address)
        #expect(try storeError { _ = try reader.load() }.code == .unreachable)
        #expect(try reader.load().counters == ["a": 1])
    }

    @Test func aDatabaseThatCannotBeReadIsRefusedAtOnce() throws {
        func refusal(_ address: String) throws -> StoreError.Code {
            try storeError { _ = try ReaderSource(PostgresAddress(address)).open() }.code
        }
        #expect(try refusal("host=/tmp/nothing-there dbname=slo") == .unreachable)
        // A reader makes no tables.
        #expect(try refusal(TestPostgres.shared().database()) == .notADatabase)
    }
}
