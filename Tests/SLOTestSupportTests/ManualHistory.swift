import SLOCore
import SLOTestSupport

extension Deployment {
    static let prod = Deployment("prod")
    static let stg = Deployment("stg")
}

/// A history written by hand: one repository, one chroot, times in seconds since its start. Entries received at another
/// time than they happened may be added in any order.
struct ManualHistory {
    private var history: History
    private let repository = Repository(id: 1, fullName: "a/b")
    static let chroot = "fedora-42-x86_64"

    init(settings: LedgerSettings = LedgerSettings()) {
        history = History(settings: settings, entries: [])
    }

    // MARK: What is counted

    func last(at seconds: Int64) -> Indicators {
        ReferenceModel(history).indicators(at: [time(seconds)]).last ?? Indicators()
    }

    func counters(at seconds: Int64) -> [Counter: Int64] { last(at: seconds).counters }

    func gauges(at seconds: Int64) -> [Gauge: Int64] { last(at: seconds).gauges }

    // MARK: What happens

    mutating func push(
        _ number: Int = 1, _ sha: String = "aaa", _ action: ChangePushed.Action = .opened, base: String = "main",
        at seconds: Int64, receivedAt: Int64? = nil, addressee: Deployment? = nil, isForkDeleted: Bool = false
    ) {
        let push = ChangePushed(
            repository: repository, number: number, action: action, headSHA: sha,
            headRepository: isForkDeleted ? nil : "c/b", baseRef: base, startedAt: time(seconds), addressee: addressee)
        ingest(.changePushed(push), at: receivedAt ?? seconds)
    }

    mutating func close(_ number: Int, of sha: String? = nil, at seconds: Int64) {
        let pull = sha.map {
            ClosedPullRequest(headSHA: $0, headRepository: "c/b", baseRef: "main", createdAt: time(0))
        }
        ingest(
            .changeClosed(
                ChangeClosed(repository: repository, number: number, closedAt: time(seconds), pullRequest: pull)),
            at: seconds)
    }

    /// A check of a build.
    mutating func check(
        _ id: Int64, _ word: String, by deployment: Deployment = .prod, sha: String = "aaa", at seconds: Int64,
        receivedAt: Int64? = nil, event: String = "e", job: Int64? = nil
    ) {
        let name = CheckName(text: "rpm-build:" + Self.chroot, subject: .build, chroot: Self.chroot)
        let link = job.map { JobLink(job: .copr, id: $0) }
        ingest(.statusReported(state(id, word, name, deployment, sha, seconds, event, link)), at: receivedAt ?? seconds)
    }

    /// A check of a test.
    mutating func test(_ id: Int64, _ word: String, at seconds: Int64) {
        let name = CheckName(text: "testing-farm:" + Self.chroot, subject: .testRun, chroot: Self.chroot)
        ingest(.statusReported(state(id, word, name, .prod, "aaa", seconds, "e", nil)), at: seconds)
    }

    /// A check of any name; what its words mean of a build and of a test is said with them.
    mutating func show(
        _ id: Int64, _ state: String, build: Step, test: Step, name: CheckName, sha: String = "aaa",
        event: String = "e",
        job: JobLink? = nil, request: String? = nil, listing pullRequests: [Int] = [], at seconds: Int64,
        receivedAt: Int64? = nil
    ) {
        let isOpen = ["queued", "in_progress"].contains(state)
        let status = StatusReported(
            repository: repository, sha: sha, deployment: .prod, carrier: .checkRun(id: id), name: name,
            externalID: event, pullRequests: pullRequests, startedAt: time(seconds),
            completedAt: isOpen ? nil : time(seconds), state: state,
            title: "", job: job, requestID: request, asBuild: build, asTestRun: test)
        ingest(.statusReported(status), at: receivedAt ?? seconds)
    }

