import Foundation
import HTTPTypes

@testable import SLOCore
@testable import SLOSources
@testable import SLOWeb
@testable import SLOHTTP

extension Property {
    /// Whatever is asked for, by any path, query and header, has an answer of a bounded size.
    ///
    /// The first byte chooses the method and whether the path is one that is routed; the first line is the path with
    /// its query, those behind it are headers.
    static let requests = Property(name: "requests") { input in
        var input = Choices(input)
        let choice = input.byte()
        let lines = input.rest.split(separator: 0x0A, maxSplits: 8, omittingEmptySubsequences: false)
        let first = String(decoding: lines.first ?? [], as: UTF8.self)
        let path = choice & 0x80 == 0 ? first : routes[Int(choice & 0x3F) % routes.count] + first
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = HTTPField.Name(String(decoding: parts[0], as: UTF8.self))
            else { continue }
            fields.append(HTTPField(name: name, value: String(decoding: parts[1], as: UTF8.self)))
        }
        try asked.get().ask(
            path.hasPrefix("/") ? path : "/" + path, method: choice & 0x40 == 0 ? .get : .head, fields: fields)
    }

    /// Whatever bodies leave behind, every page, resource, badge and report of it can be made, in bounds.
    ///
    /// The first byte chooses which is looked at. Bodies stand behind it with a byte 0 between them; the first byte of
    /// each chooses its source and event.
    static let pages = Property(name: "pages") { input in
        var input = Choices(input)
        let view = input.one(of: views)
        let observations = try input.rest.split(separator: 0).prefix(40).flatMap { body in
            let choice = body.first ?? 0
            return try observed(choice, Array(body.dropFirst()))
        }
        guard !observations.isEmpty else { return }
        let site = try shown.get()
        try site.fill(observations)
        try view(site, asked(about: observations))
    }

    private typealias View = @Sendable (Site, [AskedFor]) throws -> Void

    /// How many there are, for seeds.
    static var viewCount: Int { views.count }

    private static let views: [View] =
        routes.filter { !constant.contains($0) }.map { path in { site, _ in try site.ask(path) } }
        + [
            { site, asked in for one in asked { try site.ask("/badges/\(one.name).svg") } },
            { site, asked in for one in asked { try site.ask("/badges/\(one.name)/builds.svg") } },
            { site, asked in for one in asked { try site.ask("/api/v1/objectives?repository=\(one.name)") } },
            { site, asked in for one in asked { try site.ask("/api/v1/runs?repository=\(one.name)") } },
            { site, asked in for one in asked { try site.ask("/api/v1/events?repository=\(one.name)") } },
            { site, asked in for one in asked { try site.ask("/api/v1/waiting?repository=\(one.name)") } },
            { site, asked in
                for one in asked { try site.ask("/api/v1/repositories/\(one.name)/pulls/\(one.number)") }
            },
            { site, asked in
                for one in asked {
                    var page: String? = "/\(one.name)/pull/\(one.number)"
                    for _ in 0..<5 {
                        guard let next = page else { break }
                        page = try site.ask(next).flatMap(next(_:))
                    }
                }
            },
        ]

    static let routes = [
        "/", "/objective", "/events", "/waiting", "/history", "/deliveries", "/pull", "/acme/rocket/pull/1", "/livez",
        "/readyz", "/runs", "/search", "/search?q=12", "/repositories/acme/rocket", "/api/v1/search?q=acme/rocket",
        "/metrics", "/api/v1/objectives", "/api/v1/repositories", "/api/v1/chroots", "/api/v1/architectures",
        "/api/v1/branches", "/api/v1/check-names",
        "/api/v1/repositories/acme/rocket/pulls/1", "/api/v1/waiting",
        "/api/v1/activity", "/api/v1/events", "/api/v1/runs", "/api/v1/history", "/api/v1/sources",
        "/api/v1/deliveries",
        "/api/v1/blind-intervals", "/api/v1/openapi.json", "/badges/status.svg", "/badges/builds.svg",
        "/badges/acme/rocket.svg", "/badges/acme/rocket/builds.svg",
    ]

    /// What tells nothing of what bodies leave behind.
    private static let constant: Set = [
        "/deliveries", "/pull", "/search", "/livez", "/readyz", "/metrics", "/api/v1/sources", "/api/v1/deliveries",
        "/api/v1/blind-intervals", "/api/v1/openapi.json",
    ]

    private static let shown = Result { try Site(keepsReadings: false) }
    private static let asked = Result {
        let site = try Site(keepsReadings: true)
        try site.fill(oddities)
        return site
    }

    private static func observed(_ choice: UInt8, _ body: [UInt8]) throws -> [Observation] {
        let headers = WebhookHeaders(
            contentType: "application/json", event: githubEvents[Int(choice & 0x0F) % githubEvents.count],
            delivery: "some-delivery")
        let source: Source = choice < 0x80 ? .github : choice < 0xC0 ? .copr : .testingFarm
        let decoded = try decodeTwice(source, headers, body)
        guard case .observed(let observations) = decoded.outcome else { return [] }
        return observations
    }

    /// The first few pull requests.
    private static func asked(about observations: [Observation]) -> [AskedFor] {
        var asked: [AskedFor] = []
        for one in observations.lazy.compactMap(\.pullRequest) where asked.count < 5 && !asked.contains(one) {
            asked.append(one)
        }
        return asked
    }

    private static func next(_ page: String) -> String? {
        guard let link = page.range(of: "rel=\"next\"\n        href=\"") else { return nil }
        return page[link.upperBound...].split(separator: "\"").first.map { String($0).replacing("&amp;", with: "&") }
    }

    /// Rows that no provider would make: names out of markup, other scripts and controls, times at both ends of the
    /// calendar, private repositories, and a pull request of several pages. Few, as pages draw each of them anew.
    private static let oddities: [Observation] = {
        let names = [
            "acme/rocket", "a/<script>alert(1)</script>", "\"'&;/\u{202E}rtl", "\u{0}\u{1F}/\u{7F}", "é/𝄞e\u{301}", "/",
            "", String(repeating: "n", count: 255),
        ]
        let times = [Timestamp(milliseconds: .min), Site.now - .days(1), Site.now, Timestamp(milliseconds: .max)]
        var observations: [Observation] = []
        for (place, name) in names.enumerated() {
            for isPrivate in [false, true] {
                let repository = Repository(
                    id: RepositoryID(stored: Int64(isPrivate ? -place - 1 : place)),
                    fullName: isPrivate ? name + "?" : name,
                    isPrivate: isPrivate)
                let time = times[place % times.count]
                observations += story(
                    of: repository, number: place == 0 ? 1 : .max - place, sha: place == 1 ? "" : name, at: time,
                    checks: [place, place + 1])
            }
        }
        let repository = Repository(id: 0, fullName: "acme/rocket", isPrivate: false)
        return observations
            + story(of: repository, number: 130, sha: "130", at: Site.now, checks: (0..<130).map { $0 * 3 + 1 })
    }()

    /// A push, checks of it, of which one in three has ended, and a build of its project.
    private static func story(
        of repository: Repository, number: Int, sha: String, at time: Timestamp, checks: [Int]
    ) -> [Observation] {
        let name = repository.fullName
        let push = Observation.changePushed(
            ChangePushed(
                repository: repository, number: number, action: .opened, headSHA: sha, headRepository: name,
                baseRef: name, startedAt: time, addressee: nil))
        let build = Observation.buildReported(
            BuildReported(
                deployment: Deployment("prod"), buildID: Int64(number), chroot: name, owner: name, project: name,
                event: number == 1 ? .failed : .started, sentAt: time))
        return [push]
            + checks.map { check in
                let kind = check % 3
                return .statusReported(
                    StatusReported(
                        repository: repository, sha: sha, deployment: Deployment("prod"),
                        carrier: .checkRun(id: Int64(check)),
                        name: CheckName(text: "\(name)\(check)", subject: kind == 2 ? .testRun : .build, chroot: name),
                        externalID: name, startedAt: time, completedAt: time, state: kind == 1 ? "failure" : "queued",
                        title: name, job: JobLink(job: .copr, id: .min), requestID: kind == 2 ? name : nil,
                        asBuild: kind == 1 ? .finished(.error, .stated) : .accepted, asTestRun: .queued))
            } + [build]
    }
}

/// The pull request that it is about.
private struct AskedFor: Equatable {
    /// As it stands in a path.
    let name: String
    let number: Int
}

extension Observation {
    fileprivate var pullRequest: AskedFor? {
        switch self {
        case .changePushed(let fact): AskedFor(name: Path.escaped(fact.repository.fullName), number: fact.number)
        case .changeClosed(let fact): AskedFor(name: Path.escaped(fact.repository.fullName), number: fact.number)
        default: nil
        }
    }
}
