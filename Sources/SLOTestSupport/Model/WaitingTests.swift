internal import SLOCore

/// Tests that Packit accepted and has not submitted (rule 41).
extension Walk {
    func showWaiting(_ lane: CheckLane, _ now: Now) {
        guard isWaiting(lane), let first = lane.runs.last?.facts.map({ $0.time.map($0.heard.due) ?? $0.heard.at }).min()
        else { return show(lane, in: []) }
        let end = first.flooredToSecond + settings.horizon
        show(lane, in: now.hasCome(end) ? [] : [.testRunsWaiting(lane.key.deployment)])
        wake(.lane(lane), at: end, now)
    }

    /// A test that was accepted and never submitted waits until it has ended, or a push superseded it.
    private func isWaiting(_ lane: CheckLane) -> Bool {
        guard lane.kind == .testRun, let run = lane.runs.last, !run.exists, run.countedSince == nil else { return false }
        guard run.facts.contains(where: { $0.step(of: .testRun) == .accepted }) else { return false }
        guard !run.facts.contains(where: { $0.step(of: .testRun).isEnd }) else { return false }
        return pushOver(run, in: lane) == nil
    }
}
