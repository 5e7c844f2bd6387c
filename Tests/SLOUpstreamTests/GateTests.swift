import LongComputations
import SLOCore
import Testing

@testable import SLOUpstream

/// What is decided without a network: shares, pauses, and when to leave an upstream alone.
@Suite(.computes) struct GateTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    // MARK: Our share

    @Test func aBurstIsFollowedByEvenIntervals() {
        var bucket = TokenBucket(requestsPerMinute: 30, at: 0)
        let waits = (0..<8).map { _ in bucket.take(at: 0) }
        #expect(waits == [0, 0, 0, 0, 0, 2000, 4000, 6000])
    }

    @Test func slotsAreGivenForOneMinuteAhead() {
        var bucket = TokenBucket(requestsPerMinute: 6, at: 0)
        let waits = (0..<9).map { _ in bucket.take(at: 0) }
        #expect(waits == [0, 10_000, 20_000, 30_000, 40_000, 50_000, nil, nil, nil])
        #expect(bucket.take(at: 10_000) == 50_000)
    }

    @Test func anIdleTimeAllowsOnlyTheBurst() {
        var bucket = TokenBucket(requestsPerMinute: 12, at: 0)
        for _ in 0..<4 { _ = bucket.take(at: 0) }
        let waits = (0..<3).map { _ in bucket.take(at: 3_600_000) }
        #expect(waits == [0, 0, 5000])
    }

    @Test(arguments: [1, 7, 30, 60, 6000])
    func inNoMinuteMoreGoesOutThanAShareAndABurst(perMinute: Int) {
        var bucket = TokenBucket(requestsPerMinute: perMinute, at: 0)
        var sent: [Int64] = []
        var now: Int64 = 0
        while now < 300_000 {
            if let wait = bucket.take(at: now) { sent.append(now + wait) } else { now += 997 }
        }
        let busiest = sent.indices.map { start in sent[start...].prefix { $0 < sent[start] + 60_000 }.count }.max() ?? 0
        #expect(busiest <= perMinute + max(1, perMinute / 6))
        #expect(sent.count >= perMinute * 5)
    }

    // MARK: The breaker

    private func brokenBreaker() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failuresToOpen {
            #expect(breaker.admit(at: 0) == nil)
            breaker.failed(at: 0)
        }
        return breaker
    }

    @Test func itOpensAfterConsecutiveFailures() {
        var breaker = CircuitBreaker()
        for _ in 0..<20 {
            for _ in 1..<CircuitBreaker.failuresToOpen { breaker.failed(at: 0) }
            #expect(!breaker.isOpen)
            breaker.succeeded()
        }
        #expect(brokenBreaker().isOpen)
    }

    @Test func oneProbeAtATimeIsSent() {
        var breaker = brokenBreaker()
        #expect(breaker.admit(at: 29_999) == 30_000)
        #expect(breaker.admit(at: 30_000) == nil)
        #expect(breaker.admit(at: 30_001) != nil)
        breaker.succeeded()
        #expect(breaker.admit(at: 30_002) == nil)
        #expect(!breaker.isOpen)
    }

    @Test func pausesDoubleUpToTheLongest() {
        var breaker = brokenBreaker()
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<7 {
            let next = breaker.opens(at: now) ?? now
            pauses.append(next - now)
            now = next
            #expect(breaker.admit(at: now) == nil)
            breaker.failed(at: now)
        }
        #expect(pauses == [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
    }

    @Test func anAbandonedProbeLetsTheNextOneTry() {
        var breaker = brokenBreaker()
        #expect(breaker.admit(at: 30_000) == nil)
        breaker.abandoned(at: 30_500)
        #expect(breaker.isOpen)
        #expect(breaker.admit(at: 30_500) == nil)
    }

    // MARK: Trying again

    @Test func onlyIdempotentRequestsAreRepeated() {
        let policy = RetryPolicy()
        func pause(_ attempt: Int, _ problem: UpstreamError.Problem, repeatable: Bool = true) -> TimeSpan? {
            policy.pause(after: attempt, problem, isRepeatable: repeatable, at: Self.now, jitter: 0.5)
        }
        #expect(pause(1, .failed(status: 502)) == .milliseconds(500))
        #expect(pause(2, .failed(status: 502)) == .seconds(1))
        #expect(pause(3, .failed(status: 502)) == nil)
        #expect(pause(1, .unreachable(""), repeatable: false) == nil)
        #expect(pause(1, .timedOut(after: .seconds(1)), repeatable: false) == nil)
        #expect(pause(1, .rateLimited(until: Self.now + .seconds(60)), repeatable: false) == .milliseconds(500))
        #expect(pause(1, .rateLimited(until: Self.now + .seconds(61))) == nil)
        #expect(pause(1, .invalidResponse("")) == nil)
        #expect(pause(1, .tooLarge(limitBytes: 1)) == nil)
        #expect(pause(1, .resting(until: Self.now)) == nil)
        #expect(pause(1, .crowded) == nil)
    }

    // MARK: The upstream's limits

    private func until(_ status: Int, _ headers: [String: String]) -> TimeSpan? {
        RateLimit.pausedUntil(status: status, header: { headers[$0] }, at: Self.now).map { $0 - Self.now }
    }

    @Test func aRateLimitWithoutATimeIsOneMinute() {
        #expect(until(200, [:]) == nil)
        #expect(until(403, [:]) == nil)
        #expect(until(429, ["retry-after": "17"]) == .seconds(17))
        #expect(until(429, [:]) == .minutes(1))
        #expect(until(429, ["retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"]) == .minutes(1))
        #expect(until(403, ["retry-after": "5"]) == .seconds(5))
        #expect(until(503, ["retry-after": "5"]) == .seconds(5))
        #expect(until(403, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000090"]) == .seconds(90))
        #expect(until(200, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000090"]) == .seconds(90))
        #expect(until(200, ["x-ratelimit-remaining": "1", "x-ratelimit-reset": "1800000090"]) == nil)
    }

    @Test func noHeaderStopsTheLookups() {
        #expect(until(429, ["retry-after": "999999999999"]) == RateLimit.longestPause)
        #expect(until(429, ["retry-after": "-5"]) == .zero)
        #expect(
            until(429, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "9223372036854775807"])
                == RateLimit.longestPause)
        #expect(until(429, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"]) == .zero)
    }
}
