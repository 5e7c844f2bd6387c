internal import SLOCore

/// Irregularities in a check's posts.
extension HistoryBuilder {
    /// The posts in the order in which they are sent.
    mutating func disturbed(_ chain: [Post], in lane: Lane) -> [Post] {
        var posts = chain
        changeBeginning(of: &posts)
        if odd(.startMissing) { posts.removeAll { step($0, lane) == .started } }
        if odd(.jobChanges) { changeJob(in: &posts) }
        if posts.count > 1 { changeEnd(of: &posts, lane.kind) }
        return posts
    }

    private func step(_ post: Post, _ lane: Lane) -> Step {
        switch lane.kind {
        case .build: post.phrase.asBuild
        case .testRun: post.phrase.asTestRun
        case .job: post.phrase.asJob
        }
    }

    private mutating func changeBeginning(of posts: inout [Post]) {
        guard let first = posts.first, posts.count > 1 else { return }
        if odd(.acceptanceMissing) {
            posts.removeFirst()
        } else if odd(.acceptedTwice) {
            var again = first
            again.at += random.pick([0, 0, 1, 30])
            guard again.at <= posts[1].at else { return }
            posts.insert(again, at: 1)
        }
    }

    /// From some post on it is another run's, whose acceptance was not received.
    private mutating func changeJob(in posts: inout [Post]) {
        guard let first = posts.firstIndex(where: { $0.phrase.link == .copr || $0.phrase.link == .testingFarm }) else {
            return
        }
        let jobID = world.newJobID()
        for index in Int(random.whole(Int64(first)...Int64(posts.count - 1)))..<posts.count {
            let link = posts[index].phrase.link
            if link == .copr || link == .testingFarm { posts[index].jobID = jobID }
        }
    }

    private mutating func changeEnd(of posts: inout [Post], _ kind: RunKind) {
        if odd(.abandoned) {
            cut(&posts)
        } else if odd(.stale) {
            cut(&posts)
            endOnGitHub(&posts, "stale", after: 14 * 86400, .error, .timeout)
        } else if odd(.canceledOnGitHub) {
            cut(&posts)
            endOnGitHub(&posts, "cancelled", after: random.magnitude(1...40000), .canceled, .stated)
        } else if odd(.endBeforeStart) {
            swapLast(&posts)
        } else if odd(.endsTwice) {
            let ofTests: [CheckText] = [.erred, .canceled, .failed, .notBuilt, .mergeConflict, .built]
            endAgain(&posts, random.pick(kind == .job ? CheckText.jobEnds : ofTests))
        } else if odd(.successAfterFailure), let last = posts.last, last.phrase.state == "failure" {
            endAgain(&posts, kind == .job ? .jobDone : last.phrase.link == .testingFarm ? .passed : .built)
        }
    }

    /// Nothing is received after some post.
    private mutating func cut(_ posts: inout [Post]) {
        posts.removeLast(Int(random.whole(1...Int64(posts.count - 1))))
    }

    private func endOnGitHub(
        _ posts: inout [Post], _ state: String, after wait: Int64, _ outcome: Outcome, _ reason: OutcomeReason
    ) {
        guard let last = posts.last, last.phrase.isOpen else { return }
        var end = last
        end.at += wait
        end.phrase = last.phrase.ended(as: state, outcome, reason)
        end.endsCheckBefore = true
        posts.append(end)
    }

    /// The end is posted first, and the post before it after it.
    private func swapLast(_ posts: inout [Post]) {
        let last = posts.count - 1
        let time = posts[last].at
        posts[last].at = posts[last - 1].at
        posts[last - 1].at = time
        posts.swapAt(last, last - 1)
    }

    private mutating func endAgain(_ posts: inout [Post], _ phrase: CheckText) {
        guard let last = posts.last, !last.phrase.isOpen else { return }
        let fits = last.phrase.link == phrase.link
        posts.append(
            Post(
                at: last.at + near(settings.settle), phrase, jobID: fits ? last.jobID : world.newJobID(),
                requestID: last.requestID))
    }
}
