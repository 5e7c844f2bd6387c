public import SLOCore
import SLOService

/// Where an upstream is, and how it is treated.
public struct UpstreamSettings: Sendable {
    public let upstream: Upstream
    /// `https://api.github.com`, without a slash at the end.
    let origin: String
    var requestsPerMinute: Int
    var connectTimeout = TimeSpan.seconds(5)
    /// From sending a request to the last byte of its answer.
    var requestTimeout = TimeSpan.seconds(30)
    var retries = RetryPolicy()
    var maxBodyBytes = 4 << 20
    /// Connections open at once, and so requests on their way.
    var concurrency = 2
    var version: String

    /// - Parameters:
    ///   - url: checked by the configuration: `http` or `https`, a host, perhaps a path that all requests begin with;
    ///     no slash at the end.
    ///   - requestsPerMinute: what goes out at most, retries included.
    ///   - version: of this program, for the `User-Agent`.
    public init(_ upstream: Upstream, url: String, requestsPerMinute: Int, version: String) {
        self.upstream = upstream
        origin = url
        self.requestsPerMinute = requestsPerMinute
        self.version = version
    }
}

/// What comes from outside besides the network: tests put their own in its place.
public struct UpstreamSurroundings: Sendable {
    let clock: ServiceClock
    /// Ends early, with an error, when its task is canceled.
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
