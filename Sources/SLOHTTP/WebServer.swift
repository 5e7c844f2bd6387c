public import Hummingbird
public import Logging
public import NIOCore
public import SLOConfiguration
public import SLOService
public import ServiceLifecycle

/// Serves webhooks and probes, and everything else through a responder.
///
/// A service of a `ServiceGroup`. On graceful shutdown it stops listening, responds to open requests, takes further
/// deliveries on open connections, sends 503 to other requests on them, and returns when the last connection is closed,
/// after `stopTimeout` at the latest.
public struct WebServer: Service, CustomStringConvertible {
    /// Short, because `ServiceGroup` logs it; the default would contain all properties.
    public var description: String { "web server" }

    /// What an address serves.
    public enum Role: String, Sendable {
        case everything
        case webhooksAndProbes = "webhooks and probes"
        case operations
    }

    /// Serves a request that is neither a delivery nor a probe.
    public typealias Responder = @Sendable (Request, any Channel) async -> Response

    private let configuration: WebConfiguration
    private let receiver: any WebhookReceiver
    private let status: any ServiceStatus
    private let responder: @Sendable (Role) -> Responder
    private let logger: Logger
    private let log: LimitedLog
    private let certificate: TLSCertificate?
    private let onListening: @Sendable (Role, ListenAddress) -> Void

    /// - Parameters:
    ///   - responder: makes the responder of an address.
    ///   - onListening: called once per address when it accepts connections, with the port that the system chose for
    ///     port 0.
    /// - Throws: `WebServerError.certificate` if the TLS files are not usable.
    public init(
        configuration: WebConfiguration, receiver: any WebhookReceiver, status: any ServiceStatus, logger: Logger,
        responder: @escaping @Sendable (Role) -> Responder,
        onListening: @escaping @Sendable (Role, ListenAddress) -> Void = { _, _ in }
    ) throws {
        self.configuration = configuration
        self.receiver = receiver
        self.status = status
        self.responder = responder
        self.logger = logger
        self.log = LimitedLog(logger)
        self.certificate = try configuration.tls.map(TLSCertificate.init)
        self.onListening = onListening
    }

    /// Reads the certificate and its key again, for new connections. Does nothing without TLS.
    /// - Throws: `WebServerError.certificate`; the certificate in use then stays.
    public func reloadCertificate() throws {
        try self.certificate?.reload()
    }

    /// - Throws: `WebServerError.cannotListen`
    public func run() async throws {
        let webhooks = self.configuration.webhooksEndpoint
        guard let operations = self.configuration.operationsEndpoint else {
            try await self.serve(.everything, on: webhooks)
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.serve(.webhooksAndProbes, on: webhooks) }
            group.addTask { try await self.serve(.operations, on: operations) }
            // The first error ends both addresses: one alone is not what was configured.
            while try await group.next() != nil {}
        }
    }

    private func serve(_ role: Role, on endpoint: WebConfiguration.Endpoint) async throws {
        let pipeline = HTTPPipeline(
            limits: ConnectionLimits(self.configuration),
            receiver: role == .operations ? nil : self.receiver,
            certificate: self.certificate,
            limiter: ConnectionLimiter(slots: self.configuration.maxConnections),
            probes: Probes(status: self.status),
            shares: RequestShares(self.configuration),
            responder: self.responder(role),
            log: self.log
        )
        do {
            try await Listener(
                pipeline: pipeline,
                maxConnections: self.configuration.maxConnections + self.configuration.crowdedConnections,
                logger: self.logger
            ).run(on: endpoint) { self.announce(role, $0) }
        } catch let error where WebServerError.isOfAddress(error) {
            throw WebServerError(listeningOn: endpoint.address, error)
        }
    }

    private func announce(_ role: Role, _ address: ListenAddress) {
        let scheme = self.certificate == nil ? "http" : "https"
        self.logger.info("listening", metadata: ["address": "\(scheme)://\(address)", "serves": "\(role.rawValue)"])
        self.onListening(role, address)
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
