// What kind of run a check shows whose name no rule knows (docs/counting.md, rule 29).

extension Ledger {
    /// Looks whether the kind of a lane can be told by now, and at its runs.
    mutating func classify(lane id: EntityID, isOneFact: Bool = false) {
        guard state.lanes[id]?.name.subject == .unknown else {
            reconsider(lane: id, isOneFact: isOneFact)
            return
        }
        let told = tellKinds(beginningWith: [id])
        guard told.count > 1 else {
            reconsider(lane: id, isOneFact: isOneFact)
            return
        }
        reconsider(told: told)
    }

    /// What takes its kind at once is divided into runs before any of it claims what a backend had shown alone: a run
    /// that several fit is then the first one's as little as the others'.
    mutating func reconsider(told lanes: [EntityID]) {
        for lane in lanes { divide(lane: lane) }
        for lane in lanes { reconsider(lane: lane) }
    }

    /// Tells the kind of lanes, then of those that wait for the kind of a name which these show, and of those that show
    /// a build which turns out to be none.
    /// - Returns: all that were looked at.
    mutating func tellKinds(beginningWith lanes: [EntityID]) -> [EntityID] {
        var told = lanes
        var room = RoomToTeach(settings.bounds)
        var place = 0
        while place < told.count {
            let id = told[place]
            place += 1
            let before = state.lanes[id]?.kind
            let taught = tellKind(ofLane: id)
            noteUnclassified(lane: id)
            var next = taught.map { lanesToTeach($0, in: &room) } ?? []
            // It was no build: of those that were taken for tests of its builds, the one with the lowest id may be.
            if before == .build, let lane = state.lanes[id], lane.kind == .testRun, let mirror = firstMirror(of: lane) {
                next.append(mirror)
            }
            told += next.filter { !told.contains($0) }
        }
        return told
    }

    /// - Returns: the name that it teaches.
    private mutating func tellKind(ofLane id: EntityID) -> KindKey? {
        guard let lane = state.lanes[id], lane.name.subject == .unknown, lane.kind != .testRun || lane.isKindLearned
        else { return nil }
        if let shown = kindShown(by: lane) {
            if lane.kind != shown { change(kind: shown, of: lane) }
            state.lanes.update(id) { $0.isKindLearned = false }
            // That a build or a test failed before there was a build to link tells nothing of others of that name.
            return (shown == .testRun || lane.isLinkedToBuild) && teach(shown, by: lane) ? lane.kindKey : nil
        }
        guard lane.kind == nil else { return nil }
        if let learned = learnedKind(of: lane) {
            state.lanes.update(id) {
                $0.kind = learned
                $0.isKindLearned = true
            }
        } else {
            armClassification(of: lane)
        }
        return nil
    }

    /// What the facts of a lane tell of its kind, if anything yet.
    private func kindShown(by lane: Lane) -> RunKind? {
        if lane.facts.contains(where: \.isOfTest) { return .testRun }
        let isBuild = lane.facts.contains(where: \.isBuildsSuccess) && !isMirror(lane)
        if !isBuild, lane.facts.contains(where: \.isQueuedAgain) { return .testRun }
        // What it has shown to be, only a test's own word changes.
        if lane.kind == .build, !lane.isKindLearned { return nil }
        if isBuild { return .build }
        // What a name is known for holds against the failure of a build, which its tests show as well.
        guard lane.isUnclassified, learnedKind(of: lane) == nil,
            classificationTime(of: lane).map({ hasCome($0) }) ?? false
        else { return nil }
        guard isMirror(lane) || isLater(lane, thanAnotherOf: lane.builds) else { return .build }
        // A test shows the end of its build.
        return lane.tellingEnds.isEmpty ? nil : .testRun
    }

    /// Whether a check of the commit that is known to be of builds shows, or showed, one of its builds.
    private func isMirror(_ lane: Lane) -> Bool {
        let builds = lane.builds
        return lanes(beside: lane).contains { other in
            other.kind == .build
                && (other.shows(anyOf: builds)
                    || other.closing?.jobs.contains { $0.job == .copr && builds.contains($0.id) } ?? false)
        }
    }

    /// Of several that end with a build or are overdue with it, the one with the lowest id is that of the build.
    private func isLater(_ lane: Lane, thanAnotherOf builds: Set<Int64>) -> Bool {
        let hasEnded = !lane.tellingEnds.isEmpty
        return lanes(beside: lane).contains { other in
            other.isUnclassified && other.placeAmongLanes < lane.placeAmongLanes && other.shows(anyOf: builds)
                && (!hasEnded || !other.tellingEnds.isEmpty)
        }
    }

