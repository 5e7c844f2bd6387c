internal import SLOCore

/// What kind of runs a name that no rule knows shows (rule 29).
extension Walk {
    func classify(_ lane: CheckLane, _ now: Now) -> Lesson {
        guard lane.name.subject == .unknown, lane.kind != .testRun else { return .none }
        guard let (kind, isShown) = kind(of: lane, now) else {
            wake(.lane(lane), at: lane.overdueSince(settings), now)
            return .none
        }
        guard kind != lane.kind else { return .none }
        // What a name was once keeps for the learned window: what it showed itself, not what it was taken for.
        if isShown {
            let time = lane.allFacts.map { min($0.postedAt, $0.heard.at.flooredToSecond) }.max() ?? now.at
            lane.commit.repository.kinds[lane.named, default: []].append((kind, time, now.at))
        }
        // Choice: what was counted of it as a build ends.
        for run in lane.runs { undo(run, in: nil, now) }
        guard lane.become(kind) else { return .none }
        return isShown ? .taught : .learned
    }

    /// What a lane turned out to be.
    enum Lesson {
        /// Nothing that it was not before.
        case none
        /// What its name was elsewhere.
        case learned
        /// What it shows itself.
        case taught
    }

    /// What a name turns out to be others of it are, too.
    func lookAtOthers(named name: KnownRepository.Name, in repository: KnownRepository, _ now: Now) {
        for commit in repository.commits.values.sorted(by: { $0.sha < $1.sha }) {
            for lane in commit.allLanes where lane.kind == nil && lane.named == name { look(at: lane, now) }
        }
    }

    private func kind(of lane: CheckLane, _ now: Now) -> (RunKind, isShown: Bool)? {
        let facts = lane.allFacts
        if facts.contains(where: \.showsTest) { return (.testRun, true) }
        let isMirror = isMirror(lane)
        let linked = facts.filter { $0.status.job?.job == .copr }
        if linked.contains(where: { $0.status.state == "success" }), !isMirror { return (.build, true) }
        if linked.contains(where: { $0.status.state == "queued" }) { return (.testRun, true) }
        if let kind = lane.kind { return (kind, false) }
        if let kind = rememberedKind(of: lane) { return (kind, false) }
        let isLinked = !linked.isEmpty
        // Choice: what ended is known when it has settled; until then another lane may end with the same job.
        if let ended = facts.first(where: { $0.isEndByPackit && (isLinked || $0.status.asBuild.isEnd) }) {
            let due = ended.heard.at + settings.settle
            guard now.hasCome(due) else {
                wake(.lane(lane), at: due, now)
                return nil
            }
            // What ends with the job of another is the test of that build. A source build that failed, or a submission,
            // does not tell what it is of.
            return isMirror || !isFirst(lane, false) ? (.testRun, true) : (.build, isLinked)
        }
        // Choice: what GitHub ended tells nothing, and is not overdue either.
        let isOverdue = isLinked && facts.last?.isEnd == false && now.at >= lane.overdueSince(settings)
        return isOverdue && !isMirror && isFirst(lane, true) ? (.build, true) : nil
    }

    private func rememberedKind(of lane: CheckLane) -> RunKind? {
        guard let first = lane.allFacts.map({ min($0.postedAt, $0.heard.at.flooredToSecond) }).min() else { return nil }
        let known = lane.commit.repository.kinds[lane.named] ?? []
        // Choice: what had ended and settled when the name got its kind stays what it was.
        let settled = lane.allFacts.first(where: \.isEnd).map { $0.heard.at + settings.settle } ?? .distantFuture
        let valid = known.filter { $0.time >= first - settings.learnedWindow && $0.learned <= settled }
        return valid.max { $0.time < $1.time }?.kind
    }

    /// Whether a build of the commit shows the same job: then the lane shows it for its test.
    private func isMirror(_ lane: CheckLane) -> Bool {
        let jobs = Set(lane.allFacts.compactMap { $0.jobID(of: .build) })
        return lane.commit.allLanes.contains { other in
            other !== lane && other.kind == .build && other.key.deployment == lane.key.deployment
                && other.allFacts.contains { $0.jobID(of: .build).map(jobs.contains) ?? false }
        }
    }

    /// Whether no lane with a lower check, of those without a kind, ends with the same job, or shows it when this one is
    /// overdue: that is the build's.
    private func isFirst(_ lane: CheckLane, _ isOverdue: Bool) -> Bool {
        let jobs = Set(lane.allFacts.compactMap { $0.jobID(of: .build) })
        return !lane.commit.allLanes.contains { other in
            other !== lane && other.name.subject == .unknown && other.kind == nil
                && other.key.deployment == lane.key.deployment
                && (isOverdue || other.allFacts.contains(where: \.isEndByPackit))
                && other.allFacts.contains { $0.jobID(of: .build).map(jobs.contains) ?? false }
                && other.firstCheck < lane.firstCheck
        }
    }
}

extension Step {
    var isEnd: Bool {
        if case .finished = self { true } else { false }
    }
}

extension Fact {
    /// Open checks are queued or in progress, an open status is pending.
    var isEnd: Bool { !["queued", "in_progress", "pending"].contains(status.state) }

    /// Whether GitHub ends, in its own words, what Packit left behind.
    var isEndByGitHub: Bool { checkID != nil && ["stale", "cancelled", "timed_out"].contains(status.state) }

    fileprivate var isEndByPackit: Bool { isEnd && !isEndByGitHub }

    /// A link to Testing Farm, or a title of what was submitted there: one that means nothing for a build.
    fileprivate var showsTest: Bool {
        if status.job?.job == .testingFarm || status.requestID != nil { return true }
        return status.asBuild == .unclear && ![.unclear, .accepted, .waiting].contains(status.asTestRun)
    }
}

extension CheckLane {
    fileprivate func overdueSince(_ settings: LedgerSettings) -> Timestamp {
        let first = allFacts.map { $0.time.map($0.heard.due) ?? $0.heard.at.flooredToSecond }.min()
        return (first ?? .distantFuture) + settings.buildsDeadline + .milliseconds(1)
    }

    fileprivate var firstCheck: Int64 { allFacts.compactMap(\.checkID).min() ?? .max }

    var named: KnownRepository.Name {
        KnownRepository.Name(deployment: key.deployment, text: key.name)
    }
}
