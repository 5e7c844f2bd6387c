internal import SLOCore

/// All checks of one name that one event of Packit's posted on one commit (docs/counting.md, lanes).
final class CheckLane {
    struct Key: Hashable {
        let deployment: Deployment
        let externalID: String
        let name: String
    }

    let key: Key
    let name: CheckName
    /// What the parts of the name stand for, decided once (rule 30).
    let reading: CheckName.Reading
    unowned let commit: Commit
    /// The event that posted it, as what binds it to a pull request (rule 5).
    let event: Event.Key
    /// `nil` until a fact tells, for a name that no rule knows.
    private(set) var kind: RunKind?
    /// Whether it did not show its kind itself: its name had it elsewhere (rule 29).
    var isKindLearned = false
    /// In the order of the check runs' ids.
    private var checks: [Fact] = []
    /// In the order of their times.
    private var statuses: [Fact] = []
    private var known: Set<Fact.ID> = []
    /// When something was heard of it last, be it what was known.
    private(set) var lastHeardAt: Timestamp
    /// As the facts known so far divide, in their order.
    var runs: [Run] = []

    init(_ key: Key, of status: StatusReported, on commit: Commit, _ heard: Heard) {
        self.key = key
        lastHeardAt = heard.at
        self.commit = commit
        name = status.name
        reading = commit.reading(of: status)
        event = status.eventKey
        kind =
            switch status.name.subject {
            case .build: .build
            case .testRun: .testRun
            case .other, .unknown: nil
            }
    }

    /// - Returns: Whether it is new: the same state of the same check adds nothing.
    func add(_ status: StatusReported, _ heard: Heard) -> Bool {
        let fact = Fact(status, heard)
        lastHeardAt = heard.at
        guard known.insert(fact.id).inserted else { return false }
        if fact.checkID == nil {
            statuses.insert(fact, at: statuses.firstIndex { $0.postedAt > fact.postedAt } ?? statuses.count)
        } else {
            checks.insert(fact, at: checks.firstIndex { fact.isBefore($0) } ?? checks.count)
        }
        return true
    }

    func become(_ kind: RunKind) {
        self.kind = kind
        runs = []
    }

    /// All but what says nothing, in order. A run that was decided on it keeps it.
    var facts: [Fact] {
        var all = allFacts
        for place in all.indices { all[place].wasLeftBehind = wasLeftBehind(place, all) }
        return all.filter { fact in
            !fact.wasLeftBehind || runs.contains { $0.final?.facts.contains(fact.id) ?? false }
        }
    }

    /// Choice: that GitHub ends a check says nothing where Packit had posted a later state before.
    private func wasLeftBehind(_ place: Int, _ all: [Fact]) -> Bool {
        let fact = all[place]
        guard fact.isEndByGitHub, let end = fact.time else { return false }
        return all[place...].contains { $0.checkID != fact.checkID && $0.postedAt <= end }
    }

    /// In order: a commit status stands before the first check that is later than it.
    var allFacts: [Fact] {
        var all: [Fact] = []
        var rest = statuses[...]
        for check in checks {
            while let status = rest.first, status.postedAt < check.postedAt {
                all.append(status)
                rest.removeFirst()
            }
            all.append(check)
        }
        return all + rest
    }

    var target: RunTarget? {
        kind.map { RunTarget(kind: $0, deployment: key.deployment, chroot: reading.chroot) }
    }

    /// The pull request that the lane's event is bound to; `nil` when it is bound to none. Without an id nobody knows
    /// which event it is: then all that have none must be bound alike.
    var boundTo: Int? {
        guard reading.event == nil else { return nil }
        guard key.externalID.isEmpty else { return commit.events[event]?.boundTo }
        let nameless = commit.events.values.filter { $0.key.externalID.isEmpty && $0.key.deployment == key.deployment }
        let bound = Set(nameless.map(\.boundTo))
        return bound.count == 1 ? bound.first ?? nil : nil
    }

    /// The one pull request that its runs belong to: the one it is bound to, or the only one that had the commit
    /// (rule 16: bound ones only when the commit is shared).
    var onlyPull: Int? {
        if reading.event != nil { return nil }
        return boundTo ?? (commit.pulls.count == 1 ? commit.pulls[0].number : nil)
    }

    /// Whether it is known what its runs are of: one pull request, a branch or a release.
    var isBound: Bool { reading.event != nil || onlyPull != nil }

    /// The pull requests it may be of: the one it is bound to, else all that had the commit as head. A run of a push
    /// or a release belongs to none.
    var pulls: [Int] {
        if reading.event != nil { return [] }
        if let boundTo { return [boundTo] }
        return commit.pulls.map(\.number)
    }
}

/// One state of one check of a lane.
struct Fact {
    struct ID: Hashable {
        let carrier: StatusReported.Carrier
        let state: String
    }

    let status: StatusReported
    let heard: Heard
    /// Whether it is the end by GitHub of what Packit had left behind: that ends nothing.
    var wasLeftBehind = false

    init(_ status: StatusReported, _ heard: Heard) {
        self.status = status
        self.heard = heard
    }

    var id: ID { ID(carrier: status.carrier, state: status.state) }

    /// `nil` for a commit status.
    var checkID: Int64? {
        if case .checkRun(let id) = status.carrier { id } else { nil }
    }

    var carrierID: Int64 {
        switch status.carrier {
        case .checkRun(let id), .commitStatus(let id): id
        }
    }

    func step(of kind: RunKind) -> Step {
        switch kind {
        case .build: status.asBuild
        case .testRun: status.asTestRun
        }
    }

    /// Within one check its states come in their natural order.
    func isBefore(_ other: Fact) -> Bool {
        guard let id = checkID, let otherID = other.checkID, id != otherID else { return rank < other.rank }
        return id < otherID
    }

    private var rank: Int {
        switch status.state {
        case "queued": 0
        case "in_progress": 1
        default: 2
        }
    }

    /// The provider's time: of an end when the check was completed, of anything else when it was started.
    var time: Timestamp? {
        let isOver = checkID != nil && rank == 2
        return (isOver ? status.completedAt ?? status.startedAt : status.startedAt)?.flooredToSecond
    }

    var placedAt: Timestamp { time ?? heard.at }

    /// When Packit posted it, which is what a check's id tells, too.
    var postedAt: Timestamp { (status.startedAt ?? status.completedAt)?.flooredToSecond ?? heard.at }

    /// The dashboard's id, where the link is of the lane's own kind.
    func jobID(of kind: RunKind) -> Int64? {
        guard let job = status.job else { return nil }
        return job.job == (kind == .build ? .copr : .testingFarm) ? job.id : nil
    }
}
