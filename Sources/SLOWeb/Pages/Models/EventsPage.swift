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
        first = isFirst ? nil : Self.path + request.query(setting: ["cursor": ""])
        next = found.next.map { Self.path + request.query(setting: ["cursor": CursorForm.write($0)]) }
        let resource = APIOperation.root + Self.path
        json = resource + request.query(setting: ["limit": "200"])
        csv = resource + request.query(setting: ["limit": "200", "format": "csv"])
    }

    private static func fields(_ request: APIRequest, _ settings: LedgerSettings) -> [FilterField] {
        func text(_ name: String, _ title: String, _ placeholder: String = "") -> FilterField {
            FilterField(name: name, title: title, value: request.text(name) ?? "", placeholder: placeholder)
        }
        func choice(_ name: String, _ title: String, all: String?, _ values: [(String, String)]) -> FilterField {
            FilterField(
                name: name, title: title, choices: Choice.list(all: all, values, chosen: request.text(name) ?? ""))
        }
        // Few look for them; they come with links.
        let rare = [text("architecture", "Architecture"), text("branch", "Branch"), text("check_name", "Check name")]
        return [
            choice(
                "objective", "Objective", all: "all",
                settings.objectives.map { ($0.name.rawValue, $0.name.rawValue) }),
            choice("verdict", "Verdict", all: "all", VerdictFilter.allCases.map { ($0.rawValue, $0.title) }),
            choice("deployment", "Deployment", all: "all", settings.labels.map { ($0, $0) }),
            text("repository", "Repository", "owner/name"), text("chroot", "Chroot", "fedora-rawhide-x86_64"),
        ] + rare.filter { !$0.value.isEmpty } + [
            FilterField(time: "from", title: "Judged from, UTC", value: request.time("from")),
            FilterField(time: "to", title: "before, UTC", value: request.time("to")),
            choice(
                "sort", "Sorted by time", all: nil, [("newest", "the latest first"), ("oldest", "the earliest first")]),
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

/// A field of a form that filters a list.
struct FilterField: Sendable {
    let name: String
    let title: String
    let value: String
    let placeholder: String
    /// Whether it takes a time.
    let isTime: Bool
    let isChoice: Bool
    let choices: [Choice]

    init(name: String, title: String, value: String, placeholder: String) {
        self.name = name
        self.title = title
        self.value = value
        self.placeholder = placeholder
        (isTime, isChoice, choices) = (false, false, [])
    }

    init(name: String, title: String, choices: [Choice]) {
        self.name = name
        self.title = title
        self.choices = choices
        (value, placeholder, isTime, isChoice) = ("", "", false, true)
    }

    init(time name: String, title: String, value: Timestamp?) {
        self.name = name
        self.title = title
        // As the browser's field takes it: whole seconds, without a zone.
        self.value = value.map { String($0.rfc3339.prefix(19)) } ?? ""
        (placeholder, isTime, isChoice, choices) = ("", true, false, [])
    }
}
