import HashTreeCollections

/// The changes of a commit that is the head of many pull requests, so that a status finds those that it concerns
/// without looking at all. It is made of the changes, and shares its structure with what it was before a batch.
struct Crowd: Sendable {
    /// Of fewer all are looked at.
    static let size = 16

    /// The statuses of one deployment, and, if they belong to one, the pull request.
    private struct Waiting: Hashable {
        let deployment: Deployment
        let pullRequest: Int?
    }

    /// Changes to one base branch: all, or one pull request's.
    private struct Base {
        var count = 0
        /// From when on statuses answer one of them. No later than the first.
        var answerableFrom: Timestamp
    }

    private var unanswered = TreeDictionary<Waiting, TreeSet<EntityID>>()
    private var bases = TreeDictionary<Int?, TreeDictionary<String, Base>>()

    init(_ changes: [Change], _ deployments: [Deployment]) {
        for change in changes { add(change, deployments) }
    }

    mutating func add(_ change: Change, _ deployments: [Deployment]) {
        for deployment in deployments { note(change, by: deployment) }
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

    /// Whether a deployment has answered a change may have changed.
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

    /// The base branches of which a status at a moment teaches.
    func bases(of pullRequest: Int?, answeredAt moment: Timestamp) -> [String] {
        (bases[pullRequest] ?? [:]).filter { $0.value.answerableFrom <= moment }.map(\.key).sorted()
    }
}
