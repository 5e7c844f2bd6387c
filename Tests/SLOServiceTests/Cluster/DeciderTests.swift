import SLOCore
import SLOStore
import SLOTestSupport
import Synchronization
import Testing

@testable import SLOService

@Suite struct DeciderTests {
    let place = ClusterPlace()
    let answers = Answers()

    private func journalled() -> [JournalEntry.Kind] { place.store.journal.map(\.kind) }

    @Test func inANewStoreEverythingBeginsWithTheFirstReceiver() throws {
        let decider = try place.decider("one", on: place.store.connection())
        decider.takeTurn()
        #expect(decider.epoch == 1)
        #expect(place.store.journal.isEmpty)
        let queue = place.queue()
        let appender = place.appender(of: queue, to: place.store.connection())
        #expect(queue.offer(answers.delivery(1)))
        try appender.takeTurn(waiting: 0)
        decider.takeTurn()
        #expect(journalled() == [.start, .delivery])
        #expect(place.store.undecided.isEmpty)
    }

    @Test func anotherNodeClaimsOnceTheLeaseIsOver() throws {
        let one = try place.decider("one", on: place.store.connection())
        let two = try place.decider("two", on: place.store.connection())
        one.takeTurn()
        two.takeTurn()
        #expect(two.epoch == nil)
        place.pass(MemoryCluster.leaseTime + .milliseconds(1))
        two.takeTurn()
        #expect(two.epoch == 2)
        one.takeTurn()
        #expect(one.epoch == nil)
    }

    @Test func aHandOverLetsAnotherClaimAtOnce() throws {
        let one = try place.decider("one", on: place.store.connection())
        let two = try place.decider("two", on: place.store.connection())
        one.takeTurn()
        one.handOver()
        two.takeTurn()
        #expect(two.epoch == 2)
    }

    /// The first node stands still amid its commit, beyond its lease. The second decides the same delivery.
    @Test func aTermThatIsOverChangesNothing() throws {
        let queue = place.queue()
        let appender = place.appender(of: queue, to: place.store.connection())
        let standsStill = Mutex<(@Sendable () -> Void)?>(nil)
        let one = try place.decider(
            "one",
            on: place.store.connection(fault: { operation, point in
                guard operation == .commit, point == .beforeCommit else { return }
                standsStill.withLock { action in
                    defer { action = nil }
                    return action
                }?()
            }))
        let two = try place.decider("two", on: place.store.connection())
        try appender.takeTurn(waiting: 0)
        one.takeTurn()
        #expect(queue.offer(answers.delivery(1)))
        try appender.takeTurn(waiting: 0)
        standsStill.withLock { action in
            action = {
                place.pass(MemoryCluster.leaseTime + .milliseconds(1))
                two.takeTurn()
                two.takeTurn()
            }
        }
        one.takeTurn()
        #expect(one.epoch == nil)
        #expect(two.epoch == 2)
        #expect(journalled() == [.start, .delivery])
    }

    /// The heartbeat that is due must not say that what failed is decided: it would count as received then.
    @Test(arguments: [StoreFaultPoint.beforeTransaction, .beforeCommit, .insteadOfCommit, .afterCommit])
    func aBatchThatFailsIsDecidedAsOfItsReceipt(point: StoreFaultPoint) throws {
        let faults = Faults()
        let decider = try place.decider("one", on: place.store.connection(fault: faults.pass))
        let queue = place.queue()
        let appender = place.appender(of: queue, to: place.store.connection())
        try appender.takeTurn(waiting: 0)
        decider.takeTurn()
        place.pass(.seconds(11))
        #expect(queue.offer(answers.delivery(1)))
        place.pass(.seconds(2))
        try appender.takeTurn(waiting: 0)
        faults.arm(.commit, point)
        for _ in 0..<3 {
            decider.takeTurn()
            place.pass(.seconds(2))
            try appender.takeTurn(waiting: 0)
        }
        #expect(journalled() == [.start, .delivery])
        #expect(place.store.journal.last?.receivedAt == start + .seconds(11))
    }

