import Foundation
import SLOCore
import SLORecordings
import SLOSources
import Testing

private func decode(_ delivery: RecordedDelivery) throws -> DecodedDelivery {
    let decoder = DeliveryDecoder(
        settings: SourceSettings(
            apps: [
                .init(slug: "packit-as-a-service", deployment: Deployment("prod"), appID: 29180),
                .init(slug: "packit-as-a-service-stg", deployment: Deployment("stg")),
            ],
            coprUsers: ["packit": Deployment("prod"), "packit-stg": Deployment("stg")],
            commandPrefixes: [
                .init(deployment: Deployment("prod"), prefix: "/packit"),
                .init(deployment: Deployment("stg"), prefix: "/packit-stg"),
            ]),
        rules: try RuleBook())
    let headers = WebhookHeaders(
        contentType: delivery.headers["Content-Type"], event: delivery.headers["X-GitHub-Event"],
        delivery: delivery.headers["X-GitHub-Delivery"],
        hookTargetType: delivery.headers["X-GitHub-Hook-Installation-Target-Type"],
        hookTargetID: delivery.headers["X-GitHub-Hook-Installation-Target-ID"])
    return delivery.body.withUnsafeBytes { decoder.decode(source: delivery.source, headers: headers, body: $0) }
}

@Suite struct `A scrubbed delivery` {
    @Test(arguments: Deliveries.all)
    func `Says what the original says, with its names renamed`(delivery: RecordedDelivery) throws {
        var scrubber = Scrubber()
        let scrubbed = try scrub(delivery, &scrubber)
        let (before, after) = (try decode(delivery), try decode(scrubbed))
        #expect(after.event == before.event)
        guard case .observed(let said) = before.outcome, case .observed(let says) = after.outcome else {
            Issue.record("\(before.outcome) became \(after.outcome)")
            return
        }
        #expect(says == said.map { scrubber.rename($0) })
        #expect(says != said || said.allSatisfy(\.isNameless))
    }

    @Test(arguments: Deliveries.all)
    func `Holds nobody's name, mail, text, token or address`(delivery: RecordedDelivery) throws {
        var scrubber = Scrubber()
        let text = String(decoding: try scrub(delivery, &scrubber).line, as: UTF8.self).lowercased()
        for word in ["acme", "jane", "doe", "rocket", "jewels", "hunter2", "172.25", "5605", "\"123456\",\"tmt"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(!text.contains("signature"))
        #expect(!text.contains("cookie"))
    }

    @Test(arguments: Deliveries.all)
    func `Keeps its identity, unless that is its body's digest`(delivery: RecordedDelivery) throws {
        guard delivery.source != .testingFarm else { return }
        var scrubber = Scrubber()
        let scrubbed = try scrub(delivery, &scrubber)
        #expect(try decode(scrubbed).identity == decode(delivery).identity)
        #expect(scrubbed.receivedAt == delivery.receivedAt)
    }

    @Test func `Still fits the others of its export`() throws {
        var scrubber = Scrubber()
        // The backends' messages first, when nothing yet tells where a repository's name begins.
        let copr = try scrubbedJSON(Deliveries.copr, &scrubber)
        let project = try #require(copr["body"]["copr"].text)
        let variables = try scrubbedJSON(Deliveries.testingFarm, &scrubber)["environments_requested"][0]["variables"]
        let pull = try scrubbedJSON(Deliveries.pullRequest, &scrubber)
        let repository = try #require(pull["repository"]["full_name"].text)
        #expect(repository != "acme/rocket.js")
        #expect(project == repository.replacing("/", with: "-") + "-342")
        #expect(variables["PACKIT_FULL_REPO_NAME"].text == repository)
        #expect(variables["PACKIT_COPR_PROJECT"].text == "packit/\(project)")
        #expect(variables["PACKIT_COMMIT_SHA"].text == Deliveries.sha)
        #expect(pull["repository"]["html_url"].text == "https://github.com/\(repository)")
        #expect(pull["repository"]["owner"]["avatar_url"].text == "https://avatars1.githubusercontent.com/u/46870917")
    }

    @Test func `Keeps Packit's words and renames what they mention`() throws {
        var scrubber = Scrubber()
        let delivery = Deliveries.checkRun("rpm-build:fedora-rawhide-x86_64")
        let output = try scrubbedJSON(delivery, &scrubber)["check_run"]["output"]
        #expect(output["title"].text == "RPMs were built successfully.")
        let summary = try #require(output["summary"].text)
        let repository = scrubber.rename("acme/rocket.js")
        #expect(summary.contains("| Dashboard | https://dashboard.packit.dev/jobs/copr/10523 |"))
        #expect(
            summary.contains("https://artifacts.testing-farm.io/9f9d3e8c-eed2-44a9-aabe-94dd9e8ee0d4 |"))
        let mail = scrubber.rename("jane@acme.example")
        #expect(summary.hasSuffix("see https://github.com/\(repository)/pull/342, mail \(mail)"))
        #expect(output["text"].text == "")
    }

