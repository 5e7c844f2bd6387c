import Foundation
import NIOCore
import NIOHTTP1
import SLOConfiguration
import Testing

@testable import SLOWeb
@testable import SLOHTTP

/// The table in the documentation of `HTTP1ConnectionStateMachine` is what it does: each row is driven here.
@Suite
struct ConnectionTable {
    private typealias Machine = HTTP1ConnectionStateMachine

    @Test("The documented transitions are the machine's, all of them")
    func documented() throws {
        let driven = Self.situations.flatMap(Self.rows)
        let documented = try Self.documentedRows()
        #expect(documented.count > 40)
        #expect(driven == documented, "The table should be:\n\(driven.map { "/// " + $0 }.joined(separator: "\n"))")
    }

    private static func documentedRows() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Sources/SLOHTTP/Connection/HTTP1ConnectionStateMachine.swift")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("/// | ") }.dropFirst().map { String($0.dropFirst(4)) }
    }

    @Test("Every state has its time, a shorter one if the connection is crowded, or waits while the server stops")
    func deadlines() {
        func time(isCrowded: Bool = false, _ prepare: (inout Driven) -> Void) -> TimeAmount {
            var driven = Driven(machine: .opened(isCrowded: isCrowded))
            prepare(&driven)
            return driven.machine.deadline - .start
        }
        let limits = Machine.opened().limits
        #expect(time { _ in } == limits.idleTimeout)
        #expect(time(isCrowded: true) { _ in } == limits.crowdedTimeout)
        #expect(time { $0.machine.stopRequested(at: .start) } == limits.stopGrace)
        #expect(time { $0.part(.head, framing: Self.post) } == limits.bodyTimeout)
        #expect(time(isCrowded: true) { $0.part(.head, framing: Self.post) } == limits.crowdedTimeout)
        #expect(time { $0.request() } == limits.responseTimeout)
        #expect(
            time {
                $0.request()
                $0.machine.stopRequested(at: .start)
            } == min(limits.responseTimeout, limits.stopTimeout))
        #expect(
            time {
                $0.part(.head, framing: Self.post)
                $0.respond()
            } == limits.lingerTimeout)
    }

    @Test(
        "A response is the last if its request says so, is not read, the server stops, slots are taken, or no more comes"
    )
    func lastResponses() {
        func shape(isCrowded: Bool = false, _ prepare: (inout Driven) -> Void) -> Machine.ResponseAction {
            var driven = Driven(machine: .opened(isCrowded: isCrowded))
            prepare(&driven)
            return driven.machine.responseGiven(at: .start)
        }
        let last = Machine.ResponseAction.write(Machine.ResponseShape(isLast: true))
        #expect(shape { $0.request() } == .write(Machine.ResponseShape()))
        #expect(shape { $0.request(framing: RequestFraming(isLast: true)) } == last)
        #expect(shape { $0.part(.head, framing: Self.post) } == last)
        #expect(shape(isCrowded: true) { $0.request() } == last)
        #expect(
            shape {
                $0.request()
                $0.machine.stopRequested(at: .start)
            } == last)
        #expect(
            shape {
                $0.request()
                $0.machine.inputClosed()
            } == last)
        #expect(
            shape {
                $0.request()
                $0.part(.head)
                $0.machine.inputClosed()
            } == .write(Machine.ResponseShape()))
        #expect(
            shape { $0.request(framing: RequestFraming(isHEAD: true)) } == .write(Machine.ResponseShape(isHEAD: true)))
    }

    @Test("In a turn so many pieces are decoded, and responses leave together")
    func turns() {
        var driven = Driven()
        var steps: [Machine.Step] = []
        func turn() {
            _ = driven.machine.turnBegan()
            while let step = driven.machine.nextStep() {
                steps.append(step)
                guard step == .decodePiece else { continue }
                driven.machine.bytesDecoded(10)
                driven.request()
                driven.respond()
            }
        }
        driven.machine.bytesArrived(10 * Machine.piecesPerTurn + 10)
        driven.machine.readRequested()
        turn()
        #expect(steps == Array(repeating: .decodePiece, count: Machine.piecesPerTurn) + [.flush, .queueTurn])
        steps = []
        turn()
        #expect(steps.isEmpty)
        driven.machine.turnCame()
        turn()
        #expect(steps == [.decodePiece, .flush, .read])
    }

    @Test("What is thrown away ends with the request, or beyond a bound")
    func lingering() {
        func leaving(_ framing: RequestFraming) -> Machine {
            var driven = Driven()
            driven.part(.head, framing: framing)
            driven.respond()
            driven.machine.lastResponseSent()
            driven.run()
            return driven.machine
        }
        func isClosed(_ machine: Machine, after bytes: Int) -> Bool {
            var driven = Driven(machine: machine)
            driven.machine.bytesArrived(bytes)
            driven.run()
            return driven.machine.state == .closed
        }
        let bound = Machine.opened().limits.lingerBytes
        #expect(!isClosed(leaving(RequestFraming(declaredBytes: 10)), after: 9))
        #expect(isClosed(leaving(RequestFraming(declaredBytes: 10)), after: 10))
        #expect(!isClosed(leaving(RequestFraming(declaredBytes: .max)), after: bound))
        #expect(isClosed(leaving(RequestFraming(declaredBytes: .max)), after: bound + 1))
        var chunked = leaving(RequestFraming(isChunked: true))
        _ = chunked.partArrived(.body(bytes: bound))
        #expect(!isClosed(chunked, after: 0))
        _ = chunked.partArrived(.end)
        #expect(isClosed(chunked, after: 0))
        var ended = leaving(RequestFraming(declaredBytes: 10))
        ended.inputClosed()
        #expect(isClosed(ended, after: 0))
        // What is no HTTP has no end that could be found.
        var broken = Driven()
        broken.part(.head, framing: RequestFraming(isChunked: true))
        broken.machine.parserFailed(.unknown)
        broken.run()
        broken.machine.lastResponseSent()
        broken.run()
        #expect(!isClosed(broken.machine, after: bound))
        #expect(isClosed(broken.machine, after: bound + 1))
    }

    @Test("What is written leaves before the connection is closed")
    func flushBeforeClose() {
        var driven = Driven()
        driven.machine.bytesArrived(10)
        _ = driven.machine.turnBegan()
        driven.request()
        driven.respond()
        driven.machine.connectionFailed()
        driven.done = []
        driven.run()
        #expect(driven.done.prefix(2) == ["flush", "close"])
    }

    // MARK: Driving

    private struct Situation: Sendable {
        let name: String
        let machine: Machine

        init(_ name: String, _ prepare: (inout Driven) -> Void = { _ in }) {
            var driven = Driven()
            prepare(&driven)
            self.name = name
            self.machine = driven.machine
        }
    }

    private struct Event: Sendable {
        let name: String
        let happen: @Sendable (inout Driven) -> Void

        init(_ name: String, _ happen: @escaping @Sendable (inout Driven) -> Void) {
            self.name = name
            self.happen = happen
        }
    }

    /// A machine, and what it said.
    private struct Driven {
        var machine = Machine.opened()
        var done: [String] = []

        mutating func part(_ part: Machine.Part, framing: RequestFraming = RequestFraming()) {
            let action = self.machine.partArrived(part)
            guard action == .take else { return self.done.append("\(action)") }
            self.take(part, framing)
        }

        mutating func take(_ part: Machine.Part, _ framing: RequestFraming) {
            switch part {
            case .head:
                switch self.machine.headTaken(framing, at: .start) {
                case .forward: self.done.append("forward")
                case .drop: self.done.append("drop")
                case .refuse(let fault):
                    self.done.append("refuse")
                    _ = self.machine.refusalGiven(fault, at: .start)
                }
            case .body(let bytes): self.done.append(self.machine.bodyTaken(bytes: bytes) ? "forward" : "drop")
            case .end: self.done.append(self.machine.endTaken(at: .start) ? "forward" : "drop")
            }
        }

        mutating func respond() {
            switch self.machine.responseGiven(at: .start) {
            case .reject: self.done.append("reject")
            case .write(let shape): self.done.append(shape.isLast ? "write, as the last" : "write")
            }
        }

        mutating func request(framing: RequestFraming = RequestFraming()) {
            self.part(.head, framing: framing)
            self.part(.end)
        }

        /// With bytes in front of the decoder.
        mutating func block() {
            self.machine.bytesArrived(5)
            self.machine.writabilityChanged(to: false)
        }

        /// Does what the machine wants next, until it wants nothing.
        mutating func run() {
            _ = self.machine.turnBegan()
            while let step = self.machine.nextStep() {
                self.done.append(step.name)
                switch step {
                case .decodePiece, .decodeBody: self.machine.bytesDecoded(self.machine.heldBytes)
                case .refuse(let fault): _ = self.machine.refusalGiven(fault, at: .start)
                case .takeHeldPart: self.take(.head, RequestFraming())
                case .discardInput, .announceTimeout, .flush, .finish, .queueTurn, .read, .queueDrain, .close: break
                }
            }
        }
    }

    /// One row for all events that have the same effect.
    private static func rows(of situation: Situation) -> [String] {
        var rows: [(effect: String, events: [String])] = []
        for event in self.events {
            guard let effect = self.effect(of: event, on: situation.machine) else { continue }
            if let row = rows.firstIndex(where: { $0.effect == effect }) {
                rows[row].events.append(event.name)
            } else {
                rows.append((effect, [event.name]))
            }
        }
        return rows.map { "| \(situation.name) | \($0.events.joined(separator: ", ")) | \($0.effect) |" }
    }

    /// What is done and where that leads. `nil`: nothing and nowhere.
    private static func effect(of event: Event, on machine: Machine) -> String? {
        var driven = Driven(machine: machine)
        event.happen(&driven)
        driven.run()
        let after = driven.machine
        let isSame = after.name == machine.name && after.heldParts == machine.heldParts
        if isSame, driven.done.isEmpty || driven.done == ["reject"] || driven.done == ["drop"] { return nil }
        return (driven.done.isEmpty ? "–" : driven.done.joined(separator: "; ")) + " | " + after.name
    }

    private static let post = RequestFraming(declaredBytes: 10)

    private static let situations = [
        Situation("waiting"),
        Situation("waiting, blocked") { $0.block() },
        Situation("reading") { $0.part(.head, framing: post) },
        Situation("reading, blocked") {
            $0.part(.head, framing: post)
            $0.block()
        },
        Situation("responding") { $0.request() },
        Situation("responding, blocked") {
            $0.request()
            $0.block()
        },
        Situation("responded") {
            $0.part(.head)
            $0.respond()
        },
        Situation("responded, blocked") {
            $0.part(.head)
            $0.respond()
            $0.block()
        },
        Situation("leaving") {
            $0.part(.head, framing: post)
            $0.respond()
        },
        Situation("leaving, all read") {
            $0.request(framing: RequestFraming(isLast: true))
            $0.respond()
        },
        Situation("closed") { $0.machine.closed() },
    ]

    private static let events = [
        Event("head") { $0.part(.head) },
        Event("head without a host") { $0.part(.head, framing: RequestFraming(lacksHost: true)) },
        Event("part of a body") { $0.part(.body(bytes: 5)) },
        Event("end") { $0.part(.end) },
        Event("response") { $0.respond() },
        Event("last response sent") { $0.machine.lastResponseSent() },
        Event("bytes") { $0.machine.bytesArrived(5) },
        Event("read possible") { $0.machine.readRequested() },
        Event("parser error") { $0.machine.parserFailed(.unknown) },
        Event("input closed") { $0.machine.inputClosed() },
        Event("not writable") { $0.machine.writabilityChanged(to: false) },
        Event("writable") { $0.machine.writabilityChanged(to: true) },
        Event("deadline") { $0.machine.deadlinePassed(at: $0.machine.deadline) },
        Event("slot wanted") { $0.machine.slotWanted() },
        Event("connection failed") { $0.machine.connectionFailed() },
    ]
}

