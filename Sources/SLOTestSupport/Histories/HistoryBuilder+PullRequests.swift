internal import SLOCore

/// A pull request while its story is generated.
struct PullRequest {
    let place: Int
    let number: Int
    let base: String
    let headRepository: String
    /// The deployments whose Apps receive its events; empty if the headers name none.
    let addressees: [Deployment]
    let deployments: [Deployment]
    /// Whether its checks list it, as those of the repository's own branches do.
    let isListed: Bool
    let openedAt: Int64
    var sha: String
    /// All its heads, with Packit's event ids.
    var heads: [Head] = []

    struct Head {
        let sha: String
        let deployment: Deployment
        let eventID: String
    }
}

extension HistoryBuilder {
    mutating func tellPullRequest(at start: Int64) {
        var pull = newPullRequest(at: start)
        push(pull, .opened, at: start)
        var busyUntil = work(on: &pull, since: start)
        comment(on: pull, since: start, busyUntil: busyUntil)
        if odd(.closedAtOnce) { return close(pull, at: start + random.whole(0...20)) }
        var now = start
        var pushes = 0
        while pushes < Self.mostPushes, odd(.pushedAgain) {
            pushes += 1
            now = nextPush(after: now, busyUntil: busyUntil)
            busyUntil = pushAgain(&pull, at: now)
            if odd(.pushedAgainAtOnce) {
                now += random.pick([1, 5, deadline - 1, deadline, deadline + 1])
                busyUntil = pushAgain(&pull, at: now)
            }
        }
        end(&pull, after: now, busyUntil: busyUntil)
    }

    /// The limit of pushes to one pull request, each of which may be followed by another at once.
    private static let mostPushes = 3

    /// The deadline of the initial status, in seconds.
    var deadline: Int64 { settings.initialStatusDeadline.wholeSeconds }

    /// A time after the last push; often close to the end of the work on it, or so early that the work ends just after
    /// the push.
    private mutating func nextPush(after now: Int64, busyUntil: Int64) -> Int64 {
        let time: Int64 =
            switch random.whole(0...9) {
            case 0...2: now + random.magnitude(16...7200)
            case 3...4: busyUntil - settings.settle.wholeSeconds + random.whole(-2...2)
            default: busyUntil + random.whole(-60...3600)
            }
        return max(now + 1, time)
    }

    private mutating func newPullRequest(at time: Int64) -> PullRequest {
        let place = Int(random.whole(0...Int64(world.places.count - 1)))
        world.places[place].lastNumber += 1
        let isOwnBranch = odd(.listedPullRequests)
        let name = world.places[place].name(at: time)
        let fork = "contributor-\(random.whole(1...40))/fork"
        return PullRequest(
            place: place, number: world.places[place].lastNumber, base: odd(.otherBase) ? "stable/1.x" : "main",
            headRepository: isOwnBranch ? name : fork,
            addressees: odd(.addressed) ? random.pick([[settings.primary], settings.deployments]) : [],
            deployments: answeringDeployments(), isListed: isOwnBranch, openedAt: time, sha: newHead(in: place))
    }

    /// A new commit, or one that is the head of another pull request.
    private mutating func newHead(in place: Int) -> String {
        let recent = world.places[place].recentHeads
        if !recent.isEmpty, odd(.sharedCommit) { return random.pick(recent).sha }
        return random.hexadecimal(digits: 40)
    }

    private mutating func push(_ pull: PullRequest, _ action: ChangePushed.Action, at time: Int64) {
        let headRepository = odd(.deletedFork) ? nil : pull.headRepository
        let start = stated(time)
        let addressees: [Deployment?] = pull.addressees.isEmpty ? [nil] : pull.addressees
        for addressee in addressees {
            say(
                .changePushed(
                    ChangePushed(
                        repository: world.places[pull.place].repository(at: time), number: pull.number,
                        action: action, headSHA: pull.sha, headRepository: headRepository, baseRef: pull.base,
                        startedAt: start, addressee: addressee)),
                at: time)
        }
    }

    private mutating func close(_ pull: PullRequest, at time: Int64) {
        say(
            .changeClosed(
                ChangeClosed(
                    repository: world.places[pull.place].repository(at: time), number: pull.number,
                    closedAt: stated(time),
                    pullRequest: shape.tellsMore ? closed(pull) : nil)),
            at: time)
    }

    private func closed(_ pull: PullRequest) -> ClosedPullRequest {
        ClosedPullRequest(
            headSHA: pull.sha, headRepository: pull.headRepository, baseRef: pull.base,
            createdAt: Timestamp(seconds: pull.openedAt))
    }

    /// Pushes a new head or an old one, and works on it.
    /// - Returns: when the work on it ends.
    private mutating func pushAgain(_ pull: inout PullRequest, at time: Int64) -> Int64 {
        let old = pull.heads.map(\.sha).filter { $0 != pull.sha }
        pull.sha = !old.isEmpty && odd(.returnedToOldCommit) ? random.pick(old) : newHead(in: pull.place)
        push(pull, .synchronize, at: time)
        let busyUntil = work(on: &pull, since: time)
        comment(on: pull, since: time, busyUntil: busyUntil)
        return busyUntil
    }

    private mutating func end(_ pull: inout PullRequest, after now: Int64, busyUntil: Int64) {
        if odd(.leftOpen) { return }
        let isEarly = odd(.closedEarly)
        var end = isEarly ? now + random.magnitude(1...3600) : max(now, busyUntil) + random.magnitude(60...86400)
        close(pull, at: end)
        commandWhenClosed(pull, at: end)
        if odd(.commitOnBranch) { pushMerged(pull, at: end) }
        guard odd(.reopened) else { return }
        end += random.magnitude(1...86400)
        push(pull, .reopened, at: end)
        let busyUntil = work(on: &pull, since: end)
        close(pull, at: max(end, busyUntil) + random.magnitude(60...7200))
    }
}
