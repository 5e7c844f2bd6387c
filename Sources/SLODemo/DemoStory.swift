import SLOCore
import SLOSources

/// A pull request from its opening to its closing, and all that is sent of it.
struct DemoStory {
    private let repository: DemoRepository
    private let incidents: DemoIncidents
    private let begins: Timestamp
    private(set) var random: DemoRandom
    private(set) var deliveries: [ReceivedDelivery] = []
    private let body: DemoBody
    /// The end of everything that was told so far; `nil` if something never ends.
    private var ended: Timestamp?

    init(
        of repository: DemoRepository, beginning time: Timestamp, under incidents: DemoIncidents, random: DemoRandom
    ) {
        self.repository = repository
        self.incidents = incidents
        begins = time
        ended = time
        self.random = random
        body = DemoBody(repository: repository, pullRequest: repository.pullRequests, created: time)
    }

    /// A run of another App's, and what the backends do for others.
    mutating func tellOfOthers() {
        sendGitHub("check_suite", body.otherSuite(random.hex(40)), at: begins)
        let json = WebhookHeaders(contentType: Self.json)
        send(.copr, json, body.otherMessage(id: random.uuid()), at: begins + .seconds(20))
        if begins < incidents.testingFarmStands {
            send(.testingFarm, json, body.otherRequest(id: random.uuid()), at: begins + .seconds(40))
        }
    }

    /// One commit is often not enough.
    mutating func tell() {
        var pushes = [begins]
        while pushes.count < 4, random.chance(0.28) {
            pushes.append(pushes[pushes.count - 1] + random.about(5400, spread: 0.8))
        }
        // Who waits for tests does not push.
        pushes.removeAll { $0 >= incidents.testingFarmStands && $0 > begins }
        var before: String?
        for (place, time) in pushes.enumerated() {
            let commit = random.hex(40)
            let isLast = place == pushes.count - 1
            sendGitHub("pull_request", body.pullRequest(commit, before: before, at: time), at: time)
            build(commit, pushed: time, until: isLast ? nil : pushes[place + 1])
            before = commit
        }
        guard let ended else { return }
        let closing = max(ended, pushes[pushes.count - 1]) + random.about(10_800, spread: 0.9)
        sendGitHub("pull_request", body.closing(before ?? "", at: closing), at: closing)
    }

    // MARK: One commit

    /// What Packit and the backends do of a commit.
    /// - Parameter end: the next push, after which nobody is told of this commit.
    private mutating func build(_ commit: String, pushed: Timestamp, until end: Timestamp?) {
        var commit = DemoCommit(sha: commit, event: String(400_000 + random.number(below: 90_000)), until: end)
        let taken: Timestamp
        if incidents.packitSilent.contains(pushed) {
            taken = incidents.packitSilent.upperBound + random.about(90, spread: 0.6)
        } else {
            taken = pushed + random.about(4, spread: 0.45)
        }
        commit.build = 9_120_000 + Int64(random.number(below: 800_000))
        for chroot in repository.chroots {
            check("rpm-build:\(chroot)", .queued, "The task was accepted.", of: commit, at: taken)
        }
        for chroot in repository.tested {
            check("testing-farm:\(chroot)", .queued, "The task was accepted.", of: commit, at: taken)
        }
        let source = taken + random.about(20, spread: 0.3)
        copr(commit, "srpm-builds", .running, at: source)
        let made = source + random.about(70, spread: 0.3)
        copr(commit, "srpm-builds", .succeeded, at: made)
        for chroot in repository.chroots { build(chroot, of: commit, from: made) }
    }

    private mutating func build(_ chroot: String, of commit: DemoCommit, from made: Timestamp) {
        let name = "rpm-build:\(chroot)"
        check(name, .inProgress, "SRPM build succeeded. Waiting for RPM build to start...", .srpm, of: commit, at: made)
        var starts = made + random.about(60, spread: 0.7)
        if chroot.hasSuffix(incidents.architecture), incidents.buildersGone.contains(starts) {
            starts = incidents.buildersGone.upperBound + random.about(900, spread: 0.7)
        }
        let isSlow = chroot.hasSuffix("s390x") || chroot.hasSuffix("aarch64")
        let ends = starts + random.about(isSlow ? 1100 : 480, spread: 0.5)
        let luck = random.fraction()
        copr(commit, chroot, .running, at: starts)
        check(name, .inProgress, "RPM build is in progress...", .copr, of: commit, at: starts + .seconds(6))
        // Nobody tells its end.
        if luck < 0.002 { return }
        let isGood = luck > 0.09
        copr(commit, chroot, isGood ? .succeeded : .failed, at: ends)
        let shown = ends + random.about(9, spread: 0.5)
        let (state, title): (DemoBody.State, String) =
            isGood ? (.success, "RPMs were built successfully.") : (.failure, "RPMs failed to be built.")
        check(name, state, title, .copr, of: commit, at: shown)
        guard repository.tested.contains(chroot) else { return }
        if isGood {
            test(chroot, of: commit, from: shown + .seconds(3))
        } else {
            check("testing-farm:\(chroot)", state, title, .copr, of: commit, at: shown)
        }
    }

