import SLOCore
import SLOJSON

/// Writes bodies as GitHub, Copr and Testing Farm send them, with the fields that matter.
struct DemoBody {
    let repository: DemoRepository
    let pullRequest: Int
    let created: Timestamp

    enum State: String {
        case queued
        case inProgress = "in_progress"
        case success, failure

        var isOpen: Bool { self == .queued || self == .inProgress }
    }

    enum Job: String {
        case srpm, copr
        case testingFarm = "testing-farm"
    }

    enum BuildStatus: Int64 {
        case failed = 0
        case succeeded = 1
        case running = 3
    }

    // MARK: GitHub

    /// Opened, or pushed to.
    func pullRequest(_ commit: String, before: String?, at time: Timestamp) -> [UInt8] {
        var members = [
            ("action", JSONValue.text(before == nil ? "opened" : "synchronize")), ("number", number),
        ]
        if let before { members += [("before", .text(before)), ("after", .text(commit))] }
        members.append(subject(commit, updated: time, closed: nil))
        return enclosed(members, sender: "mallow")
    }

    func closing(_ commit: String, at time: Timestamp) -> [UInt8] {
        enclosed(
            [("action", .text("closed")), ("number", number), subject(commit, updated: time, closed: time)],
            sender: "mallow")
    }

    private var number: JSONValue { .integer(Int64(pullRequest)) }

    private func subject(_ commit: String, updated: Timestamp, closed: Timestamp?) -> (String, JSONValue) {
        let fork = JSONValue.members([("full_name", .text("mallow/\(repository.name)"))])
        let head = JSONValue.members([("sha", .text(commit)), ("ref", .text("second-screw")), ("repo", fork)])
        let base = JSONValue.members([("ref", .text("main")), ("repo", named)])
        let closing = closed.map(seconds) ?? JSONValue.null
        let members: [(String, JSONValue?)] = [
            ("number", number), ("state", .text(closed == nil ? "open" : "closed")),
            ("title", .text("Make the second screw work")), ("draft", .bool(false)), ("created_at", seconds(created)),
            ("updated_at", seconds(updated)), ("closed_at", closing), ("merged_at", closing), ("head", head),
            ("base", base),
        ]
        return ("pull_request", .members(members))
    }

    /// - Parameter number: makes the check's id unique within a second.
    func checkRun(
        _ name: String, _ state: State, _ title: String, _ job: Job?, request: String?, of commit: DemoCommit,
        number: Int, at time: Timestamp
    ) -> [UInt8] {
        let id = (time.seconds - 1_600_000_000) * 1000 + (repository.id * 37 + Int64(number)) % 1000
        // A number for each job of a commit, as Packit's dashboard has it.
        let jobNumber = commit.build % 300_000 + Int64(name.utf8.reduce(0) { $0 + Int($1) })
        let link = job.map { "https://dashboard.packit.dev/jobs/\($0.rawValue)/\(jobNumber)" }
        let output = JSONValue.members([("title", .text(title)), ("summary", .text(Self.summary(request)))])
        let app = JSONValue.members([("id", .integer(29076)), ("slug", .text("packit-as-a-service"))])
        let ended = (
            status: state.isOpen ? state.rawValue : "completed",
            conclusion: state.isOpen ? JSONValue.null : .text(state.rawValue),
            at: state.isOpen ? JSONValue.null : seconds(time)
        )
        let check = JSONValue.members([
            ("id", .integer(id)), ("name", .text(name)), ("head_sha", .text(commit.sha)),
            ("external_id", .text(commit.event)), ("details_url", .text(link ?? "https://packit.dev")),
            ("status", .text(ended.status)), ("conclusion", ended.conclusion), ("started_at", seconds(time)),
            ("completed_at", ended.at), ("output", output), ("app", app), ("pull_requests", .array([])),
        ])
        return enclosed(
            [("action", .text(state.isOpen ? "created" : "completed")), ("check_run", check)],
            sender: "packit-as-a-service[bot]")
    }

    private static func summary(_ request: String?) -> String {
        let table = "| Name/Job | URL |\n| --- | --- |"
        return request.map { "\(table)\n| Testing Farm | https://artifacts.dev.testing-farm.io/\($0) |" } ?? table
    }

    private var named: JSONValue {
        .members([
            ("id", .integer(repository.id)), ("name", .text(repository.name)),
            ("full_name", .text(repository.fullName)), ("private", .bool(false)),
        ])
    }

    private func enclosed(_ members: [(String, JSONValue)], sender: String) -> [UInt8] {
        let more: [(String, JSONValue?)] = [
            ("repository", named), ("sender", .members([("login", .text(sender))])),
        ]
        return JSONValue.members(members.map { ($0.0, $0.1) } + more).bytes
    }

