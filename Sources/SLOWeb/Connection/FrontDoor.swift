import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import SLOService

/// The pipeline of every connection: TLS, HTTP/1, order, webhooks, and behind them the framework.
struct FrontDoor: HTTPChannelHandler {
    /// An accepted connection that nobody reads from yet.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let sequencer: NIOLoopBound<RequestSequencer>
    }

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    /// `nil`: no webhooks on this address.
    let receiver: (any WebhookReceiver)?
    let certificate: TLSCertificate?
    let doorkeeper: Doorkeeper

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let certificate {
                try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
            }
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                // Every header that is written here is the program's own.
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: ConnectionLimits.decoder
            )
            let sequencer = RequestSequencer(
                limits: self.limits, doorkeeper: self.doorkeeper,
                encoder: try pipeline.context(handlerType: HTTPResponseEncoder.self), logger: logger
            )
            try pipeline.addHandler(sequencer)
            let webhooks = WebhookHandler(
                receiver: self.receiver, sequencer: sequencer, maxBodyBytes: self.limits.maxBodyBytes, logger: logger
            )
            try pipeline.addHandler(webhooks)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: self.certificate != nil))
            return Value(channel: channel, sequencer: NIOLoopBound(sequencer, eventLoop: channel.eventLoop))
        }
    }

    /// The framework's end of the pipeline is put on here, not in `setup`: a connection that is accepted just as the
    /// server stops is never handled, and an asynchronous channel that nobody runs ends the process.
    func handle(value: Value, logger: Logger) async {
        do {
            let framework = try await value.channel.eventLoop.submit {
                let framework = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                    wrappingChannelSynchronously: value.channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true)
                )
                value.sequencer.value.begin()
                return framework
            }.get()
            await self.handleHTTP(asyncChannel: framework, logger: logger)
        } catch {
            logger.debug("A connection ended before it began.", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
        }
    }
}
