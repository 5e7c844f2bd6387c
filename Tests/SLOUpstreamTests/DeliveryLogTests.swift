import NIOHTTP1
import SLOCore
import SLOMetrics
import SLOService
import SLOSources
import SLOStore
import Testing

@testable import SLOUpstream

/// What is made of GitHub's list of deliveries.
@Suite struct DeliveryLogTests {
    private static let start: Int64 = 1_800_000_000

    private static func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: start + seconds) }

    private static func attempt(
        _ id: Int64, _ guid: String, at seconds: Int64, _ outcome: DeliveryAttempt.Outcome = .failed,
        again: Bool = false, event: String = "check_run"
    ) -> DeliveryAttempt {
        DeliveryAttempt(
            id: id, guid: guid, deliveredAt: at(seconds), isRedelivery: again, status: status(outcome),
            duration: .zero, event: event, action: event == "check_run" ? "created" : nil)
    }

    private static func status(_ outcome: DeliveryAttempt.Outcome) -> AppDeliveryStatus? {
        switch outcome {
        case .succeeded: .success
        case .failed: .serverError
        case .pending: nil
        }
    }

    private var log = DeliveryLog(since: at(0))

    @discardableResult
    private mutating func take(
        _ attempts: [DeliveryAttempt], through end: Int64, held: Set<String> = []
    ) -> DeliveryLog.Findings {
        log.take(attempts, through: Self.at(end), held: held, at: Self.at(end))
    }

    @Test mutating func whatIsHeldIsNotMissedWhateverTheListSays() {
        let findings = take(
            [Self.attempt(1, "a", at: 10, .failed), Self.attempt(2, "b", at: 11, .succeeded)], through: 60,
            held: ["a", "b"])
        #expect(findings.checked == 2)
        #expect(findings.missed.isEmpty)
        #expect(log.completeness == 1_000_000)
    }

    @Test mutating func lostAndFailedAndPendingAreToldApart() {
        let findings = take(
            [
                Self.attempt(1, "a", at: 10, .failed), Self.attempt(2, "b", at: 11, .succeeded),
                Self.attempt(3, "c", at: 12, .pending),
            ], through: 60)
        #expect(findings.missed.map(\.reason) == [.failed, .lost, .pending])
        #expect(log.completeness == 0)
    }

    @Test mutating func anAttemptIsLookedAtOnceWhenItIsRipe() {
        let attempts = [Self.attempt(1, "a", at: 10), Self.attempt(2, "b", at: 50)]
        #expect(take(attempts, through: 40).missed.map(\.guid) == ["a"])
        #expect(take(attempts, through: 60).missed.map(\.guid) == ["b"])
        let third = take(attempts, through: 80)
        #expect(third == DeliveryLog.Findings())
    }

    @Test mutating func whatNobodyUsesIsNotMissed() {
        let findings = take([Self.attempt(1, "a", at: 10, event: "watch")], through: 60)
        #expect(findings == DeliveryLog.Findings())
        #expect(log.completeness == nil)
    }

    @Test mutating func aRedeliveryIsTheSameDelivery() {
        take([Self.attempt(1, "a", at: 10)], through: 60)
        #expect(take([Self.attempt(2, "a", at: 70, again: true)], through: 90) == DeliveryLog.Findings())
        #expect(log.outstanding["a"]?.id == 2)
        let third = take([Self.attempt(3, "a", at: 100, .succeeded, again: true)], through: 120, held: ["a"])
        #expect(third.recovered.map(\.guid) == ["a"])
        #expect(third.checked == 0)
        #expect(log.completeness == 1_000_000)
    }

    @Test mutating func oneIsAskedForAgainOldestFirstAndNeverTwiceAtOnce() {
        take([Self.attempt(2, "b", at: 20), Self.attempt(1, "a", at: 10), Self.attempt(3, "c", at: 30)], through: 60)
        #expect(ask(60, except: ["b"]) == [1, 3])
        #expect(ask(61) == [2])
        #expect(ask(62) == [])
        // Its attempt is in the list and failed, too: it may be asked for after its pause.
        take([Self.attempt(4, "a", at: 65, again: true)], through: 70)
        #expect(ask(89) == [])
        #expect(ask(90) == [4])
        // Of the others nothing is to be seen: perhaps they were never asked for.
        #expect(ask(179) == [])
        #expect(ask(181) == [2, 3])
    }

    private mutating func ask(_ seconds: Int64, except pending: Set<String> = []) -> [Int64] {
        log.request(atMost: 2, except: pending, pause: .seconds(30), at: Self.at(seconds)).map(\.id)
    }

    @Test mutating func noneIsAskedForWithoutEnd() {
        take([Self.attempt(1, "a", at: 10)], through: 60)
        var asked = 0
        for hour in 1...48 {
            asked += log.request(atMost: 9, except: [], pause: .seconds(30), at: Self.at(Int64(hour) * 3600)).count
        }
        #expect(asked == DeliveryLog.requestsLimit)
        #expect(!log.hasMoreToRequest)
    }

    @Test mutating func whatGitHubForgetsIsGivenUp() {
        take([Self.attempt(1, "a", at: 10), Self.attempt(2, "b", at: 3600)], through: 7200)
        let later = 3 * 86_400 + Int64(100)
        #expect(take([], through: later).givenUp == 1)
        #expect(Set(log.outstanding.keys) == ["b"])
    }

    @Test mutating func noMoreAreRememberedThanTheLimit() {
        let attempts = (0..<Int64(DeliveryLog.outstandingLimit + 5)).map { Self.attempt($0, "g\($0)", at: 1 + $0) }
        let findings = take(attempts, through: 20_000)
        #expect(findings.missed.count == attempts.count)
        #expect(findings.givenUp == 5)
        #expect(log.outstanding.count == DeliveryLog.outstandingLimit)
        #expect(log.outstanding["g4"] == nil)
    }

    @Test mutating func itIsReadBackAsItWasWritten() throws {
        take(
            [Self.attempt(1, "a", at: 10), Self.attempt(2, "b", at: 4000, .succeeded)], through: 7200, held: [])
        _ = log.request(atMost: 1, except: [], pause: .seconds(30), at: Self.at(7300))
        #expect(try DeliveryLog(stored: log.stored) == log)
        let bytes = log.stored
        for end in bytes.indices {
            #expect(throws: ByteCodingError.self) { try DeliveryLog(stored: Array(bytes[..<end])) }
        }
    }

    @Test mutating func whatCannotBeSeenAnyMoreIsNotSaidToBeLookedThrough() {
        take([], through: 60)
        log.markUnavailable(before: Self.at(5000))
        #expect(log.since == Self.at(5000))
        #expect(log.through == Self.at(5000))
        log.markUnavailable(before: Self.at(10))
        #expect(log.since == Self.at(5000))
    }
}

