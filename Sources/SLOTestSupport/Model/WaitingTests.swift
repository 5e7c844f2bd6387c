internal import SLOCore

/// Tests that Packit accepted and has not submitted (rule 41).
extension ModelRun {
    /// Choice: of a lane's runs only the latest waits.
    func showWaiting(_ lane: CheckLane, _ now: Now) {
        guard let since = waitsSince(lane) else { return show(lane, in: []) }
        let end = since + settings.horizon
        show(lane, in: now.hasCome(end) ? [] : [.testRunsWaiting(lane.key.deployment)])
        wake(.lane(lane), at: end, now)
    }

    /// A test that was accepted and never submitted waits from the first "accepted" on, until it has ended, or a push
    /// superseded it.
    private func waitsSince(_ lane: CheckLane) -> Timestamp? {
        guard lane.kind == .testRun, let run = lane.runs.last, !run.exists, run.countedSince == nil
        else { return nil }
        let accepted = run.facts.filter { $0.step(of: .testRun) == .accepted }
        let since = accepted.map { fact in fact.time.map(fact.receipt.due) ?? fact.receipt.at.flooredToSecond }.min()
        guard let since, !run.facts.contains(where: { $0.step(of: .testRun).isEnd }) else { return nil }
        return push(overTestThatWaitsIn: lane, since: since) == nil ? since : nil
    }
}
