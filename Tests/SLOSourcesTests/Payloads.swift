import SLOCore
import SLOSources
import Testing

/// Payloads after the shapes that GitHub, Copr and Testing Farm send, with what is read of them and a little more.
enum Payloads {
    static let repository: JSON = [
        "id": 184_635_124, "name": "hello-world", "full_name": "packit/hello-world", "private": false,
        "owner": ["login": "packit"],
    ]

    static let pullRequest: JSON = [
        "action": "opened",
        "number": 342,
        "pull_request": [
            "id": 1, "number": 342, "state": "open", "title": "A \"change\"", "body": nil, "draft": false,
            "created_at": "2026-11-22T10:00:00Z", "updated_at": "2026-11-22T10:00:05Z", "closed_at": nil,
            "head": [
                "ref": "fix", "sha": "528b803be6f93e19ca4130bf4976f2800a3004c4",
                "repo": ["id": 7, "full_name": "someone/hello-world"],
            ],
            "base": ["ref": "main", "sha": "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd", "repo": ["id": 184_635_124]],
        ],
        "repository": repository,
        "sender": ["login": "someone", "type": "User"],
    ]

    static let checkRun: JSON = [
        "action": "created",
        "check_run": [
            "id": 3_659_360_488,
            "name": "testing-farm:fedora-rawhide-x86_64",
            "head_sha": "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd",
            "external_id": "123456",
            "details_url": "https://dashboard.packit.dev/jobs/testing-farm/10523",
            "status": "completed",
            "conclusion": "success",
            "started_at": "2026-11-22T10:00:04Z",
            "completed_at": "2026-11-22T10:00:06Z",
            "output": [
                "title": "Tests passed ...",
                "summary": .string(summary),
            ],
            "check_suite": ["id": 5],
            "app": ["id": 29180, "slug": "packit-as-a-service"],
            "pull_requests": [],
        ],
        "repository": repository,
        "sender": ["login": "packit-as-a-service[bot]", "type": "Bot"],
    ]

    static let summary = """
        | Name/Job | URL |
        | --- | --- |
        | Dashboard | https://dashboard.packit.dev/jobs/testing-farm/10523 |
        | Testing Farm | https://artifacts.dev.testing-farm.io/9f9d3e8c-eed2-44a9-aabe-94dd9e8ee0d4 |

        ---
        *Some news.*
        """

    static let status: JSON = [
        "id": 6_805_126_730, "sha": "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd", "name": "packit/hello-world",
        "context": "rpm-build:fedora-rawhide-x86_64", "state": "pending", "description": "RPM build is in progress...",
        "target_url": "https://dashboard.packit.dev/jobs/copr/77",
        "created_at": "2026-11-22T10:00:04+00:00", "updated_at": "2026-11-22T10:00:04+00:00",
        "branches": [],
        "repository": repository,
        "sender": ["login": "packit-as-a-service[bot]", "type": "Bot"],
    ]

    static func comment(
        _ text: String, action: String = "created", by user: JSON = ["login": "someone", "type": "User"],
        app: JSON = nil, before: String? = nil
    ) -> JSON {
        [
            "action": .string(action),
            "issue": [
                "number": 342, "state": "open", "title": "A change", "closed_at": nil,
                "pull_request": ["url": "https://api.github.com/repos/packit/hello-world/pulls/342"],
            ],
            "comment": [
                "id": 492_700_400, "user": user, "body": .string(text), "author_association": "MEMBER",
                "created_at": "2026-11-22T10:00:00Z", "updated_at": "2026-11-22T10:00:09Z",
                "performed_via_github_app": app,
            ],
            "changes": before.map { ["body": ["from": .string($0)]] } ?? [:],
            "repository": repository,
        ]
    }

    static let push: JSON = [
        "ref": "refs/heads/main", "before": "0000000000000000000000000000000000000000",
        "after": "0e5d8b51fd5dfa460605e1497d22a76d65c6d7fd", "created": true, "deleted": false, "commits": [],
        "repository": repository,
    ]

    static let release: JSON = [
        "action": "published",
        "release": ["tag_name": "0.3.0", "published_at": "2026-11-22T10:00:00Z"],
        "repository": repository,
    ]

