import SLOCore
import SLOSources
import Testing

@Suite("GitHub's events")
struct GitHubDecoderTests {
    private let decoding: Decoding
    private let repository = Repository(id: 184_635_124, fullName: "packit/hello-world")

    /// As a body names it whose newest time that is.
    private func repository(statedAt clock: String) throws -> Repository {
        var stated = repository
        stated.statedAt = try Timestamp.at(clock)
        return stated
    }

    init() throws {
        decoding = try Decoding()
    }

    private func posted(_ event: String, _ body: JSON) -> StatusReported? {
        guard case .statusReported(let status) = decoding.github(event, body).outcome.observation else { return nil }
        return status
    }

    // MARK: Pull requests

    @Test(
        "a pull request starts a wait: opened when it was created, else when it was updated",
        arguments: [
            (ChangePushed.Action.opened, "10:00:00"), (.reopened, "10:00:05"), (.synchronize, "10:00:05"),
        ])
    func changePushed(action: ChangePushed.Action, clock: String) throws {
        let body = Payloads.pullRequest.with("action", .string(action.rawValue))
        let startedAt = try Timestamp.at(clock)
        let expected = ChangePushed(
            repository: try repository(statedAt: "10:00:05"), number: 342, action: action,
            headSHA: "528b803be6f93e19ca4130bf4976f2800a3004c4",
            headRepository: "someone/hello-world", baseRef: "main", startedAt: startedAt, addressee: nil)
        let delivery = decoding.github("pull_request", body)
        #expect(delivery.outcome == .observed([.changePushed(expected)]))
        #expect(delivery.event == "pull_request")
        #expect(delivery.identity == "72d3162e-cc78-11e3-81ab-4c9367dc0958")
    }

    @Test("a deleted fork is a head without a repository")
    func deletedFork() {
        let body = Payloads.pullRequest.with("pull_request.head.repo", .null)
        guard case .changePushed(let change) = decoding.github("pull_request", body).outcome.observation else {
            Issue.record("no change")
            return
        }
        #expect(change.headRepository == nil)
    }

    @Test("a private repository is marked")
    func privateRepository() {
        let body = Payloads.push.with("repository.private", true)
        guard case .branchPushed(let push) = decoding.github("push", body).outcome.observation else {
            Issue.record("no push")
            return
        }
        #expect(push.repository.isPrivate)
    }

    @Test(
        "rule 37: whatever event carries a repository names it, and stays what it is",
        arguments: ["repository", "star", "issue_comment", "check_suite", "pull_request", "check_run"])
    func namedRepository(event: String) throws {
        let body: JSON = ["action": "edited", "repository": Payloads.repository]
        let delivery = decoding.github(event, body)
        #expect(delivery.outcome == .ignored || delivery.outcome.malformedReason != nil)
        #expect(delivery.observations == [.repositoryNamed(repository)])
        let hidden = body.with("repository.private", true).with("repository.updated_at", "2026-11-22T10:00:05Z")
        let stated = Repository(
            id: repository.id, fullName: repository.fullName, isPrivate: true, statedAt: try Timestamp.at("10:00:05"))
        #expect(decoding.github(event, hidden).observations == [.repositoryNamed(stated)])
    }

    @Test("rule 37: a repository that was made private is, whatever its flag says")
    func privatized() {
        let body: JSON = ["action": "privatized", "repository": Payloads.repository]
        #expect(decoding.github("repository", body).repository?.isPrivate == true)
        #expect(decoding.github("star", body).repository?.isPrivate == false)
    }

    @Test(
        "rule 37: a body is as new as the newest of its times",
        arguments: [
            ("repository.pushed_at", "10:00:07"), ("pull_request.updated_at", "10:00:07"),
            ("pull_request.closed_at", "10:00:07"), ("check_run.started_at", "10:00:07"),
            ("updated_at", "10:00:07"), ("head_commit.timestamp", "10:00:05"),
        ])
    func statedTime(path: String, expected: String) throws {
        let body = Payloads.pullRequest.with("action", "edited").with("repository", Payloads.repository)
            .with("head_commit", ["id": "x"]).with("check_run", ["id": 1])
            .with(path, "2026-11-22T10:00:07Z")
        #expect(decoding.github("star", body).repository?.statedAt == (try Timestamp.at(expected)))
    }

