// The kind of checks whose names no rule knows (docs/counting.md, rule 29).

extension Ledger {
    /// Classifies a lane if possible, and reconsiders its runs.
    mutating func classify(lane id: EntityID, isOneFact: Bool = false) {
        guard state.lanes.part(of: id, { $0.name.subject }) == .unknown else {
            reconsider(lane: id, isOneFact: isOneFact)
            return
        }
        let told = classifyLanes(beginningWith: [id])
        guard told.count > 1 else {
            reconsider(lane: id, isOneFact: isOneFact)
            return
        }
        reconsider(told: told, withNewFact: id)
    }

    /// A lane whose kind was considered.
    struct Told {
        let lane: EntityID
        /// Whether it was of another kind before, or of none.
        var isOfNewKind = false
    }

    /// All lanes that take a kind at once are divided into runs before any of them claims a backend run: a backend run
    /// that fits several of them must belong to none yet. A lane of which nothing is new claims nothing.
    mutating func reconsider(told: [Told], withNewFact new: EntityID? = nil) {
        for lane in told.map(\.lane) { divide(lane: lane) }
        for told in told { reconsider(lane: told.lane, mayClaim: told.isOfNewKind || told.lane == new) }
    }

    /// Classifies lanes, then those that wait for a kind which these show, and those that show a build which turns out
    /// to be none.
    /// - Returns: all lanes that were considered.
    mutating func classifyLanes(beginningWith lanes: [EntityID]) -> [Told] {
        var told = lanes.map { Told(lane: $0) }
        var room = RoomToTeach(settings.bounds)
        var place = 0
        while place < told.count {
            let id = told[place].lane
            let before = state.lanes[id]?.kind
            let taught = classifyLane(ofLane: id)
            told[place].isOfNewKind = state.lanes[id]?.kind != before
            place += 1
            noteUnclassified(lane: id)
            var next = taught.map { lanesToTeach($0, in: &room) } ?? []
            // It was no build: of the lanes that were taken for tests of its builds, the one with the lowest id may be
            // the build.
            if before == .build, let lane = state.lanes[id], lane.kind == .testRun, let mirror = firstMirror(of: lane) {
                next.append(mirror)
            }
            let known = Set(told.map(\.lane))
            told += next.filter { !known.contains($0) }.map { Told(lane: $0) }
        }
        return told
    }

    /// - Returns: the name that it teaches.
    private mutating func classifyLane(ofLane id: EntityID) -> KindKey? {
        guard let lane = state.lanes[id], lane.name.subject == .unknown, lane.kind != .testRun || lane.isKindLearned
        else { return nil }
        if let shown = kindShown(by: lane) {
            if lane.kind != shown { change(kind: shown, of: lane) }
            state.lanes.update(id) { $0.isKindLearned = false }
            // A failure before there was a build to link teaches nothing about other checks of that name.
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

    /// The kind that a lane's facts show, if any.
    private func kindShown(by lane: Lane) -> RunKind? {
        if lane.facts.contains(where: \.isOfTest) { return .testRun }
        let isBuild = lane.facts.contains(where: \.isBuildsSuccess) && !isMirror(lane)
        if !isBuild, lane.facts.contains(where: \.isQueuedAgain) { return .testRun }
        // Only a fact of a test changes a kind that the lane itself has shown.
        if lane.kind == .build, !lane.isKindLearned { return nil }
        if isBuild { return .build }
        // A learned kind takes precedence over the failure of a build, which its tests show as well.
        guard lane.isUnclassified, learnedKind(of: lane) == nil,
            classificationTime(of: lane).map({ hasCome($0) }) ?? false
        else { return nil }
        guard isMirror(lane) || isLater(lane, thanAnotherOf: lane.builds) else { return .build }
        // A test shows the end of its build.
        return lane.tellingEnds.isEmpty ? nil : .testRun
    }

    /// Whether a check of the commit that is known to be a build's shows, or showed, one of its builds.
    private func isMirror(_ lane: Lane) -> Bool {
        let builds = lane.builds
        return lanes(beside: lane).contains { other in
            other.kind == .build
                && (other.shows(anyOf: builds)
                    || other.closing?.jobs.contains { $0.job == .copr && builds.contains($0.id) } ?? false)
        }
    }

    /// Of several that end with a build or are overdue with it, the one with the lowest id is the build's.
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

    /// When a lane without evidence of a test is classified as a build's: `jobs.settle` after the receipt of its end,
    /// because others may show the same end; or as soon as it is overdue.
    private func classificationTime(of lane: Lane) -> Timestamp? {
        if let ended = lane.tellingEnds.map(\.receivedAt).min() { return ended + settings.settle }
        guard lane.isLinkedToBuild, !lane.hasEnded else { return nil }
        let queuedAt = lane.facts.filter { $0.isFirstStep(as: .build) }
            .map { $0.clockStart(as: .build) }.min()
        return queuedAt.map { $0 + settings.deadline(of: .build) + .milliseconds(1) }
    }

    /// What was counted as the other kind stays counted, and ends as superseded.
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

    /// When its kind will be decided, if it is not yet.
    func pendingClassification(of lane: Lane) -> Timestamp? {
        guard lane.isUnclassified, let due = classificationTime(of: lane), !hasCome(due) else { return nil }
        return due
    }
}

extension Lane {
    /// No rule knows its name, and its kind is unknown.
    var isUnclassified: Bool {
        name.subject == .unknown && kind == nil && !facts.isEmpty && !facts.contains { $0.job?.job == .other }
    }

    fileprivate var hasNotShownItsKind: Bool { isUnclassified || name.subject == .unknown && isKindLearned }

    fileprivate var isLinkedToBuild: Bool { facts.contains { $0.jobID(as: .build) != nil } }

    /// The ends that show its kind: of a build that failed, or any if a build is linked.
    fileprivate var tellingEnds: [Fact] {
        let isLinked = isLinkedToBuild
        return facts.filter { $0.isFailureOfBuild || isLinked && $0.isEndByPackit }
    }

    /// The builds that its checks link.
    fileprivate var builds: Set<Int64> { Set(facts.compactMap { $0.jobID(as: .build) }) }

    fileprivate func shows(anyOf builds: Set<Int64>) -> Bool {
        facts.contains { $0.jobID(as: .build).map(builds.contains) ?? false }
    }

    /// By the lowest id of its check runs; lanes with commit statuses only come last, by the lowest id of these.
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
