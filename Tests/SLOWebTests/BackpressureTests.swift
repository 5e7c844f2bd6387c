import Foundation
import Hummingbird
import NIOCore
import NIOEmbedded
import SLOConfiguration
import SLOConditions
import SLOCore
import SLOService
import Synchronization
import Testing

@testable import SLOWeb
@testable import SLOQueries
@testable import SLOHTTP

/// What a connection holds is bounded in both directions, whatever its sender does and does not read.
@Suite(.timeLimit(.minutes(1)))
struct Backpressure {
    /// A connection's pipeline on an event loop that stands still unless it is told to go on.
    private struct Pipeline {
        let channel = EmbeddedChannel()
        let reads = ReadCounter()

        init(receiver: FakeReceiver = FakeReceiver()) throws {
            let configuration = WebConfiguration(listen: ListenAddress(host: "127.0.0.1", port: 0))
            try self.channel.pipeline.syncOperations.addHandler(self.reads)
            try HTTPPipeline(
                limits: ConnectionLimits(configuration), receiver: receiver, certificate: nil,
                limiter: ConnectionLimiter(slots: 10), probes: Probes(status: FakeStatus()),
                shares: RequestShares(configuration), responder: { _, _ in Response(.failed) },
                log: LimitedLog(.silent)
            ).setUp(self.channel)
            self.channel.pipeline.fireChannelActive()
        }

        func send(_ text: String) throws {
            try self.channel.writeInbound(ByteBuffer(string: text))
            self.channel.read()
        }

        func becomeWritable(_ isWritable: Bool) {
            self.channel.isWritable = isWritable
            self.channel.pipeline.fireChannelWritabilityChanged()
        }

        /// How many answers have been written since this was last asked.
        func answers() throws -> Int {
            var text = ""
            while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text.components(separatedBy: "HTTP/1.1 ").count - 1
        }

        func finish() throws { _ = try self.channel.finish(acceptAlreadyClosed: true) }
    }

    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        var count = 0

        func read(context: ChannelHandlerContext) {
            self.count += 1
            context.read()
        }
    }

    @Test(
        "While its sender takes no answers, a connection is not read, and nothing is decoded or answered",
        arguments: [
            get("/webhooks/nowhere"), get("/livez"), post("/webhooks/github", "{}"),
            "GET /livez HTTP/1.1\r\nHost:x\r\n\r\n",
        ])
    func nothingWhileNotWritable(request: String) throws {
        let receiver = FakeReceiver()
        let pipeline = try Pipeline(receiver: receiver)
        let count = 1000
        pipeline.becomeWritable(false)
        let readsBefore = pipeline.reads.count
        try pipeline.send(String(repeating: request, count: count))
        #expect(try pipeline.answers() == 0)
        #expect(receiver.received.isEmpty)
        #expect(pipeline.reads.count == readsBefore)
        pipeline.becomeWritable(true)
        pipeline.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try pipeline.answers() == count)
        #expect(pipeline.reads.count == readsBefore + 1)
        try pipeline.finish()
    }

    @Test("Of a burst a connection gets a few requests answered, then others have their turn")
    func turns() throws {
        let pipeline = try Pipeline()
        try pipeline.send(String(repeating: get("/livez"), count: 100))
        #expect(try pipeline.answers() == HTTP1ConnectionStateMachine.piecesPerTurn)
        #expect(pipeline.reads.count == 0)
        pipeline.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try pipeline.answers() == 100 - HTTP1ConnectionStateMachine.piecesPerTurn)
        #expect(pipeline.reads.count == 1)
        try pipeline.finish()
    }

    @Test("A body is handed on in one piece, however many requests follow it")
    func bodyInOnePiece() throws {
        let receiver = FakeReceiver()
        let pipeline = try Pipeline(receiver: receiver)
        let body = String(repeating: "x", count: 30_000)
        try pipeline.send(post("/webhooks/github", body) + post("/webhooks/copr", "{}"))
        #expect(receiver.received.map(\.body.count) == [30_000, 2])
        #expect(try pipeline.answers() == 2)
        try pipeline.finish()
    }

    @Test(
        "Requests that come in one burst with the end of their sender are all answered before the connection is closed")
    func endOfBurst() throws {
        let pipeline = try Pipeline()
        let requests = String(repeating: get("/livez"), count: HTTP1ConnectionStateMachine.piecesPerTurn - 1)
        pipeline.channel.pipeline.fireChannelRead(ByteBuffer(string: requests))
        pipeline.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(try pipeline.answers() == HTTP1ConnectionStateMachine.piecesPerTurn - 1)
        #expect(!pipeline.channel.isActive)
        try pipeline.finish()
    }

    @Test("What follows the last request of a connection is neither decoded nor kept")
    func behindTheLast() throws {
        let pipeline = try Pipeline()
        pipeline.becomeWritable(true)
        try pipeline.send(
            get("/livez", headers: "Connection: close\r\n") + String(repeating: get("/livez"), count: 500))
        #expect(try pipeline.answers() == 1)
        #expect(!pipeline.channel.isActive)
        try pipeline.finish()
    }

    @Test("A piece ends with the first head that ends in it", arguments: 0..<9)
    func pieces(shift: Int) {
        let lead = String(repeating: "x", count: shift)
        func length(_ text: String) -> Int { InputGate.lengthOfPiece(ByteBuffer(string: text)) }
        #expect(length(lead + "\r\n\r\nmore") == shift + 4)
        #expect(length(lead + "\r\n\r\n\r\n\r\n") == shift + 4)
        #expect(length(lead + "\r\r\n\r\nmore") == shift + 5)
        #expect(length(lead + "\n\r\n\r\r\n\r\nmore") == shift + 8)
        #expect(length(lead + "\r\n\r") == shift + 3)
        #expect(length(lead) == shift)
        let long = lead + String(repeating: "y", count: InputGate.pieceBytes) + "\r\n\r\n"
        #expect(length(long) == InputGate.pieceBytes)
    }

    @Test("An answer is not made long by a long path", arguments: ["GET", "POST"])
    func longPath(method: String) async throws {
        let path = "/webhooks/" + String(repeating: "\\u{1}%00", count: 1000)
        let answer = try await TestServer.run { server in
            try await server.answer(to: get(path, method: method))
        }
        #expect(answer.status == 404)
        #expect(answer.body.utf8.count < 2048)
    }
}

