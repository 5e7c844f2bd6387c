import SLOCore
import SLOQueries

/// A row of a list of events: a change or a run, how it was judged, and why.
struct EventRow: Sendable {
    struct ObjectiveLink: Sendable {
        let title: String
        let link: String
    }

    /// When it was judged or counted.
    let judged: TimeText
    let objective: ObjectiveLink?
    let what: String
    let name: String?
    let place: RepositoryLink
    let deployment: String
    let verdict: String
    let tone: String
    let why: String
    let since: TimeText?
    let took: SpanText?
    let links: [OutsideLink]
}

extension EventRow {
    init(_ event: ObjectiveEvent, hosts: LinkHosts) {
        let subject = event.subject
        let kind: RunKind? = if case .run(let kind) = event.kind { kind } else { nil }
        self.init(
            judged: TimeText(moment: event.judgedAt),
            objective: ObjectiveLink(
                title: event.objective.rawValue.replacing("_", with: " "),
                link: ObjectivePage.path(of: event.objective, event.deployment)),
            what: event.kind.title + (subject.chroot.map { " \($0)" } ?? ""),
            name: subject.name ?? subject.sha.map { String($0.prefix(7)) },
            place: RepositoryLink(event.repository, pullRequest: subject.pullRequest),
            deployment: event.deployment.label, verdict: event.verdict.rawValue, tone: event.verdict.tone,
            why: event.explanation, since: event.since.map { TimeText(moment: $0) },
            took: event.duration.map(SpanText.init),
            links: OutsideLink.list(
                repository: event.repository.text, pullRequest: subject.pullRequest, sha: subject.sha,
                backend: subject.backendID, of: kind, hosts))
    }
}

extension ObjectiveJudgement.Verdict {
    fileprivate var tone: String {
        switch self {
        case .good: "tone-good"
        case .bad: "tone-bad"
        case .doubtful: "tone-warn"
        case .unknown: "tone-quiet"
        }
    }
}

extension ObjectiveEvent.Kind {
    fileprivate var title: String {
        switch self {
        case .change: "Change"
        case .run(let kind): kind.title
        case .command: "Command"
        case .appDelivery: "Delivery to the App"
        }
    }
}

extension ObjectiveEvent {
    /// How it ended, what it cost, and what it waited for at its deadline.
    fileprivate var explanation: String {
        let parts = [
            cause.map { $0.phrase(deadline: deadline) } ?? ending, hop.flatMap { $0.phrase(kind) },
            cause == nil ? nil : ending, reason?.sentence,
        ]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }

    private var ending: String? {
        switch kind {
        case .run:
            outcome.map { "ended as \($0.rawValue)" } ?? (verdict == .good ? nil : "not ended when it was judged")
        case .change, .command, .appDelivery: nil
        }
    }
}

extension ObjectiveEvent.Hop {
    fileprivate func phrase(_ kind: ObjectiveEvent.Kind) -> String? {
        guard case .run(let run) = kind else { return nil }
        let backend = run.backend
        return switch self {
        case .status: nil
        case .queued: backend.map { "\($0) had not started it" } ?? "it had not started"
        case .started: "it was running" + (backend.map { " at \($0)" } ?? "")
        case .report: (backend.map { "ended at \($0), " } ?? "ended, ") + "not shown at GitHub"
        }
    }
}

extension BudgetCost {
    /// - Parameter deadline: of the objective.
    fileprivate func phrase(deadline: TimeSpan?) -> String {
        let within = deadline.map { " within \(DisplayFormat.duration($0))" } ?? " in time"
        return switch self {
        case .late: "no status" + within
        case .never: "no status" + within + ", and none when it was judged"
        case .error: "an error"
        case .unfinished: "not ended" + within
        case .unstarted: "not started" + within
        case .failed: "not answered with 2xx"
        case .unanswered: "not answered" + within
        case .unreported: "not shown as ended" + within
        }
    }
}
