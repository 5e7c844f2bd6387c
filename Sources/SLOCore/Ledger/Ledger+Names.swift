// Which of two readings of a check's name is used on its commit (docs/counting.md, rule 30).

import HashTreeCollections

extension Ledger {
    /// The status with its name as it is read here.
    mutating func read(_ fact: StatusReported, on head: HeadKey) -> StatusReported {
        shareReading(fact, on: head)
        guard fact.name.alternative != nil else { return fact }
        return fact.named(reading(of: fact, on: head))
    }

    /// A lane keeps its first reading, until an unambiguous name of its event decides otherwise.
    private func reading(of fact: StatusReported, on head: HeadKey) -> CheckName {
        if let isOfPullRequest = lentReading(of: fact.deployment, fact.externalID, on: head) {
            return fact.name.read(asPullRequest: isOfPullRequest)
        }
        let key = LaneKey(
            deployment: fact.deployment, head: head, externalID: fact.externalID, name: fact.name.text)
        if let lane = state.laneNumbers[key].flatMap({ state.lanes[$0] }) { return lane.name }
        guard let alternative = fact.name.alternative, !alternative.isOutweighed else { return fact.name }
        let event = fact.name.event ?? alternative.reading.event
        let isHeardOf = event.map { state.repositories[head.repository]?.refs.contains($0) ?? false } ?? false
        return fact.name.read(asPullRequest: !isHeardOf)
    }

    private func lentReading(of deployment: Deployment, _ externalID: String, on head: HeadKey) -> Bool? {
        guard !externalID.isEmpty else { return nil }
        return state.heads[head]?.readings
            .first { $0.deployment == deployment && $0.externalID == externalID }?.isOfPullRequest
    }

    /// All checks of one event have the same id at Packit: what an unambiguous name says about the event applies to the
    /// others. Only names of builds and tests show the event.
    private mutating func shareReading(_ fact: StatusReported, on head: HeadKey) {
        guard fact.name.alternative == nil, [.build, .testRun].contains(fact.name.subject), !fact.externalID.isEmpty
        else { return }
        let reading = EventReading(
            deployment: fact.deployment, externalID: fact.externalID, isOfPullRequest: fact.name.event == nil)
        guard state.heads[head]?.mayLearn(reading) == true else { return }
        state.heads.update(head) { $0.learn(reading) }
        let event = EventKey(head: head, deployment: fact.deployment, externalID: fact.externalID)
        for lane in state.ambiguousLanes[event].sorted() {
            read(lane: lane, asPullRequest: reading.isOfPullRequest, of: event)
        }
    }

    /// A lane's event turned out to be of the other kind: it answers or does not, and builds elsewhere. What was
    /// counted stays counted.
    private mutating func read(lane id: EntityID, asPullRequest: Bool, of event: EventKey) {
        guard let lane = state.lanes[id], (lane.name.event == nil) != asPullRequest else { return }
        displace(lane)
        state.lanes.update(id) { $0.name = $0.name.read(asPullRequest: asPullRequest) }
        if asPullRequest { noteAnswers(of: lane) } else { takeBackAnswers(of: event) }
        place(lane: id)
        offerRuns(ofLane: id)
        reconsider(lane: id)
    }

    /// Adds a branch or tag that was received.
    mutating func heard(ofRef ref: String, in repository: RepositoryID) {
        guard let name = CheckName.event(ofRef: ref) else { return }
        guard state.repositories[repository]?.mustLearn(ref: name) == true else { return }
        state.repositories.update(repository) { $0.learn(ref: name) }
    }
}

/// What the unambiguous names of one event at Packit show: a pull request, or a push.
struct EventReading: Equatable, Sendable {
    let deployment: Deployment
    let externalID: String
    var isOfPullRequest: Bool
}

/// One event at Packit on a commit.
struct EventKey: Hashable, Sendable {
    let head: HeadKey
    let deployment: Deployment
    let externalID: String
}

extension Head {
    /// The limit of events per commit with a known reading; names of later ones are read by themselves.
    static let readingsLimit = 256

    /// A check of a pull request takes precedence over one of a push.
    func mayLearn(_ reading: EventReading) -> Bool {
        guard let known = place(of: reading) else { return readings.count < Self.readingsLimit }
        return reading.isOfPullRequest && !readings[known].isOfPullRequest
    }

    mutating func learn(_ reading: EventReading) {
        if let known = place(of: reading) {
            readings[known] = reading
        } else {
            readings.append(reading)
        }
    }

    private func place(of reading: EventReading) -> Int? {
        readings.firstIndex { $0.deployment == reading.deployment && $0.externalID == reading.externalID }
    }
}

extension RepositoryState {
    /// The limit of branches and tags per repository; those received longest ago are dropped.
    static let refsLimit = 256

    /// Whether it is new, or would soon be dropped: frequent ones are not stored each time.
    func mustLearn(ref: String) -> Bool {
        refs.lastIndex(of: ref).map { $0 < refs.count - Self.refsLimit / 2 } ?? true
    }

    mutating func learn(ref: String) {
        refs.removeAll { $0 == ref }
        refs.append(ref)
        if refs.count > Self.refsLimit { refs.removeFirst() }
    }
}

extension CheckName {
    /// The same name read as a pull request's check, or as a push's.
    func read(asPullRequest: Bool) -> CheckName {
        guard let alternative, (event == nil) != asPullRequest else { return self }
        return CheckName(
            text: text, subject: subject, event: alternative.reading.event, chroot: alternative.reading.chroot,
            identifier: alternative.reading.identifier,
            alternative: Alternative(reading, isOutweighed: false), jobKind: jobKind)
    }

    /// Longer names of branches are not stored.
    private static let longestEvent = 256

    /// A branch or tag as Packit writes it into a name.
    static func event(ofRef ref: String) -> String? {
        var name = ref[...]
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) { name = ref.dropFirst(prefix.count) }
        guard !name.isEmpty, name.utf8.count <= longestEvent else { return nil }
        return String(decoding: name.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    }
}
