internal import SLOCore

/// What each observation adds, and what it concerns.
extension ModelRun {
    func ingest(_ observation: Observation, _ receipt: Receipt, _ now: Now) {
        // Backend runs that wait choose again at each new fact (rule 20).
        defer {
            reconsider(now)
            if let repository = observation.repository { lookAtCommands(in: repository.id, now) }
        }
        countFutureTimes(of: observation, receipt)
        switch observation {
        case .changePushed(let push): ingest(push, receipt, now)
        case .changeClosed(let close): ingest(close, receipt, now)
        case .statusReported(let status): ingest(status, receipt, now)
        case .branchPushed(let push):
            let name = push.ref.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
            knowledge.repository(push.repository, receipt).refs.insert(String(name))
        case .releasePublished(let release):
            knowledge.repository(release.repository, receipt).refs.insert(release.tag)
        case .repositoryNamed(let repository): _ = knowledge.repository(repository, receipt)
        case .buildReported(let build): ingest(build, receipt, now)
        case .testRunReported(let test): ingest(test, receipt, now)
        // Rule 21: it carries no state.
        case .testRunHinted: break
        case .commandGiven(let command): ingest(command, receipt, now)
        case .appCommented(let comment): ingest(comment, receipt, now)
        case .appDeliveriesListed(let listed): ingest(listed, now)
        // Histories contain no lookups.
        case .buildLookedUp, .jobIdentified: break
        }
    }

    /// Rule 39: a time that is given twice is one.
    private func countFutureTimes(of observation: Observation, _ receipt: Receipt) {
        func count(_ source: Source, _ times: Timestamp?...) {
            let ahead = Set(times.compactMap { $0 }.filter(receipt.isFromFuture))
            if !ahead.isEmpty { counted.count(.futureTimes(source), by: Int64(ahead.count)) }
        }
        switch observation {
        case .changePushed(let push): count(.github, push.startedAt)
        case .changeClosed(let close): count(.github, close.closedAt)
        case .statusReported(let status): count(.github, status.startedAt, status.completedAt)
        case .releasePublished(let release): count(.github, release.publishedAt)
        case .buildReported(let build): count(.copr, build.sentAt)
        case .testRunReported(let test): count(.testingFarm, test.createdAt, test.startedAt, test.finishedAt)
        case .commandGiven(let command): count(.github, command.givenAt)
        case .appCommented(let comment): count(.github, comment.commentedAt)
        case .branchPushed, .repositoryNamed, .testRunHinted, .buildLookedUp, .jobIdentified,
            .appDeliveriesListed:
            break
        }
    }

    // MARK: Checks

    private func ingest(_ status: StatusReported, _ receipt: Receipt, _ now: Now) {
        let commit = knowledge.repository(status.repository, receipt).commit(status.sha)
        let boundBefore = commit.events[status.eventKey]?.boundTo
        commit.addAnswer(status, receipt)
        let isBoundAnew =
            status.externalID.isEmpty || !status.pullRequests.isEmpty
            || commit.events[status.eventKey]?.boundTo != boundBefore
        commit.addPosting(status, receipt)
        if status.pullRequests.count == 1 { commit.repository.pull(status.pullRequests[0]).note(commit) }
        lookAtChanges(of: commit, answeredBy: status.deployment, now)
        let lane = status.name.subject == .other ? nil : commit.lane(of: status, receipt)
        let isNew = lane?.add(status, receipt) ?? false
        if let lane, isNew, let request = status.requestID { knowledge.link(request, lane) }
        for other in commit.allLanes {
            if other === lane, isNew {
                tell(other, now, claims: true)
            } else if isBoundAnew, other.key.deployment == status.deployment,
                other.key.externalID == status.externalID
            {
                // The event's first payload may bind its other lanes, too.
                look(at: other, now, claims: false)
            }
        }
        guard let lane else { return }
        if lane.kind == nil { showUnclassified(lane, now) }
        if isNew { proveJoins(of: lane, now) }
    }

    // MARK: Backends

    private func ingest(_ build: BuildReported, _ receipt: Receipt, _ now: Now) {
        guard let chroot = build.chroot else {
            // Only a failure matters: it ends every known chroot, which gets no message of its own.
            guard build.event == .failed else { return }
            for backend in knowledge.chrootsOfBuild[build.buildID] ?? [] where backend.deployment == build.deployment {
                backend.add(.failed, at: build.sentAt, receipt, reason: .srpm)
                didReceive(backend, now)
            }
            return
        }
        let key = BuildKey(deployment: build.deployment, buildID: build.buildID, chroot: chroot)
        let known = knowledge.builds[key]
        let backend =
            known ?? Backend(.chroot(key, owner: build.owner, project: build.project), build.deployment, receipt)
        if known == nil {
            knowledge.builds[key] = backend
            knowledge.chrootsOfBuild[build.buildID, default: []].append(backend)
        }
        backend.add(build.event, at: build.sentAt, receipt)
        if let version = build.version { backend.versions.insert(version) }
        didReceive(backend, now)
    }

    /// A context that names no configured deployment is the primary's (rule 20).
    private func ingest(_ test: TestRunReported, _ receipt: Receipt, _ now: Now) {
        let deployment = test.deployment ?? settings.primary
        let backend = knowledge.requests[test.requestID] ?? Backend(.request(test.requestID), deployment, receipt)
        knowledge.requests[test.requestID] = backend
        backend.add(test, receipt)
        didReceive(backend, now)
    }
}

extension Commit {
    /// The lane of a state. A commit status has no event id: it belongs to the only lane of its name, otherwise it
    /// opens one of its own (rule 12). Decided on receipt.
    func lane(of status: StatusReported, _ receipt: Receipt) -> CheckLane {
        var key = CheckLane.Key(
            deployment: status.deployment, externalID: status.externalID, name: status.name.text)
        if case .commitStatus = status.carrier {
            let named = allLanes.filter { $0.key.name == key.name && $0.key.deployment == key.deployment }
            if named.count == 1 { key = named[0].key }
        }
        if let known = lanes[key] { return known }
        let lane = CheckLane(key, of: status, on: self, receipt)
        lanes[key] = lane
        allLanes.append(lane)
        return lane
    }
}
