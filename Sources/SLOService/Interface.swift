public import SLOCore
public import SLOMetrics
public import SLOSources

// What the web asks of the service. `SLOWeb` knows these types and nothing of queues, ledgers and stores.

/// What the sender of a delivery is told.
public enum DeliveryResponse: Sendable, Equatable {
    /// On disk: 202.
    case stored
    /// The delivery is already held: 200.
    case alreadyHeld
    /// GitHub's ping: 200.
    case pong
    case refused(Refusal)
}

/// Why a delivery was not taken.
public struct Refusal: Error, Equatable, Sendable {
    public let outcome: DeliveryOutcome
    /// One sentence for the sender and the log. It never holds a secret, nor what was sent.
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
        Refusal(.noSecret, "No secret is configured for \(source.rawValue): its deliveries cannot be verified.")
    }

    public static let tooSlow = Refusal(.timedOut, "The body did not arrive in time.")
    public static let overloaded = Refusal(.overloaded, "There is no room for this delivery now.")
    public static let stopping = Refusal(.stopping, "The server is stopping.")
}

/// Takes deliveries in: verifies, decodes, queues, and answers once the delivery is on disk.
public protocol WebhookReceiver: Sendable {
    /// Reserves room for a body, or for more of it. `false`: there is none; answer 503.
    /// - Parameter total: what the body will then have: a few large ones must not keep all others out.
    func reserve(bytes: Int, of total: Int) -> Bool
    /// Gives reserved room back.
    func release(bytes: Int)
    /// Takes one delivery. Verification and decoding happen before this returns, on the caller's thread; the bytes
    /// are not looked at afterwards. `completion` is called exactly once, on any thread, possibly before returning.
    func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    )
    /// Counts a request that was refused before it became a delivery (`tooLarge`, `tooSlow`, `overloaded`, …).
    func refuse(source: Source, _ refusal: Refusal)
}

/// Takes messages in that come over a connection which proves who sends them, and hears how that is doing.
public protocol MessageReceiver: Sendable {
    /// Like a webhook's.
    func reserve(bytes: Int, of total: Int) -> Bool
    func release(bytes: Int)
    /// Counts a message that is not to be received.
    /// - Parameter id: by which it will be known if it comes again.
    func refuse(message id: String?, from source: Source, _ refusal: Refusal)
    /// Takes one message, in the form in which its source's webhook takes it. Believes what it is given; all else is as
    /// for a webhook.
    func receive(
        message document: UnsafeRawBufferPointer, from source: Source, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    )
    func bus(is news: BusNews)
}

/// What there is to tell of the connection to a message bus.
public enum BusNews: Sendable, Equatable {
    /// There was none yet; the sentence says why.
    case waiting(String)
    case consuming
    /// It ended, or did not come about.
    case lost(BusDisconnection, reason: String)
    /// There was no queue, and it is made: of this time, at most, messages may be missing.
    /// - Parameter wasThere: whether it has been seen before.
    case queueMade(missing: Duration, wasThere: Bool)
}

/// How one part of the service is doing.
public struct ComponentHealth: Sendable, Equatable {
    /// `database`, `writer`, `queue`, …
    public let component: String
    public let isReady: Bool
    /// Whether the service as a whole is not ready without it.
    public let isVital: Bool
    /// What is wrong and what to do, when something is.
    public let reason: String

    public init(component: String, isReady: Bool, isVital: Bool = true, reason: String) {
        self.component = component
        self.isReady = isReady
        self.isVital = isVital
        self.reason = reason
    }
}

/// What the operations routes show.
public protocol ServiceStatus: Sendable {
    /// Whether the process does its work at all; `false` asks for a restart.
    var isLive: Bool { get }
    /// All parts, ready or not.
    var readiness: [ComponentHealth] { get }
    /// The exposition, as UTF-8 bytes.
    func metrics(openMetrics: Bool) -> [UInt8]
}
