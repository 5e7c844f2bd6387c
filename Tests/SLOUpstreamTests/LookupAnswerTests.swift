import Foundation
import NIOHTTP1
import SLOCore
import SLOMetrics
import SLOSources
import TestServer
import Testing

@testable import SLOUpstream

/// What the three APIs are asked, and what their answers are taken for.
@Suite struct LookupAnswerTests {
    private static let chroot = "fedora-rawhide-x86_64"
    private static let request = "129bd474-e4d3-49e0-9dec-d994a99feebc"
    private static let denial = StandInServer.Reply.json(#"{"message":"no"}"#, status: 403)

    private static func lookupRequest(_ subject: LookupRequest.Subject) -> LookupRequest {
        let now = Timestamp(seconds: 1_800_000_000)
        return LookupRequest(
            subject: subject, owner: "o", queuedAt: now, deadlineAt: now + .hours(12), isUrgent: false)
    }

    private static func job(_ job: JobLink.Job) -> LookupRequest {
        lookupRequest(
            .job(
                LookupRequest.Job(
                    deployment: Deployment("prod"), repository: 42, sha: "abc", link: JobLink(job: job, id: 7),
                    chroot: chroot)))
    }

    private struct Asked {
        var finding: Finding?
        var problem: UpstreamError.Problem?
        var paths: [String] = []
        var tokens: [String] = []

        var isLie: Bool {
            if case .invalidResponse = problem { true } else { false }
        }

        var observation: Observation? {
            guard case .found(let observations) = finding else { return nil }
            return observations.first
        }
    }

    private static func ask(
        _ upstream: Upstream, _ lookupRequest: LookupRequest, _ replies: [StandInServer.Reply],
        by make: (UpstreamClient) throws -> any Lookup
    ) async throws -> Asked {
        let server = try await StandInServer.start { replies[min($0, replies.count - 1)] }
        let client = UpstreamClient(
            UpstreamSettings(upstream, url: server.url, requestsPerMinute: 6000, version: "1"),
            metrics: MetricsRegistry(settings: LedgerSettings(), version: "1", upstreams: [upstream]),
            surroundings: ManualSurroundings().surroundings)
        var asked = Asked()
        do { asked.finding = try await make(client).ask(lookupRequest) } catch {
            asked.problem = (error as? UpstreamError)?.problem
        }
        asked.paths = server.received.map(\.head.uri)
        asked.tokens = server.received.compactMap { $0.head.headers.first(name: "authorization") }
        try await client.shutdown()
        try await server.stop()
        return asked
    }

    // MARK: - Copr

    private static func copr(_ replies: StandInServer.Reply...) async throws -> Asked {
        try await ask(.copr, lookupRequest(.build(id: 77, chroot: chroot)), replies) { BuildLookup(client: $0) }
    }

    private static func chroot(_ state: String, started: String = "null", ended: String = "null") -> StandInServer.Reply
    {
        .json(
            """
            {"name":"\(chroot)","state":"\(state)","started_on":\(started),"ended_on":\(ended),"result_url":"https://x/"}
            """)
    }

    private static let build = StandInServer.Reply.json(
        """
        {"id":77,"state":"running","ownername":"packit","projectname":"acme-rocket-1","submitted_on":1800000000,
         "started_on":1800000060,"ended_on":null,"chroots":["fedora-rawhide-x86_64"]}
        """)

    private static func found(
        _ step: Step, _ ground: BuildLookedUp.Ground = .stated, started: Int64? = nil, ended: Int64? = nil
    ) -> Observation {
        .buildLookedUp(
            BuildLookedUp(
                buildID: 77, chroot: chroot, step: step, ground: ground,
                submittedAt: Timestamp(seconds: 1_800_000_000), startedAt: started.map(Timestamp.init(seconds:)),
                finishedAt: ended.map(Timestamp.init(seconds:))))
    }

    @Test func coprRequestsNameTheChrootAndTheBuild() async throws {
        let asked = try await Self.copr(Self.chroot("running", started: "1800000061"), Self.build)
        #expect(
            asked.paths == [
                "/api_3/build-chroot/?build_id=77&chrootname=fedora-rawhide-x86_64", "/api_3/build/77",
            ])
        #expect(asked.tokens.isEmpty)
        #expect(asked.observation == Self.found(.started, started: 1_800_000_061))
    }

    @Test(arguments: ["waiting", "importing", "pending", "starting"])
    func coprsStatesBeforeTheBuildStartNothing(_ state: String) async throws {
        let asked = try await Self.copr(Self.chroot(state, started: "1800000061"), Self.build)
        #expect(asked.observation == Self.found(.queued))
    }

