import HashTreeCollections

/// An index of the changes of a commit that is the head of many pull requests, to find those that a status concerns.
/// Derived from the changes, and persistent in structure.
struct SharedCommitIndex: Sendable {
    /// With fewer changes all of them are checked.
    static let size = 16

    /// The statuses of one deployment, for one pull request if they belong to one.
    private struct Waiting: Hashable {
        let deployment: Deployment
        let pullRequest: Int?
    }

    /// The changes to one base branch: all, or one pull request's.
    private struct Base {
        var count = 0
        /// The earliest time of a status that answers one of them, or an earlier time.
        var answerableFrom: Timestamp
    }

    private var unanswered = TreeDictionary<Waiting, TreeSet<EntityID>>()
    /// No change counts its deadlines from later than this.
    private(set) var latestStart: Timestamp?
    private var bases = TreeDictionary<Int?, TreeDictionary<String, Base>>()

    init(_ changes: [Change], _ deployments: [Deployment]) {
        for change in changes { add(change, deployments) }
    }

    mutating func add(_ change: Change, _ deployments: [Deployment]) {
        for deployment in deployments { note(change, by: deployment) }
        latestStart = max(latestStart ?? change.clockStart, change.clockStart)
        for number in [nil, change.pullRequest.number] {
            var ofNumber = bases[number] ?? [:]
            var base = ofNumber[change.baseRef] ?? Base(answerableFrom: change.answerableFrom)
            base.count += 1
            base.answerableFrom = min(base.answerableFrom, change.answerableFrom)
            ofNumber[change.baseRef] = base
            bases[number] = ofNumber
        }
    }

    mutating func remove(_ change: Change, _ deployments: [Deployment]) {
        for number in [nil, change.pullRequest.number] {
            for deployment in deployments {
                setUnanswered(false, change.id, Waiting(deployment: deployment, pullRequest: number))
            }
            guard var ofNumber = bases[number], var base = ofNumber[change.baseRef] else { continue }
            base.count -= 1
            ofNumber[change.baseRef] = base.count > 0 ? base : nil
            bases[number] = ofNumber.isEmpty ? nil : ofNumber
        }
    }

    /// Updates the index after a deployment's wait on a change may have changed.
    mutating func note(_ change: Change, by deployment: Deployment) {
        let isUnanswered = change.answeredAt(by: deployment) == nil
        for number in [nil, change.pullRequest.number] {
            setUnanswered(isUnanswered, change.id, Waiting(deployment: deployment, pullRequest: number))
        }
    }

    private mutating func setUnanswered(_ isUnanswered: Bool, _ id: EntityID, _ key: Waiting) {
        var waiting = unanswered[key] ?? []
        if isUnanswered { waiting.insert(id) } else { waiting.remove(id) }
        unanswered[key] = waiting.isEmpty ? nil : waiting
    }

    func unanswered(by deployment: Deployment, of pullRequest: Int?) -> [EntityID] {
        (unanswered[Waiting(deployment: deployment, pullRequest: pullRequest)] ?? []).sorted()
    }

    /// The base branches that a status at a moment teaches.
    func bases(of pullRequest: Int?, answeredAt moment: Timestamp) -> [String] {
        (bases[pullRequest] ?? [:]).filter { $0.value.answerableFrom <= moment }.map(\.key).sorted()
    }
}
