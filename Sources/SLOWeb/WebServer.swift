import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import SLOConfiguration
public import SLOService
public import ServiceLifecycle

/// Serves webhooks, probes, metrics and the pages.
///
/// A service for a `ServiceGroup`. On graceful shutdown it listens no more, answers what is in flight, tells 503 to
/// what is new on open connections, and returns when the last one is closed, at the latest after `stopTimeout`.
public struct WebServer: Service, CustomStringConvertible {
    /// What logs call it, which would otherwise have all that it holds.
    public var description: String { "web server" }

    /// What an address serves.
    public enum Role: String, Sendable {
        case everything
        case webhooksAndProbes = "webhooks and probes"
        case operations
    }

    private let configuration: WebConfiguration
    private let receiver: any WebhookReceiver
    private let status: any ServiceStatus
    private let views: Views?
    private let logger: Logger
    private let certificate: TLSCertificate?
    private let onListening: @Sendable (Role, ListenAddress) -> Void

    /// - Parameters:
    ///   - pages: what answers the questions of pages and API; without it there are none.
    ///   - onListening: called once per address, as soon as it accepts connections, with the port that the
    ///   system chose where 0 was asked for.
    /// - Throws: `WebServerError.certificate` if TLS is asked for and its files do not serve.
    public init(
        configuration: WebConfiguration, receiver: any WebhookReceiver, status: any ServiceStatus,
        pages: (any PageSource)? = nil, logger: Logger,
        onListening: @escaping @Sendable (Role, ListenAddress) -> Void = { _, _ in }
    ) throws {
        self.configuration = configuration
        self.receiver = receiver
        self.status = status
        self.views = try pages.map { try Views(source: $0, status: status, hosts: configuration.links) }
        self.logger = logger
        self.certificate = try configuration.tls.map(TLSCertificate.init)
        self.onListening = onListening
    }

    /// Reads the certificate and its key again, for connections that come from now on. Without TLS: does nothing.
    /// - Throws: `WebServerError.certificate`; the certificate in use then stays.
    public func reloadCertificate() throws {
        try self.certificate?.reload()
    }

    /// - Throws: `WebServerError.cannotListen`
    public func run() async throws {
        guard let operations = self.configuration.operations else {
            try await self.serve(.everything, on: self.configuration.listen)
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.serve(.webhooksAndProbes, on: self.configuration.listen) }
            group.addTask { try await self.serve(.operations, on: operations) }
            // One address without the other is not the server that was asked for: the first error ends both.
            while try await group.next() != nil {}
        }
    }

    private func serve(_ role: Role, on address: ListenAddress) async throws {
        let limits = ConnectionLimits(self.configuration)
        let receiver = role == .operations ? nil : self.receiver
        let certificate = self.certificate
        let doorkeeper = Doorkeeper(places: self.configuration.maxConnections)
        let app = Application(
            router: operationsRouter(role: role, status: self.status, views: self.views),
            server: HTTPServerBuilder { responder in
                FrontDoor(
                    responder: responder, limits: limits, receiver: receiver, certificate: certificate,
                    doorkeeper: doorkeeper)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                backlog: 1024,
                availableConnectionsDelegate: .maximum(
                    self.configuration.maxConnections + self.configuration.crowdedConnections, logger: self.logger)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                self.announce(role, ListenAddress(host: address.host, port: port))
            },
            logger: self.frameworkLogger
        )
        do {
            try await app.run()
        } catch let error where WebServerError.isOfAddress(error) {
            throw WebServerError(listeningOn: address, error)
        }
    }

    private func announce(_ role: Role, _ address: ListenAddress) {
        let scheme = self.certificate == nil ? "http" : "https"
        self.logger.info("Listening.", metadata: ["address": "\(scheme)://\(address)", "serves": "\(role.rawValue)"])
        self.onListening(role, address)
    }

    /// The framework announces its own life at `info`; this server's log says it in its own words.
    private var frameworkLogger: Logger {
        var logger = self.logger
        if logger.logLevel == .info { logger.logLevel = .notice }
        return logger
    }
}

/// Why the server cannot serve.
public enum WebServerError: Error, CustomStringConvertible {
    case cannotListen(ListenAddress, reason: String)
    case certificate(WebConfiguration.TLSFiles, reason: String)

    public var description: String {
        switch self {
        case .cannotListen(let address, let reason):
            "Cannot listen on \(address): \(reason)"
        case .certificate(let files, let reason):
            "The certificate \(files.certificate) with the key \(files.privateKey) cannot be used: \(reason)"
        }
    }
}