    @Test("rule 37: a repository's times may be numbers, and none of them traps")
    func numericTimes() throws {
        let second = try Timestamp.at("10:00:05").seconds
        for (number, expected) in [(second, second), (Int64.max, nil), (-1, nil)] as [(Int64, Int64?)] {
            let body = Payloads.push.with("repository.pushed_at", .number("\(number)"))
            #expect(decoding.github("star", body).repository?.statedAt?.seconds == expected)
        }
    }

    @Test("rule 37: what carries no whole repository names none")
    func noRepository() {
        for repository in [.null, "x", ["id": 1], ["full_name": "a/b"], ["id": "1", "full_name": "a/b"]] as [JSON] {
            #expect(decoding.github("star", ["repository": repository]).observations.isEmpty)
        }
    }

    @Test("a closed pull request ends a wait at its closing, or at its update where that is not said")
    func changeClosed() throws {
        let closed = Payloads.pullRequest.with("action", "closed")
        #expect(closing(closed)?.closedAt == (try Timestamp.at("10:00:05")))
        let body = closed.with("pull_request.closed_at", "2026-11-22T10:00:09Z")
        #expect(closing(body)?.closedAt == (try Timestamp.at("10:00:09")))
    }

    private func closing(_ body: JSON) -> ChangeClosed? {
        guard case .changeClosed(let change) = decoding.github("pull_request", body).outcome.observation else {
            return nil
        }
        return change
    }

    @Test("rule 34: a closed pull request names its head and base as an opened one does")
    func closedPullRequest() throws {
        let closed = Payloads.pullRequest.with("action", "closed")
        let named = ClosedPullRequest(
            headSHA: "528b803be6f93e19ca4130bf4976f2800a3004c4", headRepository: "someone/hello-world", baseRef: "main",
            createdAt: try Timestamp.at("10:00:00"))
        #expect(closing(closed)?.pullRequest == named)
        #expect(closing(closed.with("pull_request.head.repo", .null))?.pullRequest?.headRepository == nil)
        // It ends a wait whatever it lacks.
        for path in ["pull_request.head", "pull_request.base", "pull_request.created_at"] {
            let lacking = try #require(closing(closed.with(path, .null)))
            #expect(lacking.pullRequest == nil)
        }
    }

    @Test("headers of a configured app's hook name whom a change is addressed to")
    func addressee() {
        func addressee(_ type: String?, _ id: String?) -> Deployment? {
            var headers = WebhookHeaders.github("pull_request")
            headers.hookTargetType = type
            headers.hookTargetID = id
            let delivery = decoding.decode(.github, headers, Array(Payloads.pullRequest.text.utf8))
            guard case .changePushed(let change) = delivery.outcome.observation else { return Deployment("none") }
            return change.addressee
        }
        #expect(addressee("integration", "29180") == Deployment("prod"))
        #expect(addressee("integration", "29181") == nil)
        #expect(addressee("repository", "29180") == nil)
        #expect(addressee("integration", nil) == nil)
        #expect(addressee("integration", "29180x") == nil)
        #expect(addressee(nil, "29180") == nil)
    }

    // MARK: Statuses

    @Test("a check run of a configured app is a status, with all that joins it to runs")
    func checkRun() throws {
        let expected = StatusReported(
            repository: try repository(statedAt: "10:00:06"), sha: "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd",
            deployment: Deployment("prod"),
            carrier: .checkRun(id: 3_659_360_488),
            name: CheckName(
                text: "testing-farm:fedora-rawhide-x86_64", subject: .testRun, chroot: "fedora-rawhide-x86_64"),
            externalID: "123456", startedAt: try Timestamp.at("10:00:04"),
            completedAt: try Timestamp.at("10:00:06"), state: "success", title: "Tests passed ...",
            job: JobLink(job: .testingFarm, id: 10523), requestID: "9f9d3e8c-eed2-44a9-aabe-94dd9e8ee0d4",
            asBuild: .unclear, asTestRun: .finished(.success, .stated))
        #expect(posted("check_run", Payloads.checkRun) == expected)
        #expect(posted("check_run", Payloads.checkRun.with("action", "completed")) == expected)
    }

