internal import SLOCore

/// The checks of one name.
struct Lane {
    let kind: RunKind
    let name: CheckName
    let chroot: String
    let identifier: String?
}

/// One state of a check.
struct Post {
    var at: Int64
    var phrase: CheckText
    /// The dashboard's id, for texts with a link.
    var jobID: Int64?
    var requestID: String?
    /// Whether GitHub ends the previous post's check, instead of Packit creating a new one.
    var endsCheckBefore = false

    init(at time: Int64, _ phrase: CheckText, jobID: Int64? = nil, requestID: String? = nil) {
        at = time
        self.phrase = phrase
        self.jobID = jobID
        self.requestID = requestID
    }
}

extension HistoryBuilder {
    /// Posts a chain of states.
    mutating func post(_ posts: [Post], in lane: Lane, of target: Target) {
        var last: (check: Int?, at: Int64) = (nil, 0)
        for step in posts {
            guard step.endsCheckBefore else {
                last = (post(step, in: lane, of: target), step.at)
                continue
            }
            guard let check = last.check else { continue }
            say(checkRun(step, startedAt: last.at, in: lane, of: target), at: step.at, of: check)
        }
    }

    /// - Returns: the check that was created, if it is one.
    @discardableResult
    mutating func post(_ step: Post, in lane: Lane, of target: Target) -> Int? {
        if step.phrase.statusState != nil, odd(.fallbackStatuses) {
            say(commitStatus(step, in: lane, of: target), at: step.at)
            return nil
        }
        let isUntimed = !step.phrase.isOpen && odd(.untimedCheck)
        return say(checkRun(step, startedAt: isUntimed ? nil : step.at, in: lane, of: target), at: step.at)
    }

    private mutating func checkRun(_ step: Post, startedAt: Int64?, in lane: Lane, of target: Target) -> StatusReported
    {
        let isOther = [.job, .other].contains(lane.name.subject)
        return StatusReported(
            repository: world.places[target.place].repository(at: step.at), sha: target.sha,
            deployment: target.deployment, carrier: .checkRun(id: 0), name: lane.name, externalID: target.eventID,
            pullRequests: target.listed, startedAt: startedAt.map { stated($0) },
            completedAt: step.phrase.isOpen ? nil : stated(step.at), state: step.phrase.state,
            title: step.phrase.title, job: link(of: step),
            requestID: step.phrase.linksRequest ? step.requestID : nil,
            asBuild: isOther ? .unclear : step.phrase.asBuild, asTestRun: isOther ? .unclear : step.phrase.asTestRun,
            asJob: lane.name.subject == .job ? step.phrase.asJob : .unclear)
    }

    /// What Packit posts if the Checks API fails: without event id, pull requests and table of links.
    private mutating func commitStatus(_ step: Post, in lane: Lane, of target: Target) -> StatusReported {
        let isOther = [.job, .other].contains(lane.name.subject)
        return StatusReported(
            repository: world.places[target.place].repository(at: step.at), sha: target.sha,
            deployment: target.deployment, carrier: .commitStatus(id: 0), name: lane.name,
            startedAt: stated(step.at), state: step.phrase.statusState ?? step.phrase.state,
            title: step.phrase.title, job: link(of: step),
            asBuild: isOther ? .unclear : step.phrase.asBuild, asTestRun: isOther ? .unclear : step.phrase.asTestRun,
            asJob: lane.name.subject == .job ? step.phrase.asJob : .unclear)
    }

    private func link(of step: Post) -> JobLink? {
        guard let job = step.phrase.link, let id = step.jobID else { return nil }
        return JobLink(job: job, id: id)
    }
}
