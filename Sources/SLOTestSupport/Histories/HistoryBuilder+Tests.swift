internal import SLOCore

extension HistoryBuilder {
    /// Posts the checks of a test, and Testing Farm's documents about its request.
    /// - Returns: when it ends.
    mutating func runTest(
        in lane: Lane, on build: BuildPlan, _ package: ChrootPlan?, of target: Target, from accepted: Int64,
        _ parts: Parts
    ) -> Int64 {
        var posts = parts == .all ? mirrored(build, package, in: target) : [Post(at: accepted, .accepted)]
        guard parts == .testsOnly || package?.isSuccess ?? false else {
            posts.append(endOfBuild(build, package))
            post(disturbed(posts, in: lane), in: lane, of: target)
            return posts.last?.at ?? accepted
        }
        let ready = max(package?.endsAt ?? 0, posts.last?.at ?? accepted) + random.whole(0...5)
        if parts == .all { posts.append(Post(at: ready, .packagesReady, jobID: package?.jobID)) }
        if let end = unsubmittedEnd(&posts, after: ready, package) {
            posts.append(end)
            post(disturbed(posts, in: lane), in: lane, of: target)
            return end.at
        }
        return submit(&posts, in: lane, of: target, on: build, after: ready)
    }

    /// A test's checks show the states of its build, unless the project is configured otherwise.
    private func mirrored(_ build: BuildPlan, _ package: ChrootPlan?, in target: Target) -> [Post] {
        guard world.places[target.place].mirrorsBuilds else { return build.posts.prefix(1).map { $0 } }
        var posts = build.posts.filter { $0.phrase.isOpen }
        if let package { posts.append(Post(at: package.startsAt, .building, jobID: package.jobID)) }
        return posts
    }

    private mutating func endOfBuild(_ build: BuildPlan, _ package: ChrootPlan?) -> Post {
        if let ending = build.ending { return Post(at: build.lastAt, ending, jobID: build.sourceJobID) }
        let phrase: CheckText = odd(.buildFailureShownAsNeutral) ? .notBuiltNeutral : .notBuilt
        return Post(at: package?.endsAt ?? build.lastAt, phrase, jobID: package?.jobID ?? build.sourceJobID)
    }

    /// How a test ends that is never submitted, after up to a few attempts.
    private mutating func unsubmittedEnd(
        _ posts: inout [Post], after ready: Int64, _ package: ChrootPlan?
    ) -> Post? {
        let jobID = package?.jobID ?? world.newJobID()
        if odd(.waitsForLatestBuild) {
            posts.append(Post(at: ready + 1, .waitsForLatest, jobID: jobID))
            if random.chance(0.3) { return Post(at: ready + 600, .latestNotFinished, jobID: jobID) }
        }
        if odd(.testSkipped) {
            return Post(at: ready + 2, random.pick([.internalOnly, .otherBuildMissing]))
        }
        if odd(.neverSubmitted) {
            return Post(at: ready + 2, random.pick([.noBuildsOfOther, .composeNotYet, .internalDisabled]))
        }
        if odd(.testMisconfigured) { return Post(at: ready + 2, .composeMissing) }
        if odd(.testSubmissionRetried) { posts.append(Post(at: ready + 3, .testSubmissionRetried)) }
        if odd(.testSubmissionFailed) {
            return Post(at: ready + 70, random.pick([.testSubmissionFailed, .composesUnknown]))
        }
        return nil
    }

    private mutating func submit(
        _ posts: inout [Post], in lane: Lane, of target: Target, on build: BuildPlan, after ready: Int64
    ) -> Int64 {
        var request = RequestPlan(
            id: random.uuid(), jobID: world.newJobID(), queuedAt: (posts.last?.at ?? ready) + random.whole(1...10))
        request.submittedAt = request.queuedAt + random.whole(1...30)
        request.startsAt = request.submittedAt + random.magnitude(2...1200)
        request.endsAt = request.startsAt + random.magnitude(10...10000)
        if odd(.longRun) { request.endsAt += random.whole(8...30) * 3600 }
        if odd(.endNearDeadline) {
            let end = request.queuedAt + limit(settings.deadline(of: .testRun)) + random.whole(-1...1)
            request.endsAt = max(request.startsAt, end)
        }
        let end = testEnd()
        request.end = end.asTestRun
        request.isLinked = !odd(.requestUnlinked)
        posts += checks(of: request, end: end)
        post(disturbed(posts, in: lane), in: lane, of: target)
        tell(request, in: lane, of: target, on: build)
        return request.endsAt
    }

    private mutating func checks(of request: RequestPlan, end: CheckText) -> [Post] {
        let start: CheckText = odd(.unknownTitles) ? .testingInNewWords : .testing
        return [
            Post(at: request.queuedAt, .submitting),
            Post(at: request.submittedAt, .submitted, jobID: request.jobID),
            Post(at: request.startsAt, start, jobID: request.jobID, requestID: request.shownID),
            Post(at: request.endsAt, end, jobID: request.jobID, requestID: request.shownID),
        ]
    }

    private mutating func testEnd() -> CheckText {
        if odd(.testFailed) { return .failed }
        if odd(.testErred) { return .erred }
        if odd(.testCanceled) { return .canceled }
        if odd(.testUnclassified) { return random.pick([.passedInNewWords, .failedInNewWords]) }
        return .passed
    }
}