/// Pages have a share of the machine; deliveries and probes are none of them.
@Suite(.timeLimit(.minutes(1)))
struct PageShare {
    @Test(
        "So many begin, so many wait, the rest is refused; who ends lets the next begin, who leaves gives its place up")
    func admission() {
        let share = RequestShare(atWork: 1, waiting: 2)
        let started = Mutex<[Int]>([])
        func admit(_ number: Int) -> RequestShare.Admission {
            share.admit { started.withLock { $0.append(number) } }
        }
        #expect(admit(0) == .begins)
        #expect(admit(1) == .waits(ticket: 1))
        #expect(admit(2) == .waits(ticket: 2))
        #expect(admit(3) == .refused)
        #expect(share.withdraw(ticket: 1))
        #expect(!share.withdraw(ticket: 1))
        #expect(admit(4) == .waits(ticket: 3))
        share.finished()
        #expect(started.withLock { $0 } == [2])
        share.finished()
        #expect(started.withLock { $0 } == [2, 4])
        share.finished()
        #expect(admit(5) == .begins)
    }

    @Test("While pages are made as slowly as can be, deliveries and probes are answered; too many pages are told 503")
    func deliveriesGoFirst() async throws {
        let pages = StalledPages()
        try await TestServer.run(
            pages: pages,
            configure: {
                $0.maxPagesAtWork = 2
                $0.maxPagesWaiting = 0
            }
        ) { server in
            async let first = server.answer(to: get("/api/v1/sources"))
            async let second = server.answer(to: get("/api/v1/sources"))
            await pages.until(stalled: 2)
            for path in ["/api/v1/sources", "/", "/style.css", "/badges/status.svg", "/nowhere"] {
                let refused = try await server.answer(to: get(path))
                #expect(refused.status == 503)
                #expect(refused["retry-after"] == "1")
                #expect(try ProblemDocument(refused).status == 503)
            }
            #expect(try await server.answer(to: post("/webhooks/github", "{}")).status == 202)
            for path in ["/livez", "/readyz", "/metrics"] {
                #expect(try await server.answer(to: get(path)).status == 200)
            }
            pages.letGo()
            #expect(try await first.status == 200)
            #expect(try await second.status == 200)
            #expect(try await server.answer(to: get("/style.css")).status == 200)
        }
    }

