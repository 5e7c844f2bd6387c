import SLOCore
import SLORecordings

/// Deliveries constructed after the shapes that the providers really send.
enum Deliveries {
    static func github(_ event: String, _ body: String, contentType: String = "application/json") -> RecordedDelivery {
        RecordedDelivery(
            receivedAt: Timestamp(seconds: 1_764_000_000), source: .github,
            headers: RecordedHeaders([
                .init(name: "Content-Type", value: contentType),
                .init(name: "X-GitHub-Event", value: event),
                .init(name: "X-GitHub-Delivery", value: "8ee6c8d0-c7a2-11f0-9d2a-2d1b2f1c3d4e"),
                .init(name: "X-Hub-Signature-256", value: "sha256=00"),
                .init(name: "X-GitHub-Hook-Installation-Target-Type", value: "integration"),
                .init(name: "X-GitHub-Hook-Installation-Target-ID", value: "29180"),
                .init(name: "Cookie", value: "hunter2"),
            ]),
            body: Array(body.utf8))
    }

    static func backend(_ source: Source, _ body: String) -> RecordedDelivery {
        RecordedDelivery(
            receivedAt: Timestamp(seconds: 1_764_000_000), source: source,
            headers: RecordedHeaders([.init(name: "content-type", value: "application/json")]), body: Array(body.utf8))
    }

    static let sha = "528b803be6f93e19ca4130bf4976f2800a3004c4"

    private static func repository(_ owner: String, _ name: String) -> String {
        """
        {"id":156365951,"node_id":"MDEwOlJlcG9zaXRvcnkxNTY=","name":"\(name)","full_name":"\(owner)/\(name)",
        "private":false,"owner":{"login":"\(owner)","id":46870917,"email":"jane@acme.example",
        "avatar_url":"https://avatars1.githubusercontent.com/u/46870917?v=4&s=hunter2","gravatar_id":"beef"},
        "html_url":"https://github.com/\(owner)/\(name)","homepage":"https://acme.example/secret",
        "description":"Acme's crown jewels","default_branch":"main",
        "keys_url":"https://api.github.com/repos/\(owner)/\(name)/keys{/key_id}"}
        """
    }

    static let pullRequest = github("pull_request", pullRequestBody)

    private static let pullRequestBody = """
        {"action":"opened","number":342,"pull_request":{"id":28081099,"number":342,"state":"open",
        "title":"Fix Acme's bug","body":"Jane said\\n/packit build","user":{"login":"jane-doe","id":49026743},
        "labels":[{"name":"customer: Acme"}],
        "head":{"label":"jane-doe:acme-fix","ref":"acme-fix","sha":"\(sha)",
        "repo":\(repository("jane-doe", "rocket.js"))},
        "base":{"label":"acme:main","ref":"main","sha":"724acc54471a720f8403c0ba0769640c88ae3cc0",
        "repo":\(repository("acme", "rocket.js"))},"draft":false,
        "created_at":"2025-11-24T16:00:00Z","updated_at":"2025-11-24T16:00:00Z"},
        "repository":\(repository("acme", "rocket.js")),"sender":{"login":"jane-doe","type":"User"},
        "installation":{"id":1173510}}
        """

