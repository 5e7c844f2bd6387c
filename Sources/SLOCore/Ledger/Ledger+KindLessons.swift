// A classified name keeps its kind in its deployment and repository (docs/counting.md, rule 29).

/// The scope in which a name keeps its kind.
struct KindKey: Hashable, Sendable {
    let repository: RepositoryID
    let deployment: Deployment
    let name: String
}

extension Ledger {
    /// The cost of classifying a lane also grows with the other lanes of its commit, but less than with its own facts.
    private static let lanesBesideForAFact = 16
    /// The pause between two portions, in which deliveries are decided.
    private static let pauseBetweenPortions = TimeSpan.milliseconds(20)

    /// How much may still be read for one input's lesson.
    struct RoomToTeach {
        fileprivate var lanes: Int
        fileprivate var facts: Int

        init(_ bounds: LedgerSettings.Bounds) {
            lanes = bounds.lanesTaughtAtOnce
            facts = bounds.factsTaughtAtOnce
        }
    }

    /// A lane shows the kind of its name.
    /// - Returns: whether no later lesson is known for the name.
    mutating func teach(_ kind: RunKind, by lane: Lane) -> Bool {
        let known = state.repositories[lane.head.repository]?.kind(of: lane.name.text, lane.deployment)
        let lesson = KindLesson(deployment: lane.deployment, name: lane.name.text, kind: kind, at: lane.toldAt)
        guard known.map({ $0.at < lesson.at }) ?? true else { return false }
        state.repositories.update(lane.head.repository) { $0.learn(lesson) }
        return true
    }

    /// The learned kind of a lane's name.
    func learnedKind(of lane: Lane) -> RunKind? {
        guard let known = state.repositories[lane.head.repository]?.kind(of: lane.name.text, lane.deployment),
            known.at >= lane.beganAt - settings.learnedWindow
        else { return nil }
        return known.kind
    }

    /// A lane's deadline passes on the kind of its name.
    mutating func passOnKind(of name: KindKey) {
        var room = RoomToTeach(settings.bounds)
        let lanes = lanesToTeach(name, in: &room)
        if !lanes.isEmpty { reconsider(told: classifyLanes(beginningWith: lanes)) }
    }

    /// Lanes that wait for a learned kind, the earliest first. If there are too many, the deadline of the next one is
    /// armed, which passes it on.
    mutating func lanesToTeach(_ name: KindKey, in room: inout RoomToTeach) -> [EntityID] {
        var lanes: [EntityID] = []
        for id in lanesToTeach(name, atMost: settings.bounds.lanesTaughtAtOnce + 1) {
            guard room.lanes > 0, room.facts > 0 else {
                armForKind(id)
                break
            }
            room.lanes -= 1
            room.facts -= factsLookedAt(toTell: id)
            lanes.append(id)
        }
        return lanes
    }

    /// The earliest lanes that are unclassified and may take the kind of their name.
    private func lanesToTeach(_ name: KindKey, atMost limit: Int) -> [EntityID] {
        state.unclassifiedLanes.following(.min, under: name, atMost: limit)
            .filter { state.lanes[$0].flatMap { learnedKind(of: $0) } != nil }
    }

    private func factsLookedAt(toTell id: EntityID) -> Int {
        guard let lane = state.lanes[id] else { return 0 }
        return lane.facts.count + (state.heads[lane.head]?.lanes.count ?? 0) / Self.lanesBesideForAFact
    }

    mutating func armForKind(_ id: EntityID) {
        let due = now + Self.pauseBetweenPortions
        guard let armedFor = state.lanes[id]?.armedFor, due < armedFor else { return }
        state.lanes.update(id) { $0.armedFor = due }
        arm(id, at: due)
    }

    // MARK: - Lanes that wait for their kind

    /// Whether the kind of an unclassified lane will be known at some time.
    func willBeClassified(_ lane: Lane) -> Bool {
        learnedKind(of: lane) != nil || pendingClassification(of: lane) != nil
    }

    /// Indexes an unclassified lane by its name.
    mutating func noteUnclassified(lane id: EntityID) {
        guard let lane = state.lanes[id] else { return }
        let place = lane.isUnclassified ? lane.beganAt.milliseconds : nil
        let known = state.placesOfUnclassified[id]
        guard place != known else { return }
        if let known { state.unclassifiedLanes.remove(id, at: known, under: lane.kindKey) }
        state.placesOfUnclassified[id] = place
        if let place { state.unclassifiedLanes.add(id, at: place, under: lane.kindKey) }
    }

    /// A removed lane may have been the one whose deadline passes a kind on.
    mutating func forgetUnclassified(_ lane: Lane) {
        guard let place = state.placesOfUnclassified[lane.id] else { return }
        state.unclassifiedLanes.remove(lane.id, at: place, under: lane.kindKey)
        state.placesOfUnclassified[lane.id] = nil
        if let next = lanesToTeach(lane.kindKey, atMost: 1).first { armForKind(next) }
    }
}

extension Lane {
    var kindKey: KindKey { KindKey(repository: head.repository, deployment: deployment, name: name.text) }
}
