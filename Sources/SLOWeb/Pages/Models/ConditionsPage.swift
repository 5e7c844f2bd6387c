import SLOConditions
import SLOCore
import SLOQueries

/// The page at `/conditions`: what holds now with what to do, and the incidents of a time that ends now.
struct ConditionsPage: Sendable {
    /// One condition of one subject.
    struct Lane: Sendable {
        let summary: String
        let party: String
        let bars: String
        let count: String
        let lasted: SpanText
    }

    struct IncidentRow: Sendable {
        let summary: String
        let severity: String
        let tone: String
        let party: String
        let since: TimeText
        let fired: TimeText?
        let ended: TimeText?
        let lasted: SpanText
        /// To the events that missed the objective meanwhile, if it is about one.
        let eventsLink: String?
        /// The alert, and its section of the runbook.
        let alert: String
        let alertLink: String

        init(_ incident: Incident, now: Timestamp) {
            eventsLink = incident.eventsLink
            alert = incident.condition
            alertLink = RunbookPage.path(of: alert)
            summary = incident.summary
            severity = incident.severity.rawValue
            tone = incident.severity == .critical ? "tone-bad" : "tone-warn"
            party = incident.party.title
            since = TimeText(moment: incident.since)
            fired = incident.firedAt.map { TimeText(moment: $0, after: incident.since) }
            ended = incident.endedAt.map { TimeText(moment: $0, after: incident.since) }
            lasted = SpanText(max(.zero, (incident.endedAt ?? now) - incident.since))
        }
    }

    struct NoteRow: Sendable {
        let kind: String
        let words: String
        let from: TimeText
        let to: TimeText

        init(_ note: TimeNoteSnapshot) {
            kind = note.kind.title
            words = note.words
            from = TimeText(moment: note.from)
            to = TimeText(moment: note.to, after: note.from)
        }
    }

    /// How far back the page looks, by a word in its address.
    enum Range: String, CaseIterable, Sendable {
        case week, month, quarter

        var span: TimeSpan {
            switch self {
            case .week: .days(7)
            case .month: .days(30)
            case .quarter: .days(90)
            }
        }

        var title: String {
            switch self {
            case .week: "Week"
            case .month: "Month"
            case .quarter: "Quarter"
            }
        }

        /// The shortest that begins no later.
        init(since begin: Timestamp, now: Timestamp) {
            self = Self.allCases.first { now - begin <= $0.span } ?? .quarter
        }

        var path: String { self == .week ? ConditionsPage.path : "\(ConditionsPage.path)?range=\(rawValue)" }
    }

    static let path = "/conditions"
    private static let lanesShown = 40
    private static let rowsShown = 50

    let frame: Frame
    let now: NowBlock
    let span: String
    let ranges: [RangeLink]
    let begin: String
    let hasIncidents: Bool
    let lanes: [Lane]
    let incidents: [IncidentRow]
    /// How many incidents the table leaves out.
    let more: String?
    let hasNotes: Bool
    /// A lane of the same scale as the others.
    let noteBars: String
    let notes: [NoteRow]

    /// - Parameter notes: of the same days, and what is planned.
    init(
        _ conditions: ConditionsNow, _ found: IncidentsSnapshot, notes noted: [TimeNoteSnapshot], over range: Range
    ) {
        let at = found.at
        frame = Frame("Conditions", at: Self.path, fresh: 30, asOf: at)
        now = NowBlock(conditions, now: at)
        span = DisplayFormat.duration(range.span)
        ranges = Range.allCases.map {
            RangeLink(link: "\($0.path)#timeline", name: $0.title, isHere: $0 == range)
        }
        let begins = at - range.span
        begin = DisplayFormat.date(begins)
        hasIncidents = !found.incidents.isEmpty
        lanes = Self.grouped(found.incidents).prefix(Self.lanesShown).map { incidents in
            Lane(
                summary: incidents[0].summary, party: incidents[0].party.title,
                bars: IncidentLane.svg(incidents, from: begins, until: at),
                count: DisplayFormat.grouped(Int64(incidents.count)),
                lasted: SpanText(Self.length(of: incidents, from: begins, through: at)))
        }
        incidents = found.incidents.prefix(Self.rowsShown).map { IncidentRow($0, now: at) }
        let rest = found.incidents.count - incidents.count
        more = rest > 0 ? DisplayFormat.count(rest, "earlier incident", "earlier incidents") : nil
        hasNotes = !noted.isEmpty
        noteBars = IncidentLane.svg(noted, from: begins, until: at)
        notes = noted.prefix(Self.rowsShown).map(NoteRow.init)
    }

    /// How long at least one of them lasted. One cause may raise several alerts, each with the time since it began.
    static func length(of incidents: [Incident], from begin: Timestamp, through end: Timestamp) -> TimeSpan {
        var (sum, told) = (TimeSpan.zero, begin)
        for incident in incidents.sorted(by: { $0.since < $1.since }) {
            let ended = incident.endedAt ?? end
            sum = sum + max(.zero, ended - max(told, incident.since))
            told = max(told, ended)
        }
        return sum
    }

    /// By condition and subject, in the order of their latest incidents.
    private static func grouped(_ incidents: [Incident]) -> [[Incident]] {
        struct Subject: Hashable {
            let condition, subject: String
        }
        var order: [Subject] = []
        var groups: [Subject: [Incident]] = [:]
        for incident in incidents {
            let subject = Subject(condition: incident.condition, subject: incident.subject)
            if groups[subject] == nil { order.append(subject) }
            groups[subject, default: []].append(incident)
        }
        return order.compactMap { groups[$0] }
    }
}
