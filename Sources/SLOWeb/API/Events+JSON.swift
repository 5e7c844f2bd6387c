import SLOCore
import SLOJSON
import SLOQueries

extension EventsSnapshot {
    var json: JSONValue {
        PageJSON.document(
            at: at, [("is_partial", isPartial ? .bool(true) : nil)], items: events.map(\.json),
            next: next.map { CursorForm.write($0) })
    }
}

extension ObjectiveEvent {
    fileprivate var json: JSONValue {
        .members(
            [
                ("objective", .text(objective.rawValue)), ("deployment", .text(deployment.label)),
                ("verdict", .text(verdict.rawValue)), ("judged_at", .time(judgedAt)),
                ("cause", cause.map { .text($0.rawValue) }), ("hop", hop.map { .text($0.rawValue) }),
                ("kind", .text(kind.word)),
            ] + repository.members + [
                ("pull_request", subject.pullRequest.map { .integer(Int64($0)) }),
                ("sha", subject.sha.map { .text($0) }), ("name", subject.name.map { .text($0) }),
                ("chroot", subject.chroot.map { .text($0) }), ("branch", subject.branch.map { .text($0) }),
                ("backend_id", subject.backendID.map { .text($0) }), ("since", since.map { .time($0) }),
                ("started_at", startedAt.map { .time($0) }), ("ended_at", endedAt.map { .time($0) }),
                ("seconds", duration.map { .seconds($0) }), ("deadline_seconds", deadline.map { .seconds($0) }),
                ("outcome", outcome.map { .text($0.rawValue) }), ("reason", reason.map { .text($0.rawValue) }),
                ("change_verdict", changeVerdict.map { .text($0.rawValue) }),
            ])
    }
}

/// Which verdicts a list of events shows.
enum VerdictFilter: String, CaseIterable, Sendable {
    /// Counted as bad.
    case missed
    case good
    case bad
    case doubtful
    case unknown

    var verdicts: Set<ObjectiveJudgement.Verdict> {
        switch self {
        case .missed: [.bad, .doubtful]
        case .good: [.good]
        case .bad: [.bad]
        case .doubtful: [.doubtful]
        case .unknown: [.unknown]
        }
    }
}

extension EventQuery {
    /// The parameters of the list of events: of the resource and of the page.
    static func parameters(_ settings: LedgerSettings) -> [APIParameter] {
        [
            .objective(settings),
            APIParameter(
                name: "verdict", kind: .choice(VerdictFilter.allCases.map(\.rawValue)),
                meaning: "Only this verdict. `missed` is what is counted as bad: `bad` and `doubtful`.",
                example: .text("missed")),
            .deployment(settings),
        ] + Report.Dimension.allCases.map(parameter) + [
            .time("from", "Only what was judged at this time or later."),
            .time("to", "Only what was judged before this time."),
            APIParameter(
                name: "sort", kind: .choice(EventOrder.allCases.map(\.rawValue)),
                meaning: "What was judged last first, or what was judged first; or what took longest, of the latest "
                    + "1,000 events that match.", fallback: .text("newest")),
            .limit, .cursor(.events),
        ]
    }

    /// The parameter by which the events of a part are found.
    static func parameter(of dimension: Report.Dimension) -> APIParameter {
        switch dimension {
        case .repository: .repository
        case .chroot: .chroot
        case .architecture: .architecture
        case .branch:
            .name(
                dimension.rawValue, "Only this branch: the base of the pull request, else the branch or tag.", "main")
        case .checkName: .name(dimension.rawValue, "Only this check name.", "rpm-build:fedora-rawhide-x86_64")
        }
    }

    /// - Parameter request: with these parameters.
    init(_ request: APIRequest) {
        self.init()
        filter.objective = request.word("objective")
        filter.deployment = request.deployment
        if let verdict = request.word("verdict", as: VerdictFilter.self) { filter.verdicts = verdict.verdicts }
        filter.repository = request.text("repository")
        filter.chroot = request.text("chroot")
        filter.architecture = request.text("architecture")
        filter.branch = request.text("branch")
        filter.name = request.text("check_name")
        filter.from = request.time("from")
        filter.to = request.time("to")
        order = request.word("sort") ?? .newest
        place = request.text("cursor").map(CursorForm.judgementPlace)
        limit = request.limit
    }
}

extension CursorForm {
    static func write(_ place: JudgementPlace) -> String {
        // What was filled in has negative numbers, and they are the odd ones here.
        let entity = place.entity < 0 ? ~place.entity &* 2 &+ 1 : place.entity &* 2
        return events.write([place.at.milliseconds, entity], texts: [place.objective, place.deployment])
    }

    /// - Parameter text: matches the pattern of `events`.
    static func judgementPlace(_ text: String) -> JudgementPlace {
        let (numbers, texts) = (events.read(text), events.texts(text))
        let entity = numbers[1] % 2 == 0 ? numbers[1] / 2 : ~(numbers[1] / 2)
        return JudgementPlace(
            at: Timestamp(milliseconds: numbers[0]), objective: texts[0], entity: entity, deployment: texts[1])
    }
}
