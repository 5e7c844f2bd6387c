import SLOCore
import SLOStore
import SLOTestSupport
import Synchronization
import Testing

@testable import SLOService

/// The order and the time in which a decider takes what several nodes received.
@Suite struct ClusterInboxTests {
    let place = ClusterPlace()
    let answers = Answers()

    private struct Receiver {
        let queue: IntakeQueue
        let appender: Appender
    }

    private func receiver(_ node: String, connection: ConnectionRecord = ConnectionRecord()) throws -> Receiver {
        let queue = place.queue()
        let receiver = Receiver(
            queue: queue,
            appender: place.appender(
                of: queue, to: place.store.connection(), node: node, connection: connection))
        try receiver.appender.takeTurn(waiting: 0)
        return receiver
    }

    private func inbox(
        on store: MemoryConnection? = nil, connection: ConnectionRecord = ConnectionRecord()
    ) -> ClusterInbox {
        ClusterInbox(
            store ?? place.store.connection(), consumed: [:], frontier: start, clock: place.clock.asServiceClock,
            connection: connection)
    }

    private func receive(_ number: UInt64, _ receiver: Receiver) {
        #expect(receiver.queue.offer(answers.delivery(number)))
    }

    private func append(_ receivers: Receiver...) throws {
        for receiver in receivers { try receiver.appender.takeTurn(waiting: 0) }
    }

    /// What is taken, and confirmed as decided.
    private func decide(_ inbox: ClusterInbox) -> (numbers: [UInt64], at: [Timestamp], now: Timestamp) {
        let taken = inbox.take(atMost: 100, bytes: 1 << 20, waiting: 0)
        for delivery in taken.deliveries { delivery.pending.completion(.stored) }
        return (
            taken.deliveries.compactMap { $0.pending.key.identity?.number }, taken.deliveries.map(\.at.wall),
            taken.now.wall
        )
    }

    @Test func whatTwoNodesReceivedIsTakenInOrderOfReceipt() throws {
        let (one, two) = (try receiver("one"), try receiver("two"))
        let inbox = inbox()
        for (number, receiver) in [(1, one), (2, two), (3, one), (4, two)] as [(UInt64, Receiver)] {
            place.pass(.milliseconds(10))
            receive(number, receiver)
        }
        try append(two, one)
        let taken = decide(inbox)
        #expect(taken.numbers == [1, 2, 3, 4])
        #expect(taken.now == start + .milliseconds(40))
        #expect(decide(inbox).numbers.isEmpty)
    }

    @Test func whatAnotherNodeMayStillBringIsWaitedFor() throws {
        let (one, two) = (try receiver("one"), try receiver("two"))
        let inbox = inbox()
        place.pass(.milliseconds(10))
        receive(1, two)
        place.pass(.milliseconds(10))
        receive(2, one)
        try append(one)
        #expect(decide(inbox).numbers.isEmpty)
        #expect(decide(inbox).now == start)
        try append(two)
        #expect(decide(inbox).numbers == [1, 2])
    }

    /// It counts as received when the others stopped waiting for it, so that no time goes back.
    @Test func aSilentNodeIsNotWaitedForForever() throws {
        let (one, two) = (try receiver("one"), try receiver("two"))
        let inbox = inbox()
        place.pass(.milliseconds(10))
        receive(1, two)
        try append(one)
        #expect(decide(inbox).now == start)
        place.pass(ReceiverLife.patience + .milliseconds(1))
        receive(2, one)
        try append(one)
        let frontier = start + .milliseconds(11) + ReceiverLife.patience
        let taken = decide(inbox)
        #expect(taken.numbers == [2])
        #expect(taken.now == frontier)
        try append(two)
        let late = decide(inbox)
        #expect(late.numbers == [1])
        #expect(late.at == [frontier])
    }

    /// It died before this node began to decide, and while this node was heard.
    @Test func aNodeThatWasSilentBeforeIsNotWaitedForAnew() throws {
        let connection = ConnectionRecord()
        let (one, two) = (try receiver("one", connection: connection), try receiver("two"))
        place.pass(.milliseconds(10))
        receive(1, two)
        for _ in 0..<20 {
            place.pass(.milliseconds(200))
            try append(one)
        }
        receive(2, one)
        place.pass(.milliseconds(10))
        try append(one)
        #expect(decide(inbox(connection: connection)).numbers == [2])
        // One that was not connected itself waits.
        #expect(decide(inbox()).numbers.isEmpty)
    }

    @Test func aConnectionLastsUntilAFailureOrAPause() {
        let connection = ConnectionRecord()
        #expect(connection.span(at: 0) == .zero)
        for now in stride(from: 0, through: 5000, by: 250) as StrideThrough<Int64> { connection.didAppend(at: now) }
        #expect(connection.span(at: 5100) == .milliseconds(5100))
        #expect(connection.span(at: 6001) == .zero)
        connection.didAppend(at: 7000)
        #expect(connection.span(at: 7100) == .milliseconds(100))
        connection.didFail()
        #expect(connection.span(at: 7100) == .zero)
    }