    /// Copr on a build of any project.
    mutating func copr(
        _ event: BuildReported.Event, of build: Int64, in project: String, owner: String = "packit",
        version: String? = nil, at seconds: Int64
    ) {
        let report = BuildReported(
            deployment: .prod, buildID: build, chroot: Self.chroot, owner: owner, project: project, event: event,
            sentAt: time(seconds), version: version)
        ingest(.buildReported(report), at: seconds)
    }

    /// Copr on the build of pull request 1.
    mutating func copr(
        _ event: BuildReported.Event, chroot: String? = ManualHistory.chroot, at seconds: Int64,
        receivedAt: Int64? = nil
    ) {
        let report = BuildReported(
            deployment: .prod, buildID: 5, chroot: chroot, owner: "packit", project: "a-b-1", event: event,
            sentAt: time(seconds))
        ingest(.buildReported(report), at: receivedAt ?? seconds)
    }

    /// Testing Farm on the test of the commit.
    mutating func request(
        _ step: Step, id: String = "r", sha: String = "aaa", createdAt: Int64, finishedAt: Int64? = nil,
        at seconds: Int64
    ) {
        let report = TestRunReported(
            deployment: .prod, requestID: id, step: step, createdAt: time(createdAt),
            finishedAt: finishedAt.map(time), repositoryName: "a/b", sha: sha, pullRequest: 1, chroot: Self.chroot)
        ingest(.testRunReported(report), at: seconds)
    }

    mutating func start(blindSince: Int64?, at seconds: Int64) {
        add(.start(blindSince: blindSince.map(time)), at: seconds)
    }

    mutating func ingest(_ observation: Observation, at seconds: Int64) {
        add(.observation(observation), at: seconds)
    }

    // MARK: -

    private mutating func add(_ input: History.Input, at seconds: Int64) {
        let at = time(seconds)
        let index = history.entries.firstIndex { $0.receivedAt > at } ?? history.entries.count
        history.entries.insert(History.Entry(input, receivedAt: at), at: index)
    }

    private func time(_ seconds: Int64) -> Timestamp {
        Timestamp(seconds: 1_793_491_200 + seconds)
    }

    private func state(
        _ id: Int64, _ word: String, _ name: CheckName, _ deployment: Deployment, _ sha: String, _ seconds: Int64,
        _ event: String, _ job: JobLink?
    ) -> StatusReported {
        let (state, build, test) = Self.meaning(of: word)
        return StatusReported(
            repository: repository, sha: sha, deployment: deployment, carrier: .checkRun(id: id), name: name,
            externalID: event, startedAt: time(seconds),
            completedAt: ["queued", "in_progress"].contains(state) ? nil : time(seconds),
            state: state, title: word, job: job, asBuild: build, asTestRun: test)
    }

    private static func meaning(of word: String) -> (state: String, build: Step, test: Step) {
        switch word {
        case "accepted": ("queued", .accepted, .accepted)
        case "waiting": ("in_progress", .queued, .waiting)
        case "queued": ("queued", .queued, .queued)
        case "started": ("in_progress", .started, .started)
        case "success": ("success", .finished(.success, .stated), .finished(.success, .stated))
        case "error": ("failure", .finished(.error, .stated), .finished(.error, .stated))
        case "unsupported": ("failure", .finished(.error, .config), .finished(.error, .config))
        case "no source": ("failure", .finished(.failure, .srpm), .finished(.skipped, .build))
        case "not submitted": ("failure", .finished(.error, .submit), .finished(.skipped, .build))
        case "refused": ("neutral", .finished(.skipped, .stated), .finished(.skipped, .stated))
        case "canceled": ("failure", .finished(.canceled, .stated), .finished(.canceled, .stated))
        case "stale": ("stale", .finished(.error, .timeout), .finished(.error, .timeout))
        case "build failed": ("failure", .finished(.failure, .stated), .finished(.skipped, .build))
        default: ("failure", .finished(.failure, .stated), .finished(.failure, .stated))
        }
    }
}
