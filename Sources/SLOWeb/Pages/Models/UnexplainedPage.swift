import SLOCore
import SLOQueries

/// The page at `/unexplained`: names that no rule knows, and contradictions.
struct UnexplainedPage: Sendable {
    struct NameRow: Sendable {
        let name: String
        let statuses: String
        let seen: TimeText
        let place: RepositoryLink
        let deployment: String
        let links: [OutsideLink]
        let rule: String?
    }

    struct Section: Sendable {
        let id: String
        let title: String
        let count: String
        let meaning: String
        let hasRows: Bool
        let rows: [Row]
        let more: String?
    }

    struct Row: Sendable {
        let place: RepositoryLink
        let deployment: String?
        let name: String?
        let stated: String
        let instead: String
        let at: TimeText
        let delivery: String?
    }

    let frame: Frame
    let since: TimeText?
    let hasNames: Bool
    let names: [NameRow]
    let hiddenNames: String?
    let sections: [Section]

    static let path = "/unexplained"

    init(_ found: UnexplainedSnapshot, hosts: LinkHosts) {
        frame = Frame("Unexplained", at: "/deliveries", fresh: 60, asOf: found.at)
        since = found.since.map { TimeText(moment: $0) }
        names = found.names.map { NameRow($0, hosts: hosts, now: found.at) }
        hasNames = !names.isEmpty
        hiddenNames =
            found.hiddenNames == 0
            ? nil
            : "\(DisplayFormat.count(found.hiddenNames, "name", "names")) in private repositories not shown."
        sections = UnexplainedSnapshot.Contradiction.Kind.allCases.map { kind in
            let rows = found.contradictions.filter { $0.kind == kind }
            let count = found.counts[kind] ?? rows.count
            return Section(
                id: kind.rawValue.replacing("_", with: "-"), title: kind.title,
                count: DisplayFormat.grouped(Int64(count)),
                meaning: kind.meaning, hasRows: !rows.isEmpty, rows: rows.map { Row($0, now: found.at) },
                more: count > rows.count && !rows.isEmpty ? "\(count - rows.count) more." : nil)
        }
    }
}

extension UnexplainedPage.NameRow {
    fileprivate init(_ name: UnexplainedSnapshot.Name, hosts: LinkHosts, now: Timestamp) {
        let example = name.example
        let repository = hosts.repository(example.repository)
        let check = example.checkRunID.map { OutsideLink(name: "Check on GitHub", url: "\(repository)/runs/\($0)") }
        let commit = OutsideLink(name: "Commit on GitHub", url: "\(repository)/commit/\(Path.escaped(example.sha))")
        self.init(
            name: example.name, statuses: DisplayFormat.grouped(Int64(name.statuses)),
            seen: TimeText(example.receivedAt, now: now),
            place: RepositoryLink(.known(example.repository), pullRequest: example.pullRequest),
            deployment: example.deployment.label,
            links: [
                check ?? commit, OutsideLink(name: "Delivery", url: DeliveryPage.path(of: example.sequence)),
            ],
            rule: name.rule?.yaml)
    }
}

extension UnexplainedPage.Row {
    fileprivate init(_ contradiction: UnexplainedSnapshot.Contradiction, now: Timestamp) {
        self.init(
            place: RepositoryLink(contradiction.repository, pullRequest: contradiction.pullRequest),
            deployment: contradiction.deployment?.label, name: contradiction.name, stated: contradiction.stated,
            instead: contradiction.instead, at: TimeText(contradiction.at, now: now),
            delivery: contradiction.sequence.map { DeliveryPage.path(of: $0) })
    }
}

extension UnexplainedSnapshot.Contradiction.Kind {
    fileprivate var title: String {
        switch self {
        case .unfinishedThoughCompleted: "Unfinished, though the check is completed"
        case .joinConflict: "Proposed joins in conflict"
        case .futureTime: "Times from the future"
        }
    }

    fileprivate var meaning: String {
        switch self {
        case .unfinishedThoughCompleted:
            "GitHub shows the latest check of the run as completed, but no rule takes its state and title for an end. "
                + "A title rule in rules.files would. Of the 200 pull requests whose runs wait longest."
        case .joinConflict:
            "The check and the backend’s run that was proposed for it ended differently. The check’s outcome counts; "
                + "the join is probably wrong. Of runs that ended in the last seven days."
        case .futureTime:
            "A provider’s time was more than ten minutes ahead of its receipt. One of the two clocks is wrong."
        }
    }
}
