/// What is known of one commit in one repository: its answers, changes and checks.
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
    /// The certain readings of its events' names.
    var readings: [EventReading] = []

    /// Whether the bindings of its answers were stored; older versions did not store them.
    var isBindingKnown = true

    /// The limits per commit, so that the cost of a delivery does not grow with earlier ones. No commit reaches them
    /// except on purpose (docs/counting.md, bounds).
    static let changesLimit = 1000
    static let pullRequestsLimit = 64
    /// Further checks open no runs: they answer changes, and are counted as exceeding the limit.
    static let lanesLimit = 2048
    static let seriesLimit = 64
}

struct HeadKey: Hashable, Sendable {
    let repository: RepositoryID
    let sha: String
}

/// The statuses of one deployment and one `external_id` on a commit, that is, of one event at Packit.
struct AnswerSeries: Equatable, Sendable {
    let deployment: Deployment
    let externalID: String
    /// The pull request in a payload that lists exactly one in `pull_requests[]`.
    var statedPullRequest: Int?
    /// Distinct provider times, in order.
    private(set) var times: [Timestamp]
    /// The times at which it teaches that its deployment answers.
    var lessons: LessonTimes
    /// The pull request to which the event belongs; `nil` if it answers all of them (docs/counting.md, rule 5).
    var boundTo: Int?

    init(
        deployment: Deployment, externalID: String, statedPullRequest: Int?, times: [Timestamp],
        lessons: LessonTimes = LessonTimes(), boundTo: Int? = nil
    ) {
        self.deployment = deployment
        self.externalID = externalID
        self.statedPullRequest = statedPullRequest
        self.times = times
        self.lessons = lessons
        self.boundTo = boundTo
    }

    /// - Parameter limit: a series with more distinct seconds keeps its earliest and thins out the rest: only the
    ///   earliest after the start of a change is ever needed.
    mutating func record(_ moment: Timestamp, limit: Int) {
        let place = times.lastIndex { $0 <= moment }.map { $0 + 1 } ?? 0
        if place > 0, times[place - 1] == moment { return }
        times.insert(moment, at: place)
        while times.count > limit { times.remove(at: times.count - 2) }
    }

    func earliest(from moment: Timestamp) -> Timestamp? {
        times.first { $0 >= moment }
    }
}

/// When a deployment answered, as far as it matters for learning (docs/counting.md, rule 2).
///
/// An answer that is received long after its own time counts from its own time on, and is therefore kept separately.
struct LessonTimes: Equatable, Sendable {
    /// The latest answer that was received in time.
    private(set) var prompt: Timestamp?
    /// Answers received more than a grace after their own time, in order.
    private(set) var belated: [Timestamp]

    init(prompt: Timestamp? = nil, belated: [Timestamp] = []) {
        self.prompt = prompt
        self.belated = belated
    }

    /// Of one answer: it counts from the earlier of its own time and its receipt (docs/counting.md, rule 39).
    init(answeredAt time: Timestamp, receivedAt: Timestamp, grace: TimeSpan) {
        self.init()
        note(min(time, receivedAt), isBelated: receivedAt > time + grace, window: .zero)
    }

    var isEmpty: Bool { prompt == nil && belated.isEmpty }

    var latest: Timestamp? { [prompt, belated.last].compactMap { $0 }.max() }

    /// - Parameter window: the shortest span that is ever asked for, so of three answers within it the middle one can
    ///   be dropped.
    mutating func note(_ moment: Timestamp, isBelated: Bool, window: TimeSpan) {
        guard isBelated else {
            prompt = max(prompt ?? moment, moment)
            return
        }
        let place = belated.lastIndex { $0 <= moment }.map { $0 + 1 } ?? 0
        if place > 0, belated[place - 1] == moment { return }
        belated.insert(moment, at: place)
        var middle = 1
        while middle + 1 < belated.count {
            if belated[middle + 1] - belated[middle - 1] <= window { belated.remove(at: middle) } else { middle += 1 }
        }
        if belated.count > Self.belatedLimit { belated.removeFirst() }
    }

    /// More than one for each half of the longest span over which learning reaches back.
    private static let belatedLimit = 16

    /// The part from a moment on.
    func since(_ moment: Timestamp) -> LessonTimes {
        LessonTimes(prompt: prompt.flatMap { $0 >= moment ? $0 : nil }, belated: belated.filter { $0 >= moment })
    }

    mutating func merge(_ other: LessonTimes, window: TimeSpan) {
        if let prompt = other.prompt { note(prompt, isBelated: false, window: window) }
        for moment in other.belated { note(moment, isBelated: true, window: window) }
    }

    /// Whether there was an answer since `from`, of those received by `until`.
    func holdsAnswer(since from: Timestamp, receivedBy until: Timestamp) -> Bool {
        prompt.map { $0 >= from } ?? false || belated.contains { $0 >= from && $0 <= until }
    }
}
