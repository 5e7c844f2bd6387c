import Foundation
import SLOCore
import SLOStore
import SLOTestSupport
import Synchronization
import Testing

@testable import SLOService

/// A node with a spool, while the inbox fails.
@Suite final class SpoolingTests {
    let place = ClusterPlace()
    let answers = Answers()
    let faults = Faults()
    private let path = FileManager.default.temporaryDirectory.appending(path: "packit-slo-spool-\(UUID())").path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What a process has that receives.
    private struct Receiver {
        let queue: IntakeQueue
        let spooling: Spooling
        let appender: Appender
        let forwarder: Forwarder
        let blindIntervals: BlindIntervalTracker

        /// Both threads' turns, one after the other.
        func takeTurns() throws {
            try appender.takeTurn(waiting: 0)
            forwarder.takeTurn()
        }
    }

    private func receiver(
        at place: ClusterPlace? = nil, to inbox: (any Inbox)? = nil, isFirst: Bool = false,
        maxBytes: Int64 = 1 << 20, without problem: StoreError? = nil
    ) throws -> Receiver {
        let place = place ?? self.place
        let inbox = inbox ?? place.store.connection(fault: faults.pass)
        let (queue, lives, blindIntervals) = (place.queue(), place.lives(in: inbox), place.blindIntervals())
        let spooling = Spooling(
            try Spool(path: path, maxBytes: maxBytes, at: start), patience: 1000, isFirst: isFirst, problem: problem)
        return Receiver(
            queue: queue, spooling: spooling,
            appender: place.appender(
                of: queue, to: inbox, lives: lives, blindIntervals: blindIntervals, spooling: spooling),
            forwarder: place.forwarder(of: spooling, to: inbox, lives: lives), blindIntervals: blindIntervals)
    }

    /// One that has begun its stream.
    private func begun(isFirst: Bool = false, maxBytes: Int64 = 1 << 20) throws -> Receiver {
        let receiver = try receiver(isFirst: isFirst, maxBytes: maxBytes)
        try receiver.takeTurns()
        return receiver
    }

    private func read() throws -> InboxReading {
        try place.store.connection().read(after: [:], atMost: 1000, except: [])
    }

    private let away = StoreError(code: .unreachable, message: "the database is away")