/// GitHub's words.
@Suite struct DeliveryPageTests {
    private func page(_ body: String, link: String? = nil) throws -> DeliveryPage {
        var headers: [(String, String)] = [("Content-Type", "application/json")]
        if let link { headers.append(("Link", link)) }
        return try DeliveryPage(UpstreamResponse(status: 200, headers: .init(headers), body: Array(body.utf8)))
    }

    private func line(_ code: Int, _ status: String, throttled: String = "null") -> String {
        """
        [{"id": 12345678, "guid": "0b989ba4-242f-11e5-81e1-c7b6966d2516", "delivered_at": "2019-06-03T00:57:16Z",
        "redelivery": false, "duration": 0.27, "status": "\(status)", "status_code": \(code), "event": "check_run",
        "action": "created", "installation_id": 123, "repository_id": 456, "throttled_at": \(throttled)}]
        """
    }

    @Test func anAttemptIsReadAsGitHubWritesIt() throws {
        let attempt = try #require(try page(line(200, "OK")).attempts.first)
        #expect(attempt.id == 12_345_678)
        #expect(attempt.outcome == .succeeded)
        #expect(attempt.deliveredAt.rfc3339.hasPrefix("2019-06-03T00:57:16"))
        #expect(attempt.isUsed)
        #expect(attempt.guid == "0b989ba4-242f-11e5-81e1-c7b6966d2516")
    }

    @Test func rule33OnlyDeliveriesToTheAppOrWithoutTargetMatch() {
        let guid = "0b989ba4-242f-11e5-81e1-c7b6966d2516"
        let identities = DeliveryAttempt.identities(ofGUID: guid, sentTo: 12345)
        #expect(identities == [guid + "@12345", guid].compactMap { DeliveryIdentity(.github, $0) })
        #expect(Set(identities).count == 2)
        #expect(!identities.contains { $0 == DeliveryIdentity(.github, guid + "@67890") })
    }

