internal import SLOCore

/// Pushes to branches, and releases. Their checks' names contain the branch or tag, and answer no change.
extension HistoryBuilder {
    mutating func tellBranchPush(at time: Int64) {
        let place = Int(random.whole(0...Int64(world.places.count - 1)))
        let branch =
            odd(.ambiguousName) ? "release-1.2-fixes" : random.pick(["main", "stable/1.x", "rawhide"])
        if odd(.branchDeleted) {
            return push(String(repeating: "0", count: 40), to: branch, in: place, at: time)
        }
        let sha = random.hexadecimal(digits: 40)
        push(sha, to: branch, in: place, at: time)
        runEvent(branch, sha, in: place, projectPart: branch, at: time)
    }

    /// Merging a pull request pushes its head to the branch.
    mutating func pushMerged(_ pull: PullRequest, at time: Int64) {
        push(pull.sha, to: "main", in: pull.place, at: time)
        runEvent("main", pull.sha, in: pull.place, projectPart: "main", at: time)
    }

    mutating func tellRelease(at time: Int64) {
        let place = Int(random.whole(0...Int64(world.places.count - 1)))
        let tag = "v1.\(random.whole(0...40))"
        say(
            .releasePublished(
                ReleasePublished(
                    repository: world.places[place].repository(at: time), tag: tag,
                    publishedAt: random.chance(0.9) ? Timestamp(seconds: time) : nil)),
            at: time)
        runEvent(tag, random.hexadecimal(digits: 40), in: place, projectPart: "releases", at: time)
    }

    private mutating func push(_ sha: String, to branch: String, in place: Int, at time: Int64) {
        say(
            .branchPushed(
                BranchPushed(
                    repository: world.places[place].repository(at: time), ref: "refs/heads/" + branch, sha: sha)),
            at: time)
    }

    private mutating func runEvent(
        _ event: String, _ sha: String, in place: Int, projectPart: String, at time: Int64
    ) {
        let target = Target(
            place: place, sha: sha, deployment: settings.primary, number: nil, event: event,
            projectPart: projectPart, eventID: world.newEventID(), listed: [])
        _ = play(target, from: time + random.whole(1...20))
    }
}
