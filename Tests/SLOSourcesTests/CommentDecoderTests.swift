import SLOCore
import SLOSources
import Testing

@Suite("Comments")
struct CommentDecoderTests {
    private let decoding: Decoding

    init() throws {
        decoding = try Decoding()
    }

    private func read(_ body: JSON) -> [Observation] {
        guard case .observed(let observations) = decoding.github("issue_comment", body).outcome else { return [] }
        return observations
    }

    /// `prod build`, …
    private func commands(_ body: JSON) -> [String] {
        read(body).compactMap { observation in
            guard case .commandGiven(let command) = observation else { return nil }
            return "\(command.deployment.label) \(command.word)"
        }
    }

    @Test("a command has its time, its word, its author's association, and nothing else of the comment")
    func created() throws {
        var repository = Repository(id: 184_635_124, fullName: "packit/hello-world")
        repository.statedAt = try Timestamp.at("10:00:09")
        let body = Payloads.comment("Please, Jane:\n/packit build --release 1\nThanks!")
        let expected = CommandGiven(
            repository: repository, number: 342, deployment: Deployment("prod"), commentID: 492_700_400,
            word: "build", authorAssociation: "MEMBER", givenAt: try Timestamp.at("10:00:00"), isClosed: false)
        #expect(read(body) == [.commandGiven(expected)])
        let closed = read(body.with("issue.state", "closed"))
        guard case .commandGiven(let command)? = closed.first else {
            Issue.record("no command")
            return
        }
        #expect(command.isClosed)
    }

    @Test(
        "a line is a command if its first word is a prefix and it has a second one",
        arguments: [
            ("/packit build", ["prod build"]),
            ("  \t/packit\t test  ", ["prod test"]),
            ("text\r\n/packit build\r\ntext", ["prod build"]),
            ("/packit-stg build\n/packit test", ["stg build", "prod test"]),
            ("/packit build\n/packit test\n/packit-stg test", ["prod build", "stg test"]),
            ("/packit\n/packit help", ["prod help"]),
            ("/packit", []), ("/packit \n build", []), ("", []), ("\n\n", []),
            ("> /packit build", []), ("please /packit build", []), ("/packitbuild now", []), ("/pack it", []),
            ("/Packit build", []), ("/packit-dev build", []),
        ])
    func lines(text: String, expected: [String]) {
        #expect(commands(Payloads.comment(text)) == expected)
    }

    @Test("a long word is cut, and a long text is read once")
    func bounds() {
        let body = Payloads.comment(
            String(repeating: "/packit\n", count: 8000) + "/packit " + String(repeating: "é", count: 500))
        guard case .commandGiven(let command)? = read(body).first else {
            Issue.record("no command")
            return
        }
        #expect(command.word.utf8.count <= 96)
    }

    @Test("an edited comment counts from its edit, if it was no command to that deployment before")
    func edited() throws {
        func edited(_ text: String, _ before: String?) -> JSON {
            Payloads.comment(text, action: "edited", before: before)
        }
        #expect(commands(edited("/packit build", "packit build")) == ["prod build"])
        #expect(commands(edited("/packit build", "/packit test")).isEmpty)
        #expect(commands(edited("/packit build\n/packit-stg build", "/packit test")) == ["stg build"])
        // Something else than the text was edited.
        #expect(commands(edited("/packit build", nil)).isEmpty)
        guard case .commandGiven(let command)? = read(edited("/packit build", "x")).first else {
            Issue.record("no command")
            return
        }
        #expect(command.givenAt == (try Timestamp.at("10:00:09")))
    }

    @Test("comments of bots, of issues and of no person are no commands")
    func others() {
        let command = Payloads.comment("/packit build")
        for body in [
            Payloads.comment("/packit build", by: ["login": "renovate[bot]", "type": "Bot"]),
            Payloads.comment("/packit build", by: nil), Payloads.comment("/packit build", action: "deleted"),
            command.with("issue.pull_request", nil), command.with("issue.pull_request", .null),
            Payloads.comment("no command"),
        ] {
            let delivery = decoding.github("issue_comment", body)
            #expect(delivery.outcome == .ignored)
            #expect(delivery.repository?.fullName == "packit/hello-world")
        }
    }

    @Test(
        "a comment that a deployment's App created is an answer, also where it quotes a command",
        arguments: [
            (["login": "packit-as-a-service[bot]", "type": "Bot"], nil, "prod"),
            (["login": "packit-as-a-service-stg[bot]", "type": "Bot"], nil, "stg"),
            (["login": "someone", "type": "User"], ["id": 1, "slug": "packit-as-a-service-stg"], "stg"),
            (["login": "renamed[bot]", "type": "Bot"], ["id": 29180], "prod"),
        ] as [(JSON, JSON, String)])
    func answers(user: JSON, app: JSON, label: String) throws {
        let body = Payloads.comment("/packit build", by: user, app: app)
        guard case .appCommented(let comment)? = read(body).first else {
            Issue.record("no answer")
            return
        }
        #expect(comment.deployment.label == label)
        #expect(comment.number == 342)
        #expect(comment.commentedAt == (try Timestamp.at("10:00:00")))
        #expect(read(body.with("action", "edited")).isEmpty)
        #expect(read(body).count == 1)
    }

    @Test("a person who comments by another App gives commands")
    func anotherApp() {
        #expect(commands(Payloads.comment("/packit build", app: ["id": 5, "slug": "an-app"])) == ["prod build"])
    }

    @Test(
        "what a command needs is missing: malformed",
        arguments: ["issue.number", "comment.id", "comment.created_at", "repository.full_name", "action"])
    func malformed(path: String) {
        let body = Payloads.comment("/packit build").with(path, nil)
        guard case .malformed(let reason) = decoding.github("issue_comment", body).outcome else {
            Issue.record("not malformed")
            return
        }
        #expect(reason.contains(path))
    }
}