    @Test func `Keeps of a comment its commands without their arguments`() throws {
        var scrubber = Scrubber()
        let json = try scrubbedJSON(Deliveries.comment, &scrubber)
        let word = scrubber.rename("jewels")
        #expect(json["comment"]["body"].text == "/packit retest-failed\n/packit-stg \(word)")
        #expect(json["changes"]["body"]["from"].text == "")
    }

    @Test func `Keeps the words it is asked to keep`() throws {
        var scrubber = Scrubber(keeping: ["acme/rocket"])
        let renamed = ["acme/rocket.js", "js-acme"].map { scrubber.rename($0) }
        #expect(renamed == ["acme/rocket.w1", "w1-acme"])
    }

    @Test(arguments: [
        "fedora-rawhide-x86_64", "epel-10-ppc64le", "f41", "c9s", "el9", "main", "packit-as-a-service-stg[bot]",
        "refs/heads/main", "rpm-build:fedora-41-aarch64", "propose-downstream:f40", Deliveries.sha, "2048",
    ])
    func `Keeps the words that name nobody`(name: String) {
        var scrubber = Scrubber()
        let renamed = scrubber.rename(name)
        #expect(renamed == name)
    }

    @Test func `Is not made from what is no JSON, which is counted`() {
        var scrubber = Scrubber()
        let bodies = ["", "{", "{} x", "\u{1}", String(repeating: "[", count: 100_000)]
        let form = Deliveries.github("push", "a=b", contentType: "application/x-www-form-urlencoded")
        let scrubbed = (bodies.map { Deliveries.backend(.copr, $0) } + [form]).map { scrubber.scrub($0) }
        #expect(scrubbed.allSatisfy { $0 == nil })
        #expect(scrubber.unreadable == 6)
    }

    @Test func `Holds no secret, however it is written`() throws {
        var scrubber = Scrubber()
        let body =
            #"{"token":{"value":"hunter2"},"password":4711,"api_key":["hunter2",4711],"#
            + #""variables":{"NAME":{"deep":"hunter2"},"PIN":4711,"PACKIT_PR_ID":342}}"#
        let json = try scrubbedJSON(Deliveries.backend(.testingFarm, body), &scrubber)
        #expect(json["token"]["value"].text == "scrubbed")
        #expect(json["password"].text == "scrubbed")
        #expect(json["api_key"][1].text == "scrubbed")
        #expect(json["variables"]["NAME"]["deep"].text == "scrubbed")
        #expect(json["variables"]["PIN"].text == "scrubbed")
        #expect(json["variables"]["PACKIT_PR_ID"].value as? Int == 342)
    }

    @Test(arguments: ["payload=%+1", "payload=%-0", "payload=%2", "payload=%"])
    func `Is not made from a form that the server refuses`(form: String) {
        var scrubber = Scrubber()
        let delivery = Deliveries.github("push", form, contentType: "application/x-www-form-urlencoded")
        let scrubbed = scrubber.scrub(delivery)
        #expect(scrubbed == nil)
    }

    private func scrub(_ delivery: RecordedDelivery, _ scrubber: inout Scrubber) throws -> RecordedDelivery {
        let scrubbed = scrubber.scrub(delivery)
        return try #require(scrubbed)
    }

    private func scrubbedJSON(_ delivery: RecordedDelivery, _ scrubber: inout Scrubber) throws -> JSON {
        let scrubbed = try scrub(delivery, &scrubber)
        return JSON(value: try JSONSerialization.jsonObject(with: Data(scrubbed.body)))
    }
}

