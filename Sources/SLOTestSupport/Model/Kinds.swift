internal import SLOCore

/// The kind of runs that a name shows which no rule knows (rule 29).
extension ModelRun {
    /// Call it after a new state of the lane, when it has settled or is overdue, or when its name got a kind. Choice:
    /// all lanes that take a kind at once are divided into runs before any of them claims anything.
    func tell(_ lane: CheckLane, _ now: Now, claims: Bool) {
        var told: [(lane: CheckLane, isNew: Bool)] = []
        var next = [lane]
        while !next.isEmpty {
            let lane = next.removeFirst()
            let lesson = classify(lane, now)
            told.append((lane, lesson.isNew))
            var others = lesson.isTaught ? waiting(forKindOf: lane) : []
            if lesson.isNoBuild { others += [mirror(of: lane)].compactMap { $0 } }
            next += others.filter { other in
                !next.contains { $0 === other } && !told.contains { $0.lane === other }
            }
        }
        for (lane, _) in told { divide(lane, now) }
        for (other, isNew) in told {
            showUnclassified(other, now)
            look(at: other, now, claims: isNew || claims && other === lane)
        }
    }

    /// What has not shown its kind is shown until it does. Choice: what ended so is shown until it is forgotten.
    func showUnclassified(_ lane: CheckLane, _ now: Now) {
        guard lane.name.subject == .unknown else { return }
        guard lane.kind == nil else { return show(lane, in: []) }
        let isOver = lane.allFacts.last?.isEnd ?? false
        let end = lane.lastReceivedAt + settings.horizon + .days(4)
        show(lane, in: isOver && now.hasCome(end) ? [] : [.unclassifiedChecks])
        if isOver { wake(.lane(lane), at: end, now) }
    }

    /// What a lane turned out to be.
    private struct Lesson {
        /// Whether its kind is new.
        var isNew = false
        /// Whether its name has that kind from now on.
        var isTaught = false
        /// Whether it had been taken for a build's.
        var isNoBuild = false
    }

    private func classify(_ lane: CheckLane, _ now: Now) -> Lesson {
        guard lane.name.subject == .unknown, lane.kind != .testRun || lane.isKindLearned else { return Lesson() }
        guard let kind = shownKind(of: lane, now) else {
            guard lane.kind == nil, let kind = rememberedKind(of: lane) else { return Lesson() }
            lane.isKindLearned = true
            lane.become(kind)
            return Lesson(isNew: true)
        }
        lane.isKindLearned = false
        let before = lane.kind
        if kind != before {
            // Choice: what was counted as the other kind ends.
            for run in lane.runs { undo(run, in: nil, now) }
            lane.become(kind)
        }
        // A name keeps its kind for the learned window if the lane showed it itself. A failed source build or
        // submission teaches nothing about other lanes of that name.
        let teaches = kind == .testRun || !lane.builds.isEmpty
        return Lesson(
            isNew: kind != before, isTaught: teaches && learn(kind, from: lane),
            isNoBuild: before == .build && kind == .testRun)
    }

    /// Choice: of several lessons the latest counts, by the time of the latest check of the lane that taught it.
    /// - Returns: whether it is the latest.
    private func learn(_ kind: RunKind, from lane: CheckLane) -> Bool {
        guard let time = lane.allFacts.map({ min($0.postedAt, $0.receipt.at) }).max() else { return false }
        let known = lane.commit.repository.kinds[lane.named]
        if let known, known.time >= time { return false }
        lane.commit.repository.kinds[lane.named] = (kind, time)
        return true
    }

    /// Other lanes of the name take its kind, in the order in which they began.
    private func waiting(forKindOf lane: CheckLane) -> [CheckLane] {
        let all = lane.commit.repository.commits.values.flatMap(\.allLanes).filter { other in
            other.kind == nil && other.named == lane.named && rememberedKind(of: other) != nil
        }
        return all.sorted { ($0.beganAt, $0.receiptOrder) < ($1.beganAt, $1.receiptOrder) }
    }

    /// Choice: if a build turns out to be a test, the first of those that were taken for tests of its builds may be the
    /// build.
    private func mirror(of lane: CheckLane) -> CheckLane? {
        lane.commit.allLanes.filter { other in
            other !== lane && other.name.subject == .unknown && (other.kind == nil || other.isKindLearned)
                && other.key.deployment == lane.key.deployment && !other.builds.isDisjoint(with: lane.builds)
        }.min { $0.isBefore($1) }
    }

