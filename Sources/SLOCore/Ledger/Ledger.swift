/// Decides what is counted: turns observations and fired deadlines into effects, by the rules of docs/counting.md.
///
/// Pure and deterministic: no I/O, no clock, no randomness; time is an argument. Its only output are effects. A batch
/// is any number of `observe` and `fire`, one `drain`, then `confirm` once the effects are stored, or `rollback` if
/// that failed.
public struct Ledger: Sendable {
    public let settings: LedgerSettings
    var state = LedgerState()
    var effects = Effects()
    /// Deadlines to arm, in order; a later one for the same entity replaces an earlier one.
    var deadlines: [Deadline] = []
    /// Names of checks, so that lanes share them in memory. A cache.
    var names: [String: CheckName] = [:]
    /// What is new for waiting backend runs, and since when, until they are reconsidered.
    var concerns: [WaitKey: Timestamp] = [:]
    /// Which deliveries decide what is counted.
    var decisions = DecisionMemory()
    /// Backend runs that have lost their run, until they have looked for another.
    var homeless: [BackendKey] = []
    /// Which open changes to close above the limit. An entity's number is its age.
    var oldestChanges = EvictionQueue<EntityID>()
    var oldestRuns = EvictionQueue<EntityID>()
    var oldestCommands = EvictionQueue<EntityID>()
    /// Which tracked entities to remove above the limit.
    var leastRecentlyTouched = EvictionQueue<Timestamp>()
    /// Repositories without tracked entities; the entity's number is the repository's id.
    var leastRecentRepositories = EvictionQueue<Timestamp>()
    /// The receiver's time of the current input.
    var now = Timestamp(milliseconds: 0)
    /// Whether deadlines at `now` itself have come: true for a fired deadline, not for a delivery (docs/counting.md,
    /// rule 23).
    var isDeadlineTime = false
    /// Unused: a type that contains an existential is passed by address. Without it every query during a decision
    /// copies the ledger's 3 KB first. A closure in a mutating method may still copy it, so queries with closures have
    /// methods of their own; and so may an argument that branches (`?.`, `??`), so that is computed before.
    private let forcesPassByAddress: any Sendable = ()

    public init(settings: LedgerSettings) {
        self.settings = settings
        state.chronicle.restore(
            Chronicle(knownObjectives: settings.objectives.map { .init($0) }), at: Self.chronicleKey)
    }

