import SLOCore
import SLOSources
import Testing

@Suite("Testing Farm's notifications and requests")
struct TestingFarmDecoderTests {
    private let decoding: Decoding

    init() throws {
        decoding = try Decoding()
    }

    private func read(_ body: JSON) -> TestRunReported? {
        guard case .testRunReported(let report) = decoding.testingFarm(body).outcome.observation else { return nil }
        return report
    }

    private func environment(_ path: String, _ value: JSON?) -> JSON {
        guard case .array(let environments)? = Payloads.request["environments_requested"] else {
            return Payloads.request
        }
        return Payloads.request.with("environments_requested", .array(environments.map { $0.with(path, value) }))
    }

    @Test("a notification is a hint without identity, and its token stays nowhere")
    func notification() throws {
        let delivery = decoding.testingFarm(Payloads.notification)
        #expect(delivery.outcome == .observed([.testRunHinted(requestID: "129bd474-e4d3-49e0-9dec-d994a99feebc")]))
        #expect(delivery.event == "notification")
        #expect(delivery.identity == nil)
        let kept = String(decoding: try #require(delivery.keptBody), as: UTF8.self)
        #expect(kept == #"{"request_id":"129bd474-e4d3-49e0-9dec-d994a99feebc","source":"testing-farm"}"#)
        var dumped = ""
        dump(delivery, to: &dumped)
        #expect(!dumped.contains("secret-token"))
    }

    @Test("tokens are left out however they are written and wherever they are")
    func scrubbing() throws {
        let text = #"""
            {"id":"a","state":"queued","to\u006ben":"geheim","notification":{"webhook":{"url":"x","token":"geheim"}},
             "x":[{"api_key":"geheim","a\"\u0001é":[1.5,-2,true,null,18446744073709551615,"tab\t"]}]}
            """#
        let delivery = decoding.decode(
            .testingFarm, WebhookHeaders(contentType: "application/json"), Array(text.utf8))
        let kept = try #require(delivery.keptBody)
        let values = #"[1.5,-2,true,null,18446744073709551615,"tab\u0009"]"#
        let expected =
            #"{"id":"a","state":"queued","notification":{"webhook":{"url":"x"}},"x":[{"a\"\u0001é":"# + values + "}]}"
        #expect(String(decoding: kept, as: UTF8.self) == expected)
        let again = decoding.decode(.testingFarm, WebhookHeaders(contentType: "application/json"), kept)
        #expect(again.keptBody == nil)
        #expect(again.outcome == delivery.outcome)
        #expect(decoding.testingFarm(Payloads.request).keptBody == nil)
    }

    @Test("are authentic by a token in the body")
    func authenticity() throws {
        let tokens = try TokenSet(["other", "secret-token"])
        func check(_ text: String, _ tokens: TokenSet) -> TokenCheck {
            Array(text.utf8).withUnsafeBytes { decoding.decoder.check(unsignedTestingFarm: $0, tokens: tokens) }
        }
        #expect(check(Payloads.notification.text, tokens) == .valid)
        #expect(check(Payloads.notification.text, .none) == .invalid)
        #expect(check(Payloads.notification.with("token", "secret-toke").text, tokens) == .invalid)
        let without = Payloads.notification.with("token", nil)
        for body in [without, without.with("token", 7)] as [JSON] {
            #expect(check(body.text, tokens) == .invalid)
        }
        for body in ["[]", "\"x\"", "{", "", "{}"] { #expect(check(body, tokens) != .valid) }
    }

    @Test("of which a token authorises a notification and nothing else (docs/counting.md, rule 40)")
    func tokensOfDocuments() throws {
        let tokens = try TokenSet(["secret-token"])
        let document = Payloads.request.with("token", "secret-token")
        // The fields of both make a document.
        let both = document.with("request_id", "129bd474-e4d3-49e0-9dec-d994a99feebc")
        for body in [document, document.with("state", nil), both] {
            let check = Array(body.text.utf8).withUnsafeBytes {
                decoding.decoder.check(unsignedTestingFarm: $0, tokens: tokens)
            }
            #expect(check == .documentNeedsSignature)
            #expect(check.problem?.contains("needs a signature") == true)
        }
    }

    @Test("a request tells its state, its times, and what it is for")
    func request() throws {
        let created = try Timestamp.at("10:00:00.061")
        let started = try Timestamp.at("10:00:12.561")
        let finished = try Timestamp.at("10:10:12.561")
        let expected = TestRunReported(
            deployment: Deployment("stg"), requestID: "129bd474-e4d3-49e0-9dec-d994a99feebc",
            step: .finished(.success, .stated), createdAt: created, startedAt: started, finishedAt: finished,
            repositoryName: "packit/hello-world", sha: "e7e3c8b688403048e7aefa64c19b79e89fe764df", pullRequest: 342,
            chroot: "fedora-rawhide-x86_64", buildID: 1_810_530)
        let delivery = decoding.testingFarm(Payloads.request)
        #expect(delivery.outcome == .observed([.testRunReported(expected)]))
        #expect(delivery.event == "request")
        #expect(delivery.identity?.count == 64)
        #expect(decoding.testingFarm(Payloads.request.with("state", "running")).identity != delivery.identity)
    }

    @Test(
        "states and results are steps",
        arguments: [
            ("new", nil, .queued), ("queued", nil, .queued), ("running", nil, .started),
            ("cancel-requested", nil, .started),
            ("complete", "passed", .finished(.success, .stated)),
            ("complete", "failed", .finished(.failure, .stated)),
            ("complete", "skipped", .finished(.skipped, .stated)),
            ("complete", "error", .finished(.error, .stated)),
            ("complete", "unknown", .finished(.error, .stated)),
            ("complete", "needs_inspection", .finished(.error, .stated)),
            ("complete", "canceled", .finished(.canceled, .stated)),
            ("complete", "splendid", .finished(.error, .unclassified)),
            ("complete", nil, .finished(.error, .unclassified)),
            ("error", nil, .finished(.error, .stated)), ("error", "failed", .finished(.error, .stated)),
            ("canceled", nil, .finished(.canceled, .stated)),
        ] as [(String, String?, Step)])
    func steps(state: String, overall: String?, step: Step) throws {
        let body = Payloads.request.with("state", .string(state))
            .with("result", overall.map { ["overall": .string($0)] } ?? .null)
        let report = try #require(read(body))
        #expect(report.step == step)
        if step == .queued { #expect(report.startedAt == nil) }
        guard case .finished = step else {
            #expect(report.finishedAt == nil)
            return
        }
    }

    @Test("a request whose canceling was asked for before it ran is still queued")
    func cancelRequested() {
        let body = Payloads.request.with("state", "cancel-requested").with("queued_time", .null)
        #expect(read(body)?.step == .queued)
    }

    @Test("a time computed from parts is within the years 0 to 9999, or unknown (rule 39)")
    func timesOutsideTheCalendar() throws {
        let body = Payloads.request.with("created", "9999-12-31T00:00:00Z")
        let near = try #require(read(body.with("queued_time", 1).with("run_time", 60)))
        #expect(near.startedAt?.rfc3339 == "9999-12-31T00:00:01Z")
        #expect(near.finishedAt?.rfc3339 == "9999-12-31T00:01:01Z")
        let far = try #require(read(body.with("queued_time", 1_000_000_000).with("run_time", 60)))
        #expect(far.createdAt?.rfc3339 == "9999-12-31T00:00:00Z")
        #expect(far.startedAt == nil)
        #expect(far.finishedAt == nil)
        let end = try #require(read(body.with("queued_time", 1).with("run_time", 86_400)))
        #expect(end.startedAt != nil)
        #expect(end.finishedAt == nil)
    }

    @Test("times that are not known are absent")
    func times() {
        #expect(read(Payloads.request.with("queued_time", .null))?.startedAt == nil)
        #expect(read(Payloads.request.with("queued_time", .null))?.finishedAt == nil)
        #expect(read(Payloads.request.with("run_time", .null))?.finishedAt == nil)
        #expect(read(Payloads.request.with("run_time", .number("-1")))?.finishedAt == nil)
        #expect(read(Payloads.request.with("run_time", .number("1e300")))?.finishedAt == nil)
        #expect(read(Payloads.request.with("created", nil))?.createdAt == nil)
        #expect(
            decoding.testingFarm(Payloads.request.with("created", "soon")).outcome.malformedReason
                == "`created` is not a time")
    }

    @Test("what a request is for is read from its variables, artifacts and context")
    func purpose() {
        #expect(read(environment("artifacts", .null))?.chroot == "fedora-rawhide-x86_64")
        #expect(read(environment("artifacts", .null))?.buildID == nil)
        #expect(read(environment("tmt", .null))?.chroot == "fedora-rawhide-x86_64")
        #expect(read(environment("tmt", .null))?.deployment == nil)
        #expect(read(environment("tmt.context.distro", "centos-7"))?.chroot == "centos-7-x86_64")
        #expect(read(environment("tmt.context.distro", "fedora"))?.chroot == "fedora-rawhide-x86_64")
        #expect(read(environment("variables", .null))?.pullRequest == nil)
        #expect(read(environment("variables.PACKIT_PR_ID", 7))?.pullRequest == 7)
        #expect(read(environment("variables.PACKIT_PR_ID", ""))?.pullRequest == nil)
        #expect(read(Payloads.request.with("environments_requested", .null))?.repositoryName == nil)
        for id in ["", ":", "x:fedora-40-x86_64", "12:", "12"] {
            let body = environment("artifacts", [["type": "fedora-copr-build", "id": .string(id)]])
            #expect(read(body)?.buildID == nil)
        }
        let koji = environment("artifacts", [["type": "fedora-koji-build", "id": "12:x"]])
        #expect(read(koji)?.buildID == nil)
    }

    @Test("deployments are those that are configured")
    func deployments() {
        #expect(read(environment("tmt.context.deployment", "prod"))?.deployment == Deployment("prod"))
        #expect(read(environment("tmt.context.deployment", "dev"))?.deployment == nil)
    }

    @Test("requests that somebody else submitted are ignored; those that do not say are not")
    func initiators() {
        #expect(decoding.testingFarm(environment("tmt.context.initiator", "human")).outcome == .ignored)
        #expect(read(environment("tmt.context.initiator", nil)) != nil)
        #expect(read(environment("tmt", nil)) != nil)
    }

    @Test("that lack what they need are malformed, with the field named")
    func malformed() {
        for path in ["id", "state"] {
            let delivery = decoding.testingFarm(Payloads.request.with(path, nil))
            #expect(delivery.outcome.malformedReason == "`\(path)` is missing")
        }
        #expect(
            decoding.testingFarm(Payloads.request.with("state", "on holiday")).outcome.malformedReason
                == "`state` is not a known state of a request")
        #expect(
            decoding.testingFarm(Payloads.notification.with("request_id", "a b")).outcome.malformedReason
                == "`request_id` is not a UUID")
        #expect(decoding.testingFarm([:]).outcome.malformedReason == "`state` is missing")
    }
}