    @Test("a check run can do without what some lack")
    func bareCheckRun() throws {
        var body = Payloads.checkRun
        for path in ["external_id", "details_url", "output", "started_at", "completed_at", "pull_requests"] {
            body["check_run.\(path)"] = .null
        }
        let status = try #require(posted("check_run", body))
        #expect(status.externalID == "")
        #expect(status.title == "")
        #expect(status.job == nil && status.requestID == nil && status.pullRequests == [])
        #expect(status.startedAt == nil && status.completedAt == nil)
    }

    @Test("a check run that is not completed has its status as state")
    func openCheckRun() throws {
        let body = Payloads.checkRun.with("check_run.status", "queued").with("check_run.conclusion", .null)
            .with("check_run.output.title", "The task was accepted.").with("check_run.completed_at", .null)
        let status = try #require(posted("check_run", body))
        #expect(status.state == "queued")
        #expect(status.asBuild == .accepted && status.asTestRun == .accepted)
    }

    @Test("a check of another job says nothing about builds and test runs, and theirs nothing about it")
    func checkOfJob() throws {
        let status = try #require(
            posted("check_run", Payloads.checkRun.with("check_run.name", "propose-downstream:f40")))
        #expect(status.name.subject == .job && status.name.jobKind == JobKind("propose-downstream"))
        #expect(status.asBuild == .unclear && status.asTestRun == .unclear)
        #expect(status.asJob == .finished(.success, .stated))
        let build = try #require(posted("check_run", Payloads.checkRun.with("check_run.name", "rpm-build:f-40-x86_64")))
        #expect(build.asJob == .unclear && build.asTestRun != .unclear)
    }

    @Test("a check without runs says nothing about any")
    func otherCheck() throws {
        let status = try #require(
            posted("check_run", Payloads.checkRun.with("check_run.name", "packit-config-validation")))
        #expect(status.name.subject == .other && status.name.jobKind == nil)
        #expect(status.asBuild == .unclear && status.asTestRun == .unclear && status.asJob == .unclear)
    }

    @Test("the pull requests of a check are those of its own repository")
    func listedPullRequests() throws {
        let body = Payloads.checkRun.with(
            "check_run.pull_requests",
            [
                ["number": 342, "base": ["repo": ["id": 184_635_124]]], ["number": 1, "base": ["repo": ["id": 7]]],
                ["number": 343], "odd", ["number": nil],
            ])
        #expect(try #require(posted("check_run", body)).pullRequests == [342, 343])
    }

    @Test("apps are told apart by their slug, in old payloads by their page")
    func apps() throws {
        let staging = Payloads.checkRun.with("check_run.app.slug", "packit-as-a-service-stg")
        #expect(try #require(posted("check_run", staging)).deployment == Deployment("stg"))
        let old = Payloads.checkRun.with("check_run.app.slug", nil)
            .with("check_run.app.html_url", "https://github.com/apps/packit-as-a-service-stg")
        #expect(try #require(posted("check_run", old)).deployment == Deployment("stg"))
        for slug in ["packit-as-a-service-dev", "packit", "Packit-as-a-service"] {
            let other = Payloads.checkRun.with("check_run.app.slug", .string(slug))
            #expect(decoding.github("check_run", other).outcome == .ignored)
        }
        #expect(decoding.github("check_run", Payloads.checkRun.with("check_run.app", .null)).outcome == .ignored)
    }

    @Test(
        "rule 36: an app without a slug is known by its page, else by its id, else it is somebody else's",
        arguments: [
            ("https://ghe.example.org/github-apps/packit-as-a-service-stg", 1, "stg"),
            ("https://github.com/apps/packit-as-a-service-stg/", 1, "stg"),
            ("https://ghe.example.org/github-apps/octocoders-linter", 29180, nil),
            ("https://ghe.example.org/settings", 29180, "prod"), (nil, 29180, "prod"), (nil, 1, nil),
            ("https://github.com/apps/", 1, nil),
        ] as [(String?, Int64, String?)])
    func appsWithoutSlug(page: String?, id: Int64, expected: String?) {
        let body = Payloads.checkRun.with("check_run.app.slug", nil).with("check_run.app.id", .number("\(id)"))
            .with("check_run.app.html_url", page.map { .string($0) } ?? .null)
        let outcome = decoding.github("check_run", body).outcome
        guard let expected else {
            #expect(outcome == .ignored)
            return
        }
        guard case .statusReported(let status) = outcome.observation else {
            Issue.record("no status")
            return
        }
        #expect(status.deployment == Deployment(expected))
    }

    @Test(
        "details links name the run that they show",
        arguments: [
            ("https://dashboard.packit.dev/jobs/copr/77", JobLink(job: .copr, id: 77)),
            ("https://dashboard.packit.dev/jobs/srpm/5", JobLink(job: .srpm, id: 5)),
            ("https://dashboard.packit.dev/jobs/koji/5", JobLink(job: .other, id: 5)),
            ("https://dashboard.packit.dev/jobs/propose-downstream/5/", JobLink(job: .other, id: 5)),
            ("https://dashboard.stg.packit.dev/results/testing-farm/10523", JobLink(job: .testingFarm, id: 10523)),
            ("https://dashboard.packit.dev/results/copr-builds/9?x=1", JobLink(job: .copr, id: 9)),
            ("https://dashboard.packit.dev/results/srpm-builds/9", JobLink(job: .srpm, id: 9)),
            ("https://dashboard.packit.dev/jobs/copr/", nil),
            ("https://dashboard.packit.dev/jobs/copr/99999999999999999999", nil),
            ("https://dashboard.packit.dev/jobs/copr/x7", nil), ("https://dashboard.packit.dev/jobs//7", nil),
            ("https://packit.dev/docs", nil), ("/jobs/", nil), ("", nil),
        ] as [(String, JobLink?)])
    func jobLinks(url: String, expected: JobLink?) throws {
        let body = Payloads.checkRun.with("check_run.details_url", .string(url))
        #expect(try #require(posted("check_run", body)).job == expected)
    }

    @Test("Testing Farm's request is found behind its link only")
    func requestLinks() throws {
        let id = "9f9d3e8c-eed2-44a9-aabe-94dd9e8ee0d4"
        func request(summary: String, details: String = "") throws -> String? {
            let body = Payloads.checkRun.with("check_run.output.summary", .string(summary))
                .with("check_run.details_url", .string(details))
            return try #require(posted("check_run", body)).requestID
        }
        #expect(try request(summary: "| Testing Farm | http://artifacts.osci.redhat.com/testing-farm/\(id) |") == id)
        #expect(try request(summary: "| Testing Farm | https://x/\(id.uppercased())/log |") == id)
        #expect(try request(summary: "| Testing Farm | https://x/none |\n| Other | \(id) |") == nil)
        #expect(try request(summary: "| Dashboard | https://x/\(id) |") == nil)
        #expect(try request(summary: "| Testing Farm |") == nil)
        #expect(try request(summary: "", details: "https://artifacts.dev.testing-farm.io/\(id)/") == id)
        #expect(try request(summary: "", details: "https://dashboard.packit.dev/jobs/copr/1") == nil)
    }

    @Test("a commit status by a configured app's bot is a status")
    func commitStatus() throws {
        let expected = StatusReported(
            repository: try repository(statedAt: "10:00:04"), sha: "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd",
            deployment: Deployment("prod"),
            carrier: .commitStatus(id: 6_805_126_730),
            name: CheckName(
                text: "rpm-build:fedora-rawhide-x86_64", subject: .build, chroot: "fedora-rawhide-x86_64"),
            startedAt: try Timestamp.at("10:00:04"), state: "pending",
            title: "RPM build is in progress...", job: JobLink(job: .copr, id: 77), asBuild: .started,
            asTestRun: .waiting)
        #expect(posted("status", Payloads.status) == expected)
        let staging = Payloads.status.with("sender.login", "packit-as-a-service-stg[bot]")
        #expect(try #require(posted("status", staging)).deployment == Deployment("stg"))
        for login in ["packit-as-a-service", "someone[bot]", "[bot]", "someone"] {
            let other = Payloads.status.with("sender.login", .string(login))
            #expect(decoding.github("status", other).outcome == .ignored)
        }
    }

    // MARK: Pushes, releases and all else

    @Test("pushes and published releases are facts")
    func pushesAndReleases() throws {
        let push = BranchPushed(
            repository: repository, ref: "refs/heads/main", sha: "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd")
        #expect(decoding.github("push", Payloads.push).outcome == .observed([.branchPushed(push)]))
        let release = ReleasePublished(
            repository: try repository(statedAt: "10:00:00"), tag: "0.3.0", publishedAt: try Timestamp.at("10:00:00"))
        #expect(decoding.github("release", Payloads.release).outcome == .observed([.releasePublished(release)]))
    }

    @Test(
        "actions that say nothing new are ignored",
        arguments: [
            ("pull_request", "labeled"), ("pull_request", "edited"), ("pull_request", "ready_for_review"),
            ("pull_request", "converted_to_draft"), ("check_run", "rerequested"), ("check_run", "requested_action"),
            ("release", "created"), ("release", "released"), ("release", "prereleased"),
        ])
    func ignoredActions(event: String, action: String) {
        let body: JSON = ["action": .string(action)]
        #expect(decoding.github(event, body).outcome == .ignored)
    }

    @Test("rule 25: other events are ignored; the names of the likely ones are kept")
    func otherEvents() {
        #expect(decoding.github("ping", ["zen": "x"]).outcome == .ping)
        for (event, name) in [
            ("issue_comment", "issue_comment"), ("check_suite", "check_suite"), ("installation", "installation"),
            ("star", "other"), ("made_up", "other"),
        ] {
            let delivery = decoding.github(event, ["action": "created"])
            #expect(delivery.outcome == .ignored)
            #expect(delivery.event == name)
            #expect(KnownEvents.of(.github).contains(delivery.event))
        }
    }

    // MARK: What is missing

    @Test(
        "a needed field that is missing, null or of another type is named",
        arguments: [
            ("pull_request", Payloads.pullRequest, ["action", "number", "pull_request"]),
            (
                "pull_request", Payloads.pullRequest,
                [
                    "pull_request.head.sha", "pull_request.base.ref", "pull_request.created_at", "repository",
                    "repository.id", "repository.full_name", "pull_request.head.repo.full_name",
                ]
            ),
            (
                "check_run", Payloads.checkRun,
                [
                    "action", "check_run", "check_run.id", "check_run.name", "check_run.head_sha", "check_run.status",
                    "check_run.conclusion", "repository.id",
                ]
            ),
            (
                "status", Payloads.status,
                ["sender.login", "state", "sha", "id", "context", "created_at", "repository.full_name"]
            ),
            ("push", Payloads.push, ["ref", "after", "repository.id"]),
            ("release", Payloads.release, ["action", "release.tag_name", "repository.id"]),
        ] as [(String, JSON, [String])])
    func malformed(event: String, body: JSON, paths: [String]) {
        for path in paths {
            let missing = decoding.github(event, body.with(path, nil))
            #expect(missing.outcome.malformedReason == "`\(path)` is missing")
            #expect(missing.identity != nil)
            #expect(missing.event == event)
            #expect(decoding.github(event, body.with(path, .null)).outcome.malformedReason == "`\(path)` is null")
            let odd = decoding.github(event, body.with(path, [])).outcome.malformedReason
            #expect(odd?.hasPrefix("`\(path)` is not a") == true)
        }
    }

    @Test("times and ids that are none are named")
    func unreadable() {
        let time = Payloads.pullRequest.with("pull_request.created_at", "yesterday")
        #expect(
            decoding.github("pull_request", time).outcome.malformedReason
                == "`pull_request.created_at` is not a time")
        let started = Payloads.checkRun.with("check_run.started_at", 7)
        #expect(
            decoding.github("check_run", started).outcome.malformedReason == "`check_run.started_at` is not a time")
        let fraction = Payloads.pullRequest.with("number", .number("1.5"))
        #expect(decoding.github("pull_request", fraction).outcome.malformedReason == "`number` is not a whole number")
        let large = Payloads.push.with("repository.id", .number("18446744073709551615"))
        #expect(
            decoding.github("push", large).outcome.malformedReason == "`repository.id` is not a whole number")
    }
}
