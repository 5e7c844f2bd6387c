internal import SLOCore

/// What each observation puts into the world, and whom it concerns.
extension ModelRun {
    func hear(_ observation: Observation, _ heard: Heard, _ now: Now) {
        // What waits for a choice chooses again at each new fact (rule 20).
        defer { reconsider(now) }
        countFutureTimes(of: observation, heard)
        switch observation {
        case .changePushed(let push): hear(push, heard, now)
        case .changeClosed(let close): hear(close, heard, now)
        case .statusReported(let status): hear(status, heard, now)
        case .branchPushed(let push):
            let name = push.ref.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
            knowledge.repository(push.repository, heard).refs.insert(String(name))
        case .releasePublished(let release):
            knowledge.repository(release.repository, heard).refs.insert(release.tag)
        case .repositoryNamed(let repository): _ = knowledge.repository(repository, heard)
        case .buildReported(let build): hear(build, heard, now)
        case .testRunReported(let test): hear(test, heard, now)
        // Rule 21: it carries no state.
        case .testRunHinted: break
        // Histories are of what is sent; nobody is asked in them.
        case .buildLookedUp, .jobIdentified: break
        }
    }

    /// Rule 39: a time that is given twice is one.
    private func countFutureTimes(of observation: Observation, _ heard: Heard) {
        func count(_ source: Source, _ times: Timestamp?...) {
            let ahead = Set(times.compactMap { $0 }.filter(heard.isFromFuture))
            if !ahead.isEmpty { counted.count(.futureTimes(source), by: Int64(ahead.count)) }
        }
        switch observation {
        case .changePushed(let push): count(.github, push.startedAt)
        case .changeClosed(let close): count(.github, close.closedAt)
        case .statusReported(let status): count(.github, status.startedAt, status.completedAt)
        case .releasePublished(let release): count(.github, release.publishedAt)
        case .buildReported(let build): count(.copr, build.sentAt)
        case .testRunReported(let test): count(.testingFarm, test.createdAt, test.startedAt, test.finishedAt)
        case .branchPushed, .repositoryNamed, .testRunHinted, .buildLookedUp, .jobIdentified: break
        }
    }

    // MARK: Checks

    private func hear(_ status: StatusReported, _ heard: Heard, _ now: Now) {
        let commit = knowledge.repository(status.repository, heard).commit(status.sha)
        commit.addAnswer(status, heard)
        if status.pullRequests.count == 1 { commit.repository.pull(status.pullRequests[0]).note(commit) }
        lookAtChanges(of: commit, answeredBy: status.deployment, now)
        guard status.name.subject != .other else { return }
        let lane = commit.lane(of: status, heard)
        guard lane.add(status, heard) else {
            if lane.kind == nil { showUnclassified(lane, now) }
            return
        }
        if let request = status.requestID { knowledge.link(request, lane) }
        // The event's first payload may tell whose the other lanes are, too.
        for other in commit.allLanes where other === lane || other.event == lane.event {
            if other === lane { tell(lane, now, claims: true) } else { look(at: other, now, claims: false) }
        }
        proveJoins(of: lane, now)
    }

    // MARK: Backends

    private func hear(_ build: BuildReported, _ heard: Heard, _ now: Now) {
        guard let chroot = build.chroot else {
            // Only a failure matters: it ends every chroot that is known already, which hears nothing of its own.
            guard build.event == .failed else { return }
            for backend in knowledge.chrootsOfBuild[build.buildID] ?? [] where backend.deployment == build.deployment {
                backend.add(.failed, at: build.sentAt, heard, reason: .srpm)
                heardOf(backend, now)
            }
            return
        }
        let key = BuildKey(deployment: build.deployment, buildID: build.buildID, chroot: chroot)
        let known = knowledge.builds[key]
        let backend =
            known ?? Backend(.chroot(key, owner: build.owner, project: build.project), build.deployment, heard)
        if known == nil {
            knowledge.builds[key] = backend
            knowledge.chrootsOfBuild[build.buildID, default: []].append(backend)
        }
        backend.add(build.event, at: build.sentAt, heard)
        if let version = build.version { backend.versions.insert(version) }
        heardOf(backend, now)
    }

    /// Whose context names no configured deployment is the primary's (fine print to 20).
    private func hear(_ test: TestRunReported, _ heard: Heard, _ now: Now) {
        let deployment = test.deployment ?? settings.primary
        let backend = knowledge.requests[test.requestID] ?? Backend(.request(test.requestID), deployment, heard)
        knowledge.requests[test.requestID] = backend
        backend.add(test, heard)
        heardOf(backend, now)
    }
}

extension Commit {
    /// The lane that a state is of. A commit status carries no event's id: it joins the only lane of its name, else it
    /// opens one of its own (fine print to 12). Decided when it is heard.
    func lane(of status: StatusReported, _ heard: Heard) -> CheckLane {
        var key = CheckLane.Key(
            deployment: status.deployment, externalID: status.externalID, name: status.name.text)
        if case .commitStatus = status.carrier {
            let named = allLanes.filter { $0.key.name == key.name && $0.key.deployment == key.deployment }
            if named.count == 1 { key = named[0].key }
        }
        if let known = lanes[key] { return known }
        let lane = CheckLane(key, of: status, on: self, heard)
        lanes[key] = lane
        allLanes.append(lane)
        return lane
    }
}
