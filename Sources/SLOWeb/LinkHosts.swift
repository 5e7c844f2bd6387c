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
        if let build {
            links.append(.init(name: "Copr build \(build)\(doubt)", url: "\(hosts.copr)/coprs/build/\(build)"))
        }
        if let request {
            let url = "\(hosts.testingFarm)/v0.1/requests/\(Path.escaped(request))"
            links.append(.init(name: "Testing Farm request\(doubt)", url: url))
        }
        if let job, job.job != .other, let dashboard = hosts.dashboards[deployment] {
            links.append(.init(name: "Packit’s dashboard", url: "\(dashboard)/jobs/\(job.job.rawValue)/\(job.id)"))
        }
        return links
    }
}