    /// The same as GitHub's form.
    static let pullRequestForm = github(
        "pull_request",
        "payload="
            + pullRequestBody.utf8.map { byte in
                byte == 0x20 ? "+" : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined(),
        contentType: "application/x-www-form-urlencoded")

    static let closed = github(
        "pull_request",
        pullRequestBody.replacing("\"opened\"", with: "\"closed\"")
            .replacing("\"draft\":false,", with: "\"draft\":false,\"closed_at\":\"2025-11-24T17:00:00Z\","))

    static func checkRun(
        _ name: String, status: String = "completed", conclusion: String = "\"success\"",
        title: String = "RPMs were built successfully.",
        details: String = "https://dashboard.packit.dev/jobs/copr/10523"
    ) -> RecordedDelivery {
        github(
            "check_run",
            """
            {"action":"completed","check_run":{"id":3659360488,"name":"\(name)","head_sha":"\(sha)",
            "external_id":"123456","url":"https://api.github.com/repos/acme/rocket.js/check-runs/3659360488",
            "details_url":"\(details)","status":"\(status)","conclusion":\(conclusion),
            "started_at":"2025-11-24T16:00:04Z","completed_at":"2025-11-24T16:00:05Z",
            "output":{"title":"\(title)","summary":"| Name/Job | URL |\\n| --- | --- |\\n| Dashboard | \(details) |\\n\
            | Testing Farm | https://artifacts.testing-farm.io/9f9d3e8c-eed2-44a9-aabe-94dd9e8ee0d4 |\\n\
            see https://github.com/acme/rocket.js/pull/342?token=hunter2, mail jane@acme.example","text":"Acme"},
            "check_suite":{"id":335,"head_branch":null,"head_sha":"\(sha)","pull_requests":[]},
            "app":{"id":29180,"slug":"packit-as-a-service","name":"Packit-as-a-Service","owner":{"login":"packit"}},
            "pull_requests":[{"number":342,"url":"https://api.github.com/repos/acme/rocket.js/pulls/342"}]},
            "repository":\(repository("acme", "rocket.js")),
            "sender":{"login":"packit-as-a-service[bot]","type":"Bot"}}
            """)
    }

    static let status = github(
        "status",
        """
        {"id":77,"sha":"\(sha)","name":"acme/rocket.js","context":"rpm-build:fedora-rawhide-x86_64",
        "state":"pending","description":"The task was accepted.",
        "target_url":"https://dashboard.packit.dev/jobs/copr/10523","created_at":"2025-11-24T16:00:04+00:00",
        "commit":{"sha":"\(sha)","commit":{"message":"Acme","author":{"name":"Jane Doe","email":"jane@acme.example"}}},
        "repository":\(repository("acme", "rocket.js")),
        "sender":{"login":"packit-as-a-service[bot]","type":"Bot"}}
        """)

    static let comment = github(
        "issue_comment",
        """
        {"action":"edited","issue":{"number":342,"title":"Fix Acme's bug","state":"open","body":"Jane's bug",
        "user":{"login":"jane-doe"},
        "pull_request":{"url":"https://api.github.com/repos/acme/rocket.js/pulls/342"}},
        "comment":{"id":492700400,"user":{"login":"jane-doe","type":"User"},"author_association":"MEMBER",
        "created_at":"2025-11-24T16:00:00Z","updated_at":"2025-11-24T16:00:04Z","performed_via_github_app":null,
        "body":"Acme needs it:\\r\\n/packit retest-failed hunter2\\r\\n/packit-stg jewels\\n/packit acme"},
        "changes":{"body":{"from":"Acme needs it, Jane"}},
        "repository":\(repository("acme", "rocket.js")),"sender":{"login":"jane-doe","type":"User"}}
        """)

    static let push = github(
        "push",
        """
        {"ref":"refs/heads/acme-fix","before":"\(sha)","after":"724acc54471a720f8403c0ba0769640c88ae3cc0",
        "deleted":false,"pusher":{"name":"jane-doe","email":"jane@acme.example"},
        "head_commit":{"id":"724acc54471a720f8403c0ba0769640c88ae3cc0","message":"Acme's bug"},
        "repository":\(repository("acme", "rocket.js")),"sender":{"login":"jane-doe"}}
        """)

    static let release = github(
        "release",
        """
        {"action":"published","release":{"tag_name":"v1.2-acme","name":"Acme","body":"for Acme",
        "published_at":"2025-11-24T16:00:04Z"},"repository":\(repository("acme", "rocket.js"))}
        """)

    static let copr = backend(
        .copr,
        """
        {"id":"1f7f1d3c-5d8a-4f8e-9ce0-0a8f0d4f3f66","topic":"org.fedoraproject.prod.copr.build.end",
        "headers":{"sent-at":"2025-11-24T16:20:00+00:00","fedora_messaging_user_jane":true,
        "fedora_messaging_severity":20},
        "body":{"status":1,"chroot":"fedora-rawhide-x86_64","build":1044215,"owner":"packit",
        "copr":"acme-rocket.js-342","pkg":"rocket","version":"0.7-1.ga593893","user":"packit",
        "what":"build end: user:packit copr:acme-rocket.js-342","ip":"172.25.90.82","who":"backend.worker-5605-PC"}}
        """)

    static let testingFarm = backend(
        .testingFarm,
        """
        {"id":"129bd474-e4d3-49e0-9dec-d994a99feebc","user_id":"0cfc00a8-94d7-4408-babc-4d0bc43821ea",
        "token":"hunter2","state":"complete","created":"2025-11-24T16:21:00.123456","queued_time":12.5,"run_time":90.1,
        "test":{"fmf":{"ref":"\(sha)","url":"https://github.com/jane-doe/rocket.js"}},
        "environments_requested":[{"arch":"x86_64","os":{"compose":"Fedora-Rawhide"},
        "artifacts":[{"id":"1044215:fedora-rawhide-x86_64","type":"fedora-copr-build"}],
        "variables":{"PACKIT_FULL_REPO_NAME":"acme/rocket.js","PACKIT_COMMIT_SHA":"\(sha)","PACKIT_PR_ID":"342",
        "PACKIT_COPR_BUILD_ID":"1044215","PACKIT_COPR_PROJECT":"packit/acme-rocket.js-342","DB_PASSWORD":"123456"},
        "tmt":{"context":{"initiator":"packit","deployment":"prod","arch":"x86_64"}}}],
        "notes":[{"level":"info","message":"dispatched for jane"}],
        "result":{"overall":"passed","summary":null,"xunit":"<testsuites jane='x'/>"},
        "run":{"artifacts":"https://artifacts.testing-farm.io/129bd474-e4d3-49e0-9dec-d994a99feebc"}}
        """)

    static let all =
        [pullRequest, pullRequestForm, closed, status, comment, push, release, copr, testingFarm]
        + [
            checkRun("rpm-build:fedora-rawhide-x86_64"),
            checkRun("rpm-build:acme-fix:epel-9-aarch64:acme", title: "SRPM build failed, check the logs for details."),
            checkRun(
                "testing-farm:centos-stream-10-s390x", status: "in_progress", conclusion: "null",
                title: "Tests are running ...", details: "https://dashboard.packit.dev/jobs/testing-farm/771"),
            checkRun("Unit tests of Acme", title: "Tests failed ..."),
        ]
}
