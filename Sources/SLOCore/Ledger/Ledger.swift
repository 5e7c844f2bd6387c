/// Decides what is true: turns observations and fired deadlines into what is counted, exactly by docs/counting.md.
///
/// Pure and deterministic: no I/O, no clock, no randomness; time is an argument. It does nothing to the world but
/// return effects. A batch goes: any number of `observe` and `fire`, one `drain`, then `confirm` once the effects are
/// on disk, or `rollback` if they could not be brought there.
public struct Ledger: Sendable {
    public let settings: LedgerSettings
    var state = LedgerState()
    var effects = Effects()
    /// Deadlines to arm, in order; a later one for the same entity replaces an earlier one.
    var deadlines: [Deadline] = []
    /// Names of checks, so that lanes can share them. Nothing depends on it.
    var names: [String: CheckName] = [:]
    /// What is new to backend runs that wait, and since when it may be, until they have looked at it.
    var concerns: [WaitKey: Timestamp] = [:]
    /// Backend runs whose run of a check turned out to be none, until they have looked for another.
    var homeless: [BackendKey] = []
    /// What is closed when too much is open. A number is an age: they rise.
    var oldestChanges = EvictionQueue<EntityID>()
    var oldestRuns = EvictionQueue<EntityID>()
    /// What is forgotten when too much is remembered.
    var longestUnheard = EvictionQueue<Timestamp>()
    /// Repositories of which nothing is tracked; an entity's number stands for a repository's id.
    var longestUnheardRepositories = EvictionQueue<Timestamp>()
    /// The receiver's time of the input being decided.
    var now = Timestamp(milliseconds: 0)
    /// Whether what is due at `now` itself has come: for a fired deadline, not for a delivery (docs/counting.md,
    /// rule 23).
    var isDeadlineTime = false
    /// Nothing: but a type that holds an existential is handed on by its address. Else each question that a decision
    /// asks of the ledger copies its 3 KB first. In a method that changes the ledger a closure may still copy it: what
    /// takes closures to find out has a method of its own.
    private let isHandedOnByAddress: any Sendable = ()

    public init(settings: LedgerSettings) {
        self.settings = settings
        state.chronicle.restore(Chronicle(), at: Self.chronicleKey)
    }

    /// Decides one observation received at a moment. Deadlines due before it must have been fired.
    public mutating func observe(_ observation: Observation, receivedAt: Timestamp) {
        now = receivedAt
        isDeadlineTime = false
        chronicle.inputs += 1
        countFutureTimes(of: observation)
        if let repository = observation.repository { meet(repository) }
        switch observation {
        case .changePushed(let fact): changePushed(fact)
        case .changeClosed(let fact): changeClosed(fact)
        case .statusReported(let fact): statusReported(fact)
        case .branchPushed(let fact): heard(ofRef: fact.ref, in: fact.repository.id)
        case .releasePublished(let fact): heard(ofRef: fact.tag, in: fact.repository.id)
        case .repositoryNamed: break
        case .buildReported(let fact): buildReported(fact)
        case .testRunReported(let fact): testRunReported(fact)
        case .testRunHinted(let request): effects.lookupRequests.append(lookupRequest(hintedAt: request))
        case .buildLookedUp(let fact): buildLookedUp(fact)
        case .jobIdentified(let fact): jobIdentified(fact)
        }
        reconsiderWaiting()
        evict()
    }

    /// Decides a deadline that came. One that was armed for another time meanwhile does nothing. `momentPassed` follows
    /// the last one of a moment.
    /// - Parameter at: the receiver's time; at or after the deadline's due time.
    mutating func fire(_ deadline: Deadline, at moment: Timestamp) {
        now = moment
        isDeadlineTime = true
        chronicle.inputs += 1
        endWaitsForChoice()
        if let run = state.runs[deadline.entity] {
            guard run.armedFor == deadline.due else { return }
            state.runs.update(run.id) { $0.armedFor = nil }
            reconsider(run: run.id)
        } else if let change = state.changes[deadline.entity] {
            guard change.armedFor == deadline.due else { return }
            state.changes.update(change.id) { $0.armedFor = nil }
            reconsider(change: change.id)
        } else {
            retire(deadline)
        }
    }

    /// All that was due at the moment of the last deadline has been decided.
    mutating func momentPassed() {
        reconsiderWaiting()
    }

    /// What the batch so far wants done, including the moves of the gauges and, where it is stored, the rows of state.
    mutating func drain(isStored: Bool) -> Effects {
        var drained = effects
        effects = Effects()
        if isStored { drained.state = state.changedEntries }
        drained.gauges = state.gaugeDeltas
        return drained
    }

    /// The deadlines to arm since the last call. A later one for the same entity replaces an earlier one.
    public mutating func takeDeadlines() -> [Deadline] {
        defer { deadlines.removeAll(keepingCapacity: true) }
        return deadlines
    }

    /// The drained effects are on disk.
    public mutating func confirm() {
        state.confirm()
    }

    /// The batch is undone: it never happened.
    public mutating func rollback() {
        effects = Effects()
        deadlines = []
        concerns = [:]
        homeless = []
        oldestChanges.forget()
        oldestRuns.forget()
        longestUnheard.forget()
        longestUnheardRepositories.forget()
        state.rollback()
    }

    /// Whether anything still waits for a verdict, an end, its kind, or to leave a gauge.
    public var hasOpenWork: Bool {
        state.openCounts.values.contains { $0 > 0 } || state.waitEnds.count > 0
            || state.placesOfUnclassified.keys.contains { state.lanes[$0].map { willBeTold($0) } ?? false }
            || state.changes.values.contains {
                $0.waits.contains { $0.inGaugeAs != nil || $0.isOwner && $0.verdict == nil }
            }
    }

    /// Number of changes, runs and so on that are kept in memory.
    public func tracked(_ kind: Tracked) -> Int {
        state.count(of: kind)
    }

    /// What all that is tracked takes in memory, in bytes, as an estimate.
    public mutating func trackedBytes() -> Int { state.weigh() }

    // MARK: - Shared by the rules

    static let chronicleKey: Int64 = 0

    var chronicle: Chronicle {
        get { state.chronicle[Self.chronicleKey] ?? Chronicle() }
        set { state.chronicle[Self.chronicleKey] = newValue }
    }

    mutating func nextEntity() -> EntityID {
        let number = chronicle.nextEntity
        chronicle.nextEntity += 1
        return EntityID(number)
    }

    /// Whether what is due at a moment has come.
    func hasCome(_ due: Timestamp) -> Bool {
        isDeadlineTime ? due <= now : due < now
    }

    mutating func count(_ counter: Counter) {
        effects.increments[counter, default: 0] += 1
    }

    mutating func observeDuration(_ histogram: Histogram, _ span: TimeSpan) {
        effects.observations.append(HistogramObservation(histogram, seconds: span.wholeSeconds))
    }

    mutating func judge(
        _ objective: Objective.Name, _ deployment: Deployment, _ verdict: ObjectiveJudgement.Verdict,
        of entity: EntityID,
        in repositoryName: String?
    ) {
        if verdict != .unknown { count(.objectiveEvents(objective, deployment, isGood: verdict == .good)) }
        effects.judgements.append(
            ObjectiveJudgement(
                objective: objective, deployment: deployment, entity: entity, repositoryName: repositoryName,
                verdict: verdict, at: now))
    }

    mutating func arm(_ entity: EntityID, at due: Timestamp) {
        deadlines.append(Deadline(entity: entity, due: due))
    }
}
