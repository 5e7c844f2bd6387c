import HTTPTypes
import Hummingbird
import SLOQueries

extension PageRoutes {
    func addSearch(to router: Router<BasicRequestContext>) {
        router.get("/pull") { request, _ in find(Self.text(request.uri.queryParameters["find"])) }
        router.get(RouterPath(SearchPage.path)) { request, _ in
            try await answer {
                let text = Self.text(request.uri.queryParameters["q"])
                if let delivery = DeliveryNumber(text) { return seeOther(delivery.path) }
                if let pullRequest = PullRequestName(text) { return seeOther(pullRequest.path) }
                let found = try await source.search(SearchTerm(text))
                if let only = SearchPage.only(found) { return seeOther(only) }
                return render("search", SearchPage(found, for: text))
            }
        }
    }

    private func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }

    /// Accepts a GitHub URL or `owner/name#123`.
    private func find(_ text: String) -> Response {
        guard let found = PullRequestName(text) else {
            return message(
                Frame("Not found"), "This is not a pull request",
                "Enter owner/name#123, or paste its URL on GitHub.", status: .badRequest)
        }
        return seeOther(found.path)
    }
}

/// A pull request as a person enters it.
struct PullRequestName: Equatable {
    let repository: String
    let number: Int

    var path: String { "/\(Path.escaped(repository))/pull/\(number)" }

    init?(_ text: String) {
        var rest = Substring(text.filter { !$0.isWhitespace })
        for prefix in ["https://", "http://", "www.", "github.com/", "/"] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
        }
        let parts = rest.split(whereSeparator: { "/#?".contains($0) })
        let digits: Substring
        switch parts.count {
        case 3: digits = parts[2]
        case 4... where parts[2] == "pull" || parts[2] == "pulls": digits = parts[3]
        default: return nil
        }
        guard let number = Int(digits), number > 0, parts[0] != "..", parts[1] != ".." else { return nil }
        repository = "\(parts[0])/\(parts[1])"
        self.number = number
    }
}

/// A delivery by its number in the journal, as pages show it: `delivery 41`, or its page's address.
struct DeliveryNumber: Equatable {
    let sequence: Int64

    var path: String { DeliveryPage.path(of: sequence) }

    init?(_ text: String) {
        let words = text.lowercased().split { $0.isWhitespace || $0 == "/" }
        guard words.count > 1, ["delivery", "deliveries"].contains(words[words.count - 2]),
            let sequence = words.last.flatMap({ Int64($0) }), sequence > 0
        else { return nil }
        self.sequence = sequence
    }
}
