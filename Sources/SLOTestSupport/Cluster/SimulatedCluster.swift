import Logging
import SLOCore
import SLOService
import SLOSources
import SLOStore

/// Nodes over one `MemoryCluster`, whose turns and mishaps follow from a seed alone.
///
/// One thread drives all: a node that stands still amid an operation lets the others take turns before it continues.
final class SimulatedCluster: @unchecked Sendable {
    // Proof of sendability: used by one thread. Nodes call back only from within the turns that they are given.
    let clock: ManualClock
    let store: MemoryCluster
    private let settings: ServiceSettings
    private let credentials: Credentials
    private var nodes: [Node]
    private var random: SeededGenerator
    private var outstanding: [Sent] = []
    /// What was acknowledged, in the order of acknowledgement.
    private(set) var acknowledged: [Sent] = []
    private(set) var mishaps = 0
    private(set) var epochs: Set<Int64> = []
    /// The times in which no process ran.
    private(set) var darkness: [(from: Timestamp, to: Timestamp)] = []
    private var darkSince: Timestamp?
    /// The times of which processes died before they could report them: from their last append on.
    private(set) var unreported: [(from: Timestamp, to: Timestamp)] = []
    /// When processes started.
    private(set) var starts: Set<Timestamp> = []

    private final class Node {
        let name: String
        var process: ClusterNode?
        /// Raised by each start, so that what an earlier process does is recognised.
        var generation = 0
        var armed: (operation: MemoryCluster.Operation, point: StoreFaultPoint, effect: Effect)?
        var isActing = false
        var appendsFrom = Timestamp(milliseconds: 0)
        var decidesFrom = Timestamp(milliseconds: 0)
        /// Rounds for which its readings are incomplete.
        var hiddenRounds = 0
        var hidesOne = false
        /// When it last appended.
        var heardAt = Timestamp(milliseconds: 0)

        init(_ name: String) { self.name = name }
    }

    private enum Effect {
        case cut
        case death
        case pause(TimeSpan)
    }

    private struct Cut: Error {}

    /// A delivery on its way.
    final class Sent {
        let payload: Payload
        /// The node and its generation, and when it received the delivery.
        fileprivate var receiver: (node: Int, generation: Int)?
        fileprivate(set) var receivedAt = Timestamp(milliseconds: 0) {
            didSet { receipts.insert(receivedAt) }
        }
        private var receipts: Set<Timestamp> = []
        fileprivate var heardBefore = Timestamp(milliseconds: 0)
        fileprivate var answer: DeliveryResponse?
        fileprivate(set) var acknowledgedAt = Timestamp(milliseconds: 0)

        fileprivate init(_ payload: Payload) { self.payload = payload }

        /// Whether some node had received it by then.
        func wasReceived(by moment: Timestamp) -> Bool { receipts.contains { $0 <= moment } }

        /// Whether a node that received it was silent for so long that the others need not have waited for it. Of an
        /// earlier one, which died, nobody knows when it appended.
        var mayBeLate: Bool { receipts.count > 1 || acknowledgedAt - heardBefore > ClusterRun.patience }
    }

    init(nodes: Int, settings: ServiceSettings, credentials: Credentials, clock: ManualClock, random: SeededGenerator) {
        self.clock = clock
        self.settings = settings
        self.credentials = credentials
        self.random = random
        store = MemoryCluster(clock: clock)
        self.nodes = (0..<nodes).map { Node("node-\($0)") }
        for place in 0..<nodes { start(place) }
        takeRound()
    }

    // MARK: - Time and turns

    /// Lets time pass: the nodes that can do so move their watermarks, and nearly always the decider renews its lease.
    func advance(to moment: Timestamp) {
        clock.advance(to: moment)
        for place in shuffledPlaces() { append(place) }
        guard random.chance(0.9) else { return }
        for place in nodes.indices where nodes[place].process?.epoch == store.epoch { decide(place) }
    }

    /// Every node takes its turns, in any order.
    func takeRound() {
        for place in shuffledPlaces() {
            append(place)
            decide(place)
            nodes[place].hiddenRounds = max(0, nodes[place].hiddenRounds - 1)
        }
        settle()
    }

    private func shuffledPlaces() -> [Int] {
        var places = Array(nodes.indices)
        for last in places.indices.reversed() where last > 0 {
            places.swapAt(last, Int(random.whole(0...Int64(last))))
        }
        return places
    }

    private func append(_ place: Int) {
        let node = nodes[place]
        guard let process = node.process, !node.isActing, clock.now.wall >= node.appendsFrom else { return }
        node.isActing = true
        defer { node.isActing = false }
        do {
            try process.append()
            node.heardAt = clock.now.wall
        } catch {
            // The next turn appends the same again.
        }
    }

    private func decide(_ place: Int) {
        let node = nodes[place]
        guard let process = node.process, !node.isActing, clock.now.wall >= node.decidesFrom else { return }
        node.isActing = true
        defer { node.isActing = false }
        process.decide()
        if let epoch = process.epoch { epochs.insert(epoch) }
    }

    // MARK: - Processes

    private func start(_ place: Int) {
        let node = nodes[place]
        if let since = darkSince { darkness.append((since, clock.now.wall)) }
        darkSince = nil
        starts.insert(clock.now.wall)
        node.generation += 1
        node.armed = nil
        node.appendsFrom = clock.now.wall
        node.decidesFrom = clock.now.wall
        let generation = node.generation
        let connection = store.connection(
            fault: { [unowned self] in try self.pass($0, $1, of: place, generation) },
            isShown: { [unowned self] in self.isShown($0, to: place) })
        node.process = ClusterNode(
            name: node.name, settings: settings, credentials: credentials, inbox: connection, lease: connection,
            clock: clock.asServiceClock, logger: .simulation)
    }

