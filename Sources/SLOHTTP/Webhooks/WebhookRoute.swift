import NIOHTTP1
import SLOCore

/// Classifies a request's target for the webhook handler.
enum WebhookRoute: Equatable {
    /// `POST /webhooks/…` of a known source.
    case delivery(Source)
    /// Below `/webhooks/`, but refused with this problem.
    case refused(Problem)
    /// Not a webhook.
    case elsewhere

    init(_ head: HTTPRequestHead) {
        if head.method == .POST, let source = Self.sources[head.uri] {
            self = .delivery(source)
            return
        }
        let path = Self.path(of: head.uri)
        guard path.utf8.starts(with: Self.prefix.utf8) else {
            self = .elsewhere
            return
        }
        guard let source = Source(rawValue: String(path.dropFirst(Self.prefix.utf8.count))) else {
            self = .refused(.notFound(path: path))
            return
        }
        self =
            head.method == .POST
            ? .delivery(source) : .refused(.methodNotAllowed(path: path, allow: "POST"))
    }

    private static let prefix = "/webhooks/"
    /// The targets as nearly every sender writes them.
    private static let sources = Dictionary(uniqueKeysWithValues: Source.allCases.map { (prefix + $0.rawValue, $0) })

    /// The path of a target in origin form (`/path?query`) or absolute form (`http://host/path`).
    static func path(of target: String) -> Substring {
        var path = target[...]
        if !path.utf8.starts(with: "/".utf8), let scheme = path.firstRange(of: "://") {
            let afterScheme = path[scheme.upperBound...]
            path = afterScheme.firstIndex(of: "/").map { afterScheme[$0...] } ?? "/"
        }
        return path.prefix { $0 != "?" }
    }
}