private struct JSON {
    let value: Any?
    var text: String? { value as? String }
    subscript(key: String) -> JSON { JSON(value: (value as? [String: Any])?[key]) }
    subscript(index: Int) -> JSON { JSON(value: (value as? [Any])?[index]) }
}

extension Observation {
    /// Whether nothing in it can be renamed.
    fileprivate var isNameless: Bool {
        if case .testRunHinted = self { return true }
        return false
    }
}

extension Scrubber {
    /// What the observation must have become.
    fileprivate mutating func rename(_ observation: Observation) -> Observation {
        switch observation {
        case .changePushed(let pushed):
            return .changePushed(
                ChangePushed(
                    repository: rename(pushed.repository), number: pushed.number, action: pushed.action,
                    headSHA: pushed.headSHA, headRepository: pushed.headRepository.map { rename($0) },
                    baseRef: rename(pushed.baseRef), startedAt: pushed.startedAt, addressee: pushed.addressee))
        case .changeClosed(let closed):
            return .changeClosed(
                ChangeClosed(
                    repository: rename(closed.repository), number: closed.number, closedAt: closed.closedAt,
                    pullRequest: closed.pullRequest.map { rename($0) }))
        case .statusReported(let reported):
            let name = CheckName(
                text: rename(reported.name.text), subject: reported.name.subject,
                event: reported.name.event.map { rename($0) }, chroot: reported.name.chroot,
                identifier: reported.name.identifier.map { rename($0) })
            return .statusReported(
                StatusReported(
                    repository: rename(reported.repository), sha: reported.sha, deployment: reported.deployment,
                    carrier: reported.carrier, name: name, externalID: reported.externalID,
                    pullRequests: reported.pullRequests, startedAt: reported.startedAt,
                    completedAt: reported.completedAt, state: reported.state, title: reported.title, job: reported.job,
                    requestID: reported.requestID, asBuild: reported.asBuild, asTestRun: reported.asTestRun))
        case .branchPushed(let pushed):
            return .branchPushed(
                BranchPushed(repository: rename(pushed.repository), ref: rename(pushed.ref), sha: pushed.sha))
        case .releasePublished(let published):
            return .releasePublished(
                ReleasePublished(
                    repository: rename(published.repository), tag: rename(published.tag),
                    publishedAt: published.publishedAt))
        case .buildReported(let reported):
            return .buildReported(
                BuildReported(
                    deployment: reported.deployment, buildID: reported.buildID, chroot: reported.chroot,
                    owner: rename(reported.owner), project: rename(reported.project), event: reported.event,
                    sentAt: reported.sentAt, version: reported.version.map { rename($0) }))
        case .testRunReported(let reported):
            return .testRunReported(
                TestRunReported(
                    deployment: reported.deployment, requestID: reported.requestID, step: reported.step,
                    createdAt: reported.createdAt, startedAt: reported.startedAt, finishedAt: reported.finishedAt,
                    repositoryName: reported.repositoryName.map { rename($0) }, sha: reported.sha,
                    pullRequest: reported.pullRequest, chroot: reported.chroot, buildID: reported.buildID,
                    summary: reported.summary))
        case .repositoryNamed(let repository): return .repositoryNamed(rename(repository))
        case .commandGiven(let given):
            return .commandGiven(
                CommandGiven(
                    repository: rename(given.repository), number: given.number, deployment: given.deployment,
                    commentID: given.commentID, word: rename(given.word), authorAssociation: given.authorAssociation,
                    givenAt: given.givenAt, isClosed: given.isClosed))
        case .appCommented(let posted):
            return .appCommented(
                AppCommented(
                    repository: rename(posted.repository), number: posted.number, deployment: posted.deployment,
                    commentID: posted.commentID, commentedAt: posted.commentedAt))
        case .testRunHinted, .buildLookedUp, .jobIdentified, .appDeliveriesListed: return observation
        }
    }

    private mutating func rename(_ repository: Repository) -> Repository {
        Repository(
            id: repository.id, fullName: rename(repository.fullName), isPrivate: repository.isPrivate,
            statedAt: repository.statedAt)
    }

    private mutating func rename(_ pullRequest: ClosedPullRequest) -> ClosedPullRequest {
        ClosedPullRequest(
            headSHA: pullRequest.headSHA, headRepository: pullRequest.headRepository.map { rename($0) },
            baseRef: rename(pullRequest.baseRef), createdAt: pullRequest.createdAt)
    }
}
