public import SLOCore
public import SLOMetrics
public import SLOSources
public import ServiceLifecycle

// The service's interface to `SLOHTTP` and `SLOWeb`, which know nothing of queues, ledgers and stores.

/// The response to the sender of a delivery.
public enum DeliveryResponse: Sendable, Equatable {
    /// Stored on disk: 202.
    case stored
    /// A repetition of a stored delivery: 200.
    case alreadyHeld
    /// GitHub's ping: 200.
    case pong
    case refused(Refusal)
}

/// Why a delivery was refused.
public struct Refusal: Error, Equatable, Sendable {
    public let outcome: DeliveryOutcome
    /// One sentence for the sender and the log. It contains no secret and nothing of the request.
    public let reason: String

    private init(_ outcome: DeliveryOutcome, _ reason: String) {
        self.outcome = outcome
        self.reason = reason
    }

    public static func badSignature(_ reason: String) -> Refusal { Refusal(.badSignature, reason) }
    public static func malformed(_ reason: String) -> Refusal { Refusal(.malformed, reason) }
    public static func unsupportedMediaType(_ reason: String) -> Refusal { Refusal(.unsupportedMediaType, reason) }
    public static func unstored(_ reason: String) -> Refusal { Refusal(.unstored, reason) }

    public static func tooLarge(limitBytes: Int) -> Refusal {
        Refusal(.tooLarge, "The body is larger than \(limitBytes) bytes.")
    }

    public static func noSecret(_ source: Source) -> Refusal {
        Refusal(.noSecret, "No secret is configured for \(source.rawValue), so its deliveries cannot be verified.")
    }

    public static let tooSlow = Refusal(.timedOut, "The body did not arrive in time.")
    public static let overloaded = Refusal(
        .overloaded, "The server has too many deliveries to store; send this one again later.")
    public static let stopping = Refusal(.stopping, "The server is stopping.")
}

/// Authenticates, decodes and queues deliveries, and responds once they are stored.
public protocol WebhookReceiver: Sendable {
    /// Reserves memory for a body, or for more of it. Returns `false` if there is none; respond with 503.
    /// - Parameter total: the size of the body including these bytes. Large bodies get a smaller share, so that they do
    ///   not block small ones.
    func reserve(bytes: Int, of total: Int) -> Bool
    /// Returns reserved memory.
    func release(bytes: Int)
    /// Takes one delivery. Verifies and decodes it on the caller's thread before it returns; `body` is not used
    /// afterwards. Calls `completion` exactly once, on any thread, possibly before it returns.
    func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    )
    /// Counts a request that was refused before it became a delivery (`tooLarge`, `tooSlow`, `overloaded`, …).
    func refuse(source: Source, _ refusal: Refusal)
}

/// Takes messages from a connection that authenticates the sender, and is told the connection's state.
public protocol MessageReceiver: Sendable {
    /// As for a webhook.
    func reserve(bytes: Int, of total: Int) -> Bool
    func release(bytes: Int)
    /// Counts a message that is not passed to `receive`.
    /// - Parameter id: the message's identifier, the same if it is delivered again.
    func refuse(message id: String?, from source: Source, _ refusal: Refusal)
    /// Takes one message in the format of its source's webhook. Checks no signature; otherwise like a webhook's
    /// delivery.
    func receive(
        message document: UnsafeRawBufferPointer, from source: Source, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    )
    func bus(_ event: BusEvent)
}

/// A change of the connection to a message bus.
public enum BusEvent: Sendable, Equatable {
    /// Not connected yet, with the reason.
    case waiting(String)
    case consuming
    /// The connection ended or failed.
    case lost(BusDisconnection, reason: String)
    /// The queue was created because it did not exist. Messages of up to `missing` before may be lost.
    /// - Parameter existedBefore: whether this process has consumed the queue before.
    case queueCreated(missing: Duration, existedBefore: Bool)
}

/// The state of one part of the service.
public struct ComponentHealth: Sendable, Equatable {
    /// `database`, `writer`, `queue`, …
    public let component: String
    public let isReady: Bool
    /// Whether the service is ready only if this part is.
    public let isVital: Bool
    /// What is wrong and what to do; empty if the part is ready.
    public let reason: String

    public init(component: String, isReady: Bool, isVital: Bool = true, reason: String) {
        self.component = component
        self.isReady = isReady
        self.isVital = isVital
        self.reason = reason
    }
}

/// The service of a process: alone on a database of its own, or as a node of a cluster.
public protocol Observing: Service, WebhookReceiver, MessageReceiver, TimeNoteJournal, ServiceStatus {
    /// A stop is near: readiness says so, and deliveries are still taken.
    func beginDraining()
    /// Applies new credentials at once.
    func replaceCredentials(with credentials: Credentials)
}

/// What the operations routes show.
public protocol ServiceStatus: Sendable {
    /// `false` if the process cannot recover by itself and needs a restart.
    var isLive: Bool { get }
    /// All parts, ready or not.
    var readiness: [ComponentHealth] { get }
    /// The metrics exposition, in UTF-8.
    func metrics(openMetrics: Bool) -> [UInt8]
    /// What the cluster shows; `nil` for a process that is alone.
    var cluster: (any ClusterStatus)? { get }
}

extension ServiceStatus {
    public var cluster: (any ClusterStatus)? { nil }
}

/// What every node of a cluster shows of all.
public protocol ClusterStatus: Sendable {
    /// The exposition of what the cluster has decided, in UTF-8.
    /// - Throws: `ClusterStatusProblem`, or an error of the database.
    func clusterMetrics(openMetrics: Bool) async throws -> [UInt8]
}

/// Why the cluster's metrics would be wrong, and what to do.
public struct ClusterStatusProblem: Error, Sendable {
    public let reason: String
}