    @Test func coprsEndsAreDistinguished() async throws {
        let ends: [(String, String, Observation)] = [
            (
                "succeeded", "1800000061",
                Self.found(.finished(.success, .stated), started: 1_800_000_061, ended: 1_800_000_300)
            ),
            (
                "failed", "1800000061",
                Self.found(.finished(.failure, .stated), started: 1_800_000_061, ended: 1_800_000_300)
            ),
            // Never ran.
            ("failed", "1800000300", Self.found(.finished(.error, .stated), ended: 1_800_000_300)),
            // Ended with the source build, or with its import.
            ("failed", "null", Self.found(.finished(.failure, .unclassified), .inferred, ended: 1_800_000_300)),
            ("canceled", "1800000061", Self.found(.finished(.canceled, .stated), ended: 1_800_000_300)),
            ("canceled", "null", Self.found(.finished(.canceled, .stated), ended: 1_800_000_300)),
            ("skipped", "null", Self.found(.finished(.skipped, .stated), ended: 1_800_000_300)),
        ]
        for (state, started, expected) in ends {
            let asked = try await Self.copr(Self.chroot(state, started: started, ended: "1800000300"), Self.build)
            #expect(asked.observation == expected, "\(state) from \(started)")
        }
    }

    @Test(arguments: ["forked", "unknown"])
    func whatSaysNothingIsNothing(_ state: String) async throws {
        let asked = try await Self.copr(Self.chroot(state), Self.build)
        #expect(asked.finding == .found([]))
        #expect(asked.paths.count == 1)
    }

