import NIOCore
package import NIOHTTP1
import SLOJSON

/// An error response as RFC 9457 defines it: an `application/problem+json` document of the generic type, whose title is
/// the status's reason phrase.
package struct Problem: Equatable {
    package static let contentType = "application/problem+json"

    package var status: HTTPResponseStatus
    /// One sentence for the sender. Never contains a secret.
    package var detail: String
    /// Headers that belong to the status, such as `Allow` or `Retry-After`.
    package var headers: [(name: String, value: String)] = []
    /// Further members, each value already JSON.
    package var members: [(name: String, json: String)] = []

    package init(
        status: HTTPResponseStatus, detail: String, headers: [(name: String, value: String)] = [],
        members: [(name: String, json: String)] = []
    ) {
        self.status = status
        self.detail = detail
        self.headers = headers
        self.members = members
    }

    package var json: String {
        var fields: [(name: String, json: String)] = [
            ("type", #""about:blank""#),
            ("title", jsonString(self.status.reasonPhrase)),
            ("status", "\(self.status.code)"),
            ("detail", jsonString(self.detail)),
        ]
        fields += self.members
        return "{" + fields.map { jsonString($0.name) + ":" + $0.json }.joined(separator: ",") + "}\n"
    }

    package static func == (left: Problem, right: Problem) -> Bool {
        left.json == right.json && left.headers.elementsEqual(right.headers, by: ==)
    }
}

extension Problem {
    package static func notFound(path: some StringProtocol) -> Problem {
        Problem(status: .notFound, detail: "There is nothing at \(shown(path)).")
    }

    package static func methodNotAllowed(path: some StringProtocol, allow: String) -> Problem {
        Problem(
            status: .methodNotAllowed, detail: "\(shown(path)) answers \(allow) only.", headers: [("Allow", allow)]
        )
    }

    /// Shortens a long path, so that the response stays short.
    private static func shown(_ path: some StringProtocol) -> String {
        let scalars = path.unicodeScalars.prefix(Self.shownPathLength)
        let shown = String(String.UnicodeScalarView(scalars))
        return scalars.endIndex < path.unicodeScalars.endIndex ? shown + "…" : shown
    }

    private static let shownPathLength = 200
}
