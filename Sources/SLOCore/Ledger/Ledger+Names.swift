// Which of two readings of a check's name holds on its commit (docs/counting.md, rule 30).

import HashTreeCollections

extension Ledger {
    /// The status with its name as it is read here.
    mutating func read(_ fact: StatusReported, on head: HeadKey) -> StatusReported {
        lend(fact, on: head)
        guard fact.name.alternative != nil else { return fact }
        return fact.named(reading(of: fact, on: head))
    }

    /// A lane keeps the reading that it began with, until a name without a second one lends another.
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

    /// Packit gives all checks of one event the same id: what one name says without doubt of the event holds for the
    /// others. Those of other jobs than builds and tests name no event, whatever it was.
    private mutating func lend(_ fact: StatusReported, on head: HeadKey) {
        guard fact.name.alternative == nil, RunKind(fact.name.subject) != nil, !fact.externalID.isEmpty else { return }
        let reading = EventReading(
            deployment: fact.deployment, externalID: fact.externalID, isOfPullRequest: fact.name.event == nil)
        guard state.heads[head]?.mayLearn(reading) == true else { return }
        state.heads.update(head) { $0.learn(reading) }
        let event = EventKey(head: head, deployment: fact.deployment, externalID: fact.externalID)
        for lane in state.ambiguousLanes[event].sorted() {
            read(lane: lane, asPullRequest: reading.isOfPullRequest, of: event)
        }
    }

    /// What a lane showed was of another kind of event than it had seemed: it answers, or does not, and is built
    /// elsewhere. Nothing that was counted is.
    private mutating func read(lane id: EntityID, asPullRequest: Bool, of event: EventKey) {
        guard let lane = state.lanes[id], (lane.name.event == nil) != asPullRequest else { return }
        displace(lane)
        state.lanes.update(id) { $0.name = $0.name.read(asPullRequest: asPullRequest) }
        if asPullRequest { noteAnswers(of: lane) } else { takeBackAnswers(of: event) }
        place(lane: id)
        offerRuns(ofLane: id)
        reconsider(lane: id)
    }

    /// A branch or tag was heard of.
    mutating func heard(ofRef ref: String, in repository: RepositoryID) {
        guard let name = CheckName.event(ofRef: ref) else { return }
        guard state.repositories[repository]?.mustLearn(ref: name) == true else { return }
        state.repositories.update(repository) { $0.learn(ref: name) }
    }
}

/// What the names of one event at Packit are without doubt: those of a pull request's checks, or a push's.
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
    /// More events at Packit than this on one commit: the names of the later ones are read by themselves.
    static let readingsLimit = 256

    /// A check of a pull request outweighs one of a push.
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
    /// A repository with more branches and tags than this forgets those heard of longest ago.
    static let refsLimit = 256

    /// Whether it is new, or would soon be forgotten: what is heard of all the time is not written each time.
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
    /// The same name read as one of a pull request's checks, or a push's.
    func read(asPullRequest: Bool) -> CheckName {
        guard let alternative, (event == nil) != asPullRequest else { return self }
        return CheckName(
            text: text, subject: subject, event: alternative.reading.event, chroot: alternative.reading.chroot,
            identifier: alternative.reading.identifier,
            alternative: Alternative(reading, isOutweighed: false))
    }

    /// Longer names of branches are not remembered.
    private static let longestEvent = 256

    /// As Packit writes a branch or tag into a name.
    static func event(ofRef ref: String) -> String? {
        var name = ref[...]
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) { name = ref.dropFirst(prefix.count) }
        guard !name.isEmpty, name.utf8.count <= longestEvent else { return nil }
        return String(decoding: name.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    }
}