    /// Decides one observation received at a moment. Fire all deadlines due before it first.
    /// - Parameter delivery: its delivery, if what it decides is to be known by that.
    public mutating func observe(_ observation: Observation, of delivery: DeliveryID? = nil, receivedAt: Timestamp) {
        begin(at: receivedAt, isDeadlineTime: false)
        beginDecision(by: delivery, of: observation)
        countFutureTimes(of: observation)
        if let repository = observation.repository { register(repository) }
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
        case .appDeliveriesListed(let fact): appDeliveriesListed(fact)
        case .commandGiven(let fact): commandGiven(fact)
        case .appCommented(let fact): appCommented(fact)
        }
        reconsiderWaiting()
        evict()
    }

    /// Decides a deadline. One that was replaced meanwhile does nothing. Call `momentPassed` after the last one of a
    /// moment.
    /// - Parameter at: the receiver's time; at or after the deadline's due time.
    mutating func fire(_ deadline: Deadline, at moment: Timestamp) {
        begin(at: moment, isDeadlineTime: true)
        decisions.begin()
        endWaitsForChoice()
        if let run = state.runs[deadline.entity] {
            guard run.armedFor == deadline.due else { return }
            state.runs.update(run.id) { $0.armedFor = nil }
            reconsider(run: run.id)
        } else if let change = state.changes[deadline.entity] {
            guard change.armedFor == deadline.due else { return }
            state.changes.update(change.id) { $0.armedFor = nil }
            reconsider(change: change.id)
        } else if let command = state.commands[deadline.entity] {
            guard command.armedFor == deadline.due else { return }
            state.commands.update(command.id) { $0.armedFor = nil }
            reconsider(command: command.id)
        } else {
            retire(deadline)
        }
    }

    mutating func begin(at moment: Timestamp, isDeadlineTime: Bool) {
        now = moment
        self.isDeadlineTime = isDeadlineTime
        state.chronicle.update(Self.chronicleKey) { $0.inputs += 1 }
    }

    /// All deadlines of the last moment have been decided.
    mutating func momentPassed() {
        decisions.begin()
        reconsiderWaiting()
    }

    /// The effects of the batch so far, including the changes of the gauges and, if it is stored, the rows of state.
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

    /// The drained effects are stored.
    public mutating func confirm() {
        state.confirm()
    }

    /// Reverts the batch.
    public mutating func rollback() {
        effects = Effects()
        deadlines = []
        concerns = [:]
        homeless = []
        decisions.forgetAll()
        oldestChanges.forget()
        oldestRuns.forget()
        oldestCommands.forget()
        leastRecentlyTouched.forget()
        leastRecentRepositories.forget()
        state.rollback()
    }

    /// Whether anything waits for a verdict, an end, its kind, or to leave a gauge.
    public var hasOpenWork: Bool {
        state.openCounts.values.contains { $0 > 0 } || state.waitEnds.count > 0
            || state.runs.values.contains { $0.isFinished && $0.armedFor != nil }
            || state.placesOfUnclassified.keys.contains { state.lanes[$0].map { willBeClassified($0) } ?? false }
            || state.changes.values.contains {
                $0.waits.contains {
                    $0.inGaugeAs != nil || $0.isOwner && ($0.verdict == nil || isPending($0))
                }
            }
    }

    /// The number of tracked entities of a kind.
    public func tracked(_ kind: Tracked) -> Int {
        state.count(of: kind)
    }

    /// The memory of all tracked entities in bytes, as an estimate.
    public mutating func trackedBytes() -> Int { state.weigh() }

    // MARK: - Shared by the rules

    static let chronicleKey: Int64 = 0

    var chronicle: Chronicle {
        get { state.chronicle[Self.chronicleKey] ?? Chronicle() }
        set { state.chronicle[Self.chronicleKey] = newValue }
    }

    /// The number of the current input.
    var input: Int64 { state.chronicle.part(of: Self.chronicleKey) { $0.inputs } ?? 0 }

    mutating func nextEntity() -> EntityID {
        let number = state.chronicle.part(of: Self.chronicleKey) { $0.nextEntity } ?? 1
        state.chronicle.update(Self.chronicleKey) { $0.nextEntity += 1 }
        return EntityID(number)
    }

    /// Whether a due time has come.
    func hasCome(_ due: Timestamp) -> Bool {
        isDeadlineTime ? due <= now : due < now
    }

    mutating func count(_ counter: Counter) {
        effects.increments[counter, default: 0] += 1
        effects.note(presentDecision(), on: counter)
    }

    mutating func observeDuration(_ histogram: Histogram, _ span: TimeSpan) {
        effects.observations.append(
            HistogramObservation(histogram, .seconds(span.wholeSeconds), decision: presentDecision()))
    }

    mutating func judge(
        _ objective: Objective.Name, _ deployment: Deployment, _ verdict: ObjectiveJudgement.Verdict,
        of entity: EntityID, _ subject: ObjectiveSelection.Subject, at moment: Timestamp? = nil
    ) {
        if verdict != .unknown { count(.objectiveEvents(objective, deployment, isGood: verdict == .good)) }
        effects.judgements.append(
            ObjectiveJudgement(
                objective: objective, deployment: deployment, entity: entity, subject: subject, verdict: verdict,
                at: moment ?? now))
    }

    mutating func arm(_ entity: EntityID, at due: Timestamp) {
        deadlines.append(Deadline(entity: entity, due: due))
    }
}
