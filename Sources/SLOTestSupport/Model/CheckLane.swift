internal import SLOCore

/// All checks of one name that one event at Packit posted on one commit (docs/counting.md, lanes).
final class CheckLane {
    struct Key: Hashable {
        let deployment: Deployment
        let externalID: String
        let name: String
    }

    let key: Key
    let name: CheckName
    /// The reading of the name, decided once (rule 30).
    let reading: CheckName.Reading
    unowned let commit: Commit
    /// The event that posted it, which binds it to a pull request (rule 5).
    let event: Event.Key
    /// `nil` until a fact shows it, for a name that no rule knows.
    private(set) var kind: RunKind?
    /// Whether it did not show its kind itself: its name had it elsewhere (rule 29).
    var isKindLearned = false
    /// Whether the target of its runs was known when it was last looked at.
    var wasBound = false
    /// In order of the check runs' ids.
    private var checks: [Fact] = []
    /// In order of their times.
    private var statuses: [Fact] = []
    private var known: Set<Fact.ID> = []
    /// When the last fact of it was received, including repeated ones.
    private(set) var lastReceivedAt: Timestamp
    /// As the known facts divide, in order.
    var runs: [Run] = []

    init(_ key: Key, of status: StatusReported, on commit: Commit, _ receipt: Receipt) {
        self.key = key
        lastReceivedAt = receipt.at
        self.commit = commit
        name = status.name
        reading = commit.reading(of: status)
        event = status.eventKey
        kind =
            switch status.name.subject {
            case .build: .build
            case .testRun: .testRun
            case .job: .job
            case .other, .unknown: nil
            }
    }

    /// - Returns: whether it is new: the same state of the same check adds nothing.
    func add(_ status: StatusReported, _ receipt: Receipt) -> Bool {
        let fact = Fact(status, receipt)
        lastReceivedAt = receipt.at
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

    /// All except those without meaning, in order. A run that was decided with one keeps it.
    var facts: [Fact] {
        var all = allFacts
        for place in all.indices { all[place].wasLeftBehind = wasLeftBehind(place, all) }
        return all.filter { fact in
            !fact.wasLeftBehind || runs.contains { $0.final?.facts.contains(fact.id) ?? false }
        }
    }

    /// Choice: GitHub's end of a check says nothing if Packit had posted a later state before.
    private func wasLeftBehind(_ place: Int, _ all: [Fact]) -> Bool {
        let fact = all[place]
        guard fact.isEndByGitHub, let end = fact.time else { return false }
        return all[place...].contains { $0.checkID != fact.checkID && $0.postedAt <= end }
    }

    /// In order: a commit status comes before the first check that is later than it.
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

    /// The pull request to which the lane's event is bound; `nil` if there is none. Without an id the event is unknown:
    /// then all events without one must have the same binding.
    var boundTo: Int? {
        guard reading.event == nil else { return nil }
        guard key.externalID.isEmpty else { return commit.events[event]?.boundTo }
        let nameless = commit.events.values.filter { $0.key.externalID.isEmpty && $0.key.deployment == key.deployment }
        let bound = Set(nameless.map(\.boundTo))
        return bound.count == 1 ? bound.first ?? nil : nil
    }

    /// The one pull request to which its runs belong: the one it is bound to, or the only one that had the commit (rule
    /// 16: the binding counts only if the commit is shared).
    var onlyPull: Int? {
        if reading.event != nil { return nil }
        return boundTo ?? (commit.pulls.count == 1 ? commit.pulls[0].number : nil)
    }

    /// Whether the target of its runs is known: one pull request, a branch or a release.
    var isBound: Bool { reading.event != nil || onlyPull != nil }

    /// The pull requests to which it may belong: the one it is bound to, otherwise all that had the commit as head. A
    /// run of a push or a release belongs to none.
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
    let receipt: Receipt
    /// Whether it is GitHub's end of a check that Packit had left behind, which ends nothing.
    var wasLeftBehind = false

    init(_ status: StatusReported, _ receipt: Receipt) {
        self.status = status
        self.receipt = receipt
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
        case .job: status.asJob
        }
    }

    /// The states of one check are in their natural order.
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

    /// The provider's time: of an end when the check was completed, otherwise when it was started.
    var time: Timestamp? {
        let isOver = checkID != nil && rank == 2
        return (isOver ? status.completedAt ?? status.startedAt : status.startedAt)?.flooredToSecond
    }

    var placedAt: Timestamp { time ?? receipt.at }

    /// When Packit posted it, which the order of check ids shows as well.
    var postedAt: Timestamp { (status.startedAt ?? status.completedAt)?.flooredToSecond ?? receipt.at }

    /// The dashboard's id, if the link is of the lane's own kind. Links to other jobs identify no run (rule 49).
    func jobID(of kind: RunKind) -> Int64? {
        switch (kind, status.job?.job) {
        case (.build, .copr), (.testRun, .testingFarm): status.job?.id
        default: nil
        }
    }
}
