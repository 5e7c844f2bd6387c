#if FedoraMessaging

import SLOCore
import SLOMetrics
import SLOService
import SLOSources

/// One connection at work: hands messages over, and gives the broker its answers. For the connection's thread.
struct Session {
    let number: Int
    let connection: BrokerConnection
    let settings: FedoraMessagingSettings
    let receiver: any MessageReceiver
    let pendingAcknowledgements: PendingAcknowledgements
    /// When the queue last was known to be there.
    private(set) var evidence: ContinuousClock.Instant
    private var queue: QueueWatch
    /// Handed over and not answered yet.
    private var onTheirWay: Set<UInt64> = []
    /// What the receiver holds for the message whose frames are coming.
    private var reservedBytes = 0
    /// Refused, and when they go back.
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

    /// Takes all that has come.
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

    /// Gives back the room of the message that is being received, if there is one.
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

    /// Gives the broker the answers that have come, and back what was refused a while ago.
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
            // Stored, held already, or never to be taken: it would come again and again.
            try connection.acknowledge(tag)
        }
    }

    /// A message that was refused goes back after so long: at once it would come again at once.
    private static let refusalPause = Duration.seconds(5)

    /// Asks for the queue if nothing has come for long.
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
