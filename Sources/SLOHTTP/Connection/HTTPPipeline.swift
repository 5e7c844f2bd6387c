import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOSSL
import SLOService

/// The handlers of every connection: TLS, HTTP/1, webhooks, and behind them what the framework's router serves.
///
/// All of it runs on the connection's event loop. Only a page takes a task, and only as long as it is made: whoever
/// delivers waits for none. What one handler has to tell another goes through the pipeline.
struct HTTPPipeline: Sendable {
    let limits: ConnectionLimits
    /// `nil`: no webhooks on this address.
    let receiver: (any WebhookReceiver)?
    let certificate: TLSCertificate?
    let limiter: ConnectionLimiter
    let probes: Probes
    let shares: RequestShares
    let responder: WebServer.Responder
    let log: LimitedLog
    let turns = TurnQueues()

    /// On the channel's event loop.
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
