import Foundation
import HTTPTypes

@testable import SLOCore
@testable import SLOSources
@testable import SLOWeb

extension Property {
    /// Whatever is asked for, by any path, query and header, has an answer of a bounded size.
    ///
    /// The first byte chooses the method and whether the path is one that is routed; the first line is the path with its
    /// query, those behind it are headers.
    static let requests = Property(name: "requests") { input in
        var input = Choices(input)
        let choice = input.byte()
        let lines = input.rest.split(separator: 0x0A, maxSplits: 8, omittingEmptySubsequences: false)
        let first = String(decoding: lines.first ?? [], as: UTF8.self)
        let path = choice & 0x80 == 0 ? first : routes[Int(choice & 0x3F) % routes.count] + first
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = HTTPField.Name(String(decoding: parts[0], as: UTF8.self)) else { continue }
            fields.append(HTTPField(name: name, value: String(decoding: parts[1], as: UTF8.self)))
        }
        try asked.get().ask(
            path.hasPrefix("/") ? path : "/" + path, method: choice & 0x40 == 0 ? .get : .head, fields: fields)
    }

    /// Whatever bodies leave behind, every page, resource, badge and report of it can be made, in bounds.
    ///
    /// Bodies stand behind one another with a byte 0 between them; the first byte of each chooses its source and event.
    static let pages = Property(name: "pages") { input in
        let observations = try input.split(separator: 0).prefix(40).flatMap { body in
            let choice = body.first ?? 0
            return try observed(choice, Array(body.dropFirst()))
        }
        guard !observations.isEmpty else { return }
        let site = try shown.get()
        try site.fill(observations)
        for path in routes { try site.ask(path) }
        for asked in Set(observations.compactMap(\.pullRequest)).prefix(5) {
            let (name, number) = (Path.escaped(asked.name), asked.number)
            try site.ask("/badges/\(name).svg")
            try site.ask("/api/v1/objectives?repository=\(name)")
            var page: String? = "/\(name)/pull/\(number)"
            for _ in 0..<5 {
                guard let next = page else { break }
                page = try site.ask(next).flatMap(Self.next)
            }
            try site.ask("/api/v1/repositories/\(name)/pulls/\(number)")
        }
    }

    static let routes = [
        "/", "/waiting", "/history", "/deliveries", "/pull", "/acme/rocket/pull/1", "/livez", "/readyz", "/metrics",
        "/api/v1/objectives", "/api/v1/repositories", "/api/v1/repositories/acme/rocket/pulls/1", "/api/v1/waiting",
        "/api/v1/activity", "/api/v1/runs", "/api/v1/history", "/api/v1/sources", "/api/v1/deliveries",
        "/api/v1/blind-intervals", "/api/v1/openapi.json", "/badges/status.svg", "/badges/builds.svg",
        "/badges/acme/rocket.svg", "/badges/acme/rocket/builds.svg",
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

    private static func next(_ page: String) -> String? {
        guard let link = page.range(of: "rel=\"next\"\n        href=\"") else { return nil }
        return page[link.upperBound...].split(separator: "\"").first.map { String($0).replacing("&amp;", with: "&") }
    }

    /// Rows that no provider would make: names out of markup, other scripts and controls, times at both ends of the
    /// calendar, a pull request of several pages, and a private repository.
    private static let oddities: [Observation] = {
        let names = [
            "acme/rocket", "a/<script>alert(1)</script>", "\"'&;/\u{202E}rtl", "\u{0}\u{1F}/\u{7F}", "é/𝄞e\u{301}", "/", "",
            String(repeating: "n", count: 255),
        ]
        let times = [Timestamp(milliseconds: .min), Site.now - .days(3), Site.now, Timestamp(milliseconds: .max)]
        var observations: [Observation] = []
        var check: Int64 = 0
        for (place, name) in names.enumerated() {
            for isPrivate in [false, true] {
                let repository = Repository(
                    id: Int64(isPrivate ? -place - 1 : place), fullName: isPrivate ? name + "?" : name,
                    isPrivate: isPrivate)
                for (number, time) in times.enumerated() {
                    let sha = number == 0 ? "" : "\(name)\(number)"
                    observations.append(
                        .changePushed(
                            ChangePushed(
                                repository: repository, number: number == 1 ? 1 : .max - number, action: .opened,
                                headSHA: sha, headRepository: name, baseRef: name, startedAt: time, addressee: nil)))
                    for round in 0..<(place == 0 && number == 1 ? 130 : 3) {
                        check += 1
                        observations.append(
                            .statusReported(
                                StatusReported(
                                    repository: repository, sha: sha, deployment: Deployment("prod"),
                                    carrier: .checkRun(id: check),
                                    name: CheckName(
                                        text: "\(name)\(round)", subject: round == 2 ? .testRun : .build, chroot: name),
                                    externalID: name, startedAt: time, completedAt: time,
                                    state: round == 1 ? "failure" : "queued", title: name,
                                    job: JobLink(job: .copr, id: .min), requestID: round == 2 ? name : nil,
                                    asBuild: round == 1 ? .finished(.error, .stated) : .accepted,
                                    asTestRun: .queued)))
                    }
                    observations.append(
                        .buildReported(
                            BuildReported(
                                deployment: Deployment("prod"), buildID: check, chroot: name, owner: name, project: name,
                                event: number == 2 ? .failed : .started, sentAt: time)))
                }
            }
        }
        return observations
    }()
}

/// The pull request that it is about.
private struct AskedFor: Hashable {
    let name: String
    let number: Int
}

extension Observation {
    fileprivate var pullRequest: AskedFor? {
        switch self {
        case .changePushed(let fact): AskedFor(name: fact.repository.fullName, number: fact.number)
        case .changeClosed(let fact): AskedFor(name: fact.repository.fullName, number: fact.number)
        default: nil
        }
    }
}
