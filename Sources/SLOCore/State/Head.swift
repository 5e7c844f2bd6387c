/// What was seen of one commit in one repository: who answered it when, and what hangs on it.
struct Head: Equatable, Sendable {
    let key: HeadKey
    let id: EntityID
    var changes: [EntityID] = []
    var lanes: [EntityID] = []
    /// Numbers of the pull requests that have or had it as head.
    var pullRequests: [Int] = []
    var answers: [AnswerSeries] = []
    var touchedAt: Timestamp
    var armedFor: Timestamp?
    /// What the names of its events are without doubt.
    var readings: [EventReading] = []

    /// More checks of one commit than this are no runs: they answer changes, and are counted as too many.
    static let lanesLimit = 2048
}

struct HeadKey: Hashable, Sendable {
    let repository: Int64
    let sha: String
}

/// The statuses of one deployment and one `external_id` on a commit, that is: of one event at Packit.
struct AnswerSeries: Equatable, Sendable {
    let deployment: Deployment
    let externalID: String
    /// The pull request that a payload with exactly one entry in `pull_requests[]` named.
    var statedPullRequest: Int?
    /// Distinct provider times, in order.
    private(set) var times: [Timestamp]

    /// A series with more distinct seconds than this keeps its earliest and thins out the rest: only the earliest
    /// behind the start of a change is ever asked for.
    static let timesLimit = 512

    init(deployment: Deployment, externalID: String, statedPullRequest: Int?, times: [Timestamp]) {
        self.deployment = deployment
        self.externalID = externalID
        self.statedPullRequest = statedPullRequest
        self.times = times
    }

    mutating func record(_ moment: Timestamp) {
        let place = times.lastIndex { $0 <= moment }.map { $0 + 1 } ?? 0
        if place > 0, times[place - 1] == moment { return }
        times.insert(moment, at: place)
        if times.count > Self.timesLimit {
            times.remove(at: times.count - 2)
        }
    }

    func earliest(from moment: Timestamp) -> Timestamp? {
        times.first { $0 >= moment }
    }
}
