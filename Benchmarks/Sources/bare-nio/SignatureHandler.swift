import NIOCore
import NIOHTTP1
import SLOSources

/// Collects a body in a buffer of the declared size, checks its signature, and responds.
final class SignatureHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let secrets: SecretSet
    private var signature: String?
    private var body: ByteBuffer?

    init(secrets: SecretSet) {
        self.secrets = secrets
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            signature = head.headers.first(name: "X-Hub-Signature-256")
            let announced = head.headers.first(name: "Content-Length").flatMap(Int.init) ?? 0
            body = context.channel.allocator.buffer(capacity: min(announced, 25 << 20))
        case .body(var part):
            body?.writeBuffer(&part)
        case .end:
            let check = body?.withUnsafeReadableBytes { secrets.check(signature: signature, body: $0) }
            answer(check == .valid ? .accepted : .unauthorized, context: context)
            body = nil
        }
    }

    private func answer(_ status: HTTPResponseStatus, context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
