public import SLOCore

/// The indicators of a history, strictly by the rules (docs/counting.md).
///
/// It is compared with the ledger and therefore works differently: it keeps everything received in lists, and evaluates
/// each rule on them anew. It remembers only what the rules decide for good: a step that was counted, a verdict, an
/// end.
public struct ReferenceModel: Sendable {
    private let history: History

    public init(_ history: History) {
        self.history = history
    }

    /// The indicators after everything received and due at or before each moment.
    /// - Parameter moments: ascending.
    public func indicators(at moments: [Timestamp]) -> [Indicators] {
        let walk = ModelRun(history.settings, downs: downs)
        var next = 0
        return moments.map { moment in
            while next < history.entries.count, history.entries[next].receivedAt <= moment {
                walk.ingest(history.entries[next])
                next += 1
            }
            walk.fireDeadlines(through: moment)
            return walk.counted
        }
    }

    /// The intervals in which the process was down.
    private var downs: [Down] {
        history.entries.compactMap { entry in
            guard case .start(let blindSince?) = entry.input, blindSince < entry.receivedAt else { return nil }
            return Down(since: blindSince, until: entry.receivedAt)
        }
    }
}

/// An interval in which the process was down and decided nothing.
struct Down {
    let since: Timestamp
    let until: Timestamp
}

/// A moment of deciding.
struct Now {
    let at: Timestamp
    /// Whether everything received at this moment has been ingested: only then deadlines at it fire (rule 23).
    let isEverythingIngested: Bool
    let receivedCount: Int

    func hasCome(_ due: Timestamp) -> Bool {
        isEverythingIngested ? due <= at : due < at
    }
}

/// Processes a history in order: ingests entries, reconsiders what they concern, and fires deadlines.
final class ModelRun {
    let settings: LedgerSettings
    let knowledge: Knowledge
    var counted = Indicators()
    /// The latest start, after which overdue verdicts wait (rule 23).
    private(set) var lastStart: Timestamp?
    /// The known blind intervals (rule 24), both ends inclusive.
    private(set) var blind: [Down] = []
    private let downs: [Down]
    private var agenda = Agenda<Due>()
    private(set) var receivedCount = 0
    private var shown: [ObjectIdentifier: [Gauge]] = [:]

    /// What a deadline reconsiders.
    enum Due: Equatable {
        case change(Change)
        case run(Run)
        case lane(CheckLane)
        case backend(Backend)
        case command(Command)

        static func == (left: Due, right: Due) -> Bool {
            left.entity === right.entity
        }

        var isWaitForChoice: Bool {
            if case .backend = self { true } else { false }
        }

        /// The number of entries received before it; a lane comes before its runs.
        var age: (receipt: Int, rank: Int) {
            switch self {
            case .change(let change): (change.receipt.order, 0)
            case .lane(let lane): (lane.receiptOrder, 1)
            case .backend(let backend): (backend.firstReceivedAt.order, 1)
            case .run(let run): (run.number, 2)
            case .command(let command): (command.receipt.order, 3)
            }
        }

        private var entity: AnyObject {
            switch self {
            case .change(let change): change
            case .run(let run): run
            case .lane(let lane): lane
            case .backend(let backend): backend
            case .command(let command): command
            }
        }
    }

    init(_ settings: LedgerSettings, downs: [Down]) {
        self.settings = settings
        self.downs = downs
        knowledge = Knowledge(settings)
    }

    // MARK: Time

    /// Ingests an entry, after everything that was due before it.
    func ingest(_ entry: History.Entry) {
        come { due in due < entry.receivedAt }
        receivedCount += 1
        let receipt = Receipt(at: entry.receivedAt, order: receivedCount)
        let now = Now(at: entry.receivedAt, isEverythingIngested: false, receivedCount: receivedCount)
        switch entry.input {
        case .start(let blindSince): start(at: entry.receivedAt, blindSince: blindSince)
        case .observation(let observation): ingest(observation, receipt, now)
        }
    }

    /// Fires everything due at or before a moment.
    func fireDeadlines(through moment: Timestamp) {
        come { due in due <= moment }
    }

    private func come(while isWanted: (Timestamp) -> Bool) {
        while let next = agenda.earliest, isWanted(next), !isDown(at: next) {
            let now = Now(at: next, isEverythingIngested: true, receivedCount: receivedCount)
            // Choice: waits for a choice end before everything else that is due at the same moment; the rest is in
            // order of receipt.
            let items = agenda.removeAll(at: next)
            for item in items where item.isWaitForChoice { look(at: item, now) }
            let others = items.enumerated().filter { !$0.element.isWaitForChoice }.sorted {
                ($0.element.age.receipt, $0.element.age.rank, $0.offset)
                    < ($1.element.age.receipt, $1.element.age.rank, $1.offset)
            }
            for (_, item) in others { look(at: item, now) }
            reconsider(now)
        }
    }

    /// While the process is down nothing is decided. After the next start, what was due meanwhile is decided as of its
    /// due time, except for what waits (rule 23).
    private func isDown(at due: Timestamp) -> Bool {
        downs.contains { $0.since < due && due < $0.until && $0.until > lastStart ?? .distantPast }
    }

    private func start(at time: Timestamp, blindSince: Timestamp?) {
        lastStart = time
        if let blindSince, blindSince < time { blind.append(Down(since: blindSince, until: time)) }
    }

    /// When a deadline is decided. One that was due before the latest start, on something known before it, waits a
    /// grace, so that queued evidence counts (rule 23).
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
        case .command(let command): look(at: command, now)
        }
    }

    // MARK: Gauges

    /// Moves an entity from its present gauges to these.
    func show(_ entity: AnyObject, in gauges: [Gauge]) {
        let id = ObjectIdentifier(entity)
        let before = shown[id] ?? []
        guard before != gauges else { return }
        for gauge in before { counted.move(gauge, by: -1) }
        for gauge in gauges { counted.move(gauge) }
        shown[id] = gauges.isEmpty ? nil : gauges
    }
}
