import SLOCore
import SLOTestSupport
import TestPostgres
import Testing

@testable import SLOStore

/// What an inbox and a lease promise, whatever the database.
@Suite struct InboxTests {
    /// The shared stores of clusters, each new.
    enum Shared: CaseIterable {
        case memory
        case postgres

        func open() throws -> (inbox: any Inbox, lease: any DeciderLease) {
            switch self {
            case .memory:
                let connection = MemoryCluster(clock: ManualClock(at: start + .hours(1))).connection()
                return (connection, connection)
            case .postgres:
                let cluster = try PostgresCluster(.ofTest(), at: start)
                return (cluster.inbox(), cluster.lease())
            }
        }
    }

    /// Before any database's clock.
    private static let start = Timestamp(seconds: 1_700_000_000)

    private func entry(_ stream: StreamID, _ position: Int64, answer: Bool = false) -> InboxEntry {
        let identity = DeliveryIdentity.numbered(Int(stream.number % 1_000_000 * 1000 + position))
        let body = Array("body \(position)".utf8)
        let fingerprint = BodyFingerprint(of: body)
        let delivery = JournalledDelivery(
            source: .github, event: "push", identity: identity, fingerprint: fingerprint, result: "accepted",
            bodyByteCount: body.count,
            body: position.isMultiple(of: 2)
                ? nil : KeptBody(headers: "{}", compressed: CompressedBody(compressing: body)))
        return InboxEntry(
            place: InboxPlace(stream, position), receivedAt: Self.start + .seconds(position),
            content: answer
                ? .answer(JournalledAnswer(upstream: .packit, identity: identity, fingerprint: fingerprint))
                : .delivery(delivery),
            untargetedIdentity: position.isMultiple(of: 3) ? .numbered(7) : nil, observation: [1, UInt8(position)])
    }

    @Test(arguments: Shared.allCases) func whatIsAppendedIsReadAsItWas(_ shared: Shared) throws {
        let inbox = try shared.open().inbox
        let stream = try inbox.beginStream(node: "a", startedAt: Self.start)
        let entries = [entry(stream, 1), entry(stream, 2), entry(stream, 3, answer: true)]
        try inbox.append(entries, to: stream, through: Self.start + .seconds(9), sentAt: Self.start + .seconds(10))
        let reading = try inbox.read(after: [:], atMost: 10, except: [])
        #expect(reading.entries == entries)
        let life = try #require(reading.receivers.first)
        #expect(reading.receivers.count == 1)
        #expect(life.stream == stream)
        #expect(life.node == "a")
        #expect(life.startedAt == Self.start)
        #expect(life.through == Self.start + .seconds(9))
        #expect(life.appended == 3)
        #expect(life.sentAt == Self.start + .seconds(10))
        #expect(life.endedAt == nil)
    }

    @Test(arguments: Shared.allCases) func appendingAgainChangesNothing(_ shared: Shared) throws {
        let inbox = try shared.open().inbox
        let stream = try inbox.beginStream(node: "a", startedAt: Self.start)
        let entries = [entry(stream, 1), entry(stream, 2)]
        for through in [5, 5, 3] as [Int64] {
            try inbox.append(entries, to: stream, through: Self.start + .seconds(through), sentAt: Self.start)
        }
        try inbox.append([entry(stream, 3)], to: stream, through: Self.start + .seconds(6), sentAt: Self.start)
        let reading = try inbox.read(after: [:], atMost: 10, except: [])
        #expect(reading.entries.map(\.place.position) == [1, 2, 3])
        #expect(reading.receivers.map(\.through) == [Self.start + .seconds(6)])
        #expect(reading.receivers.map(\.appended) == [3])
    }

