internal import SLOCore

/// Texts of checks of other jobs.
extension CheckText {
    private init(_ state: String, _ title: String, _ step: Step, link: JobLink.Job? = .other) {
        self.init(state, title, link: link, build: .unclear, test: .unclear, job: step)
    }

    static let jobAccepted = CheckText("queued", "The task was accepted.", .accepted, link: nil)
    static let jobSubmitted = CheckText("queued", "RPM build has been submitted...", .queued)
    static let jobRunning = CheckText("in_progress", "RPM build is in progress...", .started)
    static let jobDone = CheckText("success", "RPM build succeeded.", .finished(.success, .stated))
    /// Links to other jobs identify no run, whatever they name.
    static let jobDoneLinkingABuild = CheckText(
        "success", "RPM build succeeded.", .finished(.success, .stated), link: .copr)
    static let jobFailed = CheckText("failure", "RPM build failed.", .finished(.failure, .stated))
    static let jobErred = CheckText(
        "failure", "Kerberos authentication error: no ticket.", .finished(.error, .stated))
    static let jobMisconfigured = CheckText(
        "failure", "Not supported target: fedora-99-x86_64", .finished(.error, .config), link: nil)
    static let jobRefused = CheckText(
        "neutral", "Propose downstream failed: nothing to do.", .finished(.skipped, .stated), link: nil)
    static let jobFailedInNewWords = CheckText(
        "failure", "The job did not work out", .finished(.failure, .unclassified))

    static let jobEnds = [
        jobDone, jobDoneLinkingABuild, jobFailed, jobErred, jobMisconfigured, jobRefused, jobFailedInNewWords,
    ]
}

/// Runs of other jobs (docs/counting.md, rule 49).
extension HistoryBuilder {
    /// - Note: a branch that is called like a target of other jobs makes their names ambiguous, which the model reads
    ///   once and not again with each check. So such branches have none.
    mutating func runOtherJob(_ target: Target, from accepted: Int64) {
        guard target.event != "rawhide" else { return }
        let job = random.pick(["koji-build", "vm-image-build", "osh-diff-scan"])
        let chroot = random.pick(["fedora-43-x86_64", "fedora-42-x86_64"])
        let name = Naming.otherJob(job, chroot, event: target.event)
        let lane = Lane(kind: .job, name: name, chroot: chroot, identifier: nil)
        var now = accepted
        for _ in 0..<random.pick([1, 1, 2, 3]) {
            let chain = jobChain(from: now)
            post(disturbed(chain, in: lane), in: lane, of: target)
            let end = chain.last?.at ?? now
            // Again after it has ended, or while it is open.
            now = random.chance(0.7) ? end + random.magnitude(1...40000) : random.whole(now...end)
        }
    }

    private mutating func jobChain(from accepted: Int64) -> [Post] {
        let submitted = accepted + random.whole(1...60)
        let starts = submitted + random.whole(1...300)
        var ends = starts + random.magnitude(5...7200)
        if odd(.longRun) { ends += random.whole(8...30) * 3600 }
        if odd(.endNearDeadline) {
            ends = max(starts, accepted + limit(settings.deadline(of: .job)) + random.whole(-1...1))
        }
        let jobID = world.newJobID()
        if random.chance(0.1) { return [Post(at: accepted, .jobRefused)] }
        let end = random.chance(0.5) ? CheckText.jobDone : random.pick(CheckText.jobEnds)
        return [
            Post(at: accepted, .jobAccepted), Post(at: submitted, .jobSubmitted, jobID: jobID),
            Post(at: starts, .jobRunning, jobID: jobID), Post(at: ends, end, jobID: jobID),
        ]
    }
}
