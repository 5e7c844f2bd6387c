import Foundation
import SLOCore
import SLOStore
import SLOTestSupport
import Testing

@testable import SLOService

/// An appender with a spool, while the inbox fails.
@Suite final class SpoolingTests {
    let place = ClusterPlace()
    let answers = Answers()
    let faults = Faults()
    private let path = FileManager.default.temporaryDirectory.appending(path: "packit-slo-spool-\(UUID())").path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func spooling(isFirst: Bool = false, maxBytes: Int64 = 1 << 20) throws -> Spooling {
        Spooling(try Spool(path: path, maxBytes: maxBytes, at: start), patience: 1000, isFirst: isFirst)
    }

    /// An appender that has begun its stream.
    private func begun(
        isFirst: Bool = false, maxBytes: Int64 = 1 << 20
    ) throws -> (queue: IntakeQueue, spooling: Spooling, appender: Appender) {
        let (queue, spooling) = (place.queue(), try spooling(isFirst: isFirst, maxBytes: maxBytes))
        let appender = place.appender(
            of: queue, to: place.store.connection(fault: faults.pass), spooling: spooling)
        try appender.takeTurn(waiting: 0)
        return (queue, spooling, appender)
    }

    private func read() throws -> InboxReading {
        try place.store.connection().read(after: [:], atMost: 100, except: [])
    }

