import SLOCore
import SLOService
import SLOQueries
import SLOJSON

extension PullRequestSnapshot {
    func json(hosts: LinkHosts) -> JSONValue {
        .members([
            ("at", .time(at)), ("repository_name", .text(repositoryName)), ("is_private", .bool(isPrivate)),
            ("number", .integer(Int64(number))), ("is_open", isOpen.map { .bool($0) }),
            ("closed_at", closedAt.map { .time($0) }),
            ("commits", .array(heads.map { $0.json(repository: repositoryName, hosts: hosts) })),
            ("next_cursor", next.map { .text(CursorForm.write($0)) }),
        ])
    }
}

extension PullRequestSnapshot.Head {
    fileprivate func json(repository: String, hosts: LinkHosts) -> JSONValue {
        .members([
            ("sha", .text(sha)),
            (
                "moves",
                .array(moves.map { .members([("at", .time($0.at)), ("action", .text($0.action.rawValue))]) })
            ),
            ("changes", .array(changes.map(\.json))),
            ("runs", .array(runs.map { $0.json(repository: repository, hosts: hosts) })),
        ])
    }
}

extension PullRequestSnapshot.Change {
    fileprivate var json: JSONValue {
        .members([
            ("deployment", .text(deployment.label)), ("started_at", .time(startedAt)),
            ("answered_at", answeredAt.map { .time($0) }),
            ("seconds", answeredAt.map { .seconds(max(.zero, $0 - startedAt)) }),
            ("verdict", verdict.map { .text($0.rawValue) }), ("exclusion", exclusion.map { .text($0.rawValue) }),
            ("eligibility", eligibility.map { .text($0.rawValue) }), ("is_counted", .bool(isCounted)),
        ])
    }
}

extension PullRequestSnapshot.Run {
    fileprivate func json(repository: String, hosts: LinkHosts) -> JSONValue {
        let ending: (outcome: Outcome, reason: OutcomeReason)? =
            if case .finished(let outcome, let reason) = story.phase { (outcome, reason) } else { nil }
        let links = story.links(repository: repository, hosts: hosts)
        return .members([
            ("kind", .text(story.kind.rawValue)), ("deployment", .text(story.deployment.label)),
            ("name", .text(story.name)), ("chroot", story.chroot.map { .text($0) }),
            ("phase", .text(story.phase.word)), ("is_overdue", .bool(story.isOverdue)),
            ("first_seen_at", .time(story.firstSeenAt)), ("queued_at", story.queuedAt.map { .time($0) }),
            ("started_at", story.startedAt.map { .time($0) }), ("has_backend_ended", .bool(story.hasBackendEnded)),
            ("backend_ended_at", story.backendEndedAt.map { .time($0) }),
            ("finished_at", story.finishedAt.map { .time($0) }),
            ("outcome", ending.map { .text($0.outcome.rawValue) }),
            ("reason", ending.map { .text($0.reason.rawValue) }),
            ("revised_outcome", revisedOutcome.map { .text($0.rawValue) }),
            ("is_shown_by_check", .bool(story.isShownByCheck)), ("check_state", story.checkState.map { .text($0) }),
            ("backend_outcome", story.backendOutcome.map { .text($0.rawValue) }),
            ("join_proof", story.proof.map { .text($0.rawValue) }), ("is_counted", .bool(isCounted)),
            ("links", .array(links.map { .members([("name", .text($0.name)), ("url", .text($0.url))]) })),
        ])
    }
}

extension PullRequestStory.Run.Phase {
    fileprivate var word: String {
        switch self {
        case .waiting: "waiting"
        case .unfinished: "unfinished"
        case .settling: "settling"
        case .finished: "finished"
        }
    }
}