extension NIODeadline {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
}

extension HTTP1ConnectionStateMachine {
    static func opened(isCrowded: Bool = false) -> Self {
        var machine = Self(
            limits: ConnectionLimits(WebConfiguration(listen: ListenAddress(host: "127.0.0.1", port: 0))))
        machine.opened(isCrowded: isCrowded, at: .start)
        return machine
    }

    var name: String {
        let state =
            switch self.state {
            case .waiting: "waiting"
            case .reading: "reading"
            case .responding: "responding"
            case .responded: "responded"
            case .leaving: "leaving"
            case .closed: "closed"
            }
        if case .leaving(let leaving) = self.state { return leaving.rest == .none ? state + ", all read" : state }
        return self.isWritable || self.state == .closed ? state : state + ", blocked"
    }
}

extension HTTP1ConnectionStateMachine.Step {
    fileprivate var name: String {
        switch self {
        case .takeHeldPart: "take a held part"
        case .decodePiece: "decode a piece"
        case .decodeBody: "decode the body"
        case .discardInput: "discard"
        case .announceTimeout: "announce the timeout"
        case .refuse: "refuse"
        case .flush: "flush"
        case .finish: "send the rest"
        case .queueTurn: "queue for a turn"
        case .read: "read"
        case .queueDrain: "queue for draining"
        case .close(.done): "close"
        case .close(.unanswered): "warn and close"
        case .close(.stopped): "warn and close"
        }
    }
}
