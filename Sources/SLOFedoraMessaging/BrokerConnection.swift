#if FedoraMessaging

import CRabbitMQ
import Glibc
import SLOMetrics
import SLOService

/// A connection to the broker with one channel, which consumes one queue. Used by one thread. Opening it blocks for up
/// to `patienceSeconds` per step; nothing else blocks.
final class BrokerConnection {
    private let settings: FedoraMessagingSettings
    private let connection: amqp_connection_state_t
    private var channel: amqp_channel_t = 1
    private var assembly = MessageAssembly()
    /// Whether the queue did not exist and was created: it lacks what was sent before.
    private(set) var hasMadeQueue = false

    private static let patienceSeconds = 10
    private static let closingSeconds = 2

    /// Connects, logs in, finds or creates the queue, and consumes it.
    init(_ settings: FedoraMessagingSettings) throws(BrokerProblem) {
        guard let connection = amqp_new_connection() else {
            throw BrokerProblem(.unreachable, "not enough memory for a connection")
        }
        self.settings = settings
        self.connection = connection
        try open()
        try logIn()
        try openChannel()
        try findQueue()
        try consume()
    }

    deinit {
        amqp_destroy_connection(connection)
    }

    // MARK: - Opening

    private func open() throws(BrokerProblem) {
        let socket = settings.usesTLS ? try secureSocket() : amqp_tcp_socket_new(connection)
        guard let socket else { throw BrokerProblem(.unreachable, "not enough memory for a connection") }
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        let status = amqp_socket_open_noblock(socket, settings.host, Int32(settings.port), &patience)
        guard status == AMQP_STATUS_OK.rawValue else {
            throw BrokerProblem(status: status, while: "connecting to \(settings.address)")
        }
        amqp_set_handshake_timeout(connection, &patience)
        amqp_set_rpc_timeout(connection, &patience)
    }

    private func secureSocket() throws(BrokerProblem) -> OpaquePointer? {
        guard let socket = amqp_ssl_socket_new(connection) else { return nil }
        amqp_ssl_socket_set_verify_peer(socket, 1)
        amqp_ssl_socket_set_verify_hostname(socket, 1)
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == AMQP_STATUS_OK.rawValue else {
            throw BrokerProblem(.refused, "the TLS library does not support TLS 1.2")
        }
        guard amqp_ssl_socket_set_cacert(socket, settings.caFile) == AMQP_STATUS_OK.rawValue else {
            throw BrokerProblem(
                .refused, "fedora_messaging.tls.ca_file: \(settings.caFile) contains no readable certificates")
        }
        if let certificate = settings.certificateFile, let key = settings.privateKeyFile,
            amqp_ssl_socket_set_key(socket, certificate, key) != AMQP_STATUS_OK.rawValue
        {
            throw BrokerProblem(
                .refused,
                "fedora_messaging.tls.certificate_file and .private_key_file: \(certificate) and \(key) are not a "
                    + "readable certificate and its key")
        }
        return socket
    }

    private func logIn() throws(BrokerProblem) {
        let isByCertificate = settings.certificateFile != nil && settings.password.isEmpty
        let heartbeat = Int32(settings.heartbeatSeconds)
        let reply =
            isByCertificate
            ? crabbitmq_login(
                connection, settings.virtualHost, heartbeat, settings.version, settings.user, nil)
            : crabbitmq_login(
                connection, settings.virtualHost, heartbeat, settings.version, settings.user, settings.password)
        do throws(BrokerProblem) {
            try check(reply, while: "logging in at \(settings.address) as \(settings.user)")
        } catch {
            guard error.kind != .refused else { throw error }
            throw BrokerProblem(
                .refused,
                "\(error.reason); the broker closes the connection if it accepts neither the certificate nor the user "
                    + "and password, or if the virtual host \(settings.virtualHost) does not exist")
        }
    }