    /// It could not be stored with what it read; another node claims meanwhile.
    @Test func aDeciderThatCannotReadLetsAnotherClaim() throws {
        let one = try place.decider(
            "one",
            on: place.store.connection(fault: { operation, _ in
                if operation == .read { throw StoreError(code: .damaged, message: "an entry of a newer version") }
            }))
        one.takeTurn()
        #expect(one.epoch == nil)
        let two = try place.decider("two", on: place.store.connection())
        two.takeTurn()
        #expect(two.epoch == 2)
    }

    /// After a failover nobody waits longer than for the database.
    @Test func aClaimThatDoesNotReachTheDatabaseIsTriedAgainSoon() throws {
        let faults = Faults()
        let decider = try place.decider("one", on: place.store.connection(fault: faults.pass))
        for _ in 0..<3 {
            faults.arm(.claim, .beforeTransaction)
            decider.takeTurn()
            #expect(decider.epoch == nil)
            place.pass(.milliseconds(500))
        }
        decider.takeTurn()
        #expect(decider.epoch == 1)
    }

    /// A renewal that fails once is no reason to load everything again.
    @Test func aRenewalThatFailsIsMadeUpFor() throws {
        let faults = Faults()
        let decider = try place.decider("one", on: place.store.connection(fault: faults.pass))
        let appender = place.appender(of: place.queue(), to: place.store.connection())
        try appender.takeTurn(waiting: 0)
        decider.takeTurn()
        faults.arm(.renew, .beforeCommit)
        for _ in 0..<6 {
            place.pass(.milliseconds(1100))
            decider.takeTurn()
        }
        #expect(decider.epoch == 1)
    }

    @Test func theTimeWithoutNodesIsABlindInterval() throws {
        let decider = try place.decider("one", on: place.store.connection())
        let first = place.appender(of: place.queue(), to: place.store.connection())
        try first.takeTurn(waiting: 0)
        decider.takeTurn()
        place.pass(.minutes(5))
        let second = place.appender(of: place.queue(), to: place.store.connection(), node: "two")
        try second.takeTurn(waiting: 0)
        for _ in 0..<3 {
            decider.takeTurn()
            place.pass(ClusterInbox.timeToReport)
            try second.takeTurn(waiting: 0)
        }
        decider.takeTurn()
        let intervals = place.store.loaded.blindIntervals
        #expect(intervals.map(\.cause) == ["down"])
        #expect(intervals.map(\.startedAt) == [start])
        #expect(intervals.map(\.endedAt) == [start + .minutes(5)])
    }

    /// By the term that first has it, and by the next one if that is not done.
    @Test func anAddedObjectiveIsToBeFilledIn() throws {
        let fast = try #require(Objective.Name(rawValue: "fast"))
        var more = LedgerSettings()
        more.objectives.append(Objective(fast, .initialStatus, target: 0.5, deadline: .seconds(5)))
        let appender = place.appender(of: place.queue(), to: place.store.connection())
        try appender.takeTurn(waiting: 0)
        let told = Mutex<[[Objective.Name]]>([])
        func takeTerm(_ settings: LedgerSettings) throws {
            place.pass(.seconds(1))
            let decider = try place.decider("one", on: place.store.connection(), judging: settings) { access in
                guard let access else { return }
                told.withLock { $0.append(access.backfills.pendingBackfills.map(\.objective)) }
            }
            decider.takeTurn()
            decider.handOver()
        }
        for settings in [LedgerSettings(), LedgerSettings(), more, more, LedgerSettings(), more] {
            try takeTerm(settings)
        }
        #expect(told.withLock { $0 } == [[], [], [fast], [fast], [], [fast]])
        #expect(journalled() == [.start])
    }

    @Test func whatANodeRefusedIsABlindInterval() throws {
        let (queue, blindIntervals) = (place.queue(), place.blindIntervals())
        let appender = place.appender(of: queue, to: place.store.connection(), blindIntervals: blindIntervals)
        let decider = try place.decider("one", on: place.store.connection())
        try appender.takeTurn(waiting: 0)
        decider.takeTurn()
        place.pass(.seconds(1))
        blindIntervals.refused(DeliveryIdentity.unique(), at: place.clock.asServiceClock.now())
        try appender.takeTurn(waiting: 0)
        place.pass(.milliseconds(10))
        try appender.takeTurn(waiting: 0)
        decider.takeTurn()
        #expect(journalled() == [.start, .heartbeatGap])
        #expect(place.store.undecided.isEmpty)
    }
}
