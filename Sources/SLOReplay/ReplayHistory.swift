import SLOCore
public import SLOStore

/// What a replay judged, as far back as its window and the one before reach: what a database's history would hold of
/// it.
public struct ReplayHistory: Sendable {
    public private(set) var judgements: [StoredJudgement] = []
    private let window: TimeSpan

    init(window: TimeSpan) {
        self.window = window
    }

    /// Takes over what was decided up to a moment.
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

    /// An hour more than the windows, since they begin with a whole one. Only once there is much to forget.
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
