import SLOCore
import SLOService
import SLOQueries

/// A row of the table.
struct WaitingRow: Sendable {
    let what: String
    let name: String?
    let place: RepositoryLink
    let deployment: String
    let hop: String
    let since: TimeText
    let waited: SpanText
    let tone: String
    let isUncounted: Bool

    init(_ item: OpenWorkSnapshot.Item, now: Timestamp) {
        place = RepositoryLink(item.repository, pullRequest: item.pullRequest)
        deployment = item.deployment.label
        since = TimeText(item.since, text: DisplayFormat.date(item.since))
        waited = SpanText(max(.zero, now - item.since))
        tone = item.isOverdue ? item.isCounted ? "tone-bad" : "tone-warn" : ""
        isUncounted = !item.isCounted
        switch item.kind {
        case .change(let eligibility):
            what = "Change"
            name = item.sha.map { "\($0.prefix(7)), \(eligibility.rawValue)" }
            hop = "no first status"
        case .run(let kind):
            what = kind.title + (item.chroot.map { " \($0)" } ?? "")
            name = item.name
            hop = item.hop.phrase(kind, startedAt: item.startedAt, now: now)
        }
    }
}

extension OpenWorkSnapshot.Item.Hop {
    func phrase(_ kind: RunKind, startedAt: Timestamp?, now: Timestamp) -> String {
        func words(_ words: String, _ preposition: String) -> String {
            kind.backend.map { "\(words) \(preposition) \($0)" } ?? words
        }
        return switch self {
        case .status: "no first status"
        case .submission: words("accepted, not submitted", "to")
        case .queued: words("queued, not started", "by")
        case .started:
            startedAt.map { "running for \(DisplayFormat.lasting(since: $0, until: now))" } ?? words("running", "at")
        case .report: words("ended", "at") + ", not reported by Packit"
        }
    }
}

/// The filter of the list.
struct WaitingFilter: Sendable {
    /// A part of `owner/name`, case-insensitive.
    var repository = ""
    /// `change`, `build`, `test_run`, `job`, or empty for all.
    var kind = ""
    var deployment = ""
    /// `nil` for both.
    var isOverdue: Bool?
    /// From 1 on.
    var page = 1

    static let kinds = ["change"] + RunKind.allCases.map(\.rawValue)

    func fits(_ item: OpenWorkSnapshot.Item) -> Bool {
        if !deployment.isEmpty, item.deployment.label != deployment { return false }
        if !kind.isEmpty, item.kind.word != kind { return false }
        if let isOverdue, item.isOverdue != isOverdue { return false }
        guard !repository.isEmpty else { return true }
        return item.repository.text?.lowercased().contains(repository.lowercased()) ?? false
    }

    func link(page: Int) -> String {
        "/waiting"
            + Path.query([
                ("repository", repository), ("kind", kind), ("deployment", deployment),
                ("page", page > 1 ? String(page) : ""),
            ])
    }

    var isAny: Bool { repository.isEmpty && kind.isEmpty && deployment.isEmpty }
}

extension OpenWorkSnapshot.Item.Kind {
    var word: String {
        switch self {
        case .change: "change"
        case .run(let kind): kind.rawValue
        }
    }
}

/// The page at `/waiting`.
struct WaitingPage: Sendable {
    let frame: Frame
    let lead: String
    let repository: String
    let kinds: [Choice]
    let deployments: [Choice]
    let found: String
    let hasRows: Bool
    let emptyText: String
    let rows: [WaitingRow]
    let previous: String?
    let next: String?
    let position: String?

    private static let pageRows = 50

    init(_ work: OpenWorkSnapshot, _ filter: WaitingFilter, settings: LedgerSettings) {
        let items = work.items.filter(filter.fits)
        let leftOut = work.leftOut.reduce(0) { $0 + $1.count }
        let pages = max(1, (items.count + Self.pageRows - 1) / Self.pageRows)
        let page = min(max(1, filter.page), pages)
        frame = Frame("Waiting", at: "/waiting", fresh: 30, asOf: work.at)
        lead =
            "Changes that have no status \(DisplayFormat.duration(settings.initialStatusDeadline)) after their push, and "
            + "runs that have not ended. Overdue items come first, each part the longest waiting first."
        repository = filter.repository
        kinds = Choice.list(
            all: "all", [("change", "changes")] + RunKind.allCases.map { ($0.rawValue, $0.plural.lowercased()) },
            chosen: filter.kind)
        deployments = Choice.list(
            all: "all", settings.labels.map { ($0, $0) }, chosen: filter.deployment)
        found =
            items.isEmpty
            ? "Nothing is waiting"
            : "\(DisplayFormat.grouped(Int64(items.count))) \(items.count == 1 ? "waits" : "wait"), "
                + "\(DisplayFormat.grouped(Int64(items.count(where: \.isOverdue)))) over the deadline"
                + (leftOut > 0 ? "; \(DisplayFormat.grouped(Int64(leftOut))) more are not listed" : "")
        hasRows = !items.isEmpty
        emptyText =
            filter.isAny
            ? "Every change has its status, and every run has ended."
            : "Nothing that matches is waiting. Private repositories match no name."
        rows = items.dropFirst((page - 1) * Self.pageRows).prefix(Self.pageRows).map { WaitingRow($0, now: work.at) }
        previous = page > 1 ? filter.link(page: page - 1) : nil
        next = page < pages ? filter.link(page: page + 1) : nil
        position = pages > 1 ? "Page \(page) of \(pages)" : nil
    }
}

extension LedgerSettings {
    /// The deployments' labels without repetitions.
    var labels: [String] {
        var labels: [String] = []
        for deployment in deployments where !labels.contains(deployment.label) { labels.append(deployment.label) }
        return labels
    }
}