    private mutating func test(_ chroot: String, of commit: DemoCommit, from begins: Timestamp) {
        let name = "testing-farm:\(chroot)"
        let request = DemoRequest(id: random.uuid(), chroot: chroot, created: begins + .seconds(2))
        check(name, .inProgress, "Build succeeded. Submitting the tests ...", of: commit, at: begins)
        testingFarm(body.request(request, "new", of: commit), of: commit, at: request.created)
        check(
            name, .inProgress, "Tests have been submitted ...", .testingFarm, of: commit, at: begins + .seconds(4))
        let queued = random.about(110, spread: 0.6)
        let starts = request.created + queued
        let ran = random.about(1000, spread: 0.5)
        let luck = random.fraction()
        guard starts < incidents.testingFarmStands else { return ended = nil }
        testingFarm(body.request(request, "running", of: commit, queued: queued), of: commit, at: starts)
        check(
            name, .inProgress, "Tests are running ...", .testingFarm, request: request.id, of: commit,
            at: starts + .seconds(5))
        guard starts + ran < incidents.testingFarmStands else { return ended = nil }
        let (overall, state, title): (String, DemoBody.State, String) =
            if luck < 0.02 { ("error", .failure, "Error ...") } else if luck < 0.13 {
                ("failed", .failure, "Tests failed ...")
            } else { ("passed", .success, "Tests passed ...") }
        testingFarm(
            body.request(
                request, overall == "error" ? "error" : "complete", of: commit, queued: queued, ran: ran,
                overall: overall),
            of: commit, at: starts + ran)
        check(
            name, state, title, .testingFarm, request: request.id, of: commit,
            at: starts + ran + random.about(6, spread: 0.4))
    }

    // MARK: Sending

    private mutating func check(
        _ name: String, _ state: DemoBody.State, _ title: String, _ job: DemoBody.Job? = nil, request: String? = nil,
        of commit: DemoCommit, at time: Timestamp
    ) {
        guard isTold(time, of: commit) else { return }
        let text = body.checkRun(
            name, state, title, job, request: request, of: commit, number: deliveries.count, at: time)
        sendGitHub("check_run", text, at: time)
    }

    private mutating func copr(
        _ commit: DemoCommit, _ chroot: String, _ status: DemoBody.BuildStatus, at time: Timestamp
    ) {
        guard isTold(time, of: commit) else { return }
        send(
            .copr, WebhookHeaders(contentType: Self.json),
            body.message(status, chroot, of: commit, id: random.uuid(), at: time), at: time)
    }

    private mutating func testingFarm(_ text: [UInt8], of commit: DemoCommit, at time: Timestamp) {
        guard isTold(time, of: commit) else { return }
        send(.testingFarm, WebhookHeaders(contentType: Self.json), text, at: time)
    }

    private mutating func isTold(_ time: Timestamp, of commit: DemoCommit) -> Bool {
        guard commit.until.map({ time < $0 }) ?? true else { return false }
        ended = ended.map { max($0, time) }
        return true
    }

    private mutating func sendGitHub(_ event: String, _ text: [UInt8], at time: Timestamp) {
        let headers = WebhookHeaders(
            contentType: Self.json, event: event, delivery: random.uuid(), hookTargetType: "integration",
            hookTargetID: "1183472")
        send(.github, headers, text, at: time)
    }

    /// What is sent arrives a little later.
    private mutating func send(_ source: Source, _ headers: WebhookHeaders, _ text: [UInt8], at time: Timestamp) {
        let received = time + random.about(0.7, spread: 0.4)
        deliveries.append(ReceivedDelivery(receivedAt: received, source: source, headers: headers, body: text))
    }

    private static let json = "application/json"
}

/// What is built and tested.
struct DemoCommit {
    let sha: String
    /// Packit's number of the event that it handles.
    let event: String
    let until: Timestamp?
    var build: Int64 = 0
}

/// A request at Testing Farm.
struct DemoRequest {
    let id: String
    let chroot: String
    let created: Timestamp
}
