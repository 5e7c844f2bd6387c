import SLOCore
import SLOQueries

/// The page at `/runs`: the runs that have ended, by what they are filtered by.
struct RunsPage: Sendable {
    let frame: Frame
    let lead = "Builds, test runs and other jobs that have ended."
    let heading = "Runs"
    let verdictTitle = "Outcome"
    let timeTitle = "Counted"
    let fields: [FilterField]
    let hasRows: Bool
    let emptyText: String
    let rows: [EventRow]
    let note: String? = nil
    let first: String?
    let next: String?
    let json: String
    let csv: String

    static let path = "/runs"

    /// - Parameter request: with the parameters of `RunQuery`.
    init(_ found: EndedRunsSnapshot, _ request: APIRequest, settings: LedgerSettings, hosts: LinkHosts) {
        let isFirst = request.text("cursor") == nil
        frame = Frame("Runs", fresh: isFirst ? 60 : nil, asOf: found.at)
        fields = Self.fields(request, settings)
        rows = found.runs.map { EventRow($0, hosts: hosts) }
        hasRows = !rows.isEmpty
        emptyText =
            found.next == nil
            ? "No run matches. Runs of private repositories match no name."
            : "None of the runs that were read matches: there may be some further on."
        (first, next, json, csv) = request.listLinks(at: Self.path, next: found.next.map { CursorForm.write($0) })
    }

    private static func fields(_ request: APIRequest, _ settings: LedgerSettings) -> [FilterField] {
        return [
            request.choice("kind", "Kind", all: "all", RunKind.allCases.map { ($0.rawValue, $0.plural.lowercased()) }),
            request.choice("outcome", "Outcome", all: "all", Outcome.allCases.map { ($0.rawValue, $0.rawValue) }),
            request.choice("deployment", "Deployment", all: "all", settings.labels.map { ($0, $0) }),
            request.field("repository", "Repository", "owner/name"),
            request.field("chroot", "Chroot", "fedora-rawhide-x86_64"),
            FilterField(time: "from", title: "Ended from, UTC", value: request.time("from")),
            FilterField(time: "until", title: "until, UTC", value: request.time("until")),
        ]
    }

    /// A link to the runs behind a number.
    /// - Parameters:
    ///   - day: the beginning of a day; only its runs.
    ///   - names: further parameters.
    static func path(
        _ kind: RunKind, _ deployment: Deployment, _ outcome: Outcome? = nil, from: Timestamp? = nil,
        day: Timestamp? = nil, names: [(name: String, value: String)] = []
    ) -> String {
        let until = day.map { $0 + .days(1) - .milliseconds(1) }
        return path
            + Path.query(
                [
                    ("kind", kind.rawValue), ("deployment", deployment.label), ("outcome", outcome?.rawValue ?? ""),
                ] + names + [("from", (day ?? from)?.rfc3339 ?? ""), ("until", until?.rfc3339 ?? "")])
    }
}

extension EventRow {
    init(_ run: EndedRunsSnapshot.Run, hosts: LinkHosts) {
        let (record, shown) = (run.record, run.isHidden ? nil : run.record)
        self.init(
            judged: TimeText(moment: record.countedAt), objective: nil,
            what: record.kind.title + (shown?.chroot.map { " \($0)" } ?? ""), name: shown?.name,
            place: RepositoryLink(run.repository, pullRequest: shown?.pullRequest),
            deployment: record.deployment.label, verdict: record.outcome.rawValue, tone: "tone-\(record.outcome.tone)",
            why: [
                record.reason.sentence, record.revisedOutcome.map { "later evidence says \($0.rawValue)" },
                record.isCounted ? nil : "not counted",
            ].compactMap { $0 }.joined(separator: "; "),
            since: record.queuedAt.map { TimeText(moment: $0) },
            took: record.queuedAt.map { SpanText(max(.zero, record.finishedAt - $0)) },
            links: OutsideLink.list(
                repository: run.repository.text, pullRequest: shown?.pullRequest, sha: shown?.sha,
                backend: shown?.backendID, of: record.kind, hosts))
    }
}