    @Test func nothingBehindAHoleIsTaken() throws {
        let one = try receiver("one")
        let hidden = Mutex(true)
        let inbox = inbox(
            on: place.store.connection(isShown: { entry in entry.position != 2 || !hidden.withLock { $0 } }))
        for number in 1...3 as ClosedRange<UInt64> {
            place.pass(.milliseconds(10))
            receive(number, one)
        }
        try append(one)
        let before = decide(inbox)
        #expect(before.numbers == [1])
        #expect(before.now == start + .milliseconds(10))
        hidden.withLock { $0 = false }
        #expect(decide(inbox).numbers == [2, 3])
    }

    @Test func anEntryIsTakenUntilItIsStored() throws {
        let one = try receiver("one")
        let inbox = inbox()
        place.pass(.milliseconds(10))
        receive(1, one)
        try append(one)
        let first = inbox.take(atMost: 10, bytes: 1 << 20, waiting: 0)
        #expect(first.deliveries.count == 1)
        first.deliveries[0].pending.completion(.refused(.unstored("")))
        #expect(decide(inbox).numbers == [1])
        #expect(decide(inbox).numbers.isEmpty)
    }

    @Test func aTimeWithoutNodesIsConcludedOnceAllCouldReport() throws {
        let one = try receiver("one")
        let inbox = inbox()
        place.pass(.seconds(1))
        try append(one)
        #expect(decide(inbox).now == start + .seconds(1))
        place.pass(.minutes(5))
        let two = try receiver("two")
        #expect(decide(inbox).now == start + .seconds(1))
        #expect(inbox.gap == nil)
        place.pass(ClusterInbox.timeToReport)
        try append(two)
        #expect(decide(inbox).now == start + .seconds(1))
        #expect(inbox.gap == Coverage.Gap(from: start + .seconds(1), to: start + .seconds(301)))
        inbox.resume(from: start + .seconds(301))
        #expect(decide(inbox).now == start + .seconds(316))
        #expect(inbox.gap == nil)
    }

    /// It started earlier, and shortens the gap.
    @Test func aNodeThatReportsLaterIsWaitedFor() throws {
        let one = try receiver("one")
        let inbox = inbox()
        try append(one)
        place.pass(.minutes(5))
        let queue = place.queue()
        let two = Receiver(
            queue: queue, appender: place.appender(of: queue, to: place.store.connection(), node: "two"))
        place.pass(.seconds(10))
        let three = try receiver("three")
        _ = decide(inbox)
        place.pass(.seconds(5))
        try append(two, three)
        _ = decide(inbox)
        place.pass(ClusterInbox.timeToReport)
        try append(two, three)
        _ = decide(inbox)
        #expect(inbox.gap == Coverage.Gap(from: start, to: start + .minutes(5)))
    }

    /// Entries that are known to be there are read before anything is concluded behind them.
    @Test func noGapIsConcludedBeforeWhatIsNotReadYet() throws {
        let one = try receiver("one")
        let hidden = Mutex(true)
        let inbox = inbox(
            on: place.store.connection(isShown: { entry in entry.position != 2 || !hidden.withLock { $0 } }))
        place.pass(.seconds(1))
        receive(1, one)
        receive(2, one)
        try append(one)
        #expect(decide(inbox).numbers == [1])
        place.pass(.minutes(5))
        let two = try receiver("two")
        #expect(decide(inbox).numbers.isEmpty)
        place.pass(ClusterInbox.timeToReport)
        try append(two)
        #expect(decide(inbox).numbers.isEmpty)
        #expect(inbox.gap == nil)
        hidden.withLock { $0 = false }
        let taken = decide(inbox)
        #expect(taken.numbers == [2])
        #expect(taken.at == [start + .seconds(1)])
        #expect(inbox.gap != nil)
    }

    /// However much has gathered, a bounded part of each stream is in memory, and every stream moves on.
    @Test func aBacklogIsReadInParts() throws {
        let (one, two) = (try receiver("one"), try receiver("two"))
        for number in 1...1200 as ClosedRange<UInt64> {
            place.pass(.milliseconds(1))
            receive(number, number.isMultiple(of: 3) ? two : one)
            if number.isMultiple(of: 8) { try append(one, two) }
        }
        try append(one, two)
        let inbox = inbox()
        var numbers: [UInt64] = []
        var rounds = 0
        while numbers.count < 1200, rounds < 20 {
            rounds += 1
            numbers += decide(inbox).numbers
        }
        #expect(numbers == Array(1...1200))
        #expect(rounds > 2)
    }

    /// A clock that is far behind would hold all others there.
    @Test func aNodeWhoseClockIsFarBehindIsNotWaitedFor() throws {
        let one = try receiver("one")
        let slow = try place.store.connection().beginStream(node: "slow", startedAt: start - .hours(1))
        let inbox = inbox()
        place.pass(.seconds(1))
        try append(one)
        try place.store.connection().append([], to: slow, through: start - .hours(1), sentAt: start - .hours(1))
        #expect(decide(inbox).now == start + .seconds(1))
    }

    @Test func aNodeWhoseClockIsAheadCannotAppend() throws {
        let connection = place.store.connection()
        let stream = try connection.beginStream(node: "fast", startedAt: start)
        try connection.append([], to: stream, through: start, sentAt: start + .seconds(1))
        #expect(throws: StoreError.self) {
            try connection.append([], to: stream, through: start, sentAt: start + .milliseconds(1001))
        }
    }
}

extension DeliveryIdentity {
    /// The number of one that `Answers` made.
    fileprivate var number: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
