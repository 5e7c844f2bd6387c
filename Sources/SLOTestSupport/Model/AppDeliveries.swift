internal import SLOCore

/// What was read of GitHub's list of the deliveries to an App (rule 52).
struct AppList {
    fileprivate var attempts: Set<Int64> = []
    /// The deliveries, by GUID, whose first attempt is known.
    fileprivate var begun: Set<UInt64> = []
}

extension ModelRun {
    /// Each attempt counts once. The first one that is not marked as a redelivery is an event: of several, the first
    /// that is read, and of those on one page the oldest. What is older than the list reaches is none.
    func ingest(_ listed: AppDeliveriesListed, _ now: Now) {
        var list = knowledge.appLists[listed.app] ?? AppList()
        let listedSince = now.at - AppDeliveryAttempt.retention
        let new = listed.attempts.filter { $0.deliveredAt >= listedSince && list.attempts.insert($0.id).inserted }
        for attempt in new { count(attempt, listed.deployment) }
        let unmarked = new.filter { !$0.isRedelivery }.sorted { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }
        for attempt in unmarked where list.begun.insert(attempt.delivery).inserted {
            judge(attempt, listed.deployment, now)
        }
        knowledge.appLists[listed.app] = list
    }

    private func count(_ attempt: AppDeliveryAttempt, _ deployment: Deployment) {
        counted.count(.appDeliveries(deployment, attempt.status))
        guard attempt.status.isAnswer else { return }
        counted.observe(.appDeliveryDuration(deployment), seconds: attempt.duration.wholeSeconds)
    }

    /// There is nothing to select by, and blind intervals change nothing. A judgement has the time at which GitHub sent
    /// the attempt; one in the future counts at its receipt (rule 39).
    private func judge(_ attempt: AppDeliveryAttempt, _ deployment: Deployment, _ now: Now) {
        let isGood = attempt.status == .success
        let time = min(now.at, attempt.deliveredAt)
        for objective in settings.objectives where objective.indicator == .appDeliveries {
            counted.judge(
                ObjectiveJudgement(
                    objective: objective.name, deployment: deployment, entity: EntityID(0),
                    subject: ObjectiveSelection.Subject(), verdict: isGood ? .good : .bad, at: time))
            counted.count(.objectiveEvents(objective.name, deployment, isGood: isGood))
        }
    }
}
