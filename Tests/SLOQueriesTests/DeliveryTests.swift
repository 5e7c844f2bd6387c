import RunningService
import SLOCore
import SLOMetrics
import SLOService
import SLOSources
import Testing

@testable import SLOQueries
@testable import SLOStore

/// What pages are told of deliveries, and of what nothing explains.
@Suite struct DeliveryTests {
    private static let now = Timestamp(seconds: 1_795_348_800)
    private static let sha = String(repeating: "ab", count: 20)
    private static let guid = "2d2fbf28-c8d8-11f0-8de9-0242ac120002"

    private static func withService(
        showsPrivate: Bool = false, _ body: (ObserverService, QueryService) async throws -> Void
    ) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try RunningService.settings(place.path("observer"))
        let moment = Moment(wall: now, clock: 1_000_000)
        let clock = ServiceClock { moment }
        try await RunningService.run(
            settings, credentials: { Credentials(secrets: [.github: $0, .copr: $0]) }, clock: clock
        ) { service in
            let queries = QueryService(
                readers: settings.readers, settings: settings.ledger, showsPrivate: showsPrivate, clock: clock,
                statistics: { SourceStatistics(of: $0, in: service.access.registry) },
                identify: { DeliveryIdentity($0, $1) },
                isKnown: { [rules = settings.rules] in rules.name($0).subject != .unknown })
            try await body(service, queries)
        }
    }

    private static func repository(_ name: String, isPrivate: Bool = false) -> String {
        """
        "repository":{"id":\(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) } & 0xffff),"full_name":"\(name)",
        "private":\(isPrivate)},"sender":{"login":"ada","email":"ada@example.org"}
        """
    }

    private static func push(
        _ name: String, number: Int = 12, isPrivate: Bool = false, delivery: String, to service: ObserverService
    ) async throws {
        let body = """
            {"action":"opened","number":\(number),"pull_request":{"number":\(number),"created_at":"\(now.rfc3339)",
            "updated_at":"\(now.rfc3339)","head":{"sha":"\(sha)","repo":{"full_name":"fork/x"}},
            "base":{"ref":"main"}},\(repository(name, isPrivate: isPrivate))}
            """
        let answer = try await RunningService.send(body, event: "pull_request", delivery: delivery, to: service)
        #expect(answer == .stored)
    }

    private static func check(
        _ name: String, _ id: Int, state: String = "in_progress", title: String = "Working", at time: Timestamp = now,
        in repository: String = "acme/rocket", isPrivate: Bool = false, to service: ObserverService
    ) async throws {
        let isOver = state != "in_progress" && state != "queued"
        let body = """
            {"action":"created","check_run":{"id":\(id),"name":"\(name)","head_sha":"\(sha)","external_id":"5",
            "status":"\(isOver ? "completed" : state)","conclusion":\(isOver ? "\"\(state)\"" : "null"),
            "started_at":"\(time.rfc3339)","completed_at":\(isOver ? "\"\(time.rfc3339)\"" : "null"),
            "details_url":"https://dashboard.packit.dev/jobs/copr/31","output":{"title":"\(title)","summary":""},
            "pull_requests":[{"number":12}],"app":{"slug":"packit-as-a-service"}},
            \(Self.repository(repository, isPrivate: isPrivate))}
            """
        let answer = try await RunningService.send(body, event: "check_run", delivery: "check-\(id)", to: service)
        #expect(answer == .stored)
    }

    private static func query(_ change: (inout DeliveryQuery) -> Void) -> DeliveryQuery {
        var query = DeliveryQuery()
        change(&query)
        return query
    }

    // MARK: - The list

    @Test func aDeliveryIsToldWithWhatWasMadeOfIt() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/rocket", delivery: Self.guid, to: service)
            let found = try await queries.deliveries(DeliveryQuery())
            let delivery = try #require(found.deliveries.first)
            #expect(delivery.id == Self.guid)
            #expect(delivery.action == "opened")
            #expect(delivery.repository == .known("acme/rocket"))
            #expect(
                delivery.facts == [
                    DeliveryFact(
                        kind: .changePushed, pullRequests: [12], sha: Self.sha, name: "main", state: "opened",
                        statedAt: Self.now)
                ])
            #expect(found.next == nil)
        }
    }

    @Test func deliveriesAreFilteredByEventRepositoryPullRequestAndCommit() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/rocket", delivery: "1", to: service)
            try await Self.push("acme/other", number: 13, delivery: "2", to: service)
            try await Self.check("rpm-build:epel-9-x86_64", 3, to: service)
            func sequences(_ change: (inout DeliveryQuery) -> Void) async throws -> [String] {
                try await queries.deliveries(Self.query(change)).deliveries.map { $0.id ?? "" }
            }
            #expect(try await sequences { $0.repository = "ACME/Rocket" } == ["check-3", "1"])
            #expect(try await sequences { $0.repository = "acme/nobody" }.isEmpty)
            #expect(try await sequences { $0.event = "pull_request" } == ["2", "1"])
            #expect(try await sequences { $0.pullRequest = 13 } == ["2"])
            #expect(try await sequences { $0.commit = "abab" } == ["check-3", "2", "1"])
            #expect(try await sequences { $0.commit = "abba" }.isEmpty)
            #expect(try await sequences { ($0.repository, $0.commit) = ("acme/other", "abab") } == ["2"])
            #expect(try await sequences { $0.until = Self.now } == ["check-3", "2", "1"])
            #expect(try await sequences { $0.until = Self.now - .seconds(1) }.isEmpty)
            let first = try await queries.deliveries(Self.query { ($0.repository, $0.limit) = ("acme/rocket", 1) })
            let second = try await queries.deliveries(
                Self.query { ($0.repository, $0.limit, $0.before) = ("acme/rocket", 1, first.next) })
            #expect(second.deliveries.map(\.id) == ["1"])
        }
    }

    @Test func aPrivateRepositorysDeliveriesTellNothingOfIt() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/secret", isPrivate: true, delivery: Self.guid, to: service)
            let delivery = try #require(try await queries.deliveries(DeliveryQuery()).deliveries.first)
            #expect(delivery.repository == .hidden)
            #expect(delivery.facts == [DeliveryFact(kind: .changePushed)])
            let sequence = delivery.summary.sequence
            #expect(try await queries.delivery(sequence)?.body == .hidden)
            for query in [
                Self.query { $0.repository = "acme/secret" }, Self.query { $0.pullRequest = 12 },
                Self.query { $0.commit = "abab" },
            ] {
                let found = try await queries.deliveries(query)
                #expect(found.deliveries.isEmpty && found.next == nil)
            }
        }
        try await Self.withService(showsPrivate: true) { service, queries in
            try await Self.push("acme/secret", isPrivate: true, delivery: Self.guid, to: service)
            let found = try await queries.deliveries(Self.query { $0.repository = "acme/secret" })
            #expect(found.deliveries.count == 1)
        }
    }

    // MARK: - One delivery

    @Test func aBodyIsShownWithoutSecrets() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/rocket", delivery: Self.guid, to: service)
            let sequence = try #require(try await queries.deliveries(DeliveryQuery()).deliveries.first).summary.sequence
            let found = try #require(try await queries.delivery(sequence))
            guard case .text(let text, isCut: false) = found.body else {
                Issue.record("\(found.body)")
                return
            }
            #expect(text.contains("\"login\": \"ada\""))
            #expect(text.contains("\"email\": \"scrubbed\""))
            #expect(try await queries.delivery(sequence + 1) == nil)
        }
    }

    @Test func aMalformedBodyIsShownIfItsRepositoryIsPublic() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/secret", isPrivate: true, delivery: "1", to: service)
            for (place, isPrivate) in [false, true].enumerated() {
                let body = "{\"action\":\"opened\",\(Self.repository("acme/x\(place)", isPrivate: isPrivate))}"
                _ = try await RunningService.send(body, event: "pull_request", delivery: "m-\(place)", to: service)
                let delivery = try #require(try await queries.deliveries(DeliveryQuery()).deliveries.first)
                #expect(delivery.summary.result == "malformed")
                let shown = try #require(try await queries.delivery(delivery.summary.sequence)).body
                #expect((shown == .hidden) == isPrivate)
            }
        }
    }

    // MARK: - What nothing explains

    @Test func unknownNamesComeWithARuleThatWouldKnowThem() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/rocket", delivery: "1", to: service)
            try await Self.check("Packages for fedora-42-x86_64", 1, to: service)
            try await Self.check("Packages for epel-9-x86_64", 2, to: service)
            try await Self.check("my-job:epel-9-x86_64", 3, to: service)
            try await Self.check("rpm-build:epel-9-x86_64", 4, to: service)
            try await Self.check("Secret {x}", 5, in: "acme/secret", isPrivate: true, to: service)
            let found = try await queries.unexplained()
            #expect(found.hiddenNames == 1)
            #expect(found.since == Self.now)
            let names = found.names.map(\.example.name)
            #expect(names == ["Packages for epel-9-x86_64", "my-job:epel-9-x86_64"])
            #expect(found.names.map(\.statuses) == [2, 1])
            #expect(found.names.map(\.example.checkRunID) == [2, 3])
            #expect(
                found.names.map { $0.rule?.yaml } == [
                    "names:\n  - {template: \"Packages for {chroot}\", subject: build}\n",
                    "names:\n  - {job: \"my-job\", subject: build}\n",
                ])
        }
    }

    @Test(
        arguments: [
            "Packages for fedora-42-x86_64", "my-job", "my-job:fedora-42-x86_64:one", "a:b:c:d:e", "a::b",
            "Strange {brace} * \"quote\" \\ fedora-42-x86_64: x", "ü – ß",
        ])
    func theRuleThatIsShownKnowsTheName(_ text: String) throws {
        let pattern = try #require(NameRule.Pattern(RuleBook.builtIn().name(text)))
        let rule = NameRule(pattern, subject: .testRun)
        let rules = try RuleBook(files: [RuleFile(name: "shown.yaml", text: rule.yaml)])
        #expect(rules.name(text).subject == .testRun)
    }

    @Test func whatNoRuleCanMatchHasNone() throws {
        #expect(NameRule.Pattern(try RuleBook.builtIn().name("")) == nil)
        #expect(NameRule.Pattern(try RuleBook.builtIn().name(String(repeating: "long ", count: 60))) == nil)
    }

    @Test func contradictionsAreFound() async throws {
        try await Self.withService { service, queries in
            try await Self.push("acme/rocket", delivery: "1", to: service)
            try await Self.check(
                "rpm-build:epel-9-x86_64", 1, state: "queued", title: "The task was accepted.", to: service)
            // A conclusion that no rule knows, and no title.
            try await Self.check("rpm-build:epel-9-x86_64", 2, state: "unheard_of", title: "?", to: service)
            try await Self.check("rpm-build:epel-8-x86_64", 3, at: Self.now + .hours(2), to: service)
            let found = try await queries.unexplained()
            #expect(found.counts == [.unfinishedThoughCompleted: 1, .joinConflict: 0, .futureTime: 1])
            let unfinished = try #require(found.contradictions.first)
            #expect(unfinished.kind == .unfinishedThoughCompleted)
            #expect(unfinished.repository == .known("acme/rocket"))
            #expect(unfinished.pullRequest == 12)
            #expect(unfinished.stated == "GitHub: unheard_of")
            let future = try #require(found.contradictions.last)
            #expect(future.kind == .futureTime)
            #expect(future.name == "rpm-build:epel-8-x86_64")
            #expect(future.sequence != nil)
        }
    }
}

extension RuleBook {
    fileprivate static func builtIn() throws -> RuleBook { try RuleBook() }
}
