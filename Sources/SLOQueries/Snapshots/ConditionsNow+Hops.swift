public import SLOConditions
import SLOCore

extension ConditionsNow {
    /// Whether whose part of the way is affected can be told by what waits.
    var areAboutWaiting: Bool { holding.contains { $0.runs != nil } }

    /// With the party that has most of the runs that wait, in place of the one whose part the objective measures: a
    /// build that nobody submits is not Copr's.
    public func told(by work: OpenWorkSnapshot) -> ConditionsNow {
        var told = self
        told.holding = holding.map { $0.told(by: work) }
        return told
    }
}

extension HoldingCondition {
    /// The runs that it is about, if they wait now.
    fileprivate var runs: (kind: RunKind, deployment: String)? {
        guard page == .waiting, let labels = Labels(incident.subject), let deployment = labels["deployment"],
            let kind = RunKind.allCases.first(where: { $0.objective.rawValue == labels["objective"] })
        else { return nil }
        return (kind, deployment)
    }

    fileprivate func told(by work: OpenWorkSnapshot) -> HoldingCondition {
        guard let runs else { return self }
        let items = work.items.filter { $0.kind == .run(runs.kind) && $0.deployment.label == runs.deployment }
        var told = self
        told.parts.chroots = Self.parts(items.compactMap(\.chroot))
        told.parts.repositories = Self.parts(items.compactMap(\.repository.text))
        let waiting = Dictionary(grouping: items) { $0.hop.party(of: runs.kind) }
        guard let (party, most) = waiting.max(by: { $0.value.count < $1.value.count }), 2 * most.count > items.count
        else { return told }
        let hops = Dictionary(grouping: most, by: \.hop)
        let hop = hops.max { $0.value.count < $1.value.count }?.key ?? .queued
        told.incident.party = party
        told.partyReason = "\(hops[hop]?.count ?? 0) of \(items.count): \(hop.title)"
        return told
    }

    private static func parts(_ names: [String]) -> [WaitingParts.Part] {
        Dictionary(grouping: names) { $0 }.map { WaitingParts.Part(name: $0.key, count: $0.value.count) }
            .sorted { (-$0.count, $0.name) < (-$1.count, $1.name) }
    }
}

extension OpenWorkSnapshot.Item.Hop {
    /// For people.
    public var title: String {
        switch self {
        case .status: "no first status"
        case .submission: "queued at Packit"
        case .queued: "waiting to be started"
        case .started: "running"
        case .report: "ended and not reported"
        }
    }

    /// Who has to do something next.
    fileprivate func party(of kind: RunKind) -> Incident.Party {
        switch (self, kind) {
        case (.status, _), (.submission, _), (.report, _), (_, .job): .packit
        case (.queued, .build), (.started, .build): .copr
        case (.queued, .testRun), (.started, .testRun): .testingFarm
        }
    }
}
