internal import SLOCore

/// The entries of a generated history in order of receipt. Keeps only stories that have not ended.
public struct HistoryStream: Sequence, IteratorProtocol {
    private var teller: HistoryBuilder
    private var random: SeededGenerator
    private let begins: Int64
    private let span: Int64
    private var told = 0
    private let stories: Int
    private var nextStoryAt: Int64?
    /// By the providers' times.
    private var drafts = ArrivalQueue<Draft>()
    /// By the times of receipt.
    private var arrivals = ArrivalQueue<History.Entry>()
    private var lastCarrierID: Int64 = 56_000_000_000
    /// The ids of checks with further observations.
    private var ids: [Int: Int64] = [:]

    /// A story may begin this many seconds early, with an answer before its change.
    private static let margin: Int64 = 10

    init(
        _ shape: HistoryShape, _ settings: LedgerSettings, begins: Int64, span: Int64, random: SeededGenerator,
        further: SeededGenerator
    ) {
        self.random = random
        teller = HistoryBuilder(
            shape, settings, begins: begins, span: span, random: self.random.fork(), further: further)
        self.begins = begins
        self.span = span
        stories = shape.stories
        planStory()
    }

    /// How many times each irregularity has happened.
    public var tally: OddityTally { teller.tally }

    public mutating func next() -> History.Entry? {
        while true {
            if let arrival = arrivals.earliest, arrival <= nextPostAt { return arrivals.popFirst() }
            if let post = drafts.earliest, post < storiesTold {
                if let draft = drafts.popFirst() { deliver(draft) }
            } else if let story = nextStoryAt {
                tell(at: story)
            } else {
                return arrivals.popFirst()
            }
        }
    }

    /// The earliest time of the next post, in milliseconds.
    private var nextPostAt: Int64 {
        let time = Swift.min(drafts.earliest ?? .max, storiesTold)
        return time == .max ? .max : time * 1000
    }

    /// Everything posted before this time is known.
    private var storiesTold: Int64 { nextStoryAt.map { $0 - Self.margin } ?? .max }

    private mutating func planStory() {
        guard told < stories else {
            nextStoryAt = nil
            return
        }
        let share = (Double(told) + random.fraction()) / Double(stories)
        nextStoryAt = Swift.max(nextStoryAt ?? begins, begins + Int64(share * Double(span)))
    }

    private mutating func tell(at time: Int64) {
        teller.tell(from: time)
        for draft in teller.takeDrafts() {
            if draft.isAgain, let check = draft.check { ids[check] = 0 }
            drafts.insert(draft, at: draft.at)
        }
        told += 1
        planStory()
    }

    private mutating func deliver(_ draft: Draft) {
        let observation = numbered(draft)
        for _ in 0..<(draft.isDoubled ? 2 : 1) {
            let receipt = draft.at * 1000 + (observation.isReading ? Self.lagOfReadings : lag())
            arrivals.insert(
                History.Entry(.observation(observation), receivedAt: Timestamp(milliseconds: receipt)), at: receipt)
        }
    }

    /// The same for all, so that they keep their order.
    private static let lagOfReadings: Int64 = 500

    /// Up to three seconds, mostly less than one. With collisions often whole seconds, so that some entries arrive
    /// exactly when something is due.
    private mutating func lag() -> Int64 {
        if teller.shape.collides, random.chance(0.4) { return random.whole(0...2) * 1000 }
        return random.chance(0.8) ? random.whole(50...900) : random.whole(0...2999)
    }

    /// Ids increase in the order of posting, over all repositories.
    private mutating func numbered(_ draft: Draft) -> Observation {
        guard case .statusReported(let status) = draft.observation else { return draft.observation }
        if draft.isAgain, let check = draft.check, let id = ids.removeValue(forKey: check) {
            return .statusReported(status.carried(by: id))
        }
        lastCarrierID += random.whole(1...40)
        if let check = draft.check, ids[check] != nil { ids[check] = lastCarrierID }
        return .statusReported(status.carried(by: lastCarrierID))
    }
}

extension StatusReported {
    fileprivate func carried(by id: Int64) -> StatusReported {
        let carrier: Carrier
        switch self.carrier {
        case .checkRun: carrier = .checkRun(id: id)
        case .commitStatus: carrier = .commitStatus(id: id)
        }
        return StatusReported(
            repository: repository, sha: sha, deployment: deployment, carrier: carrier, name: name,
            externalID: externalID, pullRequests: pullRequests, startedAt: startedAt, completedAt: completedAt,
            state: state, title: title, job: job, requestID: requestID, asBuild: asBuild, asTestRun: asTestRun,
            asJob: asJob)
    }
}
