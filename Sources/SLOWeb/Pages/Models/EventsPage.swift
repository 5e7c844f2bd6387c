import SLOCore
import SLOQueries

/// The page at `/events`: the events of objectives, by what they are filtered by.
struct EventsPage: Sendable {
    let frame: Frame
    let heading = "Events"
    let lead =
        "The changes and runs that objectives judged. A doubtful event counts as bad; an unknown one is not counted."
    let verdictTitle = "Verdict"
    let timeTitle = "Judged"
    let fields: [FilterField]
    let hasRows: Bool
    let emptyText: String
    let rows: [EventRow]
    /// What is left out.
    let note: String?
    let first: String?
    let next: String?
    let json: String
    let csv: String

    static let path = "/events"

    /// - Parameter request: with the parameters of `EventQuery`.
    init(_ found: EventsSnapshot, _ request: APIRequest, settings: LedgerSettings, hosts: LinkHosts) {
        let isFirst = request.text("cursor") == nil
        frame = Frame("Events", at: Self.path, fresh: isFirst ? 60 : nil, asOf: found.at)
        fields = Self.fields(request, settings)
        rows = found.events.map { EventRow($0, hosts: hosts) }
        hasRows = !rows.isEmpty
        emptyText =
            found.next == nil
            ? "No event matches. Events of private repositories match no name."
            : "None of the judgements that were read matches: there may be some further on."
        note =
            found.isPartial
            ? "Of the latest events that match: older ones were not compared. Filter by time to see them." : nil
        (first, next, json, csv) = request.listLinks(at: Self.path, next: found.next.map { CursorForm.write($0) })
    }

    private static func fields(_ request: APIRequest, _ settings: LedgerSettings) -> [FilterField] {
        // Few look for them; they come with links.
        let rare = [
            request.field("architecture", "Architecture"), request.field("branch", "Branch"),
            request.field("check_name", "Check name"),
        ]
        return [
            request.choice(
                "objective", "Objective", all: "all",
                settings.objectives.map { ($0.name.rawValue, $0.name.rawValue) }),
            request.choice("verdict", "Verdict", all: "all", VerdictFilter.allCases.map { ($0.rawValue, $0.title) }),
            request.choice("deployment", "Deployment", all: "all", settings.labels.map { ($0, $0) }),
            request.field("repository", "Repository", "owner/name"),
            request.field("chroot", "Chroot", "fedora-rawhide-x86_64"),
        ] + rare.filter { !$0.value.isEmpty } + [
            FilterField(time: "from", title: "Judged from, UTC", value: request.time("from")),
            FilterField(time: "to", title: "before, UTC", value: request.time("to")),
            request.choice(
                "sort", "Sorted", all: nil,
                [("newest", "latest first"), ("oldest", "earliest first"), ("longest", "longest first")]),
        ]
    }
}

extension EventsPage {
    /// A link to the events behind a number.
    /// - Parameter names: further parameters.
    static func path(
        _ objective: Objective.Name? = nil, _ deployment: Deployment? = nil, _ verdict: VerdictFilter? = nil,
        from: Timestamp? = nil, to: Timestamp? = nil, names: [(name: String, value: String)] = []
    ) -> String {
        path
            + Path.query(
                [
                    ("objective", objective?.rawValue ?? ""), ("deployment", deployment?.label ?? ""),
                    ("verdict", verdict?.rawValue ?? ""),
                ] + names + [("from", from?.rfc3339 ?? ""), ("to", to?.rfc3339 ?? "")])
    }
}

extension VerdictFilter {
    fileprivate var title: String { self == .missed ? "missed: bad or doubtful" : rawValue }
}
