import SLOCore
import SLOQueries

/// By what is counted what waits. Raw values are part of the API: never renamed.
enum WaitingGrouping: String, CaseIterable, Sendable {
    case hop
    case chroot
    case architecture
    case repository

    var title: String {
        switch self {
        case .hop: "By state"
        case .chroot: "By chroot"
        case .architecture: "By architecture"
        case .repository: "By repository"
        }
    }

    var column: String { self == .hop ? "State" : rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// The filter, grouping and order of what waits.
struct WaitingFilter: Sendable {
    /// A part of `owner/name`, or all of it, case-insensitive.
    var repository = ""
    /// `change`, `build`, `test_run`, `job`, or empty for all.
    var kind = ""
    var deployment = ""
    /// What it waits for; `nil` for everything.
    var hop: OpenWorkSnapshot.Item.Hop?
    /// Empty for all.
    var chroot = ""
    var architecture = ""
    var grouping = WaitingGrouping.hop
    /// Whether what has least time left comes first, overdue or not.
    var isByTimeLeft = false
    /// `nil` for both.
    var isOverdue: Bool?
    /// Whether each item is asked for, however many there are.
    var showsRows = false
    /// From 1 on.
    var page = 1

    static let kinds = ["change"] + RunKind.allCases.map(\.rawValue)

    var isAny: Bool {
        repository.isEmpty && kind.isEmpty && deployment.isEmpty && hop == nil && chroot.isEmpty && architecture.isEmpty
    }

    /// What fits, in its order.
    func items(of work: OpenWorkSnapshot) -> [OpenWorkSnapshot.Item] {
        let name = repository.lowercased()
        let isWhole = work.items.contains { $0.repository.text?.lowercased() == name }
        let items = work.items.filter { fits($0) && fits($0.repository, name, isWhole: isWhole) }
        guard isByTimeLeft else { return items }
        return items.sorted { ($0.timeLeft(at: work.at), $0.since) < ($1.timeLeft(at: work.at), $1.since) }
    }

    private func fits(_ item: OpenWorkSnapshot.Item) -> Bool {
        if !deployment.isEmpty, item.deployment.label != deployment { return false }
        if !kind.isEmpty, item.kind.word != kind { return false }
        if let isOverdue, item.isOverdue != isOverdue { return false }
        if let hop, item.hop != hop { return false }
        if !chroot.isEmpty, item.chroot != chroot { return false }
        if !architecture.isEmpty, item.chroot.flatMap(ChrootName.architecture) != architecture { return false }
        return true
    }

    /// - Parameter isWhole: whether something of a repository with just that name waits: then no other fits.
    private func fits(_ repository: RepositoryName, _ name: String, isWhole: Bool) -> Bool {
        guard !name.isEmpty else { return true }
        guard let text = repository.text?.lowercased() else { return false }
        return isWhole ? text == name : text.contains(name)
    }

    // MARK: - The page

    func link(page: Int, showingRows: Bool? = nil) -> String {
        "/waiting"
            + Path.query([
                ("repository", repository), ("kind", kind), ("deployment", deployment), ("hop", hop?.rawValue ?? ""),
                ("chroot", chroot), ("architecture", architecture),
                ("by", grouping == .hop ? "" : grouping.rawValue), ("sort", isByTimeLeft ? "time_left" : ""),
                ("rows", showingRows ?? showsRows ? "true" : ""), ("page", page > 1 ? String(page) : ""),
            ])
    }

    func fields(_ settings: LedgerSettings) -> [FilterField] {
        let kinds = [("change", "changes")] + RunKind.allCases.map { ($0.rawValue, $0.plural.lowercased()) }
        let hops = OpenWorkSnapshot.Item.Hop.allCases.map { ($0.rawValue, $0.title) }
        let groupings = WaitingGrouping.allCases.map { ($0.rawValue, $0.column.lowercased()) }
        return [
            FilterField(name: "repository", title: "Repository", value: repository, placeholder: "part of owner/name"),
            FilterField(name: "kind", title: "Kind", choices: Choice.list(all: "all", kinds, chosen: kind)),
            FilterField(
                name: "deployment", title: "Deployment",
                choices: Choice.list(all: "all", settings.labels.map { ($0, $0) }, chosen: deployment)),
            FilterField(
                name: "hop", title: "State", choices: Choice.list(all: "all", hops, chosen: hop?.rawValue ?? "")),
            FilterField(name: "chroot", title: "Chroot", value: chroot, placeholder: "fedora-rawhide-x86_64"),
            FilterField(name: "architecture", title: "Architecture", value: architecture, placeholder: "s390x"),
            FilterField(
                name: "by", title: "Grouped by",
                choices: Choice.list(all: nil, groupings, chosen: grouping.rawValue)),
            FilterField(
                name: "sort", title: "Sorted",
                choices: Choice.list(
                    all: "overdue first", [("time_left", "least time left first")],
                    chosen: isByTimeLeft ? "time_left" : "")),
        ]
    }
}

extension OpenWorkSnapshot.Item.Kind {
    var word: String {
        switch self {
        case .change: "change"
        case .run(let kind): kind.rawValue
        }
    }
}

/// A part of what waits.
struct WaitingGroup: Sendable {
    let grouping: WaitingGrouping
    /// A hop is known by its raw value.
    let name: RepositoryName
    let count: Int
    let overdue: Int
    /// How long the one waits that waits longest.
    let longest: TimeSpan
    /// How much time the one has that has least, of those that are not overdue.
    let timeLeft: TimeSpan?

    fileprivate init(
        _ grouping: WaitingGrouping, _ name: RepositoryName, _ items: [OpenWorkSnapshot.Item], at now: Timestamp
    ) {
        self.grouping = grouping
        self.name = name
        count = items.count
        overdue = items.count(where: \.isOverdue)
        longest = items.map { now - $0.since }.max() ?? .zero
        timeLeft = items.filter { !$0.isOverdue }.map { $0.timeLeft(at: now) }.filter { $0 > .zero }.min()
    }

    var title: String {
        switch (name, grouping) {
        case (.known(let text), .hop): OpenWorkSnapshot.Item.Hop(rawValue: text)?.title ?? text
        case (.known(let text), _): text
        case (.hidden, _): "private repositories"
        case (.unknown, .repository): "unknown repository"
        case (.unknown, _): "without \(grouping == .architecture ? "an" : "a") \(grouping.rawValue)"
        }
    }
}

extension WaitingFilter {
    /// What fits, by what it is grouped by. States come in the order in which a run goes through them; others the most
    /// urgent first.
    func groups(of work: OpenWorkSnapshot) -> [WaitingGroup] {
        var filter = self
        if grouping == .hop { filter.hop = nil }
        let parts = Dictionary(grouping: filter.items(of: work)) { $0.part(by: grouping) }
        let groups = parts.map { WaitingGroup(grouping, $0.key, $0.value, at: work.at) }
        if grouping == .hop, !isByTimeLeft {
            let places = OpenWorkSnapshot.Item.Hop.allCases.map(\.rawValue)
            func place(_ group: WaitingGroup) -> Int { places.firstIndex(of: group.name.text ?? "") ?? places.count }
            return groups.sorted { place($0) < place($1) }
        }
        func rank(_ group: WaitingGroup) -> (Int64, Int, Int, String) {
            (
                isByTimeLeft ? group.timeLeft?.milliseconds ?? .max : 0, -group.overdue, -group.count, group.title
            )
        }
        return groups.sorted { rank($0) < rank($1) }
    }

    /// The filter that shows what is in a group; `nil` for one without a name.
    func narrowed(to group: WaitingGroup) -> WaitingFilter? {
        guard let name = group.name.text else { return nil }
        var filter = self
        filter.page = 1
        switch group.grouping {
        case .hop: filter.hop = OpenWorkSnapshot.Item.Hop(rawValue: name)
        case .chroot: filter.chroot = name
        case .architecture: filter.architecture = name
        case .repository: filter.repository = name
        }
        // What is in a chroot, an architecture or a repository is told by its states.
        filter.grouping = .hop
        return filter
    }
}

extension OpenWorkSnapshot.Item {
    fileprivate func part(by grouping: WaitingGrouping) -> RepositoryName {
        let text: String? =
            switch grouping {
            case .hop: hop.rawValue
            case .chroot: chroot
            case .architecture: chroot.flatMap(ChrootName.architecture)
            case .repository: repository.text
            }
        if let text { return .known(text) }
        return repository == .hidden ? .hidden : .unknown
    }
}