    @Test(arguments: Shared.allCases) func eachStreamIsReadOnBehindItsPosition(_ shared: Shared) throws {
        let inbox = try shared.open().inbox
        let streams = try ["a", "b", "c"].map { try inbox.beginStream(node: $0, startedAt: Self.start) }.sorted()
        for stream in streams {
            try inbox.append(
                (1...4).map { entry(stream, $0) }, to: stream, through: Self.start + .seconds(9), sentAt: Self.start)
        }
        let reading = try inbox.read(after: [streams[0]: 1, streams[1]: 4], atMost: 2, except: [])
        #expect(
            reading.entries.map(\.place) == [
                InboxPlace(streams[0], 2), InboxPlace(streams[0], 3), InboxPlace(streams[2], 1),
                InboxPlace(streams[2], 2),
            ])
        let rest = try inbox.read(after: [:], atMost: 1, except: [streams[0], streams[2]])
        #expect(rest.entries.map(\.place) == [InboxPlace(streams[1], 1)])
        #expect(rest.receivers.count == 3)
    }

    @Test(arguments: Shared.allCases) func aLifeEnds(_ shared: Shared) throws {
        let inbox = try shared.open().inbox
        let stream = try inbox.beginStream(node: "a", startedAt: Self.start)
        try inbox.endStream(stream, at: Self.start + .seconds(20))
        let life = try #require(try inbox.read(after: [:], atMost: 1, except: []).receivers.first)
        #expect(life.through == Self.start + .seconds(20))
        #expect(life.endedAt == Self.start + .seconds(20))
    }

    @Test(arguments: Shared.allCases) func aStreamThatIsNotThereTakesNothing(_ shared: Shared) throws {
        let inbox = try shared.open().inbox
        let stream = StreamID(99)
        let error = try storeError {
            try inbox.append([entry(stream, 1)], to: stream, through: Self.start, sentAt: Self.start)
        }
        #expect(error.code == .foreign)
        #expect(error.message.contains("no stream 99"))
        #expect(try storeError { try inbox.endStream(stream, at: Self.start) }.code == .foreign)
        #expect(try inbox.read(after: [:], atMost: 1, except: []).entries.isEmpty)
    }

    @Test(arguments: Shared.allCases) func aClockThatIsAheadAppendsNothing(_ shared: Shared) throws {
        let inbox = try shared.open().inbox
        let stream = try inbox.beginStream(node: "a", startedAt: Self.start)
        let ahead = Timestamp(seconds: 4_000_000_000)
        let error = try storeError { try inbox.append([entry(stream, 1)], to: stream, through: ahead, sentAt: ahead) }
        #expect(error.code == .rejected)
        #expect(error.message.contains("clock"))
        let reading = try inbox.read(after: [:], atMost: 1, except: [])
        #expect(reading.entries.isEmpty)
        #expect(reading.receivers.map(\.appended) == [0])
    }

    // MARK: - The lease

    @Test(arguments: Shared.allCases) func aLeaseThatLastsIsNotClaimed(_ shared: Shared) throws {
        let lease = try shared.open().lease
        let first = try #require(try lease.claim(by: "a"))
        #expect(try lease.claim(by: "b") == nil)
        try first.release()
        let second = try #require(try lease.claim(by: "b"))
        #expect(second.epoch == first.epoch + 1)
    }

    @Test(arguments: Shared.allCases) func aTermThatIsOverChangesNothing(_ shared: Shared) throws {
        let lease = try shared.open().lease
        let first = try #require(try lease.claim(by: "a"))
        try first.commit(.counting("a", 1))
        try first.release()
        let second = try #require(try lease.claim(by: "b"))
        for attempt in [
            { try first.commit(.counting("a", 10)) }, { try first.renew() }, { try first.release() },
        ] {
            #expect(try storeError(attempt).code == .ownershipLost)
            #expect(first.isOver)
        }
        #expect(!second.isOver)
        #expect(try second.load().counters == ["a": 1])
        try second.commit(.counting("a", 1))
        #expect(try second.load().counters == ["a": 2])
    }

    @Test(arguments: Shared.allCases) func whatIsConsumedIsPartOfTheBatch(_ shared: Shared) throws {
        let lease = try shared.open().lease
        let first = try #require(try lease.claim(by: "a"))
        for consumed in [[StreamID(1): 3, StreamID(2): 5], [StreamID(1): 7], [StreamID(2): 4]] as [[StreamID: Int64]] {
            var batch = CommitBatch()
            batch.consumed = consumed
            try first.commit(batch)
        }
        try first.close()
        let second = try #require(try lease.claim(by: "b"))
        #expect(try second.load().consumed == [StreamID(1): 7, StreamID(2): 5])
    }
}
