import SLOCore
public import SLOStore

/// The judgements of a replay within its longest window and the previous one, as a database's history would contain
/// them.
public struct ReplayHistory: Sendable {
    public private(set) var judgements: [StoredJudgement] = []
    private let window: TimeSpan

    init(window: TimeSpan) {
        self.window = window
    }

    /// Adds what was decided up to a moment.
    mutating func add(_ effects: Effects, now: Timestamp) {
        let changes = Dictionary(
            effects.changeRecords.map { (ChangeOfDeployment($0), $0.verdict) }
        ) { _, last in last }
        let runs = Dictionary(effects.runRecords.map { ($0.run, RunEnd($0)) }) { first, _ in first }
        for judgement in effects.judgements {
            let key = ChangeOfDeployment(change: judgement.entity, deployment: judgement.deployment)
            judgements.append(
                StoredJudgement(judgement, changeVerdict: changes[key], runEnd: runs[judgement.entity]))
        }
        forgetBefore(now)
    }

    mutating func take() -> [StoredJudgement] {
        defer { judgements = [] }
        return judgements
    }

    /// Keeps one hour more than the windows, because they begin with a full hour. Deletes only when there is much to
    /// delete.
    private mutating func forgetBefore(_ now: Timestamp) {
        let oldest = now - window - window - .hours(1)
        guard judgements.count > 2048, judgements[judgements.count / 2].judgement.at < oldest else { return }
        judgements.removeAll { $0.judgement.at < oldest }
    }

    private struct ChangeOfDeployment: Hashable {
        let change: EntityID
        let deployment: Deployment

        init(change: EntityID, deployment: Deployment) {
            self.change = change
            self.deployment = deployment
        }

        init(_ record: ChangeRecord) {
            self.init(change: record.change, deployment: record.deployment)
        }
    }
}
