#if FedoraMessaging

import SLOCore
import SLOMetrics
import SLOService
import SLOSources

/// Passes one connection's messages to the receiver, and acknowledges them. Used on the connection's thread.
struct Session {
    let number: Int
    let connection: BrokerConnection
    let settings: FedoraMessagingSettings
    let receiver: any MessageReceiver
    let pendingAcknowledgements: PendingAcknowledgements
    /// When the queue was last known to exist.
    private(set) var evidence: ContinuousClock.Instant
    private var queue: QueueWatch
    /// Messages that are being stored.
    private var onTheirWay: Set<UInt64> = []
    /// The memory reserved for the message whose frames are arriving.
    private var reservedBytes = 0
    /// Refused messages, with the time to return them.
    private var refused: [(tag: UInt64, at: ContinuousClock.Instant)] = []

    init(
        number: Int, connection: BrokerConnection, settings: FedoraMessagingSettings, receiver: any MessageReceiver,
        pendingAcknowledgements: PendingAcknowledgements, evidence: ContinuousClock.Instant
    ) {
        self.number = number
        self.connection = connection
        self.settings = settings
        self.receiver = receiver
        self.pendingAcknowledgements = pendingAcknowledgements
        self.evidence = evidence
        queue = QueueWatch(every: .seconds(3 * settings.heartbeatSeconds), since: evidence)
    }

    var hasMessagesOnTheirWay: Bool { !onTheirWay.isEmpty }

    private var hasRoom: Bool { onTheirWay.count + refused.count < Int(FedoraMessagingSettings.prefetch) }

    /// Takes everything that has arrived.
    mutating func take() throws(BrokerProblem) {
        while let event = try connection.next(admit: { refusal(ofSize: $0) }) {
            evidence = .now
            switch event {
            case .delivery(.whole(let message, let tag)):
                queue.heard()
                handOver(message, tag)
            case .delivery(.refused(let refusal, let id, let tag)):
                queue.heard()
                receiver.refuse(message: id, from: .copr, refusal)
                try settle(tag, .refused(refusal))
            case .queue(let messages, let consumers):
                try act(on: queue.answered(messages: messages, consumers: consumers, hasRoom: hasRoom))
            }
        }
    }

    private mutating func refusal(ofSize size: UInt64) -> Refusal? {
        guard size <= UInt64(settings.maxBodyBytes) else { return .tooLarge(limitBytes: settings.maxBodyBytes) }
        guard receiver.reserve(bytes: Int(size), of: Int(size)) else { return .overloaded }
        reservedBytes = Int(size)
        return nil
    }

    /// Releases the memory of a message that is being received, if there is one.
    mutating func releaseRoom() {
        receiver.release(bytes: reservedBytes)
        reservedBytes = 0
    }

    private mutating func handOver(_ message: BusMessage, _ tag: UInt64) {
        onTheirWay.insert(tag)
        let (pendingAcknowledgements, number) = (pendingAcknowledgements, number)
        message.document.withUnsafeBytes { document in
            receiver.receive(message: document, from: .copr, arrivedAt: .now) { answer in
                pendingAcknowledgements.add(.init(connection: number, tag: tag, answer: answer))
            }
        }
        releaseRoom()
    }

    /// Acknowledges what is stored, and returns what was refused a while ago.
    mutating func settle() throws(BrokerProblem) {
        for settlement in pendingAcknowledgements.takeAll() where settlement.connection == number {
            onTheirWay.remove(settlement.tag)
            try settle(settlement.tag, settlement.answer)
        }
        while let first = refused.first, first.at <= .now {
            refused.removeFirst()
            try connection.giveBack(first.tag)
        }
    }

    private mutating func settle(_ tag: UInt64, _ answer: DeliveryResponse) throws(BrokerProblem) {
        if case .refused(let refusal) = answer, refusal.outcome.isWorthRetrying {
            refused.append((tag, .now + Self.refusalPause))
        } else {
            // Stored, already stored, or never acceptable: without an acknowledgement it would be delivered forever.
            try connection.acknowledge(tag)
        }
    }

    /// A refused message is returned after this time, because the broker delivers it again at once.
    private static let refusalPause = Duration.seconds(5)

    /// Asks for the queue's state if nothing has arrived for long.
    mutating func watch() throws(BrokerProblem) {
        try act(on: queue.look(at: .now))
    }

    private func act(on duty: QueueWatch.Duty) throws(BrokerProblem) {
        switch duty {
        case .none: return
        case .ask: try connection.askForQueue()
        case .giveUp(let reason): throw BrokerProblem(.notConsuming, reason)
        }
    }
}

#endif
