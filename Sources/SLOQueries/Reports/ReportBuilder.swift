public import SLOCore
public import SLOStore

/// Adds judgements up to a report. Its memory is bounded: names beyond `PartTally.namesLimit` are combined.
public struct ReportBuilder: Sendable {
    /// The beginning of the first hour of the window that objectives have by default.
    public let beginsAt: Timestamp
    /// The time from which on judgements are needed: the earliest beginning of a window, or of a previous window if
    /// they are included.
    public let readsFrom: Timestamp
    private let looksBack: Bool
    /// Of the objectives that are configured.
    private let windows: [Objective.Name: Window]
    /// The end of the window.
    public let at: Timestamp
    private let settings: LedgerSettings
    private var parts: PartTally
    private var counts: [DeploymentObjective: JudgementCounts] = [:]
    /// The counts of the previous window.
    private var countsBefore: [DeploymentObjective: JudgementCounts] = [:]
    private var firstJudgedBefore: Timestamp?
    private let timeNotes: [TimeNoteSnapshot]
    private let notedTimes: NotedTimes
    /// The counts of the window without what notes touch.
    private var countsWithoutNotes: [DeploymentObjective: JudgementCounts] = [:]

    /// - Parameters:
    ///   - looksBack: whether to include the previous window.
    ///   - timeNotes: what people noted; those outside the windows are left out.
    ///   - isShown: whether to show the name of a repository, and what else is named in it. Asked once for each.
    public init(
        settings: LedgerSettings, at: Timestamp, looksBack: Bool, timeNotes: [TimeNoteSnapshot] = [],
        isShown: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.settings = settings
        self.at = at
        self.looksBack = looksBack
        parts = PartTally(isShown: isShown)
        beginsAt = ObjectiveWindow.beginning(of: settings.window, endingAt: at)
        windows = Dictionary(
            settings.objectives.map { ($0.name, Window(of: settings.window(of: $0), endingAt: at)) }
        ) { first, _ in first }
        let longest = Window(of: settings.longestWindow, endingAt: at)
        readsFrom = looksBack ? longest.previousBeginsAt : longest.beginsAt
        self.timeNotes = timeNotes.filter { $0.overlaps(from: longest.beginsAt, through: at) }
        notedTimes = NotedTimes(self.timeNotes)
    }

    private struct Window {
        let beginsAt: Timestamp
        let previousBeginsAt: Timestamp

        init(of length: TimeSpan, endingAt at: Timestamp) {
            beginsAt = ObjectiveWindow.beginning(of: length, endingAt: at)
            previousBeginsAt = beginsAt - length
        }
    }

    /// Adds a judgement. Those outside the windows are ignored.
    public mutating func add(_ stored: StoredJudgement) {
        let judgement = stored.judgement
        let window = windows[judgement.objective] ?? Window(of: settings.window, endingAt: at)
        guard judgement.at >= (looksBack ? window.previousBeginsAt : window.beginsAt), judgement.at <= at else {
            return
        }
        let scope = DeploymentObjective(judgement.objective, judgement.deployment)
        let cost = settings[judgement.objective].flatMap { BudgetCost(stored, of: $0) }
        if judgement.at < window.beginsAt {
            firstJudgedBefore = min(firstJudgedBefore ?? judgement.at, judgement.at)
            countsBefore[scope, default: JudgementCounts()].add(judgement.verdict, cost: cost)
        } else {
            counts[scope, default: JudgementCounts()].add(judgement.verdict, cost: cost)
            if !isTouched(stored) {
                countsWithoutNotes[scope, default: JudgementCounts()].add(judgement.verdict, cost: cost)
            }
            parts.add(judgement, in: scope, cost: cost)
        }
    }

    /// Whether a note overlaps the time from an event's beginning to its judgement. When a good event began is not
    /// stored with its judgement; only the moment of that counts.
    private func isTouched(_ stored: StoredJudgement) -> Bool {
        guard !timeNotes.isEmpty else { return false }
        let judgement = stored.judgement
        var begins = judgement.at
        if judgement.verdict != .good, let objective = settings[judgement.objective] {
            begins = stored.runEnd?.queuedAt ?? judgement.at - objective.deadline - objective.grace
        }
        return notedTimes.overlap(from: min(begins, judgement.at), through: judgement.at)
    }

    /// - Parameters:
    ///   - blindIntervals: all known ones; those outside the window are left out.
    ///   - ledger: the state at the end of the window, if it is known.
    public func report(
        basis: Report.Basis, blindIntervals: [BlindInterval], openWorkOf ledger: Ledger?
    ) -> Report {
        var standings = standings(of: counts)
        if !timeNotes.isEmpty {
            for (place, other) in self.standings(of: countsWithoutNotes).enumerated() {
                standings[place].withoutNotes = other.counts
            }
        }
        return Report(
            basis: basis, at: at, beginsAt: beginsAt, window: settings.window, standings: standings,
            parts: parts.parts(of: standings), listsAllRepositories: !parts.isFull(.repository), before: before,
            blindIntervals: blindIntervals.filter { $0.startedAt <= at && ($0.endedAt ?? at) >= beginsAt },
            timeNotes: timeNotes,
            openWork: ledger.map(Report.OpenWork.init(of:)))
    }

    private var before: Report.Before? {
        firstJudgedBefore.map {
            Report.Before(
                beginsAt: beginsAt - settings.window, firstJudgedAt: $0, standings: standings(of: countsBefore))
        }
    }

    private func standings(of counts: [DeploymentObjective: JudgementCounts]) -> [Report.Standing] {
        deployments.flatMap { deployment in
            settings.objectives.map { objective in
                Report.Standing(
                    objective: objective, deployment: deployment,
                    counts: counts[DeploymentObjective(objective.name, deployment)] ?? JudgementCounts())
            }
        }
    }

    /// The configured deployments, then former ones.
    private var deployments: [Deployment] {
        var deployments: [Deployment] = []
        let former = Set(counts.keys.map(\.deployment)).sorted()
        for deployment in settings.deployments + former where !deployments.contains(deployment) {
            deployments.append(deployment)
        }
        return deployments
    }
}

/// The times of which there are notes, joined where they overlap.
private struct NotedTimes {
    /// In order, none of which overlaps another.
    private var times: [(from: Timestamp, to: Timestamp)] = []

    init(_ notes: [TimeNoteSnapshot]) {
        for note in notes.sorted(by: { $0.from < $1.from }) {
            if let last = times.last, note.from <= last.to {
                times[times.count - 1].to = max(last.to, note.to)
            } else {
                times.append((note.from, note.to))
            }
        }
    }

    func overlap(from first: Timestamp, through last: Timestamp) -> Bool {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle].from <= last { low = middle + 1 } else { high = middle }
        }
        return low > 0 && times[low - 1].to >= first
    }
}

extension Report.OpenWork {
    init(of ledger: Ledger) {
        let runs = ledger.unfinishedRuns
        self.init(
            waitingChanges: ledger.waitingChanges,
            unfinishedRuns: runs.filter(\.isOverdue) + runs.filter { !$0.isOverdue })
    }
}
