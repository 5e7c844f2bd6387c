#if FedoraMessaging

import Foundation
public import Logging
import SLOCore
import SLOMetrics
public import SLOService
import SLOSources
public import ServiceLifecycle
import Synchronization

/// Consumes Copr's messages from the broker and passes them to the receiver. A message is acknowledged once it is
/// stored, and returned to the queue if it cannot be. None is lost here, and repetitions are recognised by their id.
///
/// librabbitmq blocks, so the connection has a thread of its own.
public final class FedoraMessagingConsumer: Service {
    private let receiver: any MessageReceiver
    private let logger: Logger
    private let pendingAcknowledgements = PendingAcknowledgements()
    private let control: Mutex<Control>
    private let ended: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    /// Requests to the consumer's thread.
    private struct Control {
        var settings: FedoraMessagingSettings
        var isStopping = false
        /// Whether a connection is open and must be closed in order.
        var isConsuming = false
    }

    /// How long a stop waits for messages that are being stored.
    private static let longestFarewell = Duration.seconds(3)
    private static let longestWait = Duration.seconds(1)

    public init(settings: FedoraMessagingSettings, receiver: any MessageReceiver, logger: Logger) {
        self.receiver = receiver
        self.logger = logger
        control = Mutex(Control(settings: settings))
        (ended, end) = AsyncStream.makeStream(of: Void.self)
        receiver.bus(.waiting("not connected yet"))
    }

    /// Runs until shutdown. Ends at once if there is no connection.
    public func run() async throws {
        let thread = Thread { [self] in
            work()
            end.finish()
        }
        thread.name = "fedora-messaging"
        thread.start()
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in ended {}
        } onCancelOrGracefulShutdown: {
            self.stop()
        }
    }

    /// Reconnects if the settings differ. Files are read at each connection.
    public func use(_ settings: FedoraMessagingSettings) {
        control.withLock { $0.settings = settings }
        pendingAcknowledgements.ring()
    }

    private func stop() {
        let isConsuming = control.withLock { control in
            control.isStopping = true
            return control.isConsuming
        }
        pendingAcknowledgements.ring()
        // A connection attempt may take long; do not wait for it.
        if !isConsuming { end.finish() }
    }

    private var isStopping: Bool { control.withLock { $0.isStopping } }

    // MARK: - The thread

    private func work() {
        var reconnects = ReconnectPause()
        // When the queue was last known to exist. If it is deleted, messages sent since then may be lost.
        var evidence = ContinuousClock.now
        var connections = 0
        while !isStopping {
            let settings = control.withLock { $0.settings }
            var began: ContinuousClock.Instant?
            do throws(BrokerProblem) {
                let connection = try BrokerConnection(settings)
                guard isConsumingFromNowOn() else { return }
                began = .now
                tellOfQueue(connection, settings, since: evidence, isFirst: connections == 0)
                evidence = .now
                connections += 1
                var session = Session(
                    number: connections, connection: connection, settings: settings, receiver: receiver,
                    pendingAcknowledgements: pendingAcknowledgements, evidence: evidence)
                defer {
                    evidence = session.evidence
                    session.releaseRoom()
                }
                try consume(&session)
                session.connection.close()
            } catch {
                noteEnd(of: began != nil, settings, because: error)
            }
            control.withLock { $0.isConsuming = false }
            if let began {
                reconnects.connectionLasted(.now - began)
                if control.withLock({ $0.settings != settings }) { continue }
            }
            pause(reconnects.next())
        }
    }

    /// Returns `false` if the stop came first.
    private func isConsumingFromNowOn() -> Bool {
        control.withLock { control in
            control.isConsuming = !control.isStopping
            return control.isConsuming
        }
    }

    private func consume(_ session: inout Session) throws(BrokerProblem) {
        while true {
            try session.take()
            try session.settle()
            let (isStopping, settings) = control.withLock { ($0.isStopping, $0.settings) }
            if isStopping || settings != session.settings { return try finish(&session) }
            try session.watch()
            pendingAcknowledgements.wait(for: Self.longestWait, orInput: session.connection.descriptor)
        }
    }

    /// Waits until messages that are being stored are stored and acknowledged. All others stay in the queue.
    private func finish(_ session: inout Session) throws(BrokerProblem) {
        let deadline = ContinuousClock.now + Self.longestFarewell
        while session.hasMessagesOnTheirWay, .now < deadline {
            pendingAcknowledgements.wait(for: deadline - .now)
            try session.settle()
        }
    }

    private func pause(_ duration: Duration) {
        let until = ContinuousClock.now + duration
        let settings = control.withLock { $0.settings }
        while .now < until, !isStopping, control.withLock({ $0.settings == settings }) {
            pendingAcknowledgements.wait(for: until - .now)
        }
    }

    // MARK: - Reporting

    private func tellOfQueue(
        _ connection: BrokerConnection, _ settings: FedoraMessagingSettings, since evidence: ContinuousClock.Instant,
        isFirst: Bool
    ) {
        receiver.bus(.consuming)
        logger.info(
            "consuming Copr's messages from Fedora Messaging",
            metadata: ["broker": "\(settings.address)", "queue": "\(settings.queue)"])
        guard connection.hasMadeQueue else { return }
        let gap = ContinuousClock.now - evidence
        receiver.bus(.queueCreated(missing: gap, existedBefore: !isFirst))
        guard !isFirst else { return }
        logger.warning(
            "the queue was deleted and is created again: messages may be missing",
            metadata: ["queue": "\(settings.queue)", "seconds": "\(gap.components.seconds)"])
    }

    private func noteEnd(of wasConsuming: Bool, _ settings: FedoraMessagingSettings, because problem: BrokerProblem) {
        guard !isStopping else { return }
        // Readiness is public, and anybody who knows the name of a queue on a public broker may consume it.
        let publicReason = problem.reason.replacing(settings.queue, with: "…")
        receiver.bus(.lost(problem.kind, reason: publicReason))
        logger.warning(
            wasConsuming ? "connection to Fedora Messaging lost" : "cannot connect to Fedora Messaging",
            metadata: ["reason": "\(problem.reason)"])
    }
}

#endif
