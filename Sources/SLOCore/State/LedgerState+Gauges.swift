// How entities count in the gauges. Gauges change by the difference of entities before and after a batch, so they
// cannot diverge from the state.

extension LedgerState {
    /// The gauges' changes since the batch began.
    var gaugeDeltas: [Gauge: Int64] {
        var deltas: [Gauge: Int64] = [:]
        changes.addDeltas(to: &deltas, of: .change)
        runs.addDeltas(to: &deltas, of: .run)
        backends.addDeltas(to: &deltas, of: .backendRun)
        repositories.addCount(to: &deltas, of: .repository)
        pullRequests.addCount(to: &deltas, of: .pullRequest)
        heads.addCount(to: &deltas, of: .head)
        lanes.addDeltas(to: &deltas, of: .lane)
        commands.addCount(to: &deltas, of: .command)
        return deltas.filter { $0.value != 0 }
    }

    /// The gauges, computed from the whole state.
    var gauges: [Gauge: Int64] {
        var totals: [Gauge: Int64] = [:]
        for row in changes.values { row.forEachGauge { totals[$0, default: 0] += 1 } }
        for row in runs.values { row.forEachGauge { totals[$0, default: 0] += 1 } }
        for row in lanes.values { row.forEachGauge { totals[$0, default: 0] += 1 } }
        for row in backends.values { row.forEachGauge { totals[$0, default: 0] += 1 } }
        for kind in Tracked.allCases { totals[.tracked(kind)] = Int64(count(of: kind)) }
        return totals
    }

    func count(of kind: Tracked) -> Int {
        switch kind {
        case .repository: repositories.count
        case .pullRequest: pullRequests.count
        case .change: changes.count
        case .head: heads.count
        case .lane: lanes.count
        case .run: runs.count
        case .backendRun: backends.count
        case .command: commands.count
        }
    }
}

/// An entity that counts in gauges.
protocol Gauged {
    func forEachGauge(_ body: (Gauge) -> Void)
}

extension Change: Gauged {
    func forEachGauge(_ body: (Gauge) -> Void) {
        for wait in waits {
            if let eligibility = wait.inGaugeAs { body(.changesWithoutStatus(wait.deployment, eligibility)) }
            if wait.isOwner, wait.verdict == nil { body(.changesOpen(wait.deployment)) }
        }
    }
}

extension Run: Gauged {
    func forEachGauge(_ body: (Gauge) -> Void) {
        switch phase {
        case .waiting:
            if waitsSince != nil { body(.testRunsWaiting(deployment)) }
            return
        case .finished: return
        case .unfinished: body(.runsUnfinished(group, deployment))
        case .settling: body(.runsSettling(kind, deployment))
        }
        if isOverdue { body(.runsOverdue(group, deployment)) }
        if lane == nil { body(.unjoinedRuns) }
    }
}

extension Lane: Gauged {
    func forEachGauge(_ body: (Gauge) -> Void) {
        if isUnclassified { body(.unclassifiedChecks) }
    }
}

extension BackendRun: Gauged {
    /// A backend run that is counted alone is in the gauges as a run.
    func forEachGauge(_ body: (Gauge) -> Void) {
        if case .undecided = placement { body(.unjoinedRuns) }
    }
}

extension Table where Row: Gauged {
    fileprivate func addDeltas(to deltas: inout [Gauge: Int64], of kind: Tracked) {
        forEachChange { before, now in
            before?.forEachGauge { deltas[$0, default: 0] -= 1 }
            now?.forEachGauge { deltas[$0, default: 0] += 1 }
        }
        addCount(to: &deltas, of: kind)
    }
}

extension Table {
    fileprivate func addCount(to deltas: inout [Gauge: Int64], of kind: Tracked) {
        if added != 0 { deltas[.tracked(kind), default: 0] += Int64(added) }
    }
}