    @Test("What a page takes as a body is thrown away, within a bound")
    func bodies() async throws {
        try await TestServer.run { server in
            try await RawConnection.open(server.port) { connection in
                let small = String(repeating: "x", count: 10_000)
                try await connection.send(post("/metrics", small) + get("/livez"))
                #expect(try await connection.response().status == 405)
                #expect(try await connection.response().status == 200)
            }
            let large = String(repeating: "x", count: OperationsHandler.maxBodyBytes + 1)
            let refused = try await server.answer(to: post("/metrics", large))
            #expect(refused.status == 413)
            #expect(refused["connection"] == "close")
        }
    }
}

/// Tells of sources only once the test lets it.
private final class StalledPages: QueryAPI {
    func nodes() async throws -> NodesSnapshot? { nil }

    func isReading(_ part: HistoryPart) async -> Bool { false }

    func charts(
        of objective: Objective.Name, _ deployment: Deployment, over range: ChartRange
    ) async throws -> ChartSnapshot? { nil }

    func timeNotes(
        from: Timestamp?, through: Timestamp?, limit: Int
    ) async throws -> (at: Timestamp, notes: [TimeNoteSnapshot]) { (Timestamp(seconds: 0), []) }

    private struct State {
        var isOpen = false
        var stalled: [CheckedContinuation<Void, Never>] = []
        var watchers: [@Sendable () -> Void] = []
    }

    private let pages = FakePages()
    private let state = Mutex(State())

    var pageSettings: LedgerSettings { self.pages.pageSettings }

    /// Returns once so many wait, or the test is over.
    func until(stalled count: Int) async {
        while self.state.withLock({ $0.stalled.count }) < count, !Task.isCancelled {
            let (changes, source) = AsyncStream.makeStream(of: Void.self)
            let isDone = self.state.withLock { state in
                state.watchers.append { source.finish() }
                return state.stalled.count >= count
            }
            if isDone { return }
            for await _ in changes {}
        }
    }

    func letGo() {
        let stalled = self.state.withLock { state in
            state.isOpen = true
            defer { state.stalled = [] }
            return state.stalled
        }
        for continuation in stalled { continuation.resume() }
    }

    func sources() async throws -> [SourceSnapshot] {
        await withCheckedContinuation { continuation in
            let (isOpen, watchers) = self.state.withLock { state in
                if !state.isOpen { state.stalled.append(continuation) }
                defer { state.watchers = [] }
                return (state.isOpen, state.watchers)
            }
            if isOpen { continuation.resume() }
            for watcher in watchers { watcher() }
        }
        return try await self.pages.sources()
    }

    func overview() async throws -> Overview { try await self.pages.overview() }
    func openWork() async throws -> OpenWorkSnapshot { try await self.pages.openWork() }
    func report(of repository: String?) async throws -> Report? { try await self.pages.report(of: repository) }
    func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestSnapshot.Place
    ) async throws -> PullRequestSnapshot? {
        try await self.pages.pullRequest(number, in: repository, from: place)
    }
    func history() async throws -> HistorySnapshot { try await self.pages.history() }
    func endedRuns(_ query: RunQuery) async throws -> EndedRunsSnapshot { try await self.pages.endedRuns(query) }
    func search(_ term: SearchTerm) async throws -> SearchSnapshot { try await self.pages.search(term) }
    func events(_ query: EventQuery) async throws -> EventsSnapshot { try await self.pages.events(query) }
    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesSnapshot {
        try await self.pages.deliveries(query)
    }

    func delivery(_ sequence: Int64) async throws -> DeliverySnapshot? { try await self.pages.delivery(sequence) }
    func unexplained() async throws -> UnexplainedSnapshot { try await self.pages.unexplained() }
    func blindIntervals() async throws -> (at: Timestamp, times: [BlindIntervalSnapshot]) {
        try await self.pages.blindIntervals()
    }
    func conditions() async throws -> ConditionsNow { try await self.pages.conditions() }
    func incidents(over span: TimeSpan) async throws -> IncidentsSnapshot {
        try await self.pages.incidents(over: span)
    }
    func incidents(before place: IncidentsSnapshot.Place?, limit: Int) async throws -> IncidentsSnapshot {
        try await self.pages.incidents(before: place, limit: limit)
    }
}
