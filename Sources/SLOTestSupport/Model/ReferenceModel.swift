public import SLOCore

/// What is counted of a history, by the letter of the rules (docs/counting.md).
///
/// Written to be compared with the ledger, so it is made the other way round: everything heard is kept in lists, and
/// each question is asked of the lists afresh whenever it comes up. What is remembered besides is only what the rules
/// themselves decide for good: a step that was counted, a verdict, an end.
public struct ReferenceModel: Sendable {
    private let history: History

    public init(_ history: History) {
        self.history = history
    }

    /// What is counted once everything received at or before each moment is decided, and everything due at or before
    /// it has come.
    /// - Parameter moments: Ascending.
    public func indicators(at moments: [Timestamp]) -> [Indicators] {
        let walk = ModelRun(history.settings, downs: downs)
        var next = 0
        return moments.map { moment in
            while next < history.entries.count, history.entries[next].receivedAt <= moment {
                walk.hear(history.entries[next])
                next += 1
            }
            walk.letCome(through: moment)
            return walk.counted
        }
    }

    /// The times in which the process was down.
    private var downs: [Down] {
        history.entries.compactMap { entry in
            guard case .start(let blindSince?) = entry.input, blindSince < entry.receivedAt else { return nil }
            return Down(since: blindSince, until: entry.receivedAt)
        }
    }
}

/// A time in which the process was down and decided nothing.
struct Down {
    let since: Timestamp
    let until: Timestamp
}

/// A moment of deciding.
struct Now {
    let at: Timestamp
    /// Whether all that is received at this moment was heard: only then comes what is due at it (rule 23).
    let isAllHeard: Bool
    let heardCount: Int

    func hasCome(_ due: Timestamp) -> Bool {
        isAllHeard ? due <= at : due < at
    }
}

/// Goes through a history moment by moment: what is heard is put into the world, and what it concerns is looked at;
/// so is everything when it is due.
final class ModelRun {
    let settings: LedgerSettings
    let knowledge: Knowledge
    var counted = Indicators()
    /// The latest start, and what it makes wait (rule 23).
    private(set) var lastStart: Timestamp?
    /// The blind intervals known by now (rule 24), both ends inclusive.
    private(set) var blind: [Down] = []
    private let downs: [Down]
    private var agenda = Agenda<Due>()
    private(set) var heardCount = 0
    private var shown: [ObjectIdentifier: [Gauge]] = [:]

    /// What may be looked at when something is due.
    enum Due: Equatable {
        case change(Change)
        case run(Run)
        case lane(CheckLane)
        case backend(Backend)

        static func == (left: Due, right: Due) -> Bool {
            left.entity === right.entity
        }

        var isWaitForChoice: Bool {
            if case .backend = self { true } else { false }
        }

        /// How much had been heard when it was first heard of; a lane comes before its runs.
        var age: (heard: Int, rank: Int) {
            switch self {
            case .change(let change): (change.heard.order, 0)
            case .lane(let lane): (lane.heardAs, 1)
            case .backend(let backend): (backend.firstHeard.order, 1)
            case .run(let run): (run.number, 2)
            }
        }

        private var entity: AnyObject {
            switch self {
            case .change(let change): change
            case .run(let run): run
            case .lane(let lane): lane
            case .backend(let backend): backend
            }
        }
    }

    init(_ settings: LedgerSettings, downs: [Down]) {
        self.settings = settings
        self.downs = downs
        knowledge = Knowledge(settings)
    }

    // MARK: Time

    /// Hears an entry, after everything that was due before it.
    func hear(_ entry: History.Entry) {
        come { due in due < entry.receivedAt }
        heardCount += 1
        let heard = Heard(at: entry.receivedAt, order: heardCount)
        let now = Now(at: entry.receivedAt, isAllHeard: false, heardCount: heardCount)
        switch entry.input {
        case .start(let blindSince): start(at: entry.receivedAt, blindSince: blindSince)
        case .observation(let observation): hear(observation, heard, now)
        }
    }

    /// Everything due at or before a moment comes.
    func letCome(through moment: Timestamp) {
        come { due in due <= moment }
    }

    private func come(while isWanted: (Timestamp) -> Bool) {
        while let next = agenda.earliest, isWanted(next), !isDown(at: next) {
            let now = Now(at: next, isAllHeard: true, heardCount: heardCount)
            // Choice: waits for a choice end before anything else that is due at the same moment; the rest comes in
            // the order in which it was first heard of.
            let items = agenda.removeAll(at: next)
            for item in items where item.isWaitForChoice { look(at: item, now) }
            let others = items.enumerated().filter { !$0.element.isWaitForChoice }.sorted {
                ($0.element.age.heard, $0.element.age.rank, $0.offset)
                    < ($1.element.age.heard, $1.element.age.rank, $1.offset)
            }
            for (_, item) in others { look(at: item, now) }
            reconsider(now)
        }
    }

    /// While the process is down nothing is decided. Once it has started again, what came due meanwhile is decided as
    /// of when it was due, but for what waits (rule 23).
    private func isDown(at due: Timestamp) -> Bool {
        downs.contains { $0.since < due && due < $0.until && $0.until > lastStart ?? .distantPast }
    }

    private func start(at time: Timestamp, blindSince: Timestamp?) {
        lastStart = time
        if let blindSince, blindSince < time { blind.append(Down(since: blindSince, until: time)) }
    }

    /// When something due is decided. What was due before the latest start, on something known before it, waits a
    /// grace, so that what was queued meanwhile can still speak (rule 23).
    func afterStart(_ due: Timestamp, knownSince: Timestamp) -> Timestamp {
        guard let lastStart, due < lastStart, knownSince < lastStart else { return due }
        return lastStart + settings.initialStatusGrace
    }

    func wake(_ item: Due, at time: Timestamp, _ now: Now) {
        if !now.hasCome(time) { agenda.add(item, at: time) }
    }

    private func look(at item: Due, _ now: Now) {
        switch item {
        case .change(let change): look(at: change, now)
        case .run(let run): look(at: run, now)
        case .lane(let lane):
            if lane.kind == nil { tell(lane, now, claims: false) } else { look(at: lane, now, claims: false) }
        case .backend(let backend): choose(for: backend, now)
        }
    }

    // MARK: Gauges

    /// Takes an entity out of the gauges it was in, and puts it into these.
    func show(_ entity: AnyObject, in gauges: [Gauge]) {
        let id = ObjectIdentifier(entity)
        let before = shown[id] ?? []
        guard before != gauges else { return }
        for gauge in before { counted.move(gauge, by: -1) }
        for gauge in gauges { counted.move(gauge) }
        shown[id] = gauges.isEmpty ? nil : gauges
    }
}