    private func openChannel() throws(BrokerProblem) {
        amqp_channel_open(connection, channel)
        try check(while: "opening a channel")
    }

    /// The broker closes a channel with the first request that it refuses.
    private func openNextChannel() throws(BrokerProblem) {
        var done = amqp_channel_close_ok_t()
        _ = amqp_send_method(connection, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &done)
        channel += 1
        try openChannel()
    }

    /// Uses an existing queue with any properties, because it contains what was sent meanwhile.
    private func findQueue() throws(BrokerProblem) {
        let doing = "looking for the queue \(settings.queue)"
        do throws(BrokerProblem) {
            settings.queue.withBytes { queue in
                amqp_queue_declare(connection, channel, queue, 1, 0, 0, 0, amqp_empty_table)
            }
            try check(while: doing)
        } catch {
            guard error.code == BrokerProblem.notFound else { throw error }
            try openNextChannel()
            try makeQueue()
        }
        for topic in settings.topics { try bind(topic) }
    }

    /// Neither auto-deleted nor exclusive, so that it keeps messages while there is no connection.
    private func makeQueue() throws(BrokerProblem) {
        settings.queue.withBytes { queue in
            amqp_queue_declare(
                connection, channel, queue, 0, settings.isQueueDurable ? 1 : 0, 0, 0, amqp_empty_table)
        }
        try check(while: "creating the queue \(settings.queue)")
        hasMadeQueue = true
    }

    private func bind(_ topic: String) throws(BrokerProblem) {
        do throws(BrokerProblem) {
            settings.queue.withBytes { queue in
                settings.exchange.withBytes { exchange in
                    topic.withBytes { topic in
                        amqp_queue_bind(connection, channel, queue, exchange, topic, amqp_empty_table)
                    }
                }
            }
            try check(while: "binding the queue \(settings.queue) to \(topic) at \(settings.exchange)")
        } catch {
            // A user may consume a queue that somebody else created without the right to bind it. Its creator has bound
            // it then.
            guard error.code == BrokerProblem.accessRefused, !hasMadeQueue else { throw error }
            try openNextChannel()
        }
    }

    /// Exclusive: two consumers would share the messages, and each would count a part of them.
    private func consume() throws(BrokerProblem) {
        amqp_basic_qos(connection, channel, 0, FedoraMessagingSettings.prefetch, 0)
        try check(while: "setting the prefetch count")
        settings.queue.withBytes { queue in
            amqp_basic_consume(connection, channel, queue, amqp_empty_bytes, 0, 0, 1, amqp_empty_table)
        }
        try check(while: "consuming the queue \(settings.queue)")
    }

    private func check(while doing: String) throws(BrokerProblem) {
        try check(amqp_get_rpc_reply(connection), while: doing)
        amqp_maybe_release_buffers(connection)
    }

