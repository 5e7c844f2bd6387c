import Foundation
import SLOCore
import SLOMetrics
import Testing

@testable import SLOService
@testable import SLOWeb
@testable import SLOQueries
@testable import SLOHTTP

/// The API as it comes out of the server, held against its own table.
@Suite(.timeLimit(.minutes(1)))
struct APITests {
    private static let settings = LedgerSettings()
    private static let operations = APIOperation.all(settings, hosts: LinkHosts())
    private static let components = Dictionary(
        uniqueKeysWithValues: APISchema.components.map { ($0.name, $0.schema) })

    private static func answer(
        _ path: String, of pages: FakePages = .full, headers: String = ""
    ) async throws -> RawConnection.Response {
        try await TestServer.run(pages: pages) { try await $0.answer(to: get("/api/v1" + path, headers: headers)) }
    }

    private static func json(_ response: RawConnection.Response) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any])
    }

    private static func path(of operation: APIOperation) -> String {
        (operation.id == "search" ? "/search?q=rocket" : operation.path).replacing("{owner}", with: "acme").replacing(
            "{name}", with: "rocket"
        )
        .replacing("{number}", with: "12").replacing("{sequence}", with: "1")
    }

    @Test("Each answer is what its schema says, no more and no less", arguments: operations.map(\.id))
    func schemas(id: String) async throws {
        let operation = try #require(Self.operations.first { $0.id == id })
        for pages in [FakePages.full, FakePages()] {
            let response = try await Self.answer(Self.path(of: operation), of: pages)
            guard response.status == 200 else {
                #expect(response.status == 404 && pages.pullRequest == nil)
                #expect(["getPullRequest", "getDelivery", "listNodes"].contains(id))
                continue
            }
            #expect(response["content-type"] == "application/json")
            let value = try Self.json(response)
            #expect(Self.deviations(of: value, from: .named(operation.answer), at: id) == [])
        }
    }

    @Test("A repository's objectives are of it alone")
    func repository() async throws {
        let value = try Self.json(try await Self.answer("/objectives?repository=acme%2Frocket"))
        #expect(Self.deviations(of: value, from: .named("Objectives"), at: "objectives") == [])
        for (repository, status) in [("acme/secret", 404), ("acme", 400), ("a/b/c", 400), ("/", 400)] {
            let response = try await Self.answer("/objectives?repository=\(repository)")
            #expect(response.status == status)
            #expect(try ProblemDocument(response).status == status)
        }
    }

    /// What differs, in words.
    private static func deviations(of value: Any, from schema: APISchema, at path: String) -> [String] {
        func wrong(_ wanted: String) -> [String] { ["\(path) is \(value), not \(wanted)"] }
        switch schema {
        case .text: return value is String ? [] : wrong("text")
        case .url: return (value as? String)?.hasPrefix("http") == true ? [] : wrong("an address")
        case .choice(let words): return (value as? String).map(words.contains) == true ? [] : wrong("one of \(words)")
        case .time:
            let isTime = (value as? String).flatMap(Timestamp.init(rfc3339:)) != nil
            return isTime ? [] : wrong("a time")
        case .integer, .number: return value is NSNumber ? [] : wrong("a number")
        case .flag: return value is Bool ? [] : wrong("true or false")
        case .anyObject: return value is [String: Any] ? [] : wrong("an object")
        case .orNull(let schema): return value is NSNull ? [] : deviations(of: value, from: schema, at: path)
        case .named(let name):
            return components[name].map { deviations(of: value, from: $0, at: path) } ?? wrong("known as \(name)")
        case .list(let element):
            guard let values = value as? [Any] else { return wrong("a list") }
            return values.flatMap { deviations(of: $0, from: element, at: path + "[]") }
        case .object(let members):
            guard let fields = value as? [String: Any] else { return wrong("an object") }
            let unknown = Set(fields.keys).subtracting(members.map(\.name)).map { "\(path).\($0) is in no schema" }
            return unknown
                + members.flatMap { member in
                    guard let field = fields[member.name] else {
                        return member.isOptional ? [] : ["\(path).\(member.name) is missing"]
                    }
                    return deviations(of: field, from: member.schema, at: "\(path).\(member.name)")
                }
        }
    }

    @Test(
        "What cannot be read is refused, naming the parameter",
        arguments: [
            ("/waiting?kind=nonsense", "kind"), ("/waiting?kind=build&kind=build", "kind"), ("/waiting?kind=", "kind"),
            ("/waiting?kin=build", "kin"), ("/waiting?limit=0", "limit"), ("/waiting?limit=201", "limit"),
            ("/waiting?limit=%2B5", "limit"), ("/waiting?cursor=d1", "cursor"), ("/waiting?overdue=1", "overdue"),
            ("/waiting?deployment=nowhere", "deployment"), ("/waiting?kind=%ZZ", "kind"), ("/waiting?kind=%FF", "kind"),
            ("/waiting?repository=%22", "repository"), ("/runs?cursor=r1", "cursor"), ("/runs?from=yesterday", "from"),
            ("/runs?until=2026-02-29T00:00:00Z", "until"), ("/runs?from=2026-11-17T14:00:00%2B01:00", "from"),
            ("/runs?outcome=good", "outcome"), ("/runs?chroot=a%20b", "chroot"),
            ("/deliveries?result=refused", "result"), ("/deliveries/0", "sequence"), ("/deliveries/x", "sequence"),
            ("/deliveries?commit=xyz12", "commit"), ("/deliveries?pull_request=0", "pull_request"),
            ("/events?verdict=wrong", "verdict"),
            ("/events?objective=nothing", "objective"), ("/events?cursor=e1-1", "cursor"),
            ("/events?cursor=e1-1-6-70", "cursor"), ("/events?sort=slowest", "sort"), ("/events?to=now", "to"),
            ("/events?format=xml", "format"), ("/events?branch=%0A", "branch"),
            ("/events?architecture=a-b", "architecture"),
            ("/history?days=3", "days"), ("/openapi.json?pretty", "pretty"), ("/activity?%00", "\u{0}"),
            ("/repositories/acme/rocket/pulls/0", "number"), ("/repositories/acme/rocket/pulls/x", "number"),
            ("/repositories/acme/ro%2Fcket/pulls/1", "name"), ("/repositories/acme/rocket/pulls/12?x=1", "x"),
        ])
    func refusals(path: String, parameter: String) async throws {
        let response = try await Self.answer(path)
        #expect(response.status == 400)
        #expect(try ProblemDocument(response).status == 400)
        #expect(try Self.json(response)["parameter"] as? String == parameter)
    }

    @Test(
        "What is well written is taken",
        arguments: [
            "/waiting?kind=test_run&overdue=false&limit=200&repository=ACME&deployment=stg",
            "/runs?from=2024-02-29T23:59:59.999Z&until=2026-12-31T00:00:00Z&chroot=centos-stream%2Bepel-9-x86_64",
            "/runs?cursor=rzzzzzzzzz-zzzzzzzzzzzz", "/deliveries?cursor=dzzzzzzzzzzzz&source=testing-farm",
            "/deliveries?event=check_run&repository=acme%2Frocket&pull_request=12&commit=a1b2c&result=conflicting",
            "/events?sort=longest&cursor=ezzzzzzzzz-2s--", "/deliveries?until=2026-11-17T14:00:00Z",
            "/unknown-names?cursor=u1", "/contradictions?cursor=c1",
            "/events?verdict=missed&objective=builds&architecture=x86_64&sort=oldest&branch=f%C3%BCr%20%23&format=json",
            "/events?cursor=ezzzzzzzzz-zzzzzzzzzzzzz-ff-c3&from=2026-11-17T14:00:00Z&to=2026-11-17T14:00:00.001Z",
            "/waiting?cursor=wzzzzzz&hop=report&sort=time_left&chroot=epel-9-x86_64", "/check-names?limit=1",
            "/chroots?objective=builds", "/architectures",
            "/branches",
            "/repositories?objective=builds&deployment=prod", "/blind-intervals?cursor=b0",
        ])
    func accepted(path: String) async throws {
        #expect(try await Self.answer(path).status == 200)
    }

    @Test("A list is walked through by its cursor, each once")
    func cursor() async throws {
        var pages = FakePages()
        pages.work = OpenWorkSnapshot(
            at: FakePages.now, items: (1...120).map { .run(in: .known("acme/r\($0)"), since: .hours(Int64($0))) })
        let told = pages
        try await TestServer.run(pages: told) { server in
            var seen: [String] = []
            var next: String? = ""
            while let cursor = next {
                let query = cursor.isEmpty ? "" : "&cursor=\(cursor)"
                let page = try Self.json(try await server.answer(to: get("/api/v1/waiting?limit=50\(query)")))
                #expect(page["total"] as? Int == 120)
                #expect(page["overdue"] as? Int == 108)
                let items = try #require(page["items"] as? [[String: Any]])
                seen += items.compactMap { $0["repository_name"] as? String }
                next = page["next_cursor"] as? String
            }
            #expect(seen == (1...120).map { "acme/r\($0)" })
        }
    }

    @Test("What somebody holds already is not sent again")
    func entityTag() async throws {
        try await TestServer.run(pages: FakePages.full) { server in
            let first = try await server.answer(to: get("/api/v1/waiting"))
            let tag = try #require(first["etag"])
            #expect(first["cache-control"] == "no-cache")
            for held in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let again = get("/api/v1/waiting", headers: "If-None-Match: \(held)\r\n")
                let second = try await server.answer(to: again, hasBody: false)
                #expect(second.status == 304)
                #expect(second["etag"] == tag)
            }
            let other = get("/api/v1/waiting", headers: "If-None-Match: \"x\"\r\n")
            #expect(try await server.answer(to: other).status == 200)
        }
    }

    @Test(
        "Who takes no JSON is told so",
        arguments: [
            ("application/json", 200), ("*/*", 200), ("text/html, application/*;q=0.1", 200), ("text/html", 406),
            ("application/json;q=0, */*", 406), ("application/problem+json", 406),
        ])
    func negotiation(accept: String, status: Int) async throws {
        #expect(try await Self.answer("/sources", headers: "Accept: \(accept)\r\n").status == status)
    }

    @Test("A database that cannot be read is 503", arguments: operations.map(\.id).filter { $0 != "getOpenAPI" })
    func broken(id: String) async throws {
        let operation = try #require(Self.operations.first { $0.id == id })
        var pages = FakePages.full
        pages.isBroken = true
        let response = try await Self.answer(Self.path(of: operation), of: pages)
        #expect(response.status == 503)
        #expect(response["retry-after"] == "10")
        #expect(try ProblemDocument(response).status == 503)
    }

    @Test("A hidden run is told of without what gives it away")
    func hidden() async throws {
        var pages = FakePages.full
        pages.runs = pages.runs.map { .init(record: $0.record, repository: .hidden) }
        pages.work = OpenWorkSnapshot(at: FakePages.now, items: [.run("", in: .hidden, pullRequest: nil)])
        for path in ["/runs", "/waiting"] {
            let items = try #require(try Self.json(try await Self.answer(path, of: pages))["items"] as? [[String: Any]])
            let item = try #require(items.first)
            #expect(item["repository_name"] is NSNull)
            #expect(item["is_private"] as? Bool == true)
            #expect(item["pull_request"] == nil && item["sha"] == nil && item["chroot"] == nil)
            #expect(item["name"] as? String ?? "" == "")
        }
    }

    @Test("A list of events comes as comma-separated values, too, with its next page in a header")
    func csv() async throws {
        let response = try await Self.answer("/events?format=csv&verdict=missed", headers: "Accept: text/csv\r\n")
        #expect(response.status == 200)
        #expect(response["content-type"] == "text/csv; charset=utf-8; header=present")
        #expect(response["content-disposition"] == "attachment; filename=\"events.csv\"")
        let lines = response.body.split(separator: "\r\n").map(String.init)
        #expect(
            lines.first?.hasPrefix("objective,deployment,verdict,judged_at,cause,hop,kind,repository_name,") == true)
        #expect(lines.dropFirst().first?.hasPrefix("builds,prod,bad,2026-11-22T") == true)
        #expect(lines.count == 3)
        #expect(Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1)
        #expect(response["link"] == nil)
        let place = JudgementPlace(at: FakePages.now, objective: "builds", entity: -7, deployment: "prod")
        var pages = FakePages.full
        pages.nextEvents = place
        let cursor = CursorForm.write(place)
        let link = try await Self.answer("/events?format=csv&verdict=missed", of: pages)["link"]
        #expect(link == "</api/v1/events?cursor=\(cursor)&format=csv&verdict=missed>; rel=\"next\"")
        #expect(CursorForm.judgementPlace(cursor) == place)
        for refused in ["/events?format=csv", "/events"] {
            let accept = refused == "/events" ? "text/csv" : "application/json"
            #expect(try await Self.answer(refused, headers: "Accept: \(accept)\r\n").status == 406)
        }
    }

    @Test("The place of a page of events survives its cursor", arguments: [Int64.min, -1, 0, 1, 1 << 61])
    func eventCursor(entity: Int64) {
        let entity = entity == .min ? -(1 << 61) : entity
        let place = JudgementPlace(
            at: FakePages.now, objective: "all_statuses", entity: entity, deployment: "prod é-")
        let cursor = CursorForm.write(place)
        #expect(CursorForm.events.isWritten(cursor))
        #expect(CursorForm.judgementPlace(cursor) == place)
    }

    @Test("The description has each path that is routed, and every schema that it names")
    func description() async throws {
        let text = try await Self.answer("/openapi.json").body
        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["openapi"] as? String == "3.1.0")
        #expect((document["paths"] as? [String: Any])?.keys.sorted() == Self.operations.map(\.path).sorted())
        let named = Set(text.matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.1) })
        #expect(named == Set(APISchema.components.map(\.name)))
    }
}
