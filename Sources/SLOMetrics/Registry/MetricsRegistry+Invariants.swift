public import SLOCore
import Synchronization

/// An invariant between two sums that does not hold (docs/counting.md, rule 26).
public struct BrokenInvariant: Hashable, Sendable, CustomStringConvertible {
    public let invariant: Invariant
    public let deployment: Deployment
    /// Both sides with their values.
    public let description: String
}

extension MetricsRegistry {
    /// Begins checking with the present differences: a histogram may have restarted, the policy may differ, or an older
    /// version may have counted less. From now on both sides of an invariant must change together.
    public func beginCheckingInvariants() {
        state.withLock { state in
            state.balances = Dictionary(
                uniqueKeysWithValues: balances(in: state.table).map { ($0.key, $0.difference) })
            state.broken = []
        }
    }

    /// Checks all invariants.
    /// - Returns: those that held at the last check and do not now. Nothing is corrected.
    public func newlyBrokenInvariants() -> [BrokenInvariant] {
        state.withLock { state in
            let broken = balances(in: state.table).filter { !$0.holds(from: state.balances[$0.key] ?? 0) }
            defer { state.broken = Set(broken.map(\.key)) }
            return broken.filter { !state.broken.contains($0.key) }.map(\.asBroken)
        }
    }

    private func balances(in table: SeriesTable) -> [Balance] {
        let sums = Sums(table: table)
        return Set(objectives.map(\.of.deployment)).sorted().flatMap { deployment in
            RunKind.allCases.flatMap { kind in
                let objective = settings.objectives.first(named: kind.objective, of: kind.endIndicator)
                return sums.balances(of: kind, deployment, objective?.name)
            }
                + sums.balances(ofChanges: deployment) + [sums.balance(ofCommands: deployment)]
                + sums.balances(ofObjective: settings[.initialStatus], deployment, settings.countedEligibilities)
        }
    }
}

/// Identifies an invariant.
struct BalanceKey: Hashable, Sendable {
    let invariant: Invariant
    let deployment: Deployment
    let name: String
}

/// Two sums and the relation that must hold between them.
private struct Balance {
    enum Relation: String {
        case equal = "="
        case atMost = "≤"
    }

    let key: BalanceKey
    let left: Int64
    let relation: Relation
    let right: Int64

    var difference: Int64 { left &- right }

    /// - Parameter start: the difference of the sums when checking began.
    func holds(from start: Int64) -> Bool {
        switch relation {
        case .equal: difference == start
        case .atMost: difference <= 0
        }
    }

    var asBroken: BrokenInvariant {
        BrokenInvariant(
            invariant: key.invariant, deployment: key.deployment,
            description: "\(key.name) does not hold for \(key.deployment.label): \(left) \(relation.rawValue) \(right)")
    }
}

/// Sums of exposed values.
private struct Sums {
    let table: SeriesTable

    /// - Parameter objective: the one by which the series of this kind judge.
    func balances(
        of kind: RunKind, _ deployment: Deployment, _ objective: Objective.Name?
    ) -> [Balance] {
        let groups = table.groups(of: kind)
        func sum(_ value: (RunGroup) -> Int64) -> Int64 { groups.reduce(0) { $0 &+ value($1) } }
        let queued = sum { value(.runsQueued($0, deployment)) }
        let started = sum { value(.runsStarted($0, deployment)) }
        let finished = Outcome.allCases.map { outcome in
            (outcome, sum { value(.runsFinished($0, deployment, outcome)) })
        }
        let open = sum { value(.runsUnfinished($0, deployment)) } + value(.runsSettling(kind, deployment))
        let good = objective.map { value(.objectiveEvents($0, deployment, isGood: true)) } ?? 0
        let bad = objective.map { value(.objectiveEvents($0, deployment, isGood: false)) } ?? 0
        let ran = finished.filter { [.success, .failure, .error].contains($0.0) }.reduce(0) { $0 + $1.1 }
        let ranToTheEnd = finished.filter { [.success, .failure].contains($0.0) }.reduce(0) { $0 + $1.1 }
        func balance(
            _ invariant: Invariant, _ name: String, _ left: Int64, _ relation: Balance.Relation,
            _ right: Int64
        ) -> Balance {
            Balance(
                key: .init(invariant: invariant, deployment: deployment, name: "\(kind.rawValue): \(name)"),
                left: left, relation: relation, right: right)
        }
        let durations = finished.map { outcome, count in
            balance(
                .histogramCounts, "durations ≤ finished as \(outcome.rawValue)",
                sum { table.count(of: .runDuration($0, deployment, outcome)) }, .atMost, count)
        }
        return durations + [
            balance(
                .runStates, "queued = unfinished + settling + finished", queued, .equal,
                open + finished.reduce(0) { $0 + $1.1 }),
            balance(
                .stepCounts, "success + failure + error ≤ started", ran, .atMost, started),
            balance(.stepCounts, "started ≤ queued", started, .atMost, queued),
            balance(.objectiveEvents, "good ≤ success + failure", good, .atMost, ranToTheEnd),
            balance(.objectiveEvents, "good + bad ≤ queued", good + bad, .atMost, queued),
        ]
    }