    private func check(_ reply: amqp_rpc_reply_t, while doing: String) throws(BrokerProblem) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION: throw BrokerProblem(closedBy: reply.reply, while: doing)
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: throw BrokerProblem(status: reply.library_error, while: doing)
        default: throw BrokerProblem(.closed, "\(doing): the broker closed the connection")
        }
    }

    // MARK: - Consuming

    /// The socket, to wait for input.
    var descriptor: Int32 { amqp_get_sockfd(connection) }

    enum Event {
        case delivery(Delivery)
        /// The reply to `askForQueue`.
        case queue(messages: Int, consumers: Int)
    }

    /// The next event, without waiting; `nil` if there is none. Sends heartbeats that are due, and fails if the
    /// broker's are missing.
    /// - Parameter admit: returns a refusal if there is no memory for a message of that size.
    func next(admit: (UInt64) -> Refusal?) throws(BrokerProblem) -> Event? {
        while true {
            var frame = amqp_frame_t()
            var noTime = timeval(tv_sec: 0, tv_usec: 0)
            let status = amqp_simple_wait_frame_noblock(connection, &frame, &noTime)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            guard status == AMQP_STATUS_OK.rawValue else {
                let problem = BrokerProblem(status: status, while: "consuming")
                throw problem.kind == .silent ? problem : BrokerProblem(.closed, problem.reason)
            }
            // Everything needed of the frame is copied by then.
            defer { amqp_maybe_release_buffers_on_channel(connection, frame.channel) }
            if let event = try event(of: frame, admit: admit) { return event }
        }
    }

    private func event(of frame: amqp_frame_t, admit: (UInt64) -> Refusal?) throws(BrokerProblem) -> Event? {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return try event(of: frame.payload.method)
        case AMQP_FRAME_HEADER:
            let header = frame.payload.properties
            let properties = header.decoded.load(as: amqp_basic_properties_t.self)
            return assembly.take(properties, size: header.body_size, admit: admit).map(Event.delivery)
        case AMQP_FRAME_BODY:
            let piece = frame.payload.body_fragment
            return assembly.take(piece: UnsafeRawBufferPointer(start: piece.bytes, count: piece.len))
                .map(Event.delivery)
        default:
            return nil
        }
    }

    private func event(of method: amqp_method_t) throws(BrokerProblem) -> Event? {
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            assembly.begin(method.decoded.load(as: amqp_basic_deliver_t.self))
            return nil
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let queue = method.decoded.load(as: amqp_queue_declare_ok_t.self)
            return .queue(messages: Int(queue.message_count), consumers: Int(queue.consumer_count))
        case AMQP_BASIC_CANCEL_METHOD:
            throw BrokerProblem(
                .notConsuming, "the broker cancelled the consumer: the queue \(settings.queue) is deleted")
        case AMQP_CHANNEL_CLOSE_METHOD, AMQP_CONNECTION_CLOSE_METHOD:
            let problem = BrokerProblem(closedBy: method, while: "consuming")
            throw problem.code == BrokerProblem.notFound
                ? BrokerProblem(.notConsuming, problem.reason) : BrokerProblem(.closed, problem.reason)
        default:
            return nil
        }
    }

    /// Requests the queue's state, without waiting for the reply.
    func askForQueue() throws(BrokerProblem) {
        let status = settings.queue.withBytes { queue in
            var question = amqp_queue_declare_t(
                ticket: 0, queue: queue, passive: 1, durable: 0, exclusive: 0, auto_delete: 0, nowait: 0,
                arguments: amqp_empty_table)
            return amqp_send_method(connection, channel, AMQP_QUEUE_DECLARE_METHOD, &question)
        }
        try checkSent(status)
    }

    /// Removes the message from the queue, because it is stored or will never be.
    func acknowledge(_ tag: UInt64) throws(BrokerProblem) {
        try checkSent(amqp_basic_ack(connection, channel, tag, 0))
    }

    /// Returns the message to the queue, which delivers it again.
    func giveBack(_ tag: UInt64) throws(BrokerProblem) {
        try checkSent(amqp_basic_nack(connection, channel, tag, 0, 1))
    }

    private func checkSent(_ status: Int32) throws(BrokerProblem) {
        guard status != AMQP_STATUS_OK.rawValue else { return }
        throw BrokerProblem(.closed, BrokerProblem(status: status, while: "consuming").reason)
    }

    /// Closes the connection in order, so that everything sent has arrived when this returns.
    func close() {
        var patience = timeval(tv_sec: Self.closingSeconds, tv_usec: 0)
        amqp_set_rpc_timeout(connection, &patience)
        amqp_connection_close(connection, AMQP_REPLY_SUCCESS)
    }
}

extension String {
    @discardableResult
    fileprivate func withBytes<Result>(_ body: (amqp_bytes_t) -> Result) -> Result {
        var text = self
        return text.withUTF8 { bytes in
            body(amqp_bytes_t(len: bytes.count, bytes: UnsafeMutableRawPointer(mutating: bytes.baseAddress)))
        }
    }
}

#endif
