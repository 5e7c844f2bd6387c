import SLOCore
import SLOService
import SLOQueries

/// The page at `/{owner}/{repository}/pull/{number}`.
struct PullRequestPage: Sendable {
    struct Head: Sendable {
        let id: String
        let action: String
        let sha: String
        let short: String
        let link: String
        /// To what arrived about it.
        let deliveries: String
        let pushed: TimeText?
        let isLatest: Bool
        let hasChart: Bool
        let from: TimeText
        let length: SpanText
        let rows: [HopItem]
    }

    let frame: Frame
    let repository: String
    let number: Int
    let state: String?
    let link: String
    /// To what arrived about it.
    let deliveries: String
    let headlines: [String]
    let bannerTone: String
    let heads: [Head]
    let previous: String?
    let next: String?

    init(_ reading: PullRequestSnapshot, settings: LedgerSettings, hosts: LinkHosts) {
        let now = reading.at
        frame = Frame("\(reading.repositoryName) #\(reading.number)", fresh: 15, asOf: now)
        repository = reading.repositoryName
        number = reading.number
        link = "\(hosts.repository(repository))/pull/\(reading.number)"
        let lastHeardOf = reading.heads.map(\.lastHeardOf)
        deliveries = DeliveriesPage.path(
            repository: repository, pullRequest: number,
            until: lastHeardOf.contains(nil) ? nil : lastHeardOf.compactMap(\.self).max(), now: now)
        state = reading.isOpen.map { isOpen in
            isOpen ? "open" : "closed" + (reading.closedAt.map { " \(DisplayFormat.time($0, now: now))" } ?? "")
        }
        heads = reading.heads.enumerated().map { place, head in
            Head(head, isLatest: place == 0 && reading.previous == nil, hosts: hosts, reading, settings: settings)
        }
        let path = "/\(Path.escaped(repository))/pull/\(reading.number)"
        previous = reading.previous.map { $0 == .start ? path : path + Path.query([("page", CursorForm.write($0))]) }
        next = reading.next.map { path + Path.query([("page", CursorForm.write($0))]) }
        let pending = heads.flatMap(\.rows).filter { $0.pending != nil }
        let summary = Self.summary(pending, heads.first, isOpen: reading.isOpen)
        let isAll = previous == nil && next == nil
        headlines = summary.lines + (isAll ? [] : ["This covers this page only; the pull request has more."])
        bannerTone = summary.tone
    }

    /// What is pending, before everything else.
    private static func summary(_ pending: [HopItem], _ latest: Head?, isOpen: Bool?) -> (lines: [String], tone: String)
    {
        guard pending.isEmpty else {
            let lines = pending.prefix(3).map { "\($0.name): \($0.pending ?? "")" }
            let more = pending.count > 3 ? ["And \(DisplayFormat.count(pending.count - 3, "more", "more")) below."] : []
            let worst = pending.contains { $0.pendingTone == "tone-bad" }
            return (lines + more, worst ? "tone-bad" : "tone-warn")
        }
        guard let latest, !latest.rows.isEmpty else { return (["Only its push has been received."], "") }
        let bad = latest.rows.filter { $0.tone == "tone-bad" }
        guard bad.isEmpty else {
            let lines = bad.prefix(3).map { "\($0.name): \($0.word)." }
            return (["Nothing is pending. On the latest commit:"] + lines, "tone-warn")
        }
        return (["Nothing is pending: the latest commit has its status, and its runs have ended."], "tone-good")
    }
}

extension PullRequestPage.Head {
    fileprivate init(
        _ head: PullRequestSnapshot.Head, isLatest: Bool, hosts: LinkHosts, _ reading: PullRequestSnapshot,
        settings: LedgerSettings
    ) {
        let now = reading.at
        let changes = head.changes.map { HopItem($0, isLatest: isLatest, isOpen: reading.isOpen, settings, now: now) }
        let runs = head.runs.map { run in
            HopItem(run, links: run.story.links(repository: reading.repositoryName, hosts: hosts), now: now)
        }
        let items = changes + runs
        let hops = items.flatMap(\.row.hops)
        let from = hops.map(\.from).min() ?? head.moves.last?.at ?? now
        let to = max(hops.map { $0.to ?? now }.max() ?? now, from + .seconds(1))
        self.init(
            id: "commit-\(head.sha.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(12))",
            action: head.moves.last?.action.title ?? "Commit", sha: head.sha, short: String(head.sha.prefix(7)),
            link: "\(hosts.repository(reading.repositoryName))/commit/\(Path.escaped(head.sha))",
            deliveries: DeliveriesPage.path(
                repository: reading.repositoryName, commit: head.sha, until: head.lastHeardOf, now: now),
            pushed: head.moves.last.map { TimeText($0.at, now: now) }, isLatest: isLatest, hasChart: !hops.isEmpty,
            from: TimeText(from, text: DisplayFormat.date(from)), length: SpanText(to - from),
            rows: items.map { $0.drawn(from: from, to: to) })
    }
}

extension PullRequestSnapshot.Head {
    /// The latest time that is known of it; `nil` while something is pending.
    fileprivate var lastHeardOf: Timestamp? {
        guard changes.allSatisfy({ $0.verdict != nil }), runs.allSatisfy({ $0.story.finishedAt != nil }) else {
            return nil
        }
        let times = moves.map(\.at) + changes.compactMap(\.answeredAt) + runs.compactMap(\.story.finishedAt)
        return times.max()
    }
}
