public import SLOCore
import SLOStore

/// What the charts of an objective show of a time, in slices of equal length.
///
/// The work is bounded however much history there is: of each slice, a limited number of changes or runs is read.
public struct ChartSnapshot: Sendable {
    public struct Slice: Sendable {
        public let beginsAt: Timestamp
        /// Of the objective.
        public var tally = ObjectiveTally()
        /// By the time to the first status; of an objective of changes.
        public var latencies: [TimeSpan] = []
        /// Changes without a status until their verdict.
        public var unanswered = 0
        /// Of runs with all times.
        public var queued: [TimeSpan] = []
        public var ran: [TimeSpan] = []
        /// From the end at the backend to the one that its check shows; empty for those of which the former is not
        /// known.
        public var reported: [TimeSpan] = []
        /// Whether there was more than is read of a slice.
        public var isSampled = false
    }

    public let from: Timestamp
    public let to: Timestamp
    public let now: Timestamp
    public let sliceLength: TimeSpan
    public var slices: [Slice]
    public let incidents: [Incident]
    public let blindIntervals: [BlindIntervalSnapshot]
    public let timeNotes: [TimeNoteSnapshot]

    /// What is read of a slice.
    public static let sampleLimit = 100
    private static let incidentLimit = 200
    static let sliceLimit = 96

}

extension ChartSnapshot {
    /// - Parameters:
    ///   - from: the first moment; the first slice begins at it or before.
    ///   - to: the last one.
    init(
        of objective: Objective, _ deployment: Deployment, from: Timestamp, to: Timestamp, at now: Timestamp,
        in store: any StoreReading
    ) throws {
        sliceLength = Self.sliceLength(of: to - from)
        let length = sliceLength.milliseconds
        let first = Timestamp(milliseconds: from.milliseconds / length * length)
        self.from = first
        self.to = to
        self.now = now
        let count = Int((max(.zero, to - first).milliseconds + length - 1) / length)
        slices = (0..<max(1, count)).map { Slice(beginsAt: first + .milliseconds(Int64($0) * length)) }
        let open = try store.openIncidents(atMost: Self.incidentLimit).filter { $0.firedAt != nil && $0.since <= to }
        let ended = try store.firedIncidents(endedSince: first, atMost: Self.incidentLimit).filter { $0.since <= to }
        incidents = (open + ended).filter { $0.concerns(objective.name) }
        blindIntervals = try store.blindIntervals()
            .filter { $0.startedAt <= to && ($0.endedAt ?? now) >= first }.map(BlindIntervalSnapshot.init)
        timeNotes = try store.timeNotes(from: first, through: to, atMost: TimeNoteSnapshot.limit)
            .map(TimeNoteSnapshot.init)
        try addTallies(of: objective, deployment, from: store)
        switch objective.indicator {
        case .initialStatus where objective.name == .initialStatus: try addChanges(of: deployment, from: store)
        case .builds, .testRuns, .jobs: try addRuns(of: objective, deployment, from: store)
        default: break
        }
    }

    /// As short as the limit of slices allows.
    static func sliceLength(of span: TimeSpan) -> TimeSpan {
        let steps = [1, 2, 3, 6, 8, 12, 24, 48, 96, 192].map { TimeSpan.hours($0) }
        return steps.first { span.milliseconds <= $0.milliseconds * Int64(sliceLimit - 1) } ?? .hours(192)
    }

    private mutating func addTallies(
        of objective: Objective, _ deployment: Deployment, from store: any StoreReading
    ) throws {
        let hours = from.hoursSinceEpoch...max(from.hoursSinceEpoch, (to - .milliseconds(1)).hoursSinceEpoch)
        for hour in try store.objectiveHours(hours)
        where hour.objective == objective.name && hour.deployment == deployment {
            let place = Int((hour.hour - from.hoursSinceEpoch) * 3_600_000 / sliceLength.milliseconds)
            guard slices.indices.contains(place) else { continue }
            slices[place].tally = slices[place].tally + ObjectiveTally(good: hour.good, bad: hour.bad)
        }
    }

    private mutating func addChanges(of deployment: Deployment, from store: any StoreReading) throws {
        for place in slices.indices {
            let begins = slices[place].beginsAt
            let changes = try store.changesJudged(
                from: begins, before: begins + sliceLength, atMost: Self.sampleLimit)
            slices[place].isSampled = changes.count == Self.sampleLimit
            for change in changes where change.deployment == deployment && change.isCounted {
                switch change.verdict {
                case .onTime, .late:
                    if let latency = change.latency { slices[place].latencies.append(latency) }
                case .never: slices[place].unanswered += 1
                case .excluded: break
                }
            }
        }
    }

    private mutating func addRuns(
        of objective: Objective, _ deployment: Deployment, from store: any StoreReading
    ) throws {
        for place in slices.indices {
            let begins = slices[place].beginsAt
            let runs = try store.runsCounted(from: begins, before: begins + sliceLength, atMost: Self.sampleLimit)
            slices[place].isSampled = runs.count == Self.sampleLimit
            for run in runs
            where run.deployment == deployment && run.isCounted && run.kind.objective == objective.name {
                guard run.outcome == .success || run.outcome == .failure, let queued = run.queuedAt,
                    let started = run.startedAt, started >= queued, run.finishedAt >= started
                else { continue }
                // Two clocks tell of the end: neither part is negative.
                let ended = run.backendEndedAt.map { min(max($0, started), run.finishedAt) }
                slices[place].queued.append(started - queued)
                slices[place].ran.append((ended ?? run.finishedAt) - started)
                if let ended { slices[place].reported.append(run.finishedAt - ended) }
            }
        }
    }
}

extension Incident {
    /// Whether it is of this objective, or of none.
    fileprivate func concerns(_ objective: Objective.Name) -> Bool {
        !subject.contains("objective=") || subject.contains("objective=\"\(objective.rawValue)\"")
    }
}

/// Which time charts show.
public enum ChartRange: Hashable, Sendable {
    case day, week
    /// The objective's own.
    case window
    case quarter
    case times(from: Timestamp, to: Timestamp)

    /// - Returns: at most 400 days.
    func times(window: TimeSpan, at now: Timestamp) -> (from: Timestamp, to: Timestamp) {
        switch self {
        case .day: (now - .days(1), now)
        case .week: (now - .days(7), now)
        case .window: (ObjectiveWindow.beginning(of: window, endingAt: now), now)
        case .quarter: (now - .days(91), now)
        case .times(let from, let to): (max(from, to - .days(400)), to)
        }
    }
}
