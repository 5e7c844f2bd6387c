internal import SLOCore

/// Copr's messages about builds on Fedora's message bus.
extension HistoryBuilder {
    mutating func tellSource(of build: BuildPlan, _ target: Target) {
        guard build.isHeardFromCopr, let starts = build.sourceStartsAt, let ends = build.sourceEndsAt else { return }
        let isSuccess = build.ending == nil
        if !odd(.coprStartMissing) { report(.started, of: build, nil, target, at: starts) }
        if !odd(.coprEndMissing) { report(isSuccess ? .succeeded : .failed, of: build, nil, target, at: ends) }
    }

    mutating func tellChroot(of build: BuildPlan, _ package: ChrootPlan, in chroot: String, _ target: Target) {
        guard build.isHeardFromCopr else { return }
        let starts = chrootStart(of: build, package)
        let delay = odd(.coprEndsFirst) ? random.magnitude(60...7200) : random.whole(0...40)
        let ends = max(starts, package.endsAt - delay)
        let isSuccess = odd(.coprDisagrees) ? !package.isSuccess : package.isSuccess
        if !odd(.coprStartMissing) { report(.started, of: build, chroot, target, at: starts) }
        if !odd(.coprEndMissing) { report(isSuccess ? .succeeded : .failed, of: build, chroot, target, at: ends) }
    }

    /// Copr's start is slightly earlier than Packit's post. With different clocks it may be before Packit accepted the
    /// task.
    private mutating func chrootStart(of build: BuildPlan, _ package: ChrootPlan) -> Int64 {
        if let accepted = build.posts.first?.at, odd(.coprStartsEarly) { return accepted + random.whole(-3...3) }
        return max(package.startsAt - random.whole(0...8), build.sourceEndsAt ?? 0)
    }

    private mutating func report(
        _ event: BuildReported.Event, of build: BuildPlan, _ chroot: String?, _ target: Target, at time: Int64
    ) {
        say(
            .buildReported(
                BuildReported(
                    deployment: target.deployment, buildID: build.id, chroot: chroot, owner: build.owner,
                    project: build.project, event: event,
                    sentAt: odd(.coprUntimed) ? nil : stated(time), version: chroot == nil ? nil : build.version)),
            at: time)
    }

    /// A build that no check shows, of a known pull request or an unknown one.
    mutating func tellLoneBuild(at time: Int64) {
        let index = Int(random.whole(0...Int64(world.places.count - 1)))
        let place = world.places[index]
        let deployment = random.pick(settings.deployments)
        let number = random.chance(0.6) ? max(1, place.lastNumber) : place.lastNumber + 1000
        let user = deployment.label == "prod" ? "packit" : "packit-" + deployment.label
        let build = BuildPlan(
            identifier: nil, id: world.newBuildID(), owner: user,
            project: place.project(at: time, for: String(number), identifier: random.pick(place.identifiers)),
            sourceJobID: 0, sourceStartsAt: time, sourceEndsAt: time + random.whole(10...200))
        let target = Target(
            place: index, sha: "", deployment: deployment, number: number, event: nil, projectPart: String(number),
            eventID: "", listed: [])
        tellSource(of: build, target)
        for chroot in place.chroots {
            let starts = (build.sourceEndsAt ?? time) + random.whole(0...60)
            let package = ChrootPlan(
                startsAt: starts, endsAt: starts + random.magnitude(20...50000), isSuccess: !odd(.buildFailed),
                jobID: 0)
            tellChroot(of: build, package, in: chroot, target)
        }
    }
}