    func balances(ofChanges deployment: Deployment) -> [Balance] {
        let all = Eligibility.allCases
        return [
            changes(
                .changeVerdicts, "seen = judged + open", deployment, value(.changesSeen(deployment)), .equal,
                judged(Verdict.allCases, all, deployment) + value(.changesOpen(deployment))),
            changes(
                .histogramCounts, "times to the initial status = on time + late", deployment,
                table.count(of: .initialStatusDuration(deployment)), .equal,
                judged([.onTime, .late], all, deployment)),
            changes(
                .histogramCounts, "times of all statuses ≤ on time + late", deployment,
                table.count(of: .allStatusesDuration(deployment)), .atMost,
                judged([.onTime, .late], all, deployment)),
        ]
    }

    func balance(ofCommands deployment: Deployment) -> Balance {
        let answered = [Verdict.onTime, .late].reduce(0) { sum, verdict in
            Eligibility.allCases.reduce(sum) { $0 + value(.commandsJudged(deployment, verdict, $1)) }
        }
        return Balance(
            key: .init(
                invariant: .histogramCounts, deployment: deployment,
                name: "commands: times to the answer = on time + late"),
            left: table.count(of: .commandAnswerDuration(deployment)), relation: .equal, right: answered)
    }

    /// Of the objective that judges by the verdicts. Of selected changes there may be fewer events.
    func balances(
        ofObjective objective: Objective?, _ deployment: Deployment, _ counted: [Eligibility]
    ) -> [Balance] {
        guard let objective else { return [] }
        let relation: Balance.Relation = objective.selection.isEverything ? .equal : .atMost
        func events(isGood: Bool) -> Int64 { value(.objectiveEvents(objective.name, deployment, isGood: isGood)) }
        return [
            changes(
                .objectiveEvents, "good \(relation.rawValue) on time", deployment, events(isGood: true), relation,
                judged([.onTime], counted, deployment)),
            changes(
                .objectiveEvents, "bad \(relation.rawValue) late + never", deployment, events(isGood: false), relation,
                judged([.late, .never], counted, deployment)),
        ]
    }

    private func changes(
        _ invariant: Invariant, _ name: String, _ deployment: Deployment, _ left: Int64, _ relation: Balance.Relation,
        _ right: Int64
    ) -> Balance {
        Balance(
            key: .init(invariant: invariant, deployment: deployment, name: "changes: \(name)"), left: left,
            relation: relation, right: right)
    }

    private func judged(_ verdicts: [Verdict], _ eligibilities: [Eligibility], _ deployment: Deployment) -> Int64 {
        verdicts.reduce(0) { sum, verdict in
            eligibilities.reduce(sum) { $0 + value(.changesJudged(deployment, verdict, $1)) }
        }
    }

    private func value(_ counter: Counter) -> Int64 { table.value(of: counter) }
    private func value(_ gauge: Gauge) -> Int64 { table.value(of: gauge) }
}
