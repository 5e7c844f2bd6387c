#if FedoraMessaging

import CRabbitMQ
import SLOMetrics

/// Why the connection failed or ended. The reason contains no secret.
struct BrokerProblem: Error {
    let kind: BusDisconnection
    let reason: String
    /// The broker's reply code, if there is one.
    var code: UInt16?

    init(_ kind: BusDisconnection, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// - Parameter status: a negative one of librabbitmq's.
    init(status: Int32, while doing: String) {
        let text = String(cString: amqp_error_string2(status))
        switch status {
        case AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue:
            self.init(.silent, "the broker is silent: no heartbeat arrived")
        case AMQP_STATUS_SOCKET_ERROR.rawValue:
            self.init(.unreachable, "\(doing): the connection was refused or lost")
        case AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue:
            self.init(
                .refused,
                "\(doing): no certificate in fedora_messaging.tls.ca_file has signed the broker's certificate")
        case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue:
            self.init(.refused, "\(doing): the broker's certificate is for another host")
        case AMQP_STATUS_SSL_ERROR.rawValue, AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue,
            AMQP_STATUS_SSL_SET_ENGINE_FAILED.rawValue:
            self.init(
                .refused,
                "\(doing): TLS failed (\(text)); the broker may not accept the certificate in "
                    + "fedora_messaging.tls.certificate_file")
        case AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD.rawValue:
            self.init(.refused, "\(doing): the broker does not support this authentication method (\(text))")
        default:
            self.init(.unreachable, "\(doing): \(text)")
        }
    }

    /// - Parameter method: `connection.close` or `channel.close`.
    init(closedBy method: amqp_method_t, while doing: String) {
        switch method.id {
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = method.decoded.load(as: amqp_connection_close_t.self)
            self.init(code: close.reply_code, text: String(close.reply_text), while: doing)
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = method.decoded.load(as: amqp_channel_close_t.self)
            self.init(code: close.reply_code, text: String(close.reply_text), while: doing)
        default:
            self.init(.closed, "\(doing): the broker sent an unexpected method")
        }
    }

    private init(code: UInt16, text: String, while doing: String) {
        self.init(code == 320 ? .closed : .refused, "\(doing): \(text)")
        self.code = code
    }

    static let notFound: UInt16 = 404
    static let accessRefused: UInt16 = 403
}

extension String {
    /// Copies a frame's text.
    init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}

#endif
