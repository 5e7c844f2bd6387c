import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOSSL
import SLOService

/// Builds the handlers of every connection: TLS, HTTP/1, webhooks, and the router for everything else.
///
/// All handlers run on the connection's event loop. Only a page uses a task, while it is rendered; deliveries use none.
/// Handlers communicate through the pipeline only.
struct HTTPPipeline: Sendable {
    let limits: ConnectionLimits
    /// `nil` on an address without webhooks.
    let receiver: (any WebhookReceiver)?
    let certificate: TLSCertificate?
    let limiter: ConnectionLimiter
    let probes: Probes
    let shares: RequestShares
    let responder: WebServer.Responder
    let log: LimitedLog
    let turns = TurnQueues()

    /// Call on the channel's event loop.
    func setUp(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let certificate {
            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
        }
        let gate = InputGate()
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: ConnectionLimits.decoder)
        let connection = HTTP1ConnectionHandler(
            limits: self.limits, limiter: self.limiter, gate: gate, turns: self.turns.queue(of: channel.eventLoop),
            log: self.log)
        try pipeline.addHandler(gate)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(connection)
        try pipeline.addHandler(WebhookHandler(receiver: self.receiver, maxBodyBytes: self.limits.maxBodyBytes))
        try pipeline.addHandler(
            OperationsHandler(probes: self.probes, shares: self.shares, responder: self.responder))
    }
}