    @Test func outcomesAreDistinguished() throws {
        func outcome(_ json: String) throws -> DeliveryAttempt.Outcome? { try page(json).attempts.first?.outcome }
        #expect(try outcome(line(202, "Accepted")) == .succeeded)
        #expect(try outcome(line(503, "Invalid HTTP Response: 503")) == .failed)
        #expect(try outcome(line(0, "failed to connect to host")) == .failed)
        #expect(try outcome(line(0, "pending")) == .pending)
        #expect(try outcome(line(0, "", throttled: "\"2019-06-03T00:57:16Z\"")) == .pending)
        #expect(try outcome(line(502, "x", throttled: "\"2019-06-03T00:57:16Z\"")) == .failed)
    }

    private static let throttled = "\"2019-06-03T00:57:16Z\""

    /// The words and codes are those of GitHub's documentation and of lists that Apps have published.
    @Test func rule52AnswersAreToldApart() throws {
        func status(_ code: Int, _ text: String, throttled: String = "null") throws -> AppDeliveryStatus? {
            try page(line(code, text, throttled: throttled)).attempts.first?.counted?.status
        }
        #expect(try status(200, "OK") == .success)
        #expect(try status(202, "Accepted") == .success)
        #expect(try status(302, "Invalid HTTP Response: 302") == .redirection)
        #expect(try status(400, "Invalid HTTP Response: 400") == .clientError)
        #expect(try status(503, "Invalid HTTP Response: 503") == .serverError)
        #expect(try status(504, "Invalid HTTP Response: 504") == .serverError)
        #expect(try status(504, "timed out") == .timedOut)
        #expect(try status(0, "timed out") == .timedOut)
        #expect(try status(502, "failed to connect") == .unreachable)
        #expect(try status(0, "failed to connect to host") == .unreachable)
        #expect(
            try status(0, "Peer certificate cannot be authenticated with given CA certificates") == .unreachable)
        #expect(try status(500, "") == .serverError)
        // What is not over waits.
        #expect(try status(0, "") == nil)
        #expect(try status(0, "pending") == nil)
        #expect(try status(0, "queued", throttled: Self.throttled) == nil)
        // GitHub keeps `throttled_at` after it has delivered.
        #expect(try status(200, "OK", throttled: Self.throttled) == .success)
        #expect(try status(504, "timed out", throttled: Self.throttled) == .timedOut)
        #expect(try status(0, "failed to connect to host", throttled: Self.throttled) == .unreachable)
    }

    @Test func rule52AnAttemptIsCountedByItsNumberAndItsGUID() throws {
        let counted = try #require(try page(line(200, "OK")).attempts.first?.counted)
        #expect(counted.id == 12_345_678)
        #expect(counted.duration == .milliseconds(270))
        #expect(!counted.isRedelivery)
        #expect(
            counted.delivery
                == AppDeliveryAttempt.fingerprint(ofGUID: "0b989ba4-242f-11e5-81e1-c7b6966d2516"))
    }

    @Test func aLogWithMissingFieldsIsInvalid() {
        #expect(throws: FieldProblem.self) { try page("[{}]") }
        #expect(throws: UnreadableJSON.self) { try page("{}") }
    }

    @Test func onlyTheCursorOfALinkIsUsed() throws {
        let next = "<https://elsewhere.example/x?per_page=100&cursor=v1_17%3D%3D>; rel=\"next\""
        #expect(try page("[]", link: next + ", <https://a>; rel=\"first\"").cursor == "v1_17%3D%3D")
        #expect(try page("[]", link: "<https://a/?cursor=1>; rel=\"prev\"").cursor == nil)
        #expect(try page("[]", link: "<https://a/?cursor=a b>; rel=\"next\"").cursor == nil)
        #expect(try page("[]", link: "<<>>>; rel=\"next\"").cursor == nil)
        #expect(try page("[]").cursor == nil)
        #expect(DeliveryPage.path(after: "v1_1") == "/app/hook/deliveries?per_page=100&cursor=v1_1")
    }
}