    @Test func onlyAMissingBuildAllowsAConclusion() async throws {
        let gone = Observation.buildLookedUp(
            BuildLookedUp(
                buildID: 77, chroot: Self.chroot, step: .finished(.error, .lost), ground: .inferred))
        let missing = StandInServer.Reply.json(#"{"error":"Build 77 does not exist."}"#, status: 404)
        #expect(try await Self.copr(missing).finding == .absent(conclusion: [gone]))
        // The build is there, and the chroot is not.
        #expect(try await Self.copr(missing, Self.build).finding == .absent(conclusion: []))
        for other in [
            StandInServer.Reply.json(#"{"error":"Such API endpoint doesn't exist"}"#, status: 404),
            .json(#"{"error":"Build 770 does not exist."}"#, status: 404),
            .answer(404, headers: ["Content-Type": "text/html"], body: "<h1>Build 77 Not Found</h1>"),
            .json("[77]", status: 404),
        ] {
            #expect(try await Self.copr(other).finding == .absent(conclusion: []))
        }
        #expect(try await Self.copr(Self.denial).finding == .denied(status: 403))
    }

    @Test func contradictoryAndOtherCoprRepliesAreInvalid() async throws {
        for lie in [
            Self.chroot("running", started: "\"soon\""), Self.chroot("running", started: "-5"),
            Self.chroot("running", started: "1800000061.5"),
            Self.chroot("failed", started: "1800000300", ended: "1800000061"),
            Self.chroot("finished"), .json(#"{"name":"another","state":"succeeded"}"#),
            .json(#"{"state":"succeeded"}"#), .json(#"["succeeded"]"#), .json("{"),
            .answer(302, headers: ["Location": "http://127.0.0.1:9/"], body: ""),
            .answer(200, headers: ["Content-Type": "text/html"], body: "<p>Are you a robot?</p>"),
        ] {
            let asked = try await Self.copr(lie, Self.build)
            #expect(asked.finding == nil)
            #expect(asked.isLie)
        }
        #expect(try await Self.copr(Self.chroot("succeeded"), .json(#"{"id":78,"submitted_on":1}"#)).isLie)
    }

    @Test func aChrootIsEscapedInRequests() async throws {
        let asked = try await Self.ask(
            .copr, Self.lookupRequest(.build(id: 1, chroot: "a&b=c/ü")), [.json("{}")]
        ) { BuildLookup(client: $0) }
        #expect(asked.paths == ["/api_3/build-chroot/?build_id=1&chrootname=a%26b%3Dc%2F%C3%BC"])
    }

    // MARK: - Testing Farm

    private static func testingFarm(_ reply: StandInServer.Reply, token: String? = nil) async throws -> Asked {
        let sources = SourceSettings(apps: [], coprUsers: ["packit": Deployment("prod")])
        return try await ask(.testingFarm, lookupRequest(.request(id: request)), [reply]) {
            RequestLookup(client: $0, sources: sources, rules: try RuleBook(), token: token)
        }
    }

    private static func document(_ id: String = request, _ rest: String) -> StandInServer.Reply {
        .json(#"{"id":"\#(id)","created":"2026-11-22T10:00:00.061250","environments_requested":[],\#(rest)}"#)
    }

    @Test func testingFarmIsAskedWithoutATokenAndWithOne() async throws {
        let reply = Self.document(
            Self.request, #""state":"complete","result":{"overall":"passed"},"queued_time":5,"run_time":60"#)
        let asked = try await Self.testingFarm(reply)
        #expect(asked.paths == ["/v0.1/requests/" + Self.request])
        #expect(asked.tokens.isEmpty)
        guard case .testRunReported(let report) = asked.observation else { throw Missing() }
        #expect(report.step == .finished(.success, .stated))
        #expect(report.finishedAt == report.createdAt.map { $0 + .seconds(65) })
        #expect(try await Self.testingFarm(reply, token: "t0ken").tokens == ["Bearer t0ken"])
    }

    @Test func aRefusalOfTestingFarmIsNoVerdict() async throws {
        for status in [404, 410] {
            let asked = try await Self.testingFarm(.json(#"{"message":"no"}"#, status: status))
            #expect(asked.finding == .absent(conclusion: []))
        }
        for status in [401, 403] {
            #expect(try await Self.testingFarm(.json("{}", status: status)).finding == .denied(status: status))
        }
        let foreign = StandInServer.Reply.json(
            #"{"id":"x","state":"error","environments_requested":[{"tmt":{"context":{"initiator":"fedora-ci"}}}]}"#)
        #expect(try await Self.testingFarm(foreign).finding == .found([]))
    }

    @Test func anotherRequestAndAnUnknownStateAreInvalid() async throws {
        let other = "00000000-e4d3-49e0-9dec-d994a99feebc"
        #expect(try await Self.testingFarm(Self.document(other, #""state":"error""#)).isLie)
        #expect(try await Self.testingFarm(Self.document(Self.request, #""state":"blooming""#)).isLie)
        #expect(try await Self.testingFarm(.json("{}")).isLie)
        #expect(try await Self.testingFarm(.json("null")).isLie)
    }

    private struct Missing: Error {}

    /// Real documents, where there are some.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PACKIT_SLO_CORPUS"] != nil))
    func aRealDocumentIsRead() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["PACKIT_SLO_CORPUS"])
        let document = try String(contentsOfFile: folder + "/packit/testing-farm/results.json", encoding: .utf8)
        guard case .testRunReported(let report) = try await Self.testingFarm(.json(document)).observation else {
            throw Missing()
        }
        #expect(report.step == .finished(.success, .stated))
        #expect(report.buildID == 1_810_530)
        #expect(report.createdAt == Timestamp(rfc3339: "2020-12-07T17:22:36.061Z"))
    }

    // MARK: - Packit

    private static func packit(_ job: JobLink.Job, _ body: String, status: Int = 200) async throws -> Asked {
        try await ask(.packit, Self.job(job), [.json(body, status: status)]) { JobLookup(client: $0) }
    }

    @Test func packitRequestsNameTheJob() async throws {
        let build = try await Self.packit(
            .copr,
            #"{"build_id":"123456","status":"error","chroot":"fedora-rawhide-x86_64","commit_sha":"abc","pr_id":1}"#)
        #expect(build.paths == ["/api/copr-builds/7"])
        let request = try await Self.packit(
            .testingFarm,
            #"{"pipeline_id":"129BD474-e4d3-49e0-9dec-d994a99feebc","chroot":"fedora-rawhide-x86_64","commit_sha":"abc"}"#
        )
        #expect(request.paths == ["/api/testing-farm/7"])
        func identified(_ job: JobLink.Job, _ backend: BackendKey) -> Observation {
            .jobIdentified(
                JobIdentified(
                    deployment: Deployment("prod"), repository: 42, sha: "abc", job: JobLink(job: job, id: 7),
                    backend: backend))
        }
        #expect(build.observation == identified(.copr, .copr(build: 123_456, chroot: Self.chroot)))
        #expect(request.observation == identified(.testingFarm, .testingFarm(request: Self.request)))
    }

    @Test func anUnsubmittedJobHasNoBackendRun() async throws {
        for body in [
            #"{"build_id":null,"chroot":"fedora-rawhide-x86_64","commit_sha":"abc"}"#,
            #"{"chroot":"fedora-rawhide-x86_64","commit_sha":"abc"}"#,
        ] {
            #expect(try await Self.packit(.copr, body).finding == .found([]))
        }
        let unknown = try await Self.packit(.copr, #"{"error":"No info about build stored in DB"}"#, status: 404)
        #expect(unknown.finding == .absent(conclusion: []))
    }

    @Test func aJobOfAnotherCommitOrChrootIsInvalid() async throws {
        for body in [
            #"{"build_id":"1","chroot":"fedora-rawhide-x86_64","commit_sha":"abd"}"#,
            #"{"build_id":"1","chroot":"fedora-40-x86_64","commit_sha":"abc"}"#,
            #"{"build_id":"one","chroot":"fedora-rawhide-x86_64","commit_sha":"abc"}"#,
            #"{"build_id":0,"chroot":"fedora-rawhide-x86_64","commit_sha":"abc"}"#,
            #"{"build_id":"1"}"#, "{}",
        ] {
            #expect(try await Self.packit(.copr, body).isLie)
        }
        let request = #"{"pipeline_id":"../../x","chroot":"fedora-rawhide-x86_64","commit_sha":"abc"}"#
        #expect(try await Self.packit(.testingFarm, request).isLie)
    }
}
