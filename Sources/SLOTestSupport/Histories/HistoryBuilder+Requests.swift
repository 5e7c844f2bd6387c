internal import SLOCore

/// One request at Testing Farm.
struct RequestPlan {
    let id: String
    let jobID: Int64
    /// When Packit reported the submission of the tests; the other times are GitHub's as well.
    let queuedAt: Int64
    var submittedAt: Int64 = 0
    var startsAt: Int64 = 0
    var endsAt: Int64 = 0
    var end = Step.finished(.success, .stated)
    /// Whether the checks' summaries link it.
    var isLinked = true

    var shownID: String? { isLinked ? id : nil }
}

/// Testing Farm's documents about requests.
extension HistoryBuilder {
    mutating func tell(_ request: RequestPlan, in lane: Lane, of target: Target, on build: BuildPlan) {
        if odd(.requestsUnheard) { return }
        var told = document(of: request, in: lane, of: target, on: build)
        let fraction = odd(.requestFractional) ? random.whole(0...7) * 125 : 0
        let created = Timestamp(seconds: request.submittedAt - min(1, request.submittedAt - request.queuedAt))
        let started = Timestamp(seconds: request.startsAt - 1) + .milliseconds(fraction)
        let shownAfter = random.whole(0...60)
        let late = shape.tellsMore && lateness.chance(0.2) ? lateness.magnitude(60...14_400) : 0
        let toldAt = max(request.startsAt, request.endsAt - late)
        let finished = max(started, Timestamp(seconds: toldAt - shownAfter))
        told.createdAt = created + .milliseconds(fraction == 0 ? 0 : random.whole(0...999))
        // Its durations begin there.
        told.startedAt = told.createdAt.map { max($0, started + .milliseconds($0.milliseconds % 1000)) }
        told.finishedAt = told.startedAt.map { max($0, finished + .milliseconds($0.milliseconds % 1000)) }
        say(told, .queued, at: request.submittedAt)
        say(told, .started, at: request.startsAt)
        if odd(.requestCancelRequested) { say(told, .started, at: max(request.startsAt, toldAt - 5)) }
        say(told, end(of: request), at: toldAt)
        if odd(.requestHinted) { say(.testRunHinted(requestID: request.id), at: request.endsAt) }
    }

    /// What all documents of a request have in common.
    struct RequestDocument {
        let id: String
        var deployment: Deployment?
        var repositoryName: String?
        var sha: String?
        var pullRequest: Int?
        var chroot: String?
        var buildID: Int64?
        var createdAt: Timestamp?
        var startedAt: Timestamp?
        var finishedAt: Timestamp?
    }

    private mutating func document(
        of request: RequestPlan, in lane: Lane, of target: Target, on build: BuildPlan
    ) -> RequestDocument {
        var document = RequestDocument(
            id: request.id, deployment: odd(.requestWithoutDeployment) ? nil : target.deployment,
            repositoryName: world.places[target.place].name(at: request.submittedAt), sha: target.sha,
            pullRequest: target.number, chroot: lane.chroot, buildID: build.id)
        let knowsOnlyBuild = odd(.requestOnlyKnowsBuild)
        if knowsOnlyBuild || odd(.requestWithoutVariables) {
            document.repositoryName = nil
            document.sha = nil
            document.pullRequest = nil
            if !knowsOnlyBuild { document.buildID = nil }
            if random.chance(0.3) { document.chroot = nil }
        }
        return document
    }

    /// The step in the last document.
    private mutating func end(of request: RequestPlan) -> Step {
        if odd(.requestDisagrees) {
            return random.pick([
                .finished(.success, .stated), .finished(.failure, .stated), .finished(.error, .stated),
                .finished(.canceled, .stated), .finished(.skipped, .stated), .finished(.error, .unclassified),
            ])
        }
        // A title that no rule knows replaces an error.
        if request.end == .finished(.failure, .unclassified) { return .finished(.error, .stated) }
        return request.end
    }

    private mutating func say(_ told: RequestDocument, _ step: Step, at time: Int64) {
        var isFinished = false
        if case .finished = step { isFinished = true }
        say(
            .testRunReported(
                TestRunReported(
                    deployment: told.deployment, requestID: told.id, step: step, createdAt: told.createdAt,
                    startedAt: step == .queued ? nil : told.startedAt,
                    finishedAt: isFinished ? told.finishedAt : nil, repositoryName: told.repositoryName,
                    sha: told.sha, pullRequest: told.pullRequest, chroot: told.chroot, buildID: told.buildID,
                    summary: isFinished && random.chance(0.2) ? "1 of 3 plans passed" : nil)),
            at: time)
    }

    /// A request that no check shows.
    mutating func tellLoneRequest(at time: Int64) {
        let index = Int(random.whole(0...Int64(world.places.count - 1)))
        let place = world.places[index]
        var request = RequestPlan(id: random.uuid(), jobID: 0, queuedAt: time, submittedAt: time)
        request.startsAt = time + random.magnitude(2...1000)
        request.endsAt = request.startsAt + random.magnitude(20...50000)
        request.end = random.pick([.finished(.success, .stated), .finished(.failure, .stated)])
        let chroot = random.pick(place.chroots)
        let lane = Lane(
            kind: .testRun, name: Naming.plain.test(chroot, event: nil, identifier: nil), chroot: chroot,
            identifier: nil)
        let target = Target(
            place: index, sha: random.hexadecimal(digits: 40), deployment: random.pick(settings.deployments),
            number: max(1, place.lastNumber), event: nil, projectPart: "", eventID: "", listed: [])
        let build = BuildPlan(identifier: nil, id: world.newBuildID(), owner: "", project: "", sourceJobID: 0)
        tell(request, in: lane, of: target, on: build)
    }
}
