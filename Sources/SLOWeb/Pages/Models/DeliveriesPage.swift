import SLOCore
import SLOService
import SLOQueries

/// The page at `/deliveries`.
struct DeliveriesPage: Sendable {
    struct ResultRow: Sendable {
        let name: String
        let meaning: String
        let count: String
        let tone: String
    }

    struct SourceSection: Sendable {
        let id: String
        let name: String
        let last: TimeText?
        /// The text if there is no last delivery.
        let absence: String
        let lag: String
        let hasResults: Bool
        let results: [ResultRow]
    }

    static let path = "/deliveries"

    let frame: Frame
    let sources: [SourceSection]
    let fields: [FilterField]
    let hasRows: Bool
    let emptyText: String
    let rows: [DeliveryRow]
    let first: String?
    let next: String?
    let hasBlind: Bool
    let blind: [OverviewPage.BlindRow]

    /// - Parameter request: with the parameters of `DeliveryQuery`.
    init(_ reading: DeliveriesSnapshot, _ request: APIRequest, _ sources: [SourceSnapshot]) {
        let now = reading.at
        let isFirst = request.text("cursor") == nil
        frame = Frame("Deliveries", at: Self.path, fresh: isFirst ? 30 : nil, asOf: now)
        self.sources = sources.map { SourceSection($0, now: now) }
        fields = Self.fields(request)
        rows = reading.deliveries.map { DeliveryRow($0, now: now) }
        hasRows = !rows.isEmpty
        emptyText =
            reading.next == nil
            ? "No stored delivery matches. Deliveries of private repositories match no name."
            : "None of the deliveries that were read matches; look further back."
        let links = request.listLinks(
            at: Self.path, next: reading.next.map { CursorForm.deliveries.write([$0]) })
        (first, next) = (links.first.map { $0 + "#journal" }, links.next.map { $0 + "#journal" })
        blind = reading.blindIntervals.map { OverviewPage.BlindRow($0, now: now) }
        hasBlind = !blind.isEmpty
    }

    private static func fields(_ request: APIRequest) -> [FilterField] {
        [
            request.choice("source", "Source", all: "all", Source.allCases.map { ($0.rawValue, $0.title) }),
            request.field("event", "Event", "check_run"),
            request.choice("result", "Result", all: "all", DeliveryQuery.journalled.map { ($0.rawValue, $0.title) }),
            request.field("repository", "Repository", "owner/name"),
            request.field("pull_request", "Pull request", "42"), request.field("commit", "Commit", "3f2a9c0"),
            FilterField(time: "until", title: "until, UTC", value: request.time("until")),
        ]
    }

    /// What is late may arrive for that long after everything is over.
    private static let afterwards = TimeSpan.days(1)

    /// A link to the deliveries about a pull request or a commit.
    /// - Parameter last: when the last thing is known to have happened; `nil` while something is pending.
    static func path(
        repository: String, pullRequest: Int? = nil, commit: String? = nil, until last: Timestamp?, now: Timestamp
    ) -> String {
        let until = last.map { $0 + afterwards }.flatMap { $0 < now ? $0 : nil }
        return path
            + Path.query([
                ("repository", repository), ("pull_request", pullRequest.map { String($0) } ?? ""),
                ("commit", commit ?? ""), ("until", until?.rfc3339 ?? ""),
            ]) + "#journal"
    }
}

extension DeliveriesPage.SourceSection {
    fileprivate init(_ source: SourceSnapshot, now: Timestamp) {
        let counted = source.outcomes.filter { $0.count > 0 }
        self.init(
            id: "source-\(source.source.rawValue)", name: source.source.title,
            last: source.lastText(now: now),
            absence: counted.isEmpty ? "No delivery has been received." : "No recent delivery.",
            lag: source.medianLag.map {
                "Half of all deliveries arrive within \(DisplayFormat.duration($0)) of the provider’s time."
            } ?? "",
            hasResults: !counted.isEmpty,
            results: counted.map { result, count in
                DeliveriesPage.ResultRow(
                    name: result.title, meaning: result.meaning, count: DisplayFormat.grouped(count),
                    tone: result.isRefusal || result == .conflicting || result == .processingFailed ? "tone-bad" : "")
            })
    }
}