    /// What happens to a node's connection at a point of an operation.
    private func pass(
        _ operation: MemoryCluster.Operation, _ point: StoreFaultPoint, of place: Int, _ generation: Int
    ) throws {
        let node = nodes[place]
        // A dead process changes nothing any more.
        guard node.generation == generation, node.process != nil else { throw Cut() }
        guard let armed = node.armed, armed.operation == operation, armed.point == point else { return }
        node.armed = nil
        mishaps += 1
        switch armed.effect {
        case .cut: throw Cut()
        case .death:
            kill(node)
            throw Cut()
        case .pause(let time):
            advance(to: clock.now.wall + time)
            takeRound()
            takeRound()
        }
    }

    private func isShown(_ entry: InboxPlace, to place: Int) -> Bool {
        let node = nodes[place]
        guard node.hiddenRounds > 0 else { return true }
        return node.hidesOne ? entry.position % 3 != 0 : entry.position % 4 < 2
    }

    // MARK: - Deliveries

    /// Sends a delivery to some node. It is on its way until a node acknowledges it.
    func send(_ payload: Payload) {
        outstanding.append(Sent(payload))
        settle()
    }

    /// Collects what was answered, and sends again what was refused or lost with its node.
    private func settle() {
        for sent in outstanding {
            switch sent.answer {
            case .stored, .alreadyHeld, .pong:
                sent.acknowledgedAt = clock.now.wall
                acknowledged.append(sent)
            case .refused: sent.receiver = nil
            case nil:
                guard let receiver = sent.receiver else { continue }
                let node = nodes[receiver.node]
                if node.process == nil || node.generation != receiver.generation { sent.receiver = nil }
            }
        }
        outstanding.removeAll { $0.answer.map { $0.isAcknowledgement } ?? false }
        for sent in outstanding where sent.receiver == nil { offer(sent) }
    }

    private func offer(_ sent: Sent) {
        let living = nodes.indices.filter { nodes[$0].process != nil }
        guard !living.isEmpty else { return }
        let place = random.pick(living)
        let node = nodes[place]
        guard let process = node.process, let headers = try? WebhookHeaders(signing: sent.payload) else { return }
        let generation = node.generation
        sent.receiver = (place, generation)
        sent.answer = nil
        sent.receivedAt = clock.now.wall
        sent.heardBefore = node.heardAt
        let carrier = Carrier(sent)
        sent.payload.body.withUnsafeBytes { body in
            process.receive(source: sent.payload.source, headers: headers, body: body) { [unowned self] answer in
                // What a dead process would have answered reaches nobody.
                guard self.nodes[place].generation == generation, self.nodes[place].process != nil else { return }
                carrier.sent.answer = answer
            }
        }
    }

    /// Takes a delivery into a closure that another thread could call, but none does.
    private struct Carrier: @unchecked Sendable {
        // Proof of sendability: one thread drives all nodes.
        let sent: Sent

        init(_ sent: Sent) { self.sent = sent }
    }

    // MARK: - Mishaps

    func suffer(_ mishap: ClusterMishap) {
        let living = nodes.indices.filter { nodes[$0].process != nil }
        guard !living.isEmpty else { return }
        let place = random.pick(living)
        let node = nodes[place]
        switch mishap {
        case .cut(let operation, let point): node.armed = (operation, point, .cut)
        case .death(let operation, let point): node.armed = (operation, point, .death)
        case .pause(let operation, let point, let time): node.armed = (operation, point, .pause(time))
        case .slowAppender(let time): node.appendsFrom = clock.now.wall + time
        case .slowDecider(let time): node.decidesFrom = clock.now.wall + time
        case .heldBack, .hole:
            node.hiddenRounds = Int(random.whole(1...6))
            node.hidesOne = mishap == .hole
        case .restart: restart(place)
        case .blackout(let time): blackOut(for: time)
        }
        switch mishap {
        case .cut, .death, .pause: break
        default: mishaps += 1
        }
    }

    private func restart(_ place: Int) {
        let node = nodes[place]
        node.isActing = true
        // A node that cannot stop regularly is killed.
        try? node.process?.stop(at: clock.now.wall)
        node.isActing = false
        settle()
        kill(node)
        start(place)
    }

    private func kill(_ node: Node) {
        if node.process != nil { unreported.append((node.heardAt, clock.now.wall)) }
        node.process = nil
        if nodes.allSatisfy({ $0.process == nil }) { darkSince = darkSince ?? clock.now.wall }
    }

    private func blackOut(for time: TimeSpan) {
        for node in nodes { kill(node) }
        clock.advance(to: clock.now.wall + time)
        for place in nodes.indices { start(place) }
        settle()
    }

    /// Starts what has died, and sometimes waits with it.
    func revive(_ share: Double = 1) {
        for place in nodes.indices where nodes[place].process == nil && random.chance(share) { start(place) }
        if nodes.allSatisfy({ $0.process == nil }) { start(0) }
        settle()
    }

    /// Lets everything that is on its way arrive and be decided.
    func calmDown() {
        for node in nodes {
            node.armed = nil
            node.hiddenRounds = 0
        }
        revive()
        for _ in 0..<40 {
            advance(to: clock.now.wall + .seconds(1))
            takeRound()
        }
    }

    var isCalm: Bool { outstanding.isEmpty && store.undecided.isEmpty }
}

extension DeliveryResponse {
    fileprivate var isAcknowledgement: Bool {
        if case .refused = self { false } else { true }
    }
}

extension WebhookHeaders {
    fileprivate init(signing payload: Payload) throws {
        let signature = try payload.body.withUnsafeBytes { try SecretSet.sign(body: $0, secret: ClusterRun.secret) }
        self.init(payload, signature: signature)
    }
}
