internal import SLOCore

/// Comments on pull requests: commands of people, and what the Apps say (docs/counting.md, rule 51).
extension HistoryBuilder {
    mutating func comment(on pull: PullRequest, since time: Int64, busyUntil: Int64) {
        aside { builder in
            if builder.odd(.appCommented) {
                let deployment = builder.random.pick(builder.settings.deployments)
                builder.commentAsApp(on: pull, pull.number, deployment, at: time + builder.random.magnitude(1...4000))
            }
            guard builder.odd(.commanded) else { return }
            for _ in 0..<builder.random.whole(1...2) {
                let at = builder.timeOfCommand(since: time, busyUntil: busyUntil)
                builder.command(on: pull, at: at)
            }
        }
    }

    /// On a pull request that has been closed, or is just being closed.
    mutating func commandWhenClosed(_ pull: PullRequest, at time: Int64) {
        aside { builder in
            guard builder.odd(.commandWhenClosed) else { return }
            let delay = builder.random.chance(0.5) ? builder.random.whole(-70...1) : builder.random.magnitude(1...4000)
            let at = max(pull.openedAt, time + delay)
            builder.command(on: pull, at: at, isClosed: delay > 0 && builder.random.chance(0.5))
        }
    }

    /// Soon after the push, while Packit works on it, or later.
    private mutating func timeOfCommand(since time: Int64, busyUntil: Int64) -> Int64 {
        switch random.whole(0...2) {
        case 0: time + random.whole(0...90)
        case 1: random.whole(time...max(time, busyUntil))
        default: max(time, busyUntil) + random.magnitude(1...7200)
        }
    }

    private mutating func command(on pull: PullRequest, at time: Int64, isClosed: Bool = false) {
        let deployments = odd(.commandGivenToAll) ? settings.deployments : [random.pick(settings.deployments)]
        // No delivery shows such a pull request.
        let number = odd(.commandElsewhere) ? pull.number + 5000 : pull.number
        let comment = world.newCommentID()
        for deployment in deployments {
            give(comment, deployment, on: pull, number, at: time, isClosed)
            if odd(.commentEditedAgain) {
                give(comment, deployment, on: pull, number, at: time + random.magnitude(1...600), isClosed)
            }
            if odd(.commandUnanswered) { continue }
            answer(deployment, on: pull, number, at: time + answerDelayOfCommand())
        }
    }

    private mutating func give(
        _ comment: Int64, _ deployment: Deployment, on pull: PullRequest, _ number: Int, at time: Int64,
        _ isClosed: Bool
    ) {
        say(
            .commandGiven(
                CommandGiven(
                    repository: world.places[pull.place].repository(at: time), number: number,
                    deployment: deployment, commentID: comment, word: random.pick(["build", "test", "copr-build"]),
                    authorAssociation: random.pick(["MEMBER", "CONTRIBUTOR", "NONE"]), givenAt: stated(time),
                    isClosed: isClosed)),
            at: time)
    }

    private mutating func answerDelayOfCommand() -> Int64 {
        let limit = settings.commandAnswer.deadline.wholeSeconds
        let grace = settings.initialStatusGrace.wholeSeconds
        return switch random.whole(0...5) {
        case 0: random.pick([limit, limit + grace]) + random.whole(-1...1)
        case 1: random.magnitude(1...7200)
        case 2: random.whole(-2...1)
        default: random.whole(0...30)
        }
    }

    /// By a comment, or by new runs.
    private mutating func answer(_ deployment: Deployment, on pull: PullRequest, _ number: Int, at time: Int64) {
        if random.chance(0.4) { return commentAsApp(on: pull, number, deployment, at: time) }
        let head = pull.heads.last { $0.sha == pull.sha && $0.deployment == deployment }
        let target = Target(
            place: pull.place, sha: pull.sha, deployment: deployment, number: pull.number, event: nil,
            projectPart: String(pull.number), eventID: head?.eventID ?? world.newEventID(),
            listed: pull.isListed ? [pull.number] : [])
        _ = runOnce(target, from: time, random.chance(0.6) ? .all : .testsOnly)
    }

    private mutating func commentAsApp(
        on pull: PullRequest, _ number: Int, _ deployment: Deployment, at time: Int64
    ) {
        say(
            .appCommented(
                AppCommented(
                    repository: world.places[pull.place].repository(at: time), number: number,
                    deployment: deployment, commentID: world.newCommentID(), commentedAt: stated(time))),
            at: time)
    }
}