    /// Fails for longer than the patience, while deliveries 1 and 2 come.
    private func spoolTwo(_ receiver: Receiver, at place: ClusterPlace? = nil) throws {
        let place = place ?? self.place
        #expect(receiver.queue.offer(answers.delivery(1)))
        faults.arm(.append, .beforeTransaction)
        #expect(throws: StoreError.self) { try receiver.appender.takeTurn(waiting: 0) }
        faults.arm(.append, .beforeTransaction)
        receiver.forwarder.takeTurn()
        // A failure that is over soon needs no spool.
        #expect(throws: StoreError.self) { try receiver.appender.takeTurn(waiting: 0) }
        #expect(answers.all.isEmpty)
        place.pass(.seconds(1))
        try receiver.appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        #expect(receiver.spooling.problem != nil)
        #expect(!receiver.appender.isRefusing)
        place.pass(.seconds(1))
        #expect(receiver.queue.offer(answers.delivery(2)))
        try receiver.appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored, .stored])
        #expect(receiver.spooling.spool.count == 2)
    }

    @Test func whatTheInboxDoesNotTakeGoesToTheSpoolAndThenThereInOrder() throws {
        let receiver = try begun()
        try spoolTwo(receiver)
        place.pass(.seconds(1))
        #expect(receiver.queue.offer(answers.delivery(3)))
        try receiver.takeTurns()
        #expect(answers.all == Array(repeating: .stored, count: 3))
        #expect(receiver.spooling.spool.count == 0)
        #expect(receiver.spooling.problem == nil)
        #expect(!receiver.spooling.takesAll)
        let reading = try read()
        #expect(reading.entries.map(\.place.position) == [1, 2, 3])
        #expect(reading.entries.map(\.receivedAt) == [start, start + .seconds(2), start + .seconds(3)])
        #expect(reading.receivers.map(\.through) == [start + .seconds(3)])
        #expect(receiver.queue.offer(answers.delivery(4)))
        try receiver.appender.takeTurn(waiting: 0)
        #expect(try read().entries.map(\.place.position) == [1, 2, 3, 4])
    }

    /// The inbox is back before the patience is over: what waited is appended, and nothing was spooled.
    @Test func aFailureThatIsOverSoonNeedsNoSpool() throws {
        let receiver = try begun()
        #expect(receiver.queue.offer(answers.delivery(1)))
        faults.arm(.append, .beforeTransaction)
        #expect(throws: StoreError.self) { try receiver.appender.takeTurn(waiting: 0) }
        receiver.forwarder.takeTurn()
        #expect(try read().entries.isEmpty)
        try receiver.appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        #expect(try read().entries.map(\.place.position) == [1])
    }

    /// The inbox takes watermarks, and each time not the delivery, which takes too long.
    @Test func whatTheInboxNeverTakesGoesToTheSpool() throws {
        let receiver = try begun()
        #expect(receiver.queue.offer(answers.delivery(1)))
        faults.arm(.append, .beforeTransaction)
        #expect(throws: StoreError.self) { try receiver.appender.takeTurn(waiting: 0) }
        receiver.forwarder.takeTurn()
        #expect(!receiver.spooling.takesAll)
        place.pass(.seconds(1))
        faults.arm(.append, .beforeTransaction)
        try receiver.appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        #expect(receiver.spooling.takesAll)
        receiver.forwarder.takeTurn()
        #expect(try read().entries.map(\.place.position) == [1])
    }

    /// An entry whose commit is in doubt goes to the spool at its place.
    @Test func whatIsInDoubtIsStoredOnce() throws {
        let receiver = try begun()
        #expect(receiver.queue.offer(answers.delivery(1)))
        faults.arm(.append, .afterCommit)
        #expect(throws: StoreError.self) { try receiver.appender.takeTurn(waiting: 0) }
        place.pass(.seconds(1))
        try receiver.appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        #expect(receiver.spooling.spool.count == 1)
        receiver.forwarder.takeTurn()
        #expect(receiver.spooling.spool.count == 0)
        #expect(try read().entries.map(\.place.position) == [1])
    }

    // MARK: - Two threads

    /// Whatever the database does with what is forwarded, and however long it takes.
    @Test func whoeverSendsDoesNotWaitForTheForwarding() throws {
        let (isForwarding, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let isHeld = Mutex(false)
        let inbox = place.store.connection { operation, point in
            guard operation == .append, point == .beforeCommit, isHeld.withLock({ $0 }) else { return }
            isForwarding.signal()
            goOn.wait()
        }
        let receiver = try receiver(to: inbox, without: away)
        #expect(receiver.queue.offer(answers.delivery(1)))
        try receiver.appender.takeTurn(waiting: 0)
        isHeld.withLock { $0 = true }
        let end = DispatchSemaphore(value: 0)
        Thread {
            receiver.forwarder.takeTurn()
            end.signal()
        }.start()
        isForwarding.wait()
        // It does not go on before these are acknowledged.
        for number in 2...5 as ClosedRange<UInt64> {
            #expect(receiver.queue.offer(answers.delivery(number)))
            try receiver.appender.takeTurn(waiting: 0)
            #expect(answers.all.count == Int(number))
        }
        isHeld.withLock { $0 = false }
        goOn.signal()
        end.wait()
        #expect(receiver.spooling.takesAll)
        while receiver.forwarder.takeTurn() {}
        #expect(try read().entries.map(\.place.position) == Array(1...5))
        #expect(!receiver.spooling.takesAll)
    }

    /// More than one transaction takes: in slices, in order, and what comes between goes behind.
    @Test func aLongSpoolIsForwardedInSlices() throws {
        let receiver = try receiver(without: away)
        func send(_ numbers: ClosedRange<UInt64>) throws {
            for number in numbers {
                #expect(receiver.queue.offer(answers.delivery(number)))
                try receiver.appender.takeTurn(waiting: 0)
            }
        }
        try send(1...600)
        var slices: [Int] = []
        for turn in 0..<3 {
            #expect(receiver.forwarder.takeTurn() == (turn < 2))
            slices.append(try read().entries.count)
            if turn == 0 { try send(601...620) }
        }
        #expect(slices == [256, 512, 620])
        #expect(answers.all.count == 620)
        #expect(try read().entries.map(\.place.position) == Array(1...620))
        #expect(try read().entries.map(\.receivedAt) == Array(repeating: start, count: 620))
    }

    // MARK: - A start without the database

    @Test func whatIsReceivedBeforeTheDatabaseIsThereHasItsPlaces() throws {
        let receiver = try receiver(without: away)
        for number in 1...2 as ClosedRange<UInt64> {
            #expect(receiver.queue.offer(answers.delivery(number)))
            faults.arm(.begin, .beforeTransaction)
            try receiver.takeTurns()
            place.pass(.seconds(1))
        }
        #expect(answers.all == [.stored, .stored])
        #expect(receiver.spooling.problem != nil)
        #expect(try read().receivers.isEmpty)
        // It is begun once, though that is in doubt.
        faults.arm(.begin, .afterCommit)
        try receiver.takeTurns()
        place.pass(.seconds(1))
        try receiver.takeTurns()
        #expect(!receiver.spooling.takesAll)
        let reading = try read()
        #expect(reading.entries.map(\.place) == [InboxPlace(StreamID(1), 1), InboxPlace(StreamID(1), 2)])
        #expect(reading.entries.map(\.receivedAt) == [start, start + .seconds(1)])
        #expect(reading.receivers.map(\.startedAt) == [start])
        #expect(reading.receivers.map(\.through) == [start + .seconds(3)])
    }

    /// It never told the database of its stream. The next process does, and the one after it, if that ends amid it.
    @Test func whatAProcessWithoutTheDatabaseLeftKeepsItsPlaces() throws {
        do {
            let receiver = try receiver(without: away)
            #expect(receiver.queue.offer(answers.delivery(1)))
            try receiver.appender.takeTurn(waiting: 0)
        }
        do {
            let receiver = try receiver()
            faults.arm(.append, .afterCommit)
            try receiver.takeTurns()
            #expect(receiver.spooling.spool.count == 1)
            #expect(try read().entries.count == 1)
        }
        let receiver = try receiver()
        for _ in 0..<3 { try receiver.takeTurns() }
        #expect(receiver.spooling.spool.count == 0)
        let reading = try read()
        #expect(reading.entries.map(\.place) == [InboxPlace(StreamID(1), 1)])
        #expect(reading.receivers.map(\.endedAt) == [start, nil])
    }

    // MARK: - Lives

    /// What was received before and after it is in the spool, in streams of their own.
    @Test func aSuspensionWhileTheDatabaseIsAwayEndsALife() throws {
        let receiver = try receiver(without: away)
        #expect(receiver.queue.offer(answers.delivery(1)))
        try receiver.appender.takeTurn(waiting: 0)
        place.pass(.minutes(1))
        receiver.blindIntervals.heartbeat(at: place.clock.asServiceClock.now())
        try receiver.appender.takeTurn(waiting: 0)
        place.pass(.seconds(1))
        #expect(receiver.queue.offer(answers.delivery(2)))
        try receiver.appender.takeTurn(waiting: 0)
        while receiver.forwarder.takeTurn() {}
        try receiver.takeTurns()
        let reading = try read()
        #expect(reading.entries.map(\.place) == [InboxPlace(StreamID(1), 1), InboxPlace(StreamID(2), 1)])
        #expect(reading.receivers.map(\.startedAt) == [start, start + .minutes(1)])
        #expect(reading.receivers.map(\.through) == [start, start + .seconds(61)])
        #expect(reading.receivers.map(\.endedAt) == [start, nil])
    }

    /// The next process appends it under the stream of the one that is gone.
    @Test func whatAnEarlierProcessLeftIsAppendedInItsStream() throws {
        do { try spoolTwo(try begun()) }
        place.pass(.minutes(1))
        let receiver = try receiver()
        #expect(receiver.queue.offer(answers.delivery(3)))
        for _ in 0..<3 { try receiver.takeTurns() }
        #expect(receiver.spooling.spool.count == 0)
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
            let other = elsewhere.store.connection(fault: faults.pass)
            for node in ["a", "b"] { _ = try other.beginStream(node: node, startedAt: start) }
            let receiver = try receiver(at: elsewhere, to: other)
            #expect(receiver.queue.offer(answers.delivery(9)))
            try receiver.takeTurns()
            answers.clear()
            try spoolTwo(receiver, at: elsewhere)
        }
        let receiver = try receiver()
        #expect(receiver.queue.offer(answers.delivery(3)))
        for _ in 0..<4 { try receiver.takeTurns() }
        #expect(receiver.spooling.spool.count == 0)
        let reading = try read()
        #expect(reading.entries.count == 3)
        for life in reading.receivers {
            let entries = reading.entries.filter { $0.place.stream == life.stream }
            #expect(entries.map(\.place.position) == Array(1...life.appended))
        }
        #expect(reading.receivers.map(\.appended).sorted() == [1, 2])
        #expect(reading.receivers.map(\.startedAt) == [start, start])
    }

    /// It drains once the inbox takes something again, and what waited meanwhile is taken or refused.
    @Test func aSpoolThatIsFullDrains() throws {
        let receiver = try begun(maxBytes: 200)
        try spoolTwo(receiver)
        for number in 3...9 as ClosedRange<UInt64> { #expect(receiver.queue.offer(answers.delivery(number))) }
        place.pass(.seconds(1))
        #expect(throws: StoreError.self) { try receiver.appender.takeTurn(waiting: 0) }
        receiver.forwarder.takeTurn()
        #expect(receiver.spooling.spool.count == 0)
        try receiver.takeTurns()
        #expect(answers.all == Array(repeating: .stored, count: 9))
        #expect(try read().entries.map(\.place.position) == Array(1...9))
    }

    /// A node that stops does not say that it received until then while its spool has something.
    @Test func aStreamWithSpooledEntriesDoesNotEnd() throws {
        let receiver = try begun()
        try spoolTwo(receiver)
        try receiver.appender.end(at: place.clock.now.wall)
        #expect(try read().receivers.map(\.endedAt) == [nil])
        #expect(try read().receivers.map(\.through) == [start])
    }

    /// The database was restored from a backup: the process goes on in a new stream.
    @Test func aStreamThatIsForgottenIsReplaced() throws {
        let (queue, one, other) = (place.queue(), place.store, MemoryCluster(clock: place.clock))
        let inbox = SwitchedInbox(one.connection())
        // A number that the other one does not draw.
        for node in ["a", "b"] { _ = try inbox.beginStream(node: node, startedAt: start) }
        let appender = place.appender(of: queue, to: inbox)
        #expect(queue.offer(answers.delivery(1)))
        try appender.takeTurn(waiting: 0)
        inbox.inbox = other.connection()
        #expect(queue.offer(answers.delivery(2)))
        #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored, .stored])
        let entries = try other.connection().read(after: [:], atMost: 9, except: []).entries
        #expect(entries.map(\.place.position) == [1])
    }

    @Test func everythingCanGoThroughTheSpool() throws {
        let receiver = try begun(isFirst: true)
        #expect(receiver.queue.offer(answers.delivery(1)))
        try receiver.appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        #expect(try read().entries.isEmpty)
        receiver.forwarder.takeTurn()
        #expect(try read().entries.map(\.place.position) == [1])
        place.pass(.seconds(2))
        try receiver.takeTurns()
        #expect(try read().receivers.map(\.through) == [start + .seconds(2)])
        #expect(receiver.spooling.takesAll)
    }
}

/// An inbox that becomes another one. Used by one thread.
private final class SwitchedInbox: Inbox, @unchecked Sendable {
    // Proof of sendability: used by the test's thread only.
    var inbox: any Inbox

    init(_ inbox: any Inbox) { self.inbox = inbox }

    func newStream(startedAt: Timestamp) -> StreamID { inbox.newStream(startedAt: startedAt) }

    func beginStream(_ stream: StreamID, node: String, startedAt: Timestamp) throws {
        try inbox.beginStream(stream, node: node, startedAt: startedAt)
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
