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

/// The page at `/waiting`: groups first, and each item where it is asked for.
struct WaitingPage: Sendable {
    /// What waits for the same, or has the same chroot, architecture or repository.
    struct Group: Sendable {
        let name: String
        /// To what is in it; `nil` for what has no name.
        let link: String?
        let count: String
        let overdue: String
        let tone: String
        /// Of the one that waits longest.
        let longest: SpanText
        /// Of the one that has least, of those that are not overdue.
        let left: SpanText?
    }

    let frame: Frame
    let lead: String
    let fields: [FilterField]
    let grouping: String
    let groupTitle: String
    let hasGroups: Bool
    let groups: [Group]
    let moreGroups: String?
    let found: String
    /// To each item, if they are not shown.
    let showRows: String?
    let hasRows: Bool
    let emptyText: String?
    let rows: [WaitingRow]
    let previous: String?
    let next: String?
    let position: String?

    private static let pageRows = 50
    private static let groupRows = 50

    init(_ work: OpenWorkSnapshot, _ filter: WaitingFilter, settings: LedgerSettings) {
        let items = filter.items(of: work)
        let leftOut = work.leftOut.reduce(0) { $0 + $1.count }
        let pages = max(1, (items.count + Self.pageRows - 1) / Self.pageRows)
        let page = min(max(1, filter.page), pages)
        frame = Frame("Waiting", at: "/waiting", fresh: 30, asOf: work.at)
        lead =
            "Changes that have no status \(DisplayFormat.duration(settings.initialStatusDeadline)) after their push, and "
            + "runs that have not ended. Overdue items come first, each part the longest waiting first."
        fields = filter.fields(settings)
        let groups = filter.groups(of: work)
        grouping = filter.grouping.title
        groupTitle = filter.grouping.column
        self.groups = groups.prefix(Self.groupRows).map { Group($0, filter) }
        hasGroups = !groups.isEmpty
        moreGroups =
            groups.count > Self.groupRows
            ? "\(groups.count - Self.groupRows) more are not shown; the API lists all." : nil
        found =
            items.isEmpty
            ? "Nothing is waiting"
            : "\(DisplayFormat.grouped(Int64(items.count))) \(items.count == 1 ? "waits" : "wait"), "
                + "\(DisplayFormat.grouped(Int64(items.count(where: \.isOverdue)))) over the deadline"
                + (leftOut > 0 ? "; \(DisplayFormat.grouped(Int64(leftOut))) more are not listed" : "")
        let showsRows = filter.showsRows || !filter.isAny || filter.page > 1 || items.count <= Self.pageRows
        showRows = showsRows ? nil : filter.link(page: 1, showingRows: true)
        hasRows = showsRows && !items.isEmpty
        emptyText =
            !items.isEmpty
            ? nil
            : filter.isAny
                ? "Every change has its status, and every run has ended."
                : "Nothing that matches is waiting. Private repositories match no name."
        rows =
            showsRows
            ? items.dropFirst((page - 1) * Self.pageRows).prefix(Self.pageRows).map { WaitingRow($0, now: work.at) }
            : []
        previous = showsRows && page > 1 ? filter.link(page: page - 1) : nil
        next = showsRows && page < pages ? filter.link(page: page + 1) : nil
        position = showsRows && pages > 1 ? "Page \(page) of \(pages)" : nil
    }
}

extension WaitingPage.Group {
    fileprivate init(_ group: WaitingGroup, _ filter: WaitingFilter) {
        self.init(
            name: group.title, link: filter.narrowed(to: group)?.link(page: 1),
            count: DisplayFormat.grouped(Int64(group.count)), overdue: DisplayFormat.grouped(Int64(group.overdue)),
            tone: group.overdue > 0 ? "mark tone-bad" : "", longest: SpanText(max(.zero, group.longest)),
            left: group.timeLeft.map(SpanText.init))
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
