import SLOCore
import SLOStore
import SLOTestSupport
import Testing

@testable import SLOService

@Suite struct AppenderTests {
    let place = ClusterPlace()
    let answers = Answers()
    let faults = Faults()

    private func read() throws -> InboxReading {
        try place.store.connection().read(after: [:], atMost: 100, except: [])
    }

    @Test func aDeliveryIsAcknowledgedOnceItIsInTheInbox() throws {
        let queue = place.queue()
        let appender = place.appender(of: queue, to: place.store.connection())
        #expect(queue.offer(answers.delivery(1)))
        #expect(answers.all.isEmpty)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == [.stored])
        let reading = try read()
        #expect(reading.entries.map(\.place) == [InboxPlace(StreamID(1), 1)])
        #expect(reading.receivers.map(\.appended) == [1])
    }

    /// Whether or not it was stored, the batch is appended again as it was, and what came later behind it.
    @Test(arguments: [StoreFaultPoint.beforeTransaction, .beforeCommit, .insteadOfCommit, .afterCommit])
    func aBatchInDoubtIsAppendedOnce(point: StoreFaultPoint) throws {
        let queue = place.queue()
        let appender = place.appender(of: queue, to: place.store.connection(fault: faults.pass))
        for number in 1...3 as ClosedRange<UInt64> { #expect(queue.offer(answers.delivery(number))) }
        faults.arm(.append, point)
        #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
        #expect(answers.all.isEmpty)
        #expect(queue.offer(answers.delivery(4)))
        try appender.takeTurn(waiting: 0)
        #expect(answers.all.count == 3)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == Array(repeating: .stored, count: 4))
        #expect(try read().entries.map(\.place.position) == [1, 2, 3, 4])
    }

    @Test func withoutDeliveriesTheWatermarkMoves() throws {
        let appender = place.appender(of: place.queue(), to: place.store.connection())
        try appender.takeTurn(waiting: 0)
        place.pass(.seconds(2))
        try appender.takeTurn(waiting: 0)
        #expect(try read().receivers.map(\.through) == [start + .seconds(2)])
    }

    /// A clock that was a minute ahead is set right: neither what was received meanwhile nor what follows waits for
    /// that minute.
    @Test func whatAClockAheadHasReceivedIsReceivedNow() throws {
        let connection = place.store.connection()
        let stream = try connection.beginStream(node: "fast", startedAt: start)
        let entries = [start, start + .minutes(1)].enumerated().map { number, receivedAt in
            InboxEntry(
                place: InboxPlace(stream, Int64(number) + 1), receivedAt: receivedAt,
                content: .blindInterval(.unique()), untargetedIdentity: nil, observation: [])
        }
        try connection.append(entries, to: stream, through: start + .minutes(1), at: start + .seconds(1))
        let reading = try read()
        #expect(reading.entries.map(\.receivedAt) == [start, start + .seconds(1)])
        #expect(reading.receivers.map(\.through) == [start + .seconds(1)])
    }

    // MARK: - What cannot be appended

    /// Senders are answered before they give up, and once. What may be in the inbox keeps its positions.
    @Test func afterEightSecondsTheSendersAreRefused() throws {
        let queue = place.queue()
        let appender = place.appender(of: queue, to: place.store.connection(fault: faults.pass))
        try appender.takeTurn(waiting: 0)
        #expect(queue.offer(answers.delivery(1)))
        for _ in 0...8 {
            faults.arm(.append, .beforeTransaction)
            #expect(throws: StoreError.self) { try appender.takeTurn(waiting: 0) }
            if answers.all.isEmpty { #expect(queue.offer(answers.delivery(2))) }
            place.pass(.seconds(1))
        }
        let refused = answers.all
        #expect(refused.count > 1)
        #expect(refused.allSatisfy { if case .refused = $0 { true } else { false } })
        #expect(queue.load.deliveries == 0)
        try appender.takeTurn(waiting: 0)
        #expect(answers.all == refused)
        #expect(try read().entries.map(\.place.position) == [1])
        #expect(queue.offer(answers.delivery(3)))
        try appender.takeTurn(waiting: 0)
        #expect(answers.all.last == .stored)
        // What was refused is told, too.
        #expect(try read().entries.map(\.place.position) == [1, 2, 3])
    }

    @Test func whatWasRefusedIsToldInTheStream() throws {
        let (queue, blindIntervals) = (place.queue(), place.blindIntervals())
        let appender = place.appender(of: queue, to: place.store.connection(), blindIntervals: blindIntervals)
        let identity = DeliveryIdentity.unique()
        blindIntervals.refused(identity, at: place.clock.asServiceClock.now())
        try appender.takeTurn(waiting: 0)
        let entry = try #require(try read().entries.first)
        let told = try #require(try PendingDelivery(entry) { _ in }.blindInterval)
        #expect(told.cause == .refused)
        #expect((told.from, told.to) == (start, start + .seconds(15)))
        #expect(told.missing == [identity])
        try appender.takeTurn(waiting: 0)
        #expect(try read().entries.count == 1)
    }

    /// Whether others were there to receive meanwhile is not this node's to say.
    @Test func aSuspensionEndsTheLifeAndBeginsAnother() throws {
        let (queue, blindIntervals) = (place.queue(), place.blindIntervals())
        let appender = place.appender(of: queue, to: place.store.connection(), blindIntervals: blindIntervals)
        try appender.takeTurn(waiting: 0)
        place.pass(.minutes(1))
        blindIntervals.heartbeat(at: place.clock.asServiceClock.now())
        #expect(queue.offer(answers.delivery(1)))
        try appender.takeTurn(waiting: 0)
        try appender.takeTurn(waiting: 0)
        let lives = try read().receivers
        #expect(lives.map(\.startedAt) == [start, start + .minutes(1)])
        #expect(lives.map(\.endedAt) == [start, nil])
        #expect(answers.all == [.stored])
        #expect(try read().entries.map(\.place) == [InboxPlace(StreamID(1), 1)])
    }
}