    // MARK: Backends

    /// A message on Fedora's bus.
    func message(
        _ status: BuildStatus, _ chroot: String, of commit: DemoCommit, id: String, at time: Timestamp
    ) -> [UInt8] {
        let topic = "copr.build.\(status == .running ? "start" : "end")"
        let project = "\(repository.owner)-\(repository.name)-\(pullRequest)"
        let body = JSONValue.members([
            ("build", .integer(commit.build)), ("chroot", .text(chroot)), ("copr", .text(project)),
            ("owner", .text("packit")), ("user", .text("packit")), ("status", .integer(status.rawValue)),
            ("pkg", .text(repository.name)), ("version", .null), ("pid", .integer(4711)),
        ])
        let headers = JSONValue.members([
            ("fedora_messaging_schema", .text(topic)),
            ("sent-at", .text(time.flooredToSecond.rfc3339.dropLast() + "+00:00")),
        ])
        return JSONValue.members([
            ("id", .text(id)), ("topic", .text("org.fedoraproject.prod." + topic)), ("headers", headers),
            ("body", body),
        ]).bytes
    }

    /// The document of a request at Testing Farm.
    func request(
        _ request: DemoRequest, _ state: String, of commit: DemoCommit, queued: TimeSpan? = nil,
        ran: TimeSpan? = nil, overall: String? = nil
    ) -> [UInt8] {
        let created = JSONValue.text(request.created.flooredToSecond.rfc3339.dropLast() + ".000000")
        let result = overall.map { JSONValue.members([("overall", .text($0)), ("summary", .null)]) }
        return JSONValue.members([
            ("id", .text(request.id)), ("state", .text(state)), ("created", created), ("updated", created),
            ("queued_time", Self.length(queued)), ("run_time", Self.length(ran)), ("result", result ?? .null),
            ("environments_requested", .array([environment(of: request, commit)])),
        ]).bytes
    }

    private static func length(_ span: TimeSpan?) -> JSONValue {
        guard let span else { return .null }
        return .decimal(span.inSeconds)
    }

    private func environment(of request: DemoRequest, _ commit: DemoCommit) -> JSONValue {
        let architecture = String(request.chroot.split(separator: "-").last ?? "")
        let distribution = String(request.chroot.dropLast(architecture.utf8.count + 1))
        let variables = JSONValue.members([
            ("PACKIT_COMMIT_SHA", .text(commit.sha)), ("PACKIT_FULL_REPO_NAME", .text(repository.fullName)),
            ("PACKIT_PR_ID", .text(String(pullRequest))), ("PACKIT_COPR_BUILD_ID", .text(String(commit.build))),
        ])
        let artifact = JSONValue.members([
            ("id", .text("\(commit.build):\(request.chroot)")), ("type", .text("fedora-copr-build")),
        ])
        let context = JSONValue.members([
            ("distro", .text(distribution)), ("arch", .text(architecture)), ("initiator", .text("packit")),
            ("deployment", .text("prod")),
        ])
        return JSONValue.members([
            ("arch", .text(architecture)), ("variables", variables), ("artifacts", .array([artifact])),
            ("tmt", .members([("context", context)])),
        ])
    }

    // MARK: What is not about Packit

    func otherSuite(_ commit: String) -> [UInt8] {
        let suite = JSONValue.members([("head_sha", .text(commit)), ("conclusion", .text("success"))])
        return enclosed([("action", .text("completed")), ("check_suite", suite)], sender: "github-actions[bot]")
    }

    func otherMessage(id: String) -> [UInt8] {
        let body = JSONValue.members([
            ("build", .integer(8_000_000)), ("chroot", .text("fedora-43-x86_64")), ("copr", .text("nightly")),
            ("owner", .text("mallow")), ("user", .text("mallow")), ("status", .integer(3)),
        ])
        return JSONValue.members([
            ("id", .text(id)), ("topic", .text("org.fedoraproject.prod.copr.build.start")), ("body", body),
        ]).bytes
    }

    func otherRequest(id: String) -> [UInt8] {
        let context = JSONValue.members([("initiator", .text("cli"))])
        let environment = JSONValue.members([("tmt", .members([("context", context)]))])
        return JSONValue.members([
            ("id", .text(id)), ("state", .text("running")), ("environments_requested", .array([environment])),
        ]).bytes
    }

    /// GitHub's times are whole seconds.
    private func seconds(_ time: Timestamp) -> JSONValue { .text(time.flooredToSecond.rfc3339) }
}
