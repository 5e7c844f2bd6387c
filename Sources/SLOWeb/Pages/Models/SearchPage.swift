import SLOCore
import SLOQueries

/// The page at `/search`: what was found, if that is not one page.
struct SearchPage: Sendable {
    struct Row: Sendable {
        let what: String
        let text: String
        let link: String?
        let note: String
        let at: TimeText?
    }

    let frame: Frame
    let term: String
    let hasRows: Bool
    let rows: [Row]

    static let path = "/search"

    init(_ found: SearchSnapshot, for term: String) {
        frame = Frame("Search")
        self.term = term
        rows = Self.rows(found)
        hasRows = !rows.isEmpty
    }

    /// The page to which all that was found belongs; `nil` if there are several, or none.
    static func only(_ found: SearchSnapshot) -> String? {
        let links = Set(rows(found).map(\.link))
        return links.count == 1 ? links.first ?? nil : nil
    }

    private static func rows(_ found: SearchSnapshot) -> [Row] {
        let repositories = found.repositories.map {
            Row(what: "Repository", text: $0, link: RepositoryPage.path(of: $0), note: "", at: nil)
        }
        let pullRequests = found.pullRequests.map { pullRequest in
            let link = RepositoryLink(.known(pullRequest.repository), pullRequest: pullRequest.number)
            return Row(what: "Pull request", text: link.text, link: link.link, note: "", at: nil)
        }
        return repositories + pullRequests + found.runs.map { Row($0, now: found.at) }
            + found.deliveries.map { Row($0, now: found.at) }
    }
}

extension SearchPage.Row {
    fileprivate init(_ run: SearchSnapshot.Run, now: Timestamp) {
        let place = RepositoryLink(run.repository, pullRequest: run.pullRequest)
        what = run.kind.title
        text = place.text
        link = place.link
        note = [run.name, run.backendID ?? "", run.outcome?.rawValue ?? "not ended"].filter { !$0.isEmpty }
            .joined(separator: ", ")
        at = TimeText(run.at, now: now)
    }

    fileprivate init(_ delivery: SearchSnapshot.Delivery, now: Timestamp) {
        what = "Delivery"
        text = delivery.entry.map { "\($0.source.title) \($0.event)" } ?? "arrived"
        link = delivery.entry.map { DeliveryPage.path(of: $0.sequence) }
        note =
            delivery.entry.map { DeliveryOutcome(rawValue: $0.result)?.title ?? $0.result }
            ?? "the journal does not have it any more"
        at = TimeText(moment: delivery.receivedAt)
    }
}
