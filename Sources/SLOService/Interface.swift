public import SLOCore
public import SLOMetrics
public import SLOSources

// What the web asks of the service. `SLOWeb` knows these types and nothing of queues, ledgers and stores.

/// What becomes of a delivery, as its sender is told.
public enum Answer: Sendable, Equatable {
    /// On disk: 202.
    case stored
    /// The delivery is already held: 200.
    case alreadyHeld
    /// GitHub's ping: 200.
    case pong
    case refused(Refusal)
}

/// Why a delivery was not taken, each with the sentence for its sender. The sentence never holds a secret.
public enum Refusal: Sendable, Equatable {
    /// 401: the signature is missing, malformed or made with another secret.
    case badSignature(String)
    /// 400: not the JSON, or not the headers, that it claims to be.
    case malformed(String)
    /// 413
    case tooLarge(limitBytes: Int)
    /// 415
    case unsupportedMediaType(String)
    /// 408: the body did not arrive in time.
    case tooSlow
    /// 503: no secret is configured for the source, so nothing it sends can be believed.
    case noSecret(Source)
    /// 503: the queue or the buffers are full.
    case overloaded
    /// 503: the disk does not take it.
    case unstored(String)
    /// 503: the server is stopping.
    case stopping
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
        completion: @escaping @Sendable (Answer) -> Void
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
        completion: @escaping @Sendable (Answer) -> Void
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