    /// Fails for longer than the patience, and again a second later, while deliveries 1 and 2 come.
    private func spoolTwo(_ appender: Appender, from queue: IntakeQueue) throws {
        #expect(queue.offer(answers.delivery(1)))
        faults.arm(.append, .beforeTransaction)
        #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
        #expect(answers.all.isEmpty)
        place.pass(.seconds(1))
        faults.arm(.append, .beforeTransaction)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        #expect(appender.inboxProblem != nil)
        #expect(!appender.isRefusing)
        place.pass(.seconds(1))
        #expect(queue.offer(answers.delivery(2)))
        faults.arm(.append, .beforeTransaction)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored, .stored])
    }

    @Test func whatTheInboxDoesNotTakeGoesToTheSpoolAndThenThereInOrder() throws {
        let (queue, spooling, appender) = try begun()
        try spoolTwo(appender, from: queue)
        #expect(spooling.spool.count == 2)
        place.pass(.seconds(1))
        #expect(queue.offer(answers.delivery(3)))
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == Array(repeating: .stored, count: 3))
        #expect(spooling.spool.count == 0)
        #expect(appender.inboxProblem == nil)
        let reading = try read()
        #expect(reading.entries.map(\.place.position) == [1, 2, 3])
        #expect(reading.entries.map(\.receivedAt) == [start, start + .seconds(2), start + .seconds(3)])
        #expect(reading.receivers.map(\.through) == [start + .seconds(3)])
    }

    /// An entry whose commit is in doubt goes to the spool at its place.
    @Test func whatIsInDoubtIsStoredOnce() throws {
        let (queue, spooling, appender) = try begun()
        #expect(queue.offer(answers.delivery(1)))
        faults.arm(.append, .afterCommit)
        #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
        place.pass(.seconds(1))
        faults.arm(.append, .beforeTransaction)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        place.pass(.seconds(1))
        try appender.takeTurn(waiting: 0)
        #expect(spooling.spool.count == 0)
        #expect(try read().entries.map(\.place.position) == [1])
    }

    /// The next process appends it under the stream of the one that is gone.
    @Test func whatAnEarlierProcessLeftIsAppendedInItsStream() throws {
        do {
            let (queue, _, appender) = try begun()
            try spoolTwo(appender, from: queue)
        }
        place.pass(.minutes(1))
        let (queue, spooling) = (place.queue(), try spooling())
        let appender = place.appender(of: queue, to: place.store.connection(), spooling: spooling)
        #expect(queue.offer(answers.delivery(3)))
        for _ in 0..<3 { try appender.takeTurn(waiting: 0) }
        #expect(spooling.spool.count == 0)
        let reading = try read()
        #expect(
            reading.entries.map(\.place) == [
                InboxPlace(StreamID(1), 1), InboxPlace(StreamID(1), 2), InboxPlace(StreamID(2), 1),
            ])
        #expect(reading.receivers.map(\.endedAt) == [start + .seconds(2), nil])
        #expect(reading.receivers.map(\.through).first == start + .seconds(2))
    }

    /// The spool is of another database: nothing of it is lost, and the positions have no hole.
    @Test func whatIsOfAnotherDatabaseIsReceivedAnew() throws {
        do {
            let elsewhere = ClusterPlace()
            let (queue, spooling) = (elsewhere.queue(), try spooling())
            let other = elsewhere.store.connection(fault: faults.pass)
            for node in ["a", "b"] { _ = try other.beginStream(node: node, startedAt: start) }
            let appender = elsewhere.appender(of: queue, to: other, spooling: spooling)
            try appender.takeTurn(waiting: 0)
            #expect(queue.offer(answers.delivery(1)))
            faults.arm(.append, .beforeTransaction)
            #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
            elsewhere.pass(.seconds(1))
            faults.arm(.append, .beforeTransaction)
            try appender.takeTurn(waiting: 0)
        }
        let (queue, spooling) = (place.queue(), try spooling())
        let appender = place.appender(of: queue, to: place.store.connection(), spooling: spooling)
        for number in 2...3 as ClosedRange<UInt64> {
            #expect(queue.offer(answers.delivery(number)))
            try appender.takeTurn(waiting: 0)
        }
        for _ in 0..<3 { try appender.takeTurn(waiting: 0) }
        #expect(spooling.spool.count == 0)
        #expect(
            try read().entries.map(\.place) == [
                InboxPlace(StreamID(1), 1), InboxPlace(StreamID(1), 2), InboxPlace(StreamID(2), 1),
            ])
        #expect(try read().receivers.map(\.startedAt) == [start, start])
    }

    /// It drains once the inbox takes something again, and what waited meanwhile is taken or refused.
    @Test func aSpoolThatIsFullDrains() throws {
        let (queue, spooling, appender) = try begun(maxBytes: 200)
        try spoolTwo(appender, from: queue)
        for number in 3...9 as ClosedRange<UInt64> { #expect(queue.offer(answers.delivery(number))) }
        place.pass(.seconds(1))
        #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
        #expect(spooling.spool.count == 0)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == Array(repeating: .stored, count: 9))
        #expect(try read().entries.map(\.place.position) == Array(1...9))
    }

    /// A node that stops does not say that it received until then while its spool has something.
    @Test func aStreamWithSpooledEntriesDoesNotEnd() throws {
        let (queue, _, appender) = try begun()
        try spoolTwo(appender, from: queue)
        try appender.end(at: place.clock.now.wall)
        #expect(try read().receivers.map(\.endedAt) == [nil])
        #expect(try read().receivers.map(\.through) == [start])
    }

    /// The database was restored from a backup: the process goes on in a new stream.
    @Test func aStreamThatIsForgottenIsReplaced() throws {
        let (queue, one, other) = (place.queue(), place.store, MemoryCluster(clock: place.clock))
        let inbox = SwitchedInbox(one.connection())
        let appender = place.appender(of: queue, to: inbox)
        for node in ["a", "b"] { _ = try inbox.beginStream(node: node, startedAt: start) }
        #expect(queue.offer(answers.delivery(1)))
        try appender.takeTurn(waiting: 0)
        inbox.inbox = other.connection()
        #expect(queue.offer(answers.delivery(2)))
        #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored, .stored])
        let entries = try other.connection().read(after: [:], atMost: 9, except: []).entries
        #expect(entries.map(\.place) == [InboxPlace(StreamID(1), 1)])
    }

    @Test func everythingCanGoThroughTheSpool() throws {
        let (queue, _, appender) = try begun(isFirst: true)
        #expect(queue.offer(answers.delivery(1)))
        faults.arm(.append, .beforeTransaction)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        place.pass(.seconds(1))
        try appender.takeTurn(waiting: 0)
        #expect(try read().entries.map(\.place.position) == [1])
        place.pass(.seconds(1))
        try appender.takeTurn(waiting: 0)
        #expect(try read().receivers.map(\.through) == [start + .seconds(2)])
    }
}

/// An inbox that becomes another one. Used by one thread.
private final class SwitchedInbox: Inbox, @unchecked Sendable {
    // Proof of sendability: used by the test's thread only.
    var inbox: any Inbox

    init(_ inbox: any Inbox) { self.inbox = inbox }

    func beginStream(node: String, startedAt: Timestamp) throws -> StreamID {
        try inbox.beginStream(node: node, startedAt: startedAt)
    }

    func append(_ entries: [InboxEntry], to stream: StreamID, through: Timestamp, sentAt: Timestamp) throws {
        try inbox.append(entries, to: stream, through: through, sentAt: sentAt)
    }

    func endStream(_ stream: StreamID, at moment: Timestamp) throws { try inbox.endStream(stream, at: moment) }

    func read(
        after positions: [StreamID: Int64], atMost count: Int, except full: Set<StreamID>
    ) throws -> InboxReading {
        try inbox.read(after: positions, atMost: count, except: full)
    }
}
