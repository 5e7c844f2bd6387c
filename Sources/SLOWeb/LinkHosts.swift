public import SLOCore
import SLOService

/// The base URLs of links on pages and in the API, without a slash at the end.
public struct LinkHosts: Sendable {
    public var github = "https://github.com"
    public var copr = "https://copr.fedorainfracloud.org"
    public var testingFarm = "https://api.testing-farm.io"
    /// The URLs of Packit's dashboard, by deployment. A deployment without one has no such link.
    public var dashboards = [
        Deployment("prod"): "https://dashboard.packit.dev", Deployment("stg"): "https://dashboard.stg.packit.dev",
    ]

    public init() {}

    func repository(_ name: String) -> String { "\(github)/\(Path.escaped(name))" }
}

/// A link to another service.
struct OutsideLink: Sendable {
    let name: String
    let url: String

    init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// To a build or a request, by its id.
    /// - Parameter doubt: what follows its name.
    /// - Returns: `nil` for other jobs.
    init?(backend id: String, of kind: RunKind, _ hosts: LinkHosts, doubt: String = "") {
        switch kind {
        case .build: self.init(name: "Copr build \(id)\(doubt)", url: "\(hosts.copr)/coprs/build/\(Path.escaped(id))")
        case .testRun:
            self.init(
                name: "Testing Farm request\(doubt)", url: "\(hosts.testingFarm)/v0.1/requests/\(Path.escaped(id))")
        case .job: return nil
        }
    }
}

extension OutsideLink {
    /// To where a change or a run is: its pull request, else its commit, and its build or request.
    static func list(
        repository: String?, pullRequest: Int?, sha: String?, backend: String?, of kind: RunKind?, _ hosts: LinkHosts
    ) -> [OutsideLink] {
        let path = pullRequest.map { "pull/\($0)" } ?? sha.map { "commit/\(Path.escaped($0))" }
        let github = repository.flatMap { name in
            path.map { OutsideLink(name: "GitHub", url: "\(hosts.repository(name))/\($0)") }
        }
        let run = kind.flatMap { kind in backend.flatMap { OutsideLink(backend: $0, of: kind, hosts) } }
        return [github, run].compactMap { $0 }
    }
}

extension PullRequestStory.Run {
    /// - Parameter repository: `owner/name`.
    func links(repository: String, hosts: LinkHosts) -> [OutsideLink] {
        var links: [OutsideLink] = []
        if let checkRunID {
            links.append(.init(name: "Check on GitHub", url: "\(hosts.repository(repository))/runs/\(checkRunID)"))
        }
        // A join without proof may belong to another check.
        let doubt = proof == .proposed ? ", proposed" : ""
        links += [
            build.flatMap { OutsideLink(backend: String($0), of: .build, hosts, doubt: doubt) },
            request.flatMap { OutsideLink(backend: $0, of: .testRun, hosts, doubt: doubt) },
        ].compactMap { $0 }
        if let job, job.job != .other, let dashboard = hosts.dashboards[deployment] {
            links.append(.init(name: "Packit’s dashboard", url: "\(dashboard)/jobs/\(job.job.rawValue)/\(job.id)"))
        }
        return links
    }
}
