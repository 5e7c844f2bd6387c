import SLOCore
import SLOService
import SLOQueries

/// What surrounds the content of every page.
struct Frame: Sendable {
    struct Link: Sendable {
        let path: String
        let name: String
        let isHere: Bool
    }

    let title: String
    let version: String
    /// Seconds after which an open page reloads; `nil` for a page that does not change.
    let fresh: Int?
    let links: [Link]
    /// Whether it is the page of nodes, which only a cluster has in its navigation.
    let isNodes: Bool
    let asOf: TimeText?

    /// - Parameter path: the navigation entry that this page belongs to.
    init(_ title: String, at path: String? = nil, fresh: Int? = nil, asOf: Timestamp? = nil) {
        self.title = title
        version = StaticFile.version
        self.fresh = fresh
        links = [
            ("/", "Overview"), (ConditionsPage.path, "Conditions"), ("/waiting", "Waiting"),
            (EventsPage.path, "Events"), ("/history", "History"),
            ("/deliveries", "Deliveries"),
        ].map { Link(path: $0, name: $1, isHere: $0 == path) }
        isNodes = path == NodesPage.path
        self.asOf = asOf.map { TimeText(moment: $0) }
    }
}

/// An option of a select element.
struct Choice: Sendable {
    let value: String
    let name: String
    let isChosen: Bool

    /// With `all` first, which has an empty value.
    static func list(all: String?, _ values: [(value: String, name: String)], chosen: String) -> [Choice] {
        let values = (all.map { [("", $0)] } ?? []) + values
        return values.map { Choice(value: $0.0, name: $0.1, isChosen: $0.0 == chosen) }
    }
}

/// A time that a page can show, of those that it offers.
struct RangeLink: Sendable {
    let link: String
    let name: String
    let isHere: Bool
}

/// A page with a single message.
struct MessagePage: Sendable {
    let frame: Frame
    let heading: String
    let text: String
    let hint: String?
}

/// A repository or a pull request, with a link to its page.
struct RepositoryLink: Sendable {
    let text: String
    let link: String?

    init(_ repository: RepositoryName, pullRequest: Int?) {
        text = repository.displayName + (pullRequest.map { " #\($0)" } ?? "")
        link = repository.text.map { name in
            pullRequest.map { "/\(Path.escaped(name))/pull/\($0)" } ?? RepositoryPage.path(of: name)
        }
    }

    /// Whatever is known of the build or request of that id.
    init(search id: String, named text: String) {
        self.text = text
        link = SearchPage.path + Path.query([("q", id)])
    }
}

/// Paths and queries in links.
enum Path {
    /// Percent-encodes everything except what names of repositories contain, and slashes.
    static func escaped(_ text: String) -> String {
        PercentEncoding.encoded(text, keeping: PercentEncoding.unreserved + "/")
    }

    static func query(_ items: [(name: String, value: String)]) -> String {
        let kept = items.filter { !$0.value.isEmpty }
        let parts = kept.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}
