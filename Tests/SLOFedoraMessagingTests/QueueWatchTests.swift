import Testing

@testable import SLOFedoraMessaging

@Suite("Whether a connection that is up still consumes")
struct QueueWatchTests {
    private let start = ContinuousClock.now
    private let interval = Duration.seconds(30)
    private var watch: QueueWatch

    init() {
        watch = QueueWatch(every: interval, since: start)
    }

    @Test("is not asked while messages come")
    mutating func heard() {
        #expect(watch.look(at: start + .seconds(29)) == .none)
        watch.heard()
        #expect(watch.look(at: start + .seconds(30)) == .none)
        #expect(watch.look(at: start + .seconds(59)) == .none)
        #expect(watch.look(at: start + .seconds(60)) == .ask)
    }

    @Test("is doubted where no answer comes")
    mutating func noAnswer() {
        #expect(watch.look(at: start + .seconds(30)) == .ask)
        #expect(watch.look(at: start + .seconds(59)) == .none)
        #expect(watch.look(at: start + .seconds(60)) == .giveUp("the broker does not respond"))
    }

    @Test("is denied by a broker that knows of no consumer")
    mutating func noConsumer() {
        #expect(watch.look(at: start + .seconds(30)) == .ask)
        #expect(
            watch.answered(messages: 0, consumers: 0, hasRoom: true)
                == .giveUp("the broker has lost the consumer of the queue"))
    }

    @Test("is denied where messages wait twice in a row and none comes")
    mutating func stalled() {
        #expect(watch.look(at: start + .seconds(30)) == .ask)
        #expect(watch.answered(messages: 3, consumers: 1, hasRoom: true) == .none)
        #expect(watch.look(at: start + .seconds(60)) == .ask)
        #expect(
            watch.answered(messages: 4, consumers: 1, hasRoom: true)
                == .giveUp("4 messages wait in the queue, and none is delivered"))
    }

    @Test("is not doubted where messages wait for room here, or come after all")
    mutating func busy() {
        for round in 1...4 {
            #expect(watch.look(at: start + interval * round) == .ask)
            #expect(watch.answered(messages: 9, consumers: 1, hasRoom: false) == .none)
        }
        #expect(watch.look(at: start + interval * 5) == .ask)
        #expect(watch.answered(messages: 1, consumers: 1, hasRoom: true) == .none)
        watch.heard()
        #expect(watch.look(at: start + interval * 6) == .none)
        #expect(watch.look(at: start + interval * 7) == .ask)
        #expect(watch.answered(messages: 1, consumers: 1, hasRoom: true) == .none)
    }
}

@Suite("The pause before the next attempt to connect")
struct ReconnectPauseTests {
    @Test("doubles up to a minute, and half of it is chance")
    func doubles() {
        var (shortest, longest) = (ReconnectPause(), ReconnectPause())
        for whole in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            #expect(shortest.next(chance: 0) == .milliseconds(500 * whole))
            #expect(longest.next(chance: 1) == .seconds(whole))
        }
    }

    @Test("starts again after a connection that lasted, and after no other")
    func resets() {
        var pause = ReconnectPause()
        for _ in 1...5 { _ = pause.next() }
        pause.connectionLasted(.seconds(60))
        #expect(pause.next(chance: 1) == .seconds(32))
        pause.connectionLasted(.seconds(61))
        #expect(pause.next(chance: 1) == .seconds(1))
    }
}
