public import SLOCore
import SLOService

/// The URL of an upstream, and the limits for requests to it.
public struct UpstreamSettings: Sendable {
    public let upstream: Upstream
    /// For example `https://api.github.com`, without a slash at the end.
    let origin: String
    var requestsPerMinute: Int
    var connectTimeout = TimeSpan.seconds(5)
    /// From sending a request to the last byte of its reply.
    var requestTimeout = TimeSpan.seconds(30)
    var retries = RetryPolicy()
    var maxBodyBytes = 4 << 20
    /// The limit of open connections, and so of concurrent requests.
    var concurrency = 2
    var version: String

    /// - Parameters:
    ///   - url: validated by the configuration: `http` or `https`, a host, and optionally a path before all requests;
    ///     no slash at the end.
    ///   - requestsPerMinute: the limit of all requests, retries included.
    ///   - version: of this program, for the `User-Agent`.
    public init(_ upstream: Upstream, url: String, requestsPerMinute: Int, version: String) {
        self.upstream = upstream
        origin = url
        self.requestsPerMinute = requestsPerMinute
        self.version = version
    }
}

/// Clock, sleep and randomness, which tests replace.
public struct UpstreamSurroundings: Sendable {
    let clock: ServiceClock
    /// Throws when its task is cancelled.
    let sleep: @Sendable (TimeSpan) async throws -> Void
    /// From 0 up to 1.
    let random: @Sendable () -> Double

    public init(
        clock: ServiceClock, sleep: @escaping @Sendable (TimeSpan) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.clock = clock
        self.sleep = sleep
        self.random = random
    }

    public static let real = UpstreamSurroundings(
        clock: .system, sleep: { try await Task.sleep(for: .milliseconds(max(0, $0.milliseconds))) },
        random: { Double.random(in: 0..<1) })
}
