internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
public import SLOCore
public import SLOMetrics
internal import SLOService
internal import SLOSources
import Synchronization

/// Sends requests to one upstream, within its limits and the configured ones.
///
/// Every attempt waits for its share of `requestsPerMinute` and for the end of the upstream's rate limit, and fails at
/// once while the circuit breaker is open. It has a timeout, reads a bounded body, follows no redirect, and is counted.
/// GET is repeated a few times; POST only after a refusal by a rate limit. Cancelling the task ends a call at any
/// point.
public final class UpstreamClient: Sendable {
    typealias Headers = [(name: String, value: String)]

    public let upstream: Upstream
    private let settings: UpstreamSettings
    private let surroundings: UpstreamSurroundings
    private let metrics: MetricsRegistry
    private let http: HTTPClient
    private let gate: Mutex<UpstreamGate>

    /// Call `shutdown` when the last request has ended.
    ///
    /// If the breaker was open when the process before this one ended, it still is, and the next request tests the
    /// upstream. Otherwise an outage would seem to be over after each restart.
    /// - Parameter metrics: created with this upstream among its `upstreams`, and restored.
    public init(_ settings: UpstreamSettings, metrics: MetricsRegistry, surroundings: UpstreamSurroundings = .real) {
        upstream = settings.upstream
        self.settings = settings
        self.surroundings = surroundings
        self.metrics = metrics
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .milliseconds(settings.connectTimeout.milliseconds)
        configuration.timeout.read = .milliseconds(settings.requestTimeout.milliseconds)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.concurrency
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let isOpen = metrics.value(of: .upstreamBreakerOpen(upstream)) == 1
        gate = Mutex(UpstreamGate(settings, isBreakerOpen: isOpen, at: surroundings.clock.now()))
    }

    public func shutdown() async throws {
        try await http.shutdown()
    }

    /// Sends a GET request for JSON.
    /// - Parameters:
    ///   - path: appended to the upstream's URL, with the query; begins with a slash, and is percent-encoded.
    ///   - headers: in addition to `Accept` and `User-Agent`, or instead of them.
    ///   - read: interprets a reply of any status below 500. If it throws `FieldProblem` or `UnreadableJSON`, the reply
    ///     counts as invalid; it rethrows other errors.
    /// - Throws: `UpstreamError`, `CancellationError`.
    func get<Value: Sendable>(
        _ path: String, headers: Headers = [], read: (UpstreamResponse) throws -> Value
    ) async throws -> Value {
        try await ask(.GET, path, headers, body: [], isRepeatable: true, read)
    }

    func get(_ path: String, headers: Headers = []) async throws -> UpstreamResponse {
        try await get(path, headers: headers) { $0 }
    }

    /// - Parameter body: JSON, or nothing.
    func post(_ path: String, headers: Headers = [], body: [UInt8] = []) async throws -> UpstreamResponse {
        try await ask(.POST, path, headers, body: body, isRepeatable: false) { $0 }
    }

    private func ask<Value: Sendable>(
        _ method: HTTPMethod, _ path: String, _ headers: Headers, body: [UInt8], isRepeatable: Bool,
        _ read: (UpstreamResponse) throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await attemptOnce(request(method, path, headers, body), path, read)
            } catch let error as UpstreamError {
                let pause = settings.retries.pause(
                    after: attempt, error.problem, isRepeatable: isRepeatable, at: surroundings.clock.now().wall,
                    jitter: surroundings.random())
                guard let pause else { throw error }
                try await surroundings.sleep(pause)
                attempt += 1
            }
        }
    }

    private func request(
        _ method: HTTPMethod, _ path: String, _ headers: Headers, _ body: [UInt8]
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: settings.origin + path)
        request.method = method
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if !request.headers.contains(name: "accept") { request.headers.add(name: "Accept", value: "application/json") }
        if !request.headers.contains(name: "user-agent") {
            request.headers.add(name: "User-Agent", value: "packit-slo/\(settings.version)")
        }
        if !body.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }
}

// MARK: - One attempt

extension UpstreamClient {
    private func attemptOnce<Value>(
        _ request: HTTPClientRequest, _ path: String, _ read: (UpstreamResponse) throws -> Value
    ) async throws -> Value {
        try await waitForTurn(path)
        let sent = surroundings.clock.now()
        do {
            let response = try await exchange(request, path)
            try check(response, path)
            let value = try understand(response, path, read)
            finish(response.isSuccess ? .ok : .refused, since: sent)
            return value
        } catch let error as UpstreamError {
            finish(error.result, since: sent)
            throw error
        } catch {
            finish(error is CancellationError ? .canceled : .ok, since: sent)
            throw error
        }
    }

