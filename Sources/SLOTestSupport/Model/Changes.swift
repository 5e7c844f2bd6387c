internal import SLOCore

/// Decisions on changes.
extension ModelRun {
    /// A pull request was opened, reopened or pushed to.
    func ingest(_ push: ChangePushed, _ receipt: Receipt, _ now: Now) {
        let repository = knowledge.repository(push.repository, receipt)
        let pull = repository.pull(push.number)
        let commit = repository.commit(push.headSHA)
        for change in pull.commits.flatMap(\.changes) { forgetIfOld(change, now) }
        pull.add(
            KnownPullRequest.Push(
                sha: push.headSHA, action: push.action, stated: push.startedAt.flooredToSecond, receipt: receipt))
        pull.note(base: push.baseRef, at: receipt.believed(push.startedAt.flooredToSecond))
        if !commit.pulls.contains(where: { $0 === pull }) { commit.pulls.append(pull) }
        pull.note(commit)
        note(push, of: pull, on: commit, receipt)
        endUnbound(on: Set(pull.pushes.map(\.sha)).union([push.headSHA]).sorted().map(repository.commit))
        lookAtAll(of: pull, pushed: commit, now)
        // Answers that arrived before it teach now.
        for change in commit.changes {
            for deployment in commit.answers(to: change).keys.sorted() {
                lookAtChanges(of: commit, answeredBy: deployment, now)
            }
        }
    }

    func ingest(_ close: ChangeClosed, _ receipt: Receipt, _ now: Now) {
        let repository = knowledge.repository(close.repository, receipt)
        let pull = repository.pull(close.number)
        let isKnown = pull.wasHead(close.pullRequest?.headSHA)
        pull.close(
            KnownPullRequest.Close(
                at: receipt.believed(close.closedAt.flooredToSecond), stated: close.closedAt.flooredToSecond,
                of: close.pullRequest?.headSHA,
                createdAt: close.pullRequest?.createdAt.flooredToSecond))
        if let base = close.pullRequest?.baseRef {
            pull.note(base: base, at: receipt.believed(close.closedAt.flooredToSecond))
        }
        // Rule 34: it names the head as an opening does.
        let head = close.pullRequest.map { repository.commit($0.headSHA) }
        if let head {
            if !head.pulls.contains(where: { $0 === pull }) {
                head.pulls.append(pull)
                endUnbound(on: [head])
            }
            pull.note(head)
        }
        lookAtAll(of: pull, pushed: isKnown ? nil : head, now)
    }

    /// A pull request's history concerns everything on its commits, including the binding of checks. Checks of a pushed
    /// commit may claim backend runs that were counted alone.
    private func lookAtAll(of pull: KnownPullRequest, pushed: Commit?, _ now: Now) {
        for lane in pull.commits.flatMap(\.allLanes) { divide(lane, now) }
        for commit in pull.commits {
            for change in commit.changes { look(at: change, now) }
            for lane in commit.allLanes { look(at: lane, now, claims: commit === pushed) }
        }
        reconsider(now)
    }

    /// Changes of ignored repositories and of deleted forks are not measured (rule 2).
    private func note(_ push: ChangePushed, of pull: KnownPullRequest, on commit: Commit, _ receipt: Receipt) {
        guard push.headRepository != nil, !knowledge.isIgnored(push.repository.fullName) else { return }
        let new = Change(push, on: commit, of: pull, receipt: receipt)
        let known = commit.changes.first { $0.key == new.key }
        let change = known ?? new
        if known == nil {
            commit.changes.append(change)
            commit.repository.undecided.append(change)
        }
        if let addressee = push.addressee {
            change.addressees[addressee] = change.addressees[addressee] ?? receipt.at
        } else {
            change.unaddressedSince = change.unaddressedSince ?? receipt.at
        }
    }

    /// An answer concerns the changes of its commit and, by its lesson, the owners of others in the repository.
    func lookAtChanges(of commit: Commit, answeredBy deployment: Deployment, _ now: Now) {
        // What answers one of them teaches about the others, too.
        for change in commit.changes { learn(about: change, now) }
        for change in commit.changes { look(at: change, now) }
        guard deployment != settings.primary else { return }
        commit.repository.undecided.removeAll { $0.isDecided }
        for change in commit.repository.undecided where change.commit !== commit { look(at: change, now) }
    }

    private func forgetIfOld(_ change: Change, _ now: Now) {
        if now.hasCome(forgetting(of: change)), !change.isPresent { change.isForgotten = true }
    }

    func look(at change: Change, _ now: Now) {
        learn(about: change, now)
        let answers = change.commit.answers(to: change)
        for owner in owners(of: change, answers) where change.waits[owner] == nil {
            // An owner added after that moment has no missed deadline.
            change.waits[owner] = Change.Wait(isDeadlineDecided: now.hasCome(isMissedFrom(change, owner)))
            counted.count(.changesSeen(owner))
        }
        for owner in change.waits.keys {
            decideDeadline(of: change, for: owner, answers[owner], now)
            judge(change, for: owner, answers[owner], now)
            observeAllStatuses(of: change, for: owner, now)
            judgeByObjectives(change, for: owner, answers[owner], now)
            judgeAllStatuses(of: change, for: owner, answers[owner], now)
            moveGauge(of: change, for: owner, answers[owner], now)
        }
        if now.hasCome(lastDue(of: change, for: settings.primary)) { change.isDecided = true }
        show(change, in: gauges(of: change))
        wake(of: change, now)
    }

