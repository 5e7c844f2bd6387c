internal import SLOCore

/// What all checks of a run have in common.
struct Target {
    let place: Int
    let sha: String
    let deployment: Deployment
    /// `nil` for branches and releases.
    let number: Int?
    /// The branch or tag; `nil` for a pull request.
    let event: String?
    /// The part of its Copr projects' names after the repository.
    let projectPart: String
    let eventID: String
    let listed: [Int]
}

extension HistoryBuilder {
    /// Everything that Packit's deployments do for a head.
    /// - Returns: when the last of it ends.
    mutating func work(on pull: inout PullRequest, since time: Int64) -> Int64 {
        var end = time
        for deployment in pull.deployments {
            let eventID = eventID(of: &pull, in: deployment)
            if odd(.silence) { continue }
            let target = Target(
                place: pull.place, sha: pull.sha, deployment: deployment, number: pull.number, event: nil,
                projectPart: String(pull.number), eventID: eventID, listed: listed(by: pull))
            end = max(end, play(target, from: time + answerDelay()))
        }
        return end
    }

    /// Packit's event id is the same for all its checks of one pull request and commit.
    private mutating func eventID(of pull: inout PullRequest, in deployment: Deployment) -> String {
        if let head = pull.heads.last(where: { $0.sha == pull.sha && $0.deployment == deployment }) {
            return head.eventID
        }
        let twin = world.places[pull.place].recentHeads.last { $0.sha == pull.sha && $0.number != pull.number }
        let eventID: String
        if odd(.noEventID) {
            eventID = ""
        } else if let twin, odd(.sharedEventID) {
            eventID = twin.eventID
        } else {
            eventID = world.newEventID()
        }
        pull.heads.append(PullRequest.Head(sha: pull.sha, deployment: deployment, eventID: eventID))
        if deployment == settings.primary {
            world.places[pull.place].note(
                Place.RecentHead(sha: pull.sha, number: pull.number, eventID: eventID))
        }
        return eventID
    }

    private func listed(by pull: PullRequest) -> [Int] {
        guard pull.isListed else { return [] }
        let twin = world.places[pull.place].recentHeads.last { $0.sha == pull.sha && $0.number != pull.number }
        return (twin.map { [$0.number] } ?? []) + [pull.number]
    }

    private mutating func answerDelay() -> Int64 {
        if odd(.answerNearDeadline) { return random.pick([deadline - 1, deadline, deadline + 1]) }
        if odd(.slowAnswer) { return random.whole(15...25) }
        if odd(.answerAfterMinutes) {
            return random.chance(0.3) ? deadline + near(settings.initialStatusGrace) : random.whole(60...1800)
        }
        if odd(.answerAfterHours) { return random.whole(1...20) * 3600 + random.whole(0...3599) }
        if odd(.answerBeforeChange) { return random.whole(-4 ... -1) }
        return random.whole(0...11)
    }

    /// Runs builds and tests again, if they are. Returns when the last of them ends.
    mutating func playAgain(_ target: Target, from accepted: Int64, to end: Int64) -> Int64 {
        var last = end
        if odd(.runAgain) { last = max(last, runOnce(target, from: end + random.magnitude(1...40000), .all)) }
        if odd(.runAgainWhileOpen), end > accepted {
            last = max(last, runOnce(target, from: random.whole(accepted...end), .all))
        }
        if world.places[target.place].isTested, odd(.testedAgain) {
            last = max(last, runOnce(target, from: end + random.magnitude(1...40000), .testsOnly))
        }
        return last
    }

    /// Everything that Packit runs for a target, the first time and again.
    mutating func play(_ target: Target, from accepted: Int64) -> Int64 {
        if odd(.otherJob) { postOtherJob(target, at: accepted) }
        aside {
            if $0.odd(.jobRun) { $0.runOtherJob(target, from: accepted) }
            if $0.odd(.checkPostedLater) { $0.postOtherJob(target, at: accepted + $0.laterByALittle()) }
        }
        if odd(.refused) {
            let phrase = random.pick([CheckText.notAllowed, .denied])
            for lane in lanes(of: target, .all) { post(Post(at: accepted, phrase), in: lane, of: target) }
            return accepted
        }
        return playAgain(target, from: accepted, to: runOnce(target, from: accepted, .all))
    }

    /// Often close to when something is judged.
    private mutating func laterByALittle() -> Int64 {
        let grace = settings.initialStatusGrace.wholeSeconds
        return random.chance(0.5)
            ? random.magnitude(1...4000)
            : random.pick([deadline, deadline + grace]) + random.whole(-12...1)
    }

    mutating func postOtherJob(_ target: Target, at time: Int64) {
        let name = random.pick([
            CheckName(text: "propose-downstream:f43", subject: .job, jobKind: JobKind("propose-downstream")),
            CheckName(
                text: "koji-build:fedora-43-x86_64", subject: .job, chroot: "fedora-43-x86_64",
                jobKind: JobKind("koji-build")),
            CheckName(text: "packit-config-validation", subject: .other),
        ])
        let lane = Lane(kind: .job, name: name, chroot: name.chroot ?? "", identifier: nil)
        let accepted = CheckText("queued", "The task was accepted.", build: .unclear, test: .unclear, job: .accepted)
        let done = CheckText("success", "Done.", build: .unclear, test: .unclear, job: .finished(.success, .stated))
        for (delay, phrase) in [(0, accepted), (40, done)] {
            post(Post(at: time + Int64(delay), phrase), in: lane, of: target)
        }
    }
}
