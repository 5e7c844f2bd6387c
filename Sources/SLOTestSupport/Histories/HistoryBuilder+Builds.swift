internal import SLOCore

/// What is run together.
enum Parts {
    case all
    /// As after `/packit test`: the build exists already.
    case testsOnly
}

/// One submission to Copr: its source build, and what all chroots share.
struct BuildPlan {
    let identifier: String?
    let id: Int64
    /// The owner and name of its Copr project.
    let owner: String
    let project: String
    /// The first posts of its checks, up to the end of the source build or of the whole build.
    var posts: [Post] = []
    /// How it ended before the chroots began.
    var ending: CheckText?
    var sourceJobID: Int64
    var sourceStartsAt: Int64?
    var sourceEndsAt: Int64?
    var isHeardFromCopr = true
    /// The package's version in Copr's messages.
    var version: String?

    var lastAt: Int64 { posts.last?.at ?? 0 }
}

/// The part of a build in one chroot.
struct ChrootPlan {
    let startsAt: Int64
    var endsAt: Int64
    let isSuccess: Bool
    let jobID: Int64
}

extension HistoryBuilder {
    mutating func lanes(of target: Target, _ parts: Parts) -> [Lane] {
        let place = world.places[target.place]
        return place.identifiers.flatMap { identifier in
            place.chroots.flatMap { chroot in
                (parts == .all ? [buildLane(target, chroot, identifier)] : [])
                    + (place.isTested ? [testLane(target, chroot, identifier)] : [])
            }
        }
    }

    private func buildLane(_ target: Target, _ chroot: String, _ identifier: String?) -> Lane {
        let naming = target.event == nil ? world.places[target.place].naming : .plain
        return Lane(
            kind: .build, name: naming.build(chroot, event: target.event, identifier: identifier), chroot: chroot,
            identifier: identifier)
    }

    private func testLane(_ target: Target, _ chroot: String, _ identifier: String?) -> Lane {
        let naming = target.event == nil ? world.places[target.place].naming : .plain
        return Lane(
            kind: .testRun, name: naming.test(chroot, event: target.event, identifier: identifier), chroot: chroot,
            identifier: identifier)
    }

    /// Builds and tests a target once.
    /// - Returns: when the last of it ends.
    mutating func runOnce(_ target: Target, from accepted: Int64, _ parts: Parts) -> Int64 {
        let place = world.places[target.place]
        var end = accepted
        for identifier in place.identifiers.flatMap({ [String?](repeating: $0, count: place.packages) }) {
            let build = plan(identifier, of: target, from: accepted, parts)
            if parts == .all { tellSource(of: build, target) }
            for chroot in place.chroots {
                end = max(end, run(build, in: chroot, of: target, from: accepted, parts))
            }
        }
        return end
    }

    private mutating func run(
        _ build: BuildPlan, in chroot: String, of target: Target, from accepted: Int64, _ parts: Parts
    ) -> Int64 {
        let lane = buildLane(target, chroot, build.identifier)
        let package = build.ending == nil ? planChroot(of: build, from: accepted) : nil
        if parts == .all {
            post(disturbed(checks(of: build, package), in: lane), in: lane, of: target)
            if let package { tellChroot(of: build, package, in: chroot, target) }
        }
        guard world.places[target.place].isTested else { return package?.endsAt ?? build.lastAt }
        let test = testLane(target, chroot, build.identifier)
        return runTest(in: test, on: build, package, of: target, from: accepted, parts)
    }

    private mutating func plan(
        _ identifier: String?, of target: Target, from accepted: Int64, _ parts: Parts
    ) -> BuildPlan {
        let place = world.places[target.place]
        let user = target.deployment.label == "prod" ? "packit" : "packit-" + target.deployment.label
        var build = BuildPlan(
            identifier: identifier, id: world.newBuildID(), owner: place.customProject?.owner ?? user,
            project: place.customProject?.project
                ?? place.project(at: accepted, for: target.projectPart, identifier: identifier),
            sourceJobID: world.newJobID())
        build.posts = [Post(at: accepted, .accepted)]
        if odd(.versioned) {
            // Packit builds from the pull request's own branch, or from the one that it is merged into.
            let branch = target.number.map { random.chance(0.8) ? "pr\($0)" : "main" } ?? "main"
            build.version = "1.2-1.20261101.\(branch).4.g" + target.sha.prefix(7)
        }
        guard parts == .all else { return build }
        build.isHeardFromCopr = !odd(.coprUnheard)
        planSource(&build, from: accepted)
        return build
    }

    private mutating func planSource(_ build: inout BuildPlan, from accepted: Int64) {
        var now = accepted + random.whole(1...20)
        func add(_ phrase: CheckText) { build.posts.append(Post(at: now, phrase, jobID: build.sourceJobID)) }
        func finish(_ phrase: CheckText) {
            build.ending = phrase
            add(phrase)
        }
        if odd(.submissionRetried) {
            add(.submissionRetried)
            now += random.whole(60...600)
        }
        if odd(.submissionFailed) { return finish(.submissionFailed) }
        if odd(.unsupportedTarget) { return finish(.unsupportedTarget) }
        if odd(.mergeConflict) { return finish(.mergeConflict) }
        add(.sourceSubmitted)
        now += random.whole(2...60)
        add(.sourceRunning)
        build.sourceStartsAt = now - random.whole(0...2)
        now += random.whole(15...300)
        build.sourceEndsAt = now - random.whole(0...2)
        if odd(.sourceFailed) { return finish(.sourceFailed) }
        add(.sourceSucceeded)
    }

    private mutating func planChroot(of build: BuildPlan, from accepted: Int64) -> ChrootPlan {
        let starts = build.lastAt + random.whole(2...90)
        var ends = starts + (odd(.slowBuild) ? random.whole(3600...40000) : random.magnitude(20...3000))
        if odd(.longRun) { ends += random.whole(8...30) * 3600 }
        if odd(.endNearDeadline) {
            ends = max(starts, accepted + limit(settings.deadline(of: .build)) + random.whole(-1...1))
        }
        return ChrootPlan(startsAt: starts, endsAt: ends, isSuccess: !odd(.buildFailed), jobID: world.newJobID())
    }

    /// The duration of a run in seconds.
    mutating func limit(_ deadline: TimeSpan) -> Int64 {
        (random.chance(0.2) ? settings.horizon : deadline).wholeSeconds
    }

    /// All posts of a build's check in one chroot.
    private mutating func checks(of build: BuildPlan, _ package: ChrootPlan?) -> [Post] {
        guard let package else { return build.posts }
        let isNew = odd(.unknownTitles)
        let end: CheckText =
            package.isSuccess ? (isNew ? .builtInNewWords : .built) : (isNew ? .notBuiltInNewWords : .notBuilt)
        let starting = random.chance(0.3) ? [Post(at: package.startsAt - 1, .starting, jobID: package.jobID)] : []
        return build.posts + starting + [
            Post(at: package.startsAt, isNew ? .buildingInNewWords : .building, jobID: package.jobID),
            Post(at: package.endsAt, end, jobID: package.jobID),
        ]
    }
}
