// Builds whose checks ended before Copr had them (docs/counting.md, rule 53).

extension Ledger {
    /// Once per run, when it is final.
    mutating func countUnsubmitted(_ run: inout Run, _ ending: Run.Ending, _ evidence: Evidence) {
        guard let obstacle = obstacle(to: run, ending, evidence), neverReachedCopr(run) else { return }
        countUnsubmitted(&run, obstacle)
    }

    /// What Packit refused is no run, and final at once.
    mutating func countRefusal(_ run: inout Run) {
        guard run.kind == .build, facts(of: run).contains(where: \.isRefusedBuild), neverReachedCopr(run) else {
            return
        }
        countUnsubmitted(&run, .refused)
    }

    private mutating func countUnsubmitted(_ run: inout Run, _ obstacle: SubmissionObstacle) {
        guard !run.isCountedAsUnsubmitted else { return }
        run.isCountedAsUnsubmitted = true
        count(.buildsNotSubmitted(run.deployment, obstacle))
    }

    /// What its check's end says: GitHub's own words, the horizon and limits say nothing of it.
    private func obstacle(to run: Run, _ ending: Run.Ending, _ evidence: Evidence) -> SubmissionObstacle? {
        guard run.kind == .build, evidence.isShownAsEnded else { return nil }
        switch (ending.outcome, ending.reason) {
        case (.failure, .srpm), (.error, .srpm): return .srpm
        case (.failure, .submit), (.error, .submit): return .submit
        case (.failure, .config), (.error, .config): return .config
        case (.skipped, _), (.canceled, _): return facts(of: run).contains(where: \.isRefusedBuild) ? .refused : nil
        case (.error, .timeout), (.error, .limit), (.error, .lost): return nil
        case (.error, _): return evidence.hasStarted ? nil : .other
        case (.success, _), (.failure, _), (.superseded, _): return nil
        }
    }

    /// Neither its checks nor a backend know a build at Copr.
    private func neverReachedCopr(_ run: Run) -> Bool {
        run.backend == nil && !facts(of: run).contains { $0.jobID(as: .build) != nil }
    }
}

extension Fact {
    /// A refusal (docs/counting.md, rule 10): neutral without a request, or a commit status `error` with such a title.
    fileprivate var isRefusedBuild: Bool {
        guard case .finished(let outcome, _) = asBuild, requestID == nil else { return false }
        switch carrier {
        case .checkRun: return state == "neutral"
        case .commitStatus: return state == "error" && [.skipped, .canceled].contains(outcome)
        }
    }
}
