internal import SLOCore

/// Rule 53: builds that were never submitted.
extension ModelRun {
    /// A refusal that is no run counts when it is received, or when the kind of its check becomes known.
    func countRefusals(in lane: CheckLane) {
        for run in lane.runs where run.kind == .build && run.countedSince == nil && !run.exists && run.isUnsubmitted {
            if run.facts.contains(where: \.isRefusal) { count(.refused, run) }
        }
    }

    /// Call it once a run is final.
    /// - Parameter end: the evidence that decided; `nil` if nothing of the check did.
    func countIfNotSubmitted(_ run: Run, decidedBy end: Evidence?) {
        guard run.kind == .build, run.lane != nil, run.isUnsubmitted, let end, let told = end.end,
            let fact = run.facts.last(where: { $0.receipt.order == end.receipt.order })
        else { return }
        // What GitHub ended after a refusal was refused.
        if [.canceled, .skipped].contains(told.outcome) {
            return run.facts.contains(where: \.isRefusal) ? count(.refused, run) : ()
        }
        if fact.isEndByGitHub { return }
        let obstacle: SubmissionObstacle? =
            switch told.reason {
            case .srpm: .srpm
            case .submit: .submit
            case .config: .config
            default: told.outcome == .error && !run.evidence.contains { $0.says == .started } ? .other : nil
            }
        if let obstacle { count(obstacle, run) }
    }

    private func count(_ obstacle: SubmissionObstacle, _ run: Run) {
        guard !run.isUnsubmittedCounted else { return }
        run.isUnsubmittedCounted = true
        counted.count(.buildsNotSubmitted(run.deployment, obstacle))
    }
}

extension Run {
    /// Whether nothing shows that Copr has its build.
    fileprivate var isUnsubmitted: Bool {
        backend == nil && !facts.contains { $0.status.job?.job == .copr }
    }
}

extension Fact {
    /// Rule 10: a neutral check, or a commit status "error" with the title of a refusal.
    fileprivate var isRefusal: Bool {
        guard case .finished(let outcome, _) = status.asBuild, status.requestID == nil else { return false }
        if checkID != nil { return status.state == "neutral" }
        return status.state == "error" && [.canceled, .skipped].contains(outcome)
    }
}