    private func firstMirror(of lane: Lane) -> EntityID? {
        let builds = lane.builds
        var first: Lane?
        // Not `min(by:)`, on which the optimizer of Swift 6.3.1 crashes.
        for other in lanes(beside: lane) where other.hasNotShownItsKind && other.shows(anyOf: builds) {
            if let known = first, known.placeAmongLanes < other.placeAmongLanes { continue }
            first = other
        }
        return first?.id
    }

    private func lanes(beside lane: Lane) -> [Lane] {
        (state.heads[lane.head]?.lanes ?? []).filter { $0 != lane.id }.compactMap { state.lanes[$0] }
    }

    /// When a lane that nothing shows to be a test's counts as a build's: a settle after its end was heard of, since
    /// others may show the same end; or as soon as it is overdue.
    private func classificationTime(of lane: Lane) -> Timestamp? {
        if let ended = lane.tellingEnds.map(\.receivedAt).min() { return ended + settings.settle }
        guard lane.isLinkedToBuild, !lane.hasEnded else { return nil }
        let queuedAt = lane.facts.filter { $0.isFirstStep(as: .build) }
            .map { $0.clockStart(as: .build) }.min()
        return queuedAt.map { $0 + settings.deadline(of: .build) + .milliseconds(1) }
    }

    /// What was counted of it as one of another kind stays counted, and ends as superseded.
    private mutating func change(kind: RunKind, of lane: Lane) {
        state.lanes.update(lane.id) {
            $0.kind = kind
            $0.runs = []
            for place in $0.facts.indices {
                $0.facts[place].run = nil
                $0.facts[place].decidedRun = nil
            }
        }
        for run in lane.runs { dissolve(run: run, of: lane) }
    }

    private mutating func armClassification(of lane: Lane) {
        guard let due = pendingClassification(of: lane), lane.armedFor.map({ due < $0 }) ?? true else { return }
        state.lanes.update(lane.id) { $0.armedFor = due }
        arm(lane.id, at: due)
    }

    /// When its kind is to be told, if that is still to come.
    func pendingClassification(of lane: Lane) -> Timestamp? {
        guard lane.isUnclassified, let due = classificationTime(of: lane), !hasCome(due) else { return nil }
        return due
    }
}

extension Lane {
    /// A name that no rule knows, and nothing yet that tells what it is of.
    var isUnclassified: Bool {
        name.subject == .unknown && kind == nil && !facts.isEmpty && !facts.contains { $0.job?.job == .other }
    }

    fileprivate var hasNotShownItsKind: Bool { isUnclassified || name.subject == .unknown && isKindLearned }

    fileprivate var isLinkedToBuild: Bool { facts.contains { $0.jobID(as: .build) != nil } }

    /// The ends that tell its kind: of a build that failed, or any where a build is linked.
    fileprivate var tellingEnds: [Fact] {
        let isLinked = isLinkedToBuild
        return facts.filter { $0.isFailureOfBuild || isLinked && $0.isEndByPackit }
    }

    /// The builds that its checks link.
    fileprivate var builds: Set<Int64> { Set(facts.compactMap { $0.jobID(as: .build) }) }

    fileprivate func shows(anyOf builds: Set<Int64>) -> Bool {
        facts.contains { $0.jobID(as: .build).map(builds.contains) ?? false }
    }

    /// By the lowest id of its check runs; lanes that only commit statuses show stand behind, by the lowest id of
    /// these.
    fileprivate var placeAmongLanes: (check: Int64, status: Int64) {
        var (check, status) = (Int64.max, Int64.max)
        for fact in facts {
            switch fact.carrier {
            case .checkRun(let id): check = min(check, id)
            case .commitStatus(let id): status = min(status, id)
            }
        }
        return check == .max ? (check, status) : (check, 0)
    }
}

extension Fact {
    /// What only a test shows: a link to one, or to its request, the title of a submission or of a test's end.
    fileprivate var isOfTest: Bool {
        if job?.job == .testingFarm || requestID != nil { return true }
        switch (asBuild, asTestRun) {
        case (_, .queued), (_, .started), (.unclear, .finished): return true
        default: return false
        }
    }

    /// *Queued* again, with its build, which has succeeded.
    fileprivate var isQueuedAgain: Bool { state == "queued" && job?.job == .copr }

    fileprivate var isBuildsSuccess: Bool {
        guard job?.job == .copr, case .finished(.success, _) = asBuild else { return false }
        return true
    }

    /// An end that a build has, and that a test shows as well.
    fileprivate var isFailureOfBuild: Bool {
        guard case .finished(let outcome, _) = asBuild, case .finished(_, .build) = asTestRun else { return false }
        return outcome != .success && !isEndedByGitHub
    }

    /// An end that a build may have.
    fileprivate var isEndByPackit: Bool {
        if case .finished = asBuild { !isEndedByGitHub } else { false }
    }
}
