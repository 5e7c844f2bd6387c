public import SLOCore

/// Evaluates the conditions over samples, and follows each from its beginning to its end, as Prometheus does an alert.
public struct ConditionTracker: Sendable {
    private struct Key: Hashable {
        let condition: String
        let subject: String
    }

    /// What one evaluation changed, to be stored.
    public struct Changes: Equatable, Sendable {
        /// Incidents that began, fired or ended.
        public var incidents: [Incident] = []
        /// Those that ended before an alert fired, and leave no trace.
        public var withdrawn: [Incident] = []
    }

    /// More incidents than that at once tell nothing new; those of the first conditions are followed.
    private static let maxOpen = 1000

    private let conditions: [Condition]
    private let settings: ConditionSettings
    private var open: [Key: Incident] = [:]

    /// - Parameter open: the incidents that had not ended when the last process did.
    public init(_ settings: ConditionSettings, continuing open: [Incident] = []) {
        self.settings = settings
        conditions = Condition.all(settings).filter(\.isSeenByServer).map {
            var condition = $0
            condition.expression = condition.expression.withDefinitions
            return condition
        }
        for incident in open where incident.endedAt == nil {
            self.open[Key(condition: incident.condition, subject: incident.subject)] = incident
        }
    }

    /// An empty history of the series that the conditions need.
    public var emptyHistory: SampleHistory { SampleHistory(for: conditions) }

    public mutating func evaluate(_ history: SampleHistory, at now: Timestamp) -> (now: ConditionsNow, Changes) {
        var (holding, changes): ([HoldingCondition], Changes) = ([], Changes())
        var kept: [Key: Incident] = [:]
        for condition in conditions {
            for (labels, value) in condition.expression.value(in: history, at: now) {
                let subject = labels.adding(condition.labels)
                let key = Key(condition: condition.name, subject: subject.description)
                guard kept.count < Self.maxOpen else { continue }
                let before = open[key]
                var incident = before ?? begin(condition, subject, in: history, at: now)
                incident.summary = condition.summary.text(subject, value: value)
                if incident.firedAt == nil, now - incident.beganAt >= condition.hold { incident.firedAt = now }
                if before == nil || before?.firedAt != incident.firedAt { changes.incidents.append(incident) }
                kept[key] = incident
                holding.append(
                    HoldingCondition(
                        incident: incident, description: condition.description.text(subject, value: value),
                        waiting: condition.waiting(of: subject, in: history, at: now), page: condition.page,
                        firesAt: incident.firedAt ?? incident.beganAt + condition.hold))
            }
        }
        for (key, incident) in open where kept[key] == nil { end(incident, at: now, in: &changes) }
        open = kept
        var state = ConditionsNow()
        (state.at, state.samplesSince) = (now, history.first)
        state.holding = holding.sorted { $0.urgency < $1.urgency }
        return (state, changes)
    }

    private func begin(
        _ condition: Condition, _ subject: Labels, in history: SampleHistory, at now: Timestamp
    ) -> Incident {
        Incident(
            key: Incident.Key(beganAt: now, condition: condition.name, subject: subject.description),
            severity: condition.severity(of: subject, settings), party: condition.party(of: subject), summary: "",
            since: min(now, condition.since(subject, in: history) ?? now))
    }

    private func end(_ incident: Incident, at now: Timestamp, in changes: inout Changes) {
        guard incident.firedAt != nil else {
            changes.withdrawn.append(incident)
            return
        }
        var ended = incident
        ended.endedAt = now
        changes.incidents.append(ended)
    }
}

extension Condition {
    /// - Returns: `nil` if only the expression itself tells.
    fileprivate func since(_ subject: Labels, in history: SampleHistory) -> Timestamp? {
        switch onset {
        case .stop(of: let progress, while: let waiting):
            history.stop(of: progress, while: waiting, with: subject)
        case .first(let bad, after: let good): history.firstRise(of: bad, after: good, with: subject)
        case .timestamp(let selector):
            history.value(of: selector, with: subject).flatMap { Int64(exactly: ($0 * 1000).rounded()) }
                .map { Timestamp(milliseconds: $0) }
        case nil: nil
        }
    }

    fileprivate func waiting(of subject: Labels, in history: SampleHistory, at now: Timestamp) -> Int64? {
        waiting?.value(in: history, at: now).first { $0.key.isPart(of: subject) }.flatMap {
            Int64(exactly: $0.value.rounded())
        }
    }
}

extension HoldingCondition {
    /// Critical first, and what fires before what does not yet, then the oldest.
    fileprivate var urgency: (Int, Int, Int64, String, String) {
        (
            incident.severity == .critical ? 0 : 1, isFiring ? 0 : 1, incident.since.milliseconds,
            incident.condition, incident.subject
        )
    }
}