    static let coprBody: JSON = [
        "build": 1_044_215, "chroot": "fedora-rawhide-x86_64", "copr": "packit-hello-world-24", "ip": "172.25.90.82",
        "owner": "packit", "pid": 21266, "pkg": "hello", "status": 1, "user": "packit", "version": "0.7.0-1.fc30",
        "what": "build end", "who": "backend.worker-5605-PC",
    ]

    static let copr: JSON = [
        "id": "7c1b0d6e-30f2-4a0f-8b0e-1f5f5a3d9c11",
        "topic": "org.fedoraproject.prod.copr.build.end",
        "headers": ["sent-at": "2026-11-22T10:05:00+00:00", "fedora_messaging_schema": "copr.build.end"],
        "body": coprBody,
    ]

    /// As Packit's listener hands it on.
    static let flatCopr: JSON = coprBody.with("topic", "org.fedoraproject.prod.copr.build.end")
        .with("timestamp", 1_795_000_000)

    static let notification: JSON = [
        "request_id": "129bd474-e4d3-49e0-9dec-d994a99feebc", "token": "secret-token", "source": "testing-farm",
    ]

    static let request: JSON = [
        "id": "129bd474-e4d3-49e0-9dec-d994a99feebc",
        "state": "complete",
        "environments_requested": [
            [
                "arch": "x86_64",
                "os": ["compose": "Fedora-Rawhide"],
                "artifacts": [["id": "1810530:fedora-rawhide-x86_64", "type": "fedora-copr-build", "packages": nil]],
                "variables": [
                    "PACKIT_FULL_REPO_NAME": "packit/hello-world",
                    "PACKIT_COMMIT_SHA": "e7e3c8b688403048e7aefa64c19b79e89fe764df",
                    "PACKIT_PR_ID": "342",
                ],
                "tmt": [
                    "context": [
                        "distro": "fedora-rawhide", "arch": "x86_64", "initiator": "packit", "deployment": "stg",
                    ]
                ],
            ]
        ],
        "result": ["overall": "passed", "summary": nil, "xunit": nil],
        "run": nil,
        "created": "2026-11-22 10:00:00.061250",
        "updated": "2026-11-22 10:30:00.061262",
        "queued_time": .number("12.5"),
        "run_time": 600,
    ]
}

/// A decoder with Packit's two deployments and the built-in rules.
struct Decoding {
    let decoder: DeliveryDecoder

    init(rules files: [RuleFile] = []) throws {
        let settings = SourceSettings(
            apps: [
                .init(slug: "packit-as-a-service", deployment: Deployment("prod"), appID: 29180),
                .init(slug: "packit-as-a-service-stg", deployment: Deployment("stg")),
            ],
            coprUsers: ["packit": Deployment("prod"), "packit-stg": Deployment("stg")],
            commandPrefixes: [
                .init(deployment: Deployment("prod"), prefix: "/packit"),
                .init(deployment: Deployment("stg"), prefix: "/packit-stg"),
            ])
        decoder = DeliveryDecoder(settings: settings, rules: try RuleBook(files: files))
    }

    func decode(_ source: Source, _ headers: WebhookHeaders, _ body: [UInt8]) -> DecodedDelivery {
        body.withUnsafeBytes { decoder.decode(source: source, headers: headers, body: $0) }
    }

    func github(_ event: String, _ body: JSON) -> DecodedDelivery {
        decode(.github, .github(event), Array(body.text.utf8))
    }

    func copr(_ body: JSON) -> DecodedDelivery {
        decode(.copr, WebhookHeaders(contentType: "application/json"), Array(body.text.utf8))
    }

    func testingFarm(_ body: JSON) -> DecodedDelivery {
        decode(.testingFarm, WebhookHeaders(contentType: "application/json"), Array(body.text.utf8))
    }
}

extension WebhookHeaders {
    static func github(_ event: String?, contentType: String? = "application/json") -> WebhookHeaders {
        WebhookHeaders(
            contentType: contentType, event: event, delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958")
    }
}

extension DecodedDelivery.Outcome {
    /// The observation, where there is exactly one.
    var observation: Observation? {
        guard case .observed(let observations) = self, observations.count == 1 else { return nil }
        return observations.first
    }

    var malformedReason: String? {
        if case .malformed(let reason) = self { reason } else { nil }
    }

    var rejectedReason: String? {
        if case .rejected(let reason) = self { reason } else { nil }
    }
}

extension Timestamp {
    /// A moment of the day that the payloads are from.
    static func at(_ clock: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: "2026-11-22T\(clock)Z"))
    }
}