    /// Every answer teaches its repository and the base branch of its change (rule 2). Choice: an answer that was
    /// received before its own time teaches what it would have answered then (rule 39).
    private func learn(about change: Change, _ now: Now) {
        forgetIfOld(change, now)
        guard !change.isForgotten else { return }
        for (deployment, answers) in change.commit.answers(to: change) {
            let lesson = KnownRepository.Lesson(deployment: deployment, baseRef: change.baseRef)
            var taught = change.commit.repository.answers[lesson] ?? KnownRepository.Taught()
            for answer in answers {
                let time = answer.receipt.due(answer.time)
                guard time >= change.waitStart - .seconds(2) else { continue }
                if answer.receipt.at - answer.time > settings.initialStatusGrace {
                    taught.late.insert(time)
                } else {
                    taught.inTime = max(taught.inTime ?? time, time)
                }
            }
            if taught.isSomething { change.commit.repository.answers[lesson] = taught }
        }
    }

    /// Rule 8: the missed counter increases when the wait enters the gauge, for the owners known then.
    private func decideDeadline(
        of change: Change, for owner: Deployment, _ answers: [Event.Answer]?, _ now: Now
    ) {
        guard change.waits[owner]?.isDeadlineDecided == false, now.hasCome(isMissedFrom(change, owner)) else { return }
        change.waits[owner]?.isDeadlineDecided = true
        if isWaiting(change, answers) {
            let eligibility = eligibility(of: change, for: owner, answers, at: deadline(of: change))
            counted.count(.deadlinesMissed(owner, eligibility))
        }
    }

    /// Later evidence is ignored (rule 7).
    private func forgetting(of change: Change) -> Timestamp {
        let waits = (objectivesOfChanges + objectivesOfAllStatuses + [settings.initialStatus]).map {
            $0.deadline + $0.grace
        }
        return max(change.dueStart, change.receipt.at) + settings.horizon + (waits.max() ?? .zero)
    }

    /// Rules 6 and 7: counter and histogram change together; what follows is late evidence. Choices: an end
    /// received late is evidence like an answer, and so is whatever shows that an answer belongs to another change;
    /// with several owners it is counted once.
    private func judge(_ change: Change, for owner: Deployment, _ answers: [Event.Answer]?, _ now: Now) {
        let (verdict, seconds) = verdict(on: change, answers)
        if let given = change.waits[owner]?.verdict {
            guard verdict != given, given != .excluded || verdict == .onTime else { return }
            return countLateEvidence(verdict, on: change, now)
        }
        guard verdictIsDue(on: change, for: owner, verdict, settings.initialStatus, now) else { return }
        change.waits[owner]?.verdict = verdict
        let eligibility = eligibility(
            of: change, for: owner, answers, at: deadline(of: change) + settings.initialStatusGrace)
        counted.count(.changesJudged(owner, verdict, eligibility))
        if let seconds { counted.observe(.initialStatusDuration(owner), seconds: seconds) }
    }

    /// Rule 7: once per change, until it is forgotten.
    func countLateEvidence(_ verdict: Verdict, on change: Change, _ now: Now) {
        guard !change.isLateEvidenceCounted, !now.hasCome(forgetting(of: change)) else { return }
        change.isLateEvidenceCounted = true
        counted.count(.lateEvidence(verdict))
    }

    /// Rule 8: from the deadline until it is answered, closed, superseded or too old; its eligibility stays the same
    /// while the gauge contains it.
    private func moveGauge(of change: Change, for owner: Deployment, _ answers: [Event.Answer]?, _ now: Now) {
        let isOld = now.at >= change.dueStart + settings.horizon
        guard now.hasCome(isMissedFrom(change, owner)), !isOld, isWaiting(change, answers) else {
            change.waits[owner]?.shownAs = nil
            return
        }
        if change.waits[owner]?.shownAs == nil {
            change.waits[owner]?.shownAs = eligibility(of: change, for: owner, answers, at: deadline(of: change))
        }
    }

    private func gauges(of change: Change) -> [Gauge] {
        change.waits.sorted { $0.key < $1.key }.flatMap { owner, wait in
            (wait.verdict == nil ? [Gauge.changesOpen(owner)] : [])
                + (wait.shownAs.map { [Gauge.changesWithoutStatus(owner, $0)] } ?? [])
        }
    }

    private func wake(of change: Change, _ now: Now) {
        wake(.change(change), at: lastDue(of: change, for: settings.primary), now)
        for (owner, wait) in change.waits {
            if !wait.isDeadlineDecided { wake(.change(change), at: isMissedFrom(change, owner), now) }
            if wait.verdict == nil {
                wake(.change(change), at: deadline(of: change), now)
                // A wait that ends on time after a start ends a grace after it.
                if let lastStart { wake(.change(change), at: lastStart + settings.initialStatusGrace, now) }
                wake(.change(change), at: lastDue(of: change, for: owner), now)
            }
            wakeForObjectives(change, owner, wait, now)
            wakeForAllStatuses(change, owner, wait, now)
            if wait.shownAs != nil { wake(.change(change), at: change.dueStart + settings.horizon, now) }
        }
    }
}