    private func shownKind(of lane: CheckLane, _ now: Now) -> RunKind? {
        let facts = lane.allFacts
        if facts.contains(where: \.showsTest) { return .testRun }
        let linked = facts.filter { $0.status.job?.job == .copr }
        let isMirror = isMirror(lane)
        let isSuccess = linked.contains { if case .finished(.success, _) = $0.status.asBuild { true } else { false } }
        if isSuccess, !isMirror { return lane.kind == .build && !lane.isKindLearned ? nil : .build }
        if linked.contains(where: { $0.status.state == "queued" }) { return .testRun }
        // A learned kind takes precedence over a failure, which builds and tests show alike.
        guard lane.kind == nil, rememberedKind(of: lane) == nil else { return nil }
        // Choice: an end is known when it has settled; until then another lane may end with the same job.
        if let ended = lane.tellingEnds.map(\.receipt.at).min() {
            let due = ended + settings.settle
            guard now.hasCome(due) else {
                wake(.lane(lane), at: due, now)
                return nil
            }
            // A lane that ends with the job of another is the test of that build.
            return isMirror || !isFirst(lane, isOverdue: false) ? .testRun : .build
        }
        // Choice: GitHub's ends show no kind, and are not overdue either.
        guard !linked.isEmpty, facts.last?.isEnd == false, let overdueSince = lane.overdueSince(settings) else {
            return nil
        }
        guard now.hasCome(overdueSince) else {
            wake(.lane(lane), at: overdueSince, now)
            return nil
        }
        return isMirror || !isFirst(lane, isOverdue: true) ? nil : .build
    }

    private func rememberedKind(of lane: CheckLane) -> RunKind? {
        guard let known = lane.commit.repository.kinds[lane.named] else { return nil }
        return known.time >= lane.beganAt - settings.learnedWindow ? known.kind : nil
    }

    /// Whether a build of the commit shows the same job: then the lane is its test's.
    private func isMirror(_ lane: CheckLane) -> Bool {
        lane.commit.allLanes.contains { other in
            other !== lane && other.kind == .build && other.key.deployment == lane.key.deployment
                && !other.builds.isDisjoint(with: lane.builds)
        }
    }

    /// Whether no lane with a lower check, of those without a kind, ends with the same job, or shows it when this one
    /// is overdue: that lane is the build's.
    private func isFirst(_ lane: CheckLane, isOverdue: Bool) -> Bool {
        !lane.commit.allLanes.contains { other in
            other !== lane && other.name.subject == .unknown && other.kind == nil
                && other.key.deployment == lane.key.deployment && other.isBefore(lane)
                && (isOverdue || !other.tellingEnds.isEmpty) && !other.builds.isDisjoint(with: lane.builds)
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

    /// Whether it is GitHub's own end of a check that Packit left behind.
    var isEndByGitHub: Bool { checkID != nil && ["stale", "cancelled", "timed_out"].contains(status.state) }

    fileprivate var isEndByPackit: Bool { status.asBuild.isEnd && !isEndByGitHub }

    /// Whether a build failed, or was not even submitted: an end of a build that its tests show as well.
    fileprivate var isFailureOfBuild: Bool {
        guard isEndByPackit, case .finished(_, .build) = status.asTestRun else { return false }
        if case .finished(.success, _) = status.asBuild { return false }
        return true
    }

    /// A link to Testing Farm, or a title of something submitted there that has no meaning for a build.
    fileprivate var showsTest: Bool {
        if status.job?.job == .testingFarm || status.requestID != nil { return true }
        return status.asBuild == .unclear && ![.unclear, .accepted, .waiting].contains(status.asTestRun)
    }
}

extension CheckLane {
    /// For a build twelve hours after it was queued.
    fileprivate func overdueSince(_ settings: LedgerSettings) -> Timestamp? {
        let steps = allFacts.filter { $0.evidence(of: .build)?.isFirstStep ?? false }
        let first = steps.map { $0.time.map($0.receipt.due) ?? $0.receipt.at.flooredToSecond }.min()
        return first.map { $0 + settings.deadline(of: .build) + .milliseconds(1) }
    }

    /// The jobs of builds that it links.
    fileprivate var builds: Set<Int64> { Set(allFacts.compactMap { $0.jobID(of: .build) }) }

    /// The ends that show its kind.
    fileprivate var tellingEnds: [Fact] {
        allFacts.filter { $0.isFailureOfBuild || $0.isEndByPackit && !builds.isEmpty }
    }

    /// By the lowest id of its check runs. Choice: lanes with commit statuses only come after these, by their ids.
    fileprivate func isBefore(_ other: CheckLane) -> Bool {
        func lowest(_ lane: CheckLane) -> (Bool, Int64) {
            let checks = lane.allFacts.compactMap(\.checkID)
            return checks.min().map { (false, $0) } ?? (true, lane.allFacts.map(\.carrierID).min() ?? .max)
        }
        let (own, others) = (lowest(self), lowest(other))
        return own.0 == others.0 ? own.1 < others.1 : others.0
    }

    /// The earliest known time.
    fileprivate var beganAt: Timestamp {
        allFacts.map { min($0.receipt.believed($0.postedAt), $0.receipt.at) }.min() ?? .distantFuture
    }

    var receiptOrder: Int { allFacts.map(\.receipt.order).min() ?? 0 }

    fileprivate var named: KnownRepository.Name {
        KnownRepository.Name(deployment: key.deployment, text: key.name)
    }
}
