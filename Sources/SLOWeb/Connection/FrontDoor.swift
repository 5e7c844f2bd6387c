import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOSSL
import SLOService
import Synchronization

/// The pipeline of every connection: TLS, HTTP/1, order, webhooks, and behind them what the framework's router answers.
///
/// All of it runs on the connection's event loop. Only a page takes a task, and only as long as it is made: whoever
/// delivers waits for none.
struct FrontDoor: Sendable {
    /// Answers one request that is no delivery.
    typealias Responder = @Sendable (Request, any Channel) async -> Response

    let limits: ConnectionLimits
    /// `nil`: no webhooks on this address.
    let receiver: (any WebhookReceiver)?
    let certificate: TLSCertificate?
    let doorkeeper: Doorkeeper
    let probes: Probes
    let shares: RequestShares
    let responder: Responder
    let log: LimitedLog
    let turns = TurnQueues()

    /// On the channel's event loop.
    func setUp(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let certificate {
            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
        }
        let turns = self.turns.queue(of: channel.eventLoop)
        let gate = InputGate(turns: turns)
        try pipeline.addHandler(gate)
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false,
            // Every header that is written here is the program's own.
            withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: ConnectionLimits.decoder
        )
        let sequencer = RequestSequencer(
            limits: self.limits, doorkeeper: self.doorkeeper, gate: gate, turns: turns,
            encoder: try pipeline.context(handlerType: HTTPResponseEncoder.self), log: self.log
        )
        gate.sequencer = sequencer
        try pipeline.addHandler(sequencer)
        try pipeline.addHandler(
            WebhookHandler(
                receiver: self.receiver, sequencer: sequencer, maxBodyBytes: self.limits.maxBodyBytes, log: self.log))
        try pipeline.addHandler(
            OperationsHandler(
                probes: self.probes, shares: self.shares, responder: self.responder, sequencer: sequencer))
    }
}

/// The queue of turns of each event loop.
final class TurnQueues: Sendable {
    private let queues = Mutex<[ObjectIdentifier: NIOLoopBound<TurnQueue>]>([:])

    /// On the event loop.
    func queue(of eventLoop: any EventLoop) -> TurnQueue {
        self.queues.withLock { queues in
            if let queue = queues[ObjectIdentifier(eventLoop)] { return queue.value }
            let queue = TurnQueue(eventLoop: eventLoop)
            queues[ObjectIdentifier(eventLoop)] = NIOLoopBound(queue, eventLoop: eventLoop)
            return queue
        }
    }
}
