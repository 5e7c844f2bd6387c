internal import SLOCore

/// Objectives that judge changes (rule 44).
extension ModelRun {
    var objectivesOfChanges: [Objective] {
        settings.objectives.filter { $0.indicator == .initialStatus }
    }

    /// Rules 6, 7 and 27 by an objective's own deadline and grace, once for each owner.
    func judgeByObjectives(_ change: Change, for owner: Deployment, _ answers: [Event.Answer]?, _ now: Now) {
        for objective in objectivesOfChanges where change.waits[owner]?.judgedBy.contains(objective.name) == false {
            let verdict = verdict(on: change, answers, objective).0
            guard verdictIsDue(on: change, for: owner, verdict, objective, now) else { continue }
            change.waits[owner]?.judgedBy.insert(objective.name)
            count(judgement(verdict, on: change, objective), on: change, objective, owner, answers, now)
        }
    }

    /// Rules 2 and 45.
    /// - Parameter verdict: `nil` if it is no event of the objective.
    func count(
        _ verdict: ObjectiveJudgement.Verdict?, on change: Change, _ objective: Objective, _ owner: Deployment,
        _ answers: [Event.Answer]?, _ now: Now
    ) {
        let then = deadline(of: change, objective) + objective.grace
        let eligibility = eligibility(of: change, for: owner, answers, at: then)
        let subject = ObjectiveSelection.Subject(
            repository: change.commit.repository.names.last, branch: change.baseRef)
        guard let verdict, settings.countedEligibilities.contains(eligibility), objective.selection.contains(subject)
        else { return }
        count(verdict, objective, owner, subject, now)
    }

    /// Rule 24; `nil` if it is no event of the objective.
    private func judgement(
        _ verdict: Verdict, on change: Change, _ objective: Objective
    ) -> ObjectiveJudgement.Verdict? {
        switch verdict {
        case .onTime: .good
        case .late, .never: wasBlind(change.dueStart, deadline(of: change, objective)) ? .doubtful : .bad
        case .excluded: wasEnded(change, within: objective.deadline) ? nil : .unknown
        }
    }

    func wakeForObjectives(_ change: Change, _ owner: Deployment, _ wait: Change.Wait, _ now: Now) {
        for objective in objectivesOfChanges where !wait.judgedBy.contains(objective.name) {
            wake(.change(change), at: deadline(of: change, objective), now)
            // A wait that ends on time after a start ends a grace after it.
            if let lastStart { wake(.change(change), at: lastStart + settings.initialStatusGrace, now) }
            wake(.change(change), at: lastDue(of: change, for: owner, objective), now)
        }
    }
}

/// Objectives that judge runs (rules 18, 44 and 46).
extension ModelRun {
    func unjudged(_ run: Run) -> [Objective] {
        let indicators = [run.kind.endIndicator, run.kind.startIndicator]
        return settings.objectives.filter { indicators.contains($0.indicator) && !run.judgedBy.contains($0.name) }
    }

    /// When an objective judges a run without an end: a settling after its deadline.
    func judgementDue(of run: Run, _ objective: Objective) -> Timestamp {
        let due = run.dueBase + objective.deadline + settings.settle
        return afterStart(notBeforeGrace(due, run, within: objective.deadline), knownSince: known(run))
    }

    /// Rule 46: a start in time is good as soon as it is known.
    func judgeStart(of run: Run, _ now: Now) {
        for objective in unjudged(run) where objective.isOfStart && hasStarted(run, in: objective) {
            judge(run, objective, .good, now)
        }
    }

    /// The judgements that an end decides. A run that has none of its own may have got one unseen (rule 24).
    func judgeEnd(
        of run: Run, _ outcome: Outcome, _ reason: OutcomeReason, at time: Timestamp, _ now: Now
    ) {
        for objective in unjudged(run) {
            let isOfStart = objective.isOfStart
            if isOfStart, hasStarted(run, in: objective) {
                judge(run, objective, .good, now)
            } else if isOfStart, run.queuedAt == nil {
                judge(run, objective, nil, now)
            } else if time.seconds - run.base.seconds > objective.deadline.wholeSeconds {
                judge(run, objective, missed(run, objective, now), now)
            } else if [.success, .failure].contains(outcome) {
                judge(run, objective, .good, now)
            } else {
                let isFault = outcome == .error && reason != .config
                judge(run, objective, isFault && !isOfStart ? .bad : nil, now)
            }
        }
    }

    /// The deadline and the settling are over without an end or, of a start, without one in time. A run that settles is
    /// judged by its end, and one that is known to have been superseded in time by that.
    func judgeOpen(_ run: Run, _ now: Now) {
        guard endsInTime(of: run).isEmpty else { return }
        for objective in unjudged(run) where now.hasCome(judgementDue(of: run, objective)) {
            if let end = supersession(of: run)?.time, end <= run.base + objective.deadline { continue }
            // Without a queue time there is no deadline of the start.
            if objective.isOfStart, run.queuedAt == nil { continue }
            judge(run, objective, missed(run, objective, now), now)
        }
    }

    /// Rule 24: a start or an end that is not known may have been in a blind interval.
    private func missed(_ run: Run, _ objective: Objective, _ now: Now) -> ObjectiveJudgement.Verdict {
        let isKnown = objective.isOfStart ? run.startedAt != nil : !endsInTime(of: run).isEmpty
        return !isKnown && wasBlind(run.dueBase, now.at) ? .doubtful : .bad
    }

    /// - Parameter verdict: `nil` if it is no event of the objective.
    func judge(_ run: Run, _ objective: Objective, _ verdict: ObjectiveJudgement.Verdict?, _ now: Now) {
        run.judgedBy.insert(objective.name)
        let subject = subject(of: run)
        guard let verdict, objective.selection.contains(subject) else { return }
        count(verdict, objective, run.deployment, subject, now)
    }

    func count(
        _ verdict: ObjectiveJudgement.Verdict, _ objective: Objective, _ deployment: Deployment,
        _ subject: ObjectiveSelection.Subject, _ now: Now
    ) {
        counted.judge(
            ObjectiveJudgement(
                objective: objective.name, deployment: deployment, entity: EntityID(0),
                subject: subject, verdict: verdict, at: now.at))
        guard verdict != .unknown else { return }
        counted.count(.objectiveEvents(objective.name, deployment, isGood: verdict == .good))
    }

    /// Whether a blind interval has something of a time in common.
    func wasBlind(_ from: Timestamp, _ to: Timestamp) -> Bool {
        blind.contains { $0.since <= to && from <= $0.until }
    }

    private func hasStarted(_ run: Run, in objective: Objective) -> Bool {
        guard let queued = run.queuedAt, let started = run.startedAt else { return false }
        return started.seconds - queued.seconds <= objective.deadline.wholeSeconds
    }

    /// Rule 45.
    private func subject(of run: Run) -> ObjectiveSelection.Subject {
        guard let lane = run.lane else {
            let repository = run.backend?.documents.compactMap(\.repositoryName).first
            return .init(repository: repository, chroot: run.backend?.chroot)
        }
        let repository = lane.commit.repository
        return .init(
            repository: repository.names.last,
            branch: lane.reading.event ?? lane.onlyPull.flatMap { repository.pulls[$0]?.base },
            chroot: lane.reading.chroot ?? run.backend?.chroot, name: lane.key.name,
            identifier: lane.reading.identifier)
    }
}

extension Objective {
    fileprivate var isOfStart: Bool { [.buildStart, .testRunStart].contains(indicator) }
}
