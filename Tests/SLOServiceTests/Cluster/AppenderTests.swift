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
}
