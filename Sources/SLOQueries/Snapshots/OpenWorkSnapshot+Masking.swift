import SLOCore

extension OpenWorkSnapshot {
    init(
        _ work: OpenWork, at now: Timestamp, settings: LedgerSettings, directory: RepositoryDirectory,
        showing showsPrivate: Bool
    ) {
        let changes = work.waitingChanges.map { change in
            Item(
                change, deadline: settings.initialStatusDeadline,
                isCounted: settings.countedEligibilities.contains(change.eligibility),
                isHidden: change.isPrivate && !showsPrivate)
        }
        let runs = work.unfinishedRuns.map { run in
            Item(
                run, deadline: settings.deadline(of: run.kind),
                isHidden: !showsPrivate && Self.isHidden(run, directory))
        }
        // They are not runs yet, and so in no objective (docs/counting.md, rule 41).
        let deadline = settings.deadline(of: .testRun)
        let tests = work.waitingTests.filter { now - $0.acceptedAt > deadline }.map { test in
            Item(
                test, deadline: deadline,
                isHidden: !showsPrivate && (test.isPrivate || !directory.isPublic(test.repositoryName)))
        }
        let counted = changes.filter(\.isCounted)
        let others = changes.filter { !$0.isCounted }
        let overdue = runs.filter(\.isOverdue)
        self.init(at: now, items: overdue + counted + tests + others + runs.filter { !$0.isOverdue })
        leftOut = Self.leftOut(work)
    }

    private static func leftOut(_ work: OpenWork) -> [LeftOut] {
        let changes = work.changeCounts.map { deployment, count in
            let listed = work.waitingChanges.count { $0.deployment == deployment }
            return LeftOut(deployment: deployment, isChanges: true, isOverdue: true, count: count - listed)
        }
        let runs = work.runCounts.flatMap { group, counts in
            let listed = work.unfinishedRuns.filter { $0.kind == group.kind && $0.deployment == group.deployment }
            let overdue = listed.count { $0.isOverdue }
            return [
                LeftOut(
                    deployment: group.deployment, isChanges: false, isOverdue: true, count: counts.overdue - overdue),
                LeftOut(
                    deployment: group.deployment, isChanges: false, isOverdue: false,
                    count: counts.unfinished - counts.overdue - (listed.count - overdue)),
            ]
        }
        return (changes + runs).filter { $0.count > 0 }
    }

    /// The name that Packit gave a Copr project may reveal a private repository.
    private static func isHidden(_ run: UnfinishedRun, _ directory: RepositoryDirectory) -> Bool {
        if let name = run.repositoryName { return run.isPrivate || !directory.isPublic(name) }
        return directory.revealsPrivate(project: run.name)
    }
}

extension OpenWorkSnapshot.Item {
    fileprivate init(_ change: WaitingChange, deadline: TimeSpan, isCounted: Bool, isHidden: Bool) {
        self.init(
            kind: .change(change.eligibility), deployment: change.deployment,
            repository: isHidden ? .hidden : .known(change.repositoryName),
            pullRequest: isHidden ? nil : change.number, sha: isHidden ? nil : change.headSHA, name: nil, chroot: nil,
            since: change.startedAt, startedAt: nil, hop: .status, deadline: deadline, isOverdue: true,
            isCounted: isCounted)
    }

    fileprivate init(_ run: UnfinishedRun, deadline: TimeSpan, isHidden: Bool) {
        self.init(
            kind: .run(run.kind), deployment: run.deployment,
            repository: isHidden ? .hidden : run.repositoryName.map(RepositoryName.known) ?? .unknown,
            pullRequest: isHidden ? nil : run.pullRequest, sha: isHidden ? nil : run.sha,
            name: isHidden ? nil : run.name, chroot: isHidden ? nil : run.chroot,
            backendID: isHidden ? nil : run.backendID, since: run.queuedAt, startedAt: run.startedAt,
            hop: run.awaitsReport ? .report : run.hasStarted ? .started : .queued, deadline: deadline,
            isOverdue: run.isOverdue, isCounted: true)
    }
    fileprivate init(_ test: WaitingTest, deadline: TimeSpan, isHidden: Bool) {
        self.init(
            kind: .run(.testRun), deployment: test.deployment,
            repository: isHidden ? .hidden : .known(test.repositoryName),
            pullRequest: isHidden ? nil : test.pullRequest, sha: nil, name: isHidden ? nil : test.name,
            chroot: isHidden ? nil : test.chroot, since: test.acceptedAt, startedAt: nil, hop: .submission,
            deadline: deadline, isOverdue: true, isCounted: false)
    }
}
