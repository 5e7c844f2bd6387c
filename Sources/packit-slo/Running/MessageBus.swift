import Logging
import SLOConfiguration
import SLOCore
import SLOService
import ServiceLifecycle

#if FedoraMessaging
import SLOFedoraMessaging

/// The connection to Fedora Messaging.
struct MessageBus {
    private let consumer: FedoraMessagingConsumer

    /// `nil` if none is configured.
    init?(_ configuration: Configuration, receiver: any MessageReceiver, logger: Logger) {
        guard let settings = FedoraMessagingSettings(configuration) else { return nil }
        consumer = FedoraMessagingConsumer(settings: settings, receiver: receiver, logger: logger)
    }

    var service: any Service { consumer }

    /// Applies new settings. Without a URL the connection continues until the process ends.
    func use(_ configuration: Configuration) {
        guard let settings = FedoraMessagingSettings(configuration) else { return }
        consumer.use(settings)
    }
}

extension FedoraMessagingSettings {
    init?(_ configuration: Configuration) {
        let bus = configuration.fedoraMessaging
        guard let url = bus.url, let queue = bus.queue else { return nil }
        self.init(
            host: url.host, port: url.port, usesTLS: url.usesTLS, user: url.user, password: url.password.text,
            virtualHost: url.virtualHost, queue: queue, isQueueDurable: bus.isQueueDurable, exchange: bus.exchange,
            topics: bus.topics, caFile: bus.tls.caFile, certificateFile: bus.tls.certificateFile,
            privateKeyFile: bus.tls.privateKeyFile, heartbeatSeconds: Int(bus.heartbeat.wholeSeconds),
            maxBodyBytes: configuration.http.maxBodyBytes, version: PackitSLO.version)
    }
}
#else
/// A stand-in for builds without Fedora Messaging, which refuse a configuration that needs it.
struct MessageBus {
    private let none: Never

    init?(_ configuration: Configuration, receiver: any MessageReceiver, logger: Logger) { return nil }

    var service: any Service { switch none {} }

    func use(_ configuration: Configuration) { switch none {} }
}
#endif