    /// - Throws: `UpstreamError` if there is no slot soon, after counting that.
    private func waitForTurn(_ path: String) async throws {
        do {
            let now = surroundings.clock.now()
            let wait = try gate.withLock { try $0.reserve(at: now) }
            if wait > .zero { try await surroundings.sleep(wait) }
            try Task.checkCancellation()
            let then = surroundings.clock.now()
            try gate.withLock { try $0.enter(at: then) }
        } catch let problem as UpstreamError.Problem {
            metrics.count(.upstreamRequests(upstream, .notSent))
            throw UpstreamError(upstream, path: path, problem)
        }
    }

    private func finish(_ result: UpstreamResult, since sent: Moment) {
        let now = surroundings.clock.now()
        let isOpen = gate.withLock { gate in
            gate.note(result, at: now)
            return gate.isBreakerOpen
        }
        metrics.set(.upstreamBreakerOpen(upstream), to: isOpen ? 1 : 0)
        metrics.count(.upstreamRequests(upstream, result))
        metrics.observe(.upstreamRequestDuration(upstream), .milliseconds(now.clock - sent.clock))
    }

    /// Sends the request and reads the whole reply, within the timeout.
    private func exchange(_ request: HTTPClientRequest, _ path: String) async throws -> UpstreamResponse {
        let http = self.http
        let limit = settings.maxBodyBytes
        let timeout = settings.requestTimeout
        do {
            return try await withThrowingTaskGroup(of: UpstreamResponse?.self) { group in
                group.addTask {
                    let answer = try await http.execute(request, timeout: .milliseconds(timeout.milliseconds))
                    let body = try await answer.body.collect(upTo: limit)
                    return UpstreamResponse(
                        status: Int(answer.status.code), headers: answer.headers, body: Array(body.readableBytesView))
                }
                // The library's own timeout ends with the reply's head.
                group.addTask {
                    try await Task.sleep(for: .milliseconds(timeout.milliseconds))
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let response = first else {
                    throw HTTPClientError.deadlineExceeded
                }
                return response
            }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw UpstreamError(upstream, path: path, problem(of: error))
        }
    }

    private func problem(of error: any Error) -> UpstreamError.Problem {
        if error is NIOTooManyBytesError { return .tooLarge(limitBytes: settings.maxBodyBytes) }
        guard let error = error as? HTTPClientError else { return .unreachable("\(error)") }
        return switch error {
        case .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout, .writeTimeout,
            .tlsHandshakeTimeout:
            .timedOut(after: settings.requestTimeout)
        default: .unreachable(error.shortDescription)
        }
    }

    /// Checks the reply's status and content type.
    private func check(_ response: UpstreamResponse, _ path: String) throws(UpstreamError) {
        let now = surroundings.clock.now()
        let pausedUntil = RateLimit.pausedUntil(status: response.status, header: response.header, at: now.wall)
        if let pausedUntil { gate.withLock { $0.pause(until: pausedUntil, at: now) } }
        if let pausedUntil, RateLimit.isRefusal(status: response.status, header: response.header) {
            throw UpstreamError(upstream, path: path, .rateLimited(until: pausedUntil))
        }
        switch response.status {
        case 500...: throw UpstreamError(upstream, path: path, .failed(status: response.status))
        case 300..<400:
            throw UpstreamError(
                upstream, path: path,
                .invalidResponse("status \(response.status) is a redirect, which is not followed; check the URL"))
        case 200..<300 where !response.body.isEmpty && !response.isJSON:
            let type = response.header("content-type").map { String($0.prefix(100)) } ?? "none"
            throw UpstreamError(upstream, path: path, .invalidResponse("its content type is \(type), not JSON"))
        default: break
        }
    }

    private func understand<Value>(
        _ response: UpstreamResponse, _ path: String, _ read: (UpstreamResponse) throws -> Value
    ) throws -> Value {
        do {
            if response.isSuccess, !response.body.isEmpty { try response.validate() }
            return try read(response)
        } catch let problem as UnreadableJSON {
            throw UpstreamError(upstream, path: path, .invalidResponse("\(problem)"))
        } catch let problem as FieldProblem {
            throw UpstreamError(upstream, path: path, .invalidResponse("\(problem)"))
        }
    }
}
