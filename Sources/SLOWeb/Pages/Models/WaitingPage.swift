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
    /// What it waits for; `nil` for everything.
    var hop: OpenWorkSnapshot.Item.Hop?
    /// Empty for all.
    var chroot = ""
    /// Whether what has least time left comes first, overdue or not.
    var isByTimeLeft = false
    /// `nil` for both.
    var isOverdue: Bool?
    /// From 1 on.
    var page = 1

    static let kinds = ["change"] + RunKind.allCases.map(\.rawValue)

    func fits(_ item: OpenWorkSnapshot.Item) -> Bool {
        if !deployment.isEmpty, item.deployment.label != deployment { return false }
        if !kind.isEmpty, item.kind.word != kind { return false }
        if let isOverdue, item.isOverdue != isOverdue { return false }
        if let hop, item.hop != hop { return false }
        if !chroot.isEmpty, item.chroot != chroot { return false }
        guard !repository.isEmpty else { return true }
        return item.repository.text?.lowercased().contains(repository.lowercased()) ?? false
    }

    /// What fits, in its order.
    func items(of work: OpenWorkSnapshot) -> [OpenWorkSnapshot.Item] {
        let items = work.items.filter(fits)
        guard isByTimeLeft else { return items }
        return items.sorted { ($0.timeLeft(at: work.at), $0.since) < ($1.timeLeft(at: work.at), $1.since) }
    }

    func link(page: Int) -> String {
        "/waiting"
            + Path.query([
                ("repository", repository), ("kind", kind), ("deployment", deployment), ("hop", hop?.rawValue ?? ""),
                ("chroot", chroot), ("sort", isByTimeLeft ? "time_left" : ""), ("page", page > 1 ? String(page) : ""),
            ])
    }

    var isAny: Bool { repository.isEmpty && kind.isEmpty && deployment.isEmpty && hop == nil && chroot.isEmpty }
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
    /// What waits for the same.
    struct Group: Sendable {
        let name: String
        let link: String
        let count: String
        let overdue: String
        let tone: String
        /// Of the one that has least.
        let left: SpanText?
    }

    let frame: Frame
    let lead: String
    let hasGroups: Bool
    let groups: [Group]
    let repository: String
    let chroot: String
    let kinds: [Choice]
    let hops: [Choice]
    let orders: [Choice]
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
        let items = filter.items(of: work)
        let leftOut = work.leftOut.reduce(0) { $0 + $1.count }
        let pages = max(1, (items.count + Self.pageRows - 1) / Self.pageRows)
        let page = min(max(1, filter.page), pages)
        frame = Frame("Waiting", at: "/waiting", fresh: 30, asOf: work.at)
        lead =
            "Changes that have no status \(DisplayFormat.duration(settings.initialStatusDeadline)) after their push, and "
            + "runs that have not ended. Overdue items come first, each part the longest waiting first."
        groups = Self.groups(work, filter)
        hasGroups = !groups.isEmpty
        repository = filter.repository
        chroot = filter.chroot
        hops = Choice.list(
            all: "all", OpenWorkSnapshot.Item.Hop.allCases.map { ($0.rawValue, $0.title) },
            chosen: filter.hop?.rawValue ?? "")
        orders = Choice.list(
            all: "overdue first", [("time_left", "least time left first")],
            chosen: filter.isByTimeLeft ? "time_left" : "")
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

extension WaitingPage {
    /// By what they wait for, whatever of it is shown.
    private static func groups(_ work: OpenWorkSnapshot, _ filter: WaitingFilter) -> [Group] {
        var filter = filter
        filter.hop = nil
        let items = Dictionary(grouping: filter.items(of: work), by: \.hop)
        return OpenWorkSnapshot.Item.Hop.allCases.compactMap { hop in
            guard let items = items[hop] else { return nil }
            filter.hop = hop
            let overdue = items.count(where: \.isOverdue)
            let left = items.filter { !$0.isOverdue }.map { $0.timeLeft(at: work.at) }.filter { $0 > .zero }.min()
            return Group(
                name: hop.title, link: filter.link(page: 1), count: DisplayFormat.grouped(Int64(items.count)),
                overdue: DisplayFormat.grouped(Int64(overdue)), tone: overdue > 0 ? "mark tone-bad" : "",
                left: left.map(SpanText.init))
        }
    }
}

extension OpenWorkSnapshot.Item.Hop {
    var title: String {
        switch self {
        case .status: "no first status"
        case .submission: "queued at Packit"
        case .queued: "waiting for the builder"
        case .started: "running"
        case .report: "ended and not reported"
        }
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
