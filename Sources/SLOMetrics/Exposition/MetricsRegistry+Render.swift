public import SLOCore
import Synchronization

extension MetricsRegistry {
    /// All series as text, in UTF-8. A scrape sees whole commits only.
    /// - Parameter now: the end of the objectives' windows.
    public func render(
        format: ExpositionFormat, now: Timestamp, include scope: ExpositionScope = .all
    ) -> [UInt8] {
        var computed = constants
        settingsDigest.withLock { digest in
            if let digest { computed.add(SeriesID(MetricsCatalogue.settingsInfo, [digest]), 1 as Int64) }
        }
        if scope == .all || scope == .process { computed.merge(samples(of: processStatistics())) { first, _ in first } }
        return state.withLock { state in
            let tallies = tallies(in: state.window, at: now).filter { !state.filledIn.contains($0.key.objective) }
            computed.merge(samples(of: tallies)) { first, _ in first }
            var output: [UInt8] = []
            output.reserveCapacity(state.lastLength + state.lastLength / 8)
            // What a cluster has decided is the same on every node; what one of them remembers is not.
            let exemplars = format == .openMetrics && scope == .all ? state.exemplars : nil
            for table in state.table.families where scope.includes(table.family) {
                let start = output.count
                output.append(contentsOf: format == .text ? table.textHead : table.openMetricsHead)
                let afterHead = output.count
                for series in table.scalars { series.write(to: &output, exemplars) }
                for series in table.histograms { series.write(to: &output, exemplars) }
                if let lines = computed[table.family.name] { output.append(contentsOf: lines) }
                if output.count == afterHead { output.removeLast(afterHead - start) }
            }
            output.append(format.end)
            state.lastLength = output.count
            return output
        }
    }
}

/// The lines of computed families, by the family's name.
private typealias Samples = [String: [UInt8]]

extension Samples {
    /// Adds a line unless there is no value.
    fileprivate mutating func add(_ id: SeriesID, _ value: Int64?) {
        guard let value else { return }
        self[id.family.name, default: []].append(line: Array((id.key + " ").utf8), value, id.family.scale)
    }

    /// Adds a line with the shortest decimal number that parses to the same value.
    fileprivate mutating func add(_ id: SeriesID, _ value: Double?) {
        guard let value else { return }
        self[id.family.name, default: []].append(id.key + " " + value.description + "\n")
    }
}

extension MetricsRegistry {
    /// Values that depend on configuration and program only.
    private var constants: Samples {
        var samples = Samples()
        samples.add(SeriesID(MetricsCatalogue.buildInfo, [version]), 1 as Int64)
        for (of, objective) in objectives {
            let labels = [of.deployment.label, of.objective.rawValue]
            samples.add(SeriesID(MetricsCatalogue.objectiveTarget, labels), objective.target)
            if let deadline = objective.statedDeadline {
                samples.add(SeriesID(MetricsCatalogue.objectiveDeadline, labels), deadline.milliseconds)
            }
            samples.add(SeriesID(MetricsCatalogue.objectiveWindow, labels), settings.window(of: objective).milliseconds)
        }
        return samples
    }

    private func samples(of tallies: [DeploymentObjective: ObjectiveTally]) -> Samples {
        var samples = Samples()
        for (of, objective) in objectives {
            guard let tally = tallies[of] else { continue }
            let labels = [of.deployment.label, of.objective.rawValue]
            for (verdict, events) in [("good", tally.good), ("bad", tally.bad)] {
                samples.add(SeriesID(MetricsCatalogue.objectiveWindowEvents, labels + [verdict]), events)
            }
            samples.add(SeriesID(MetricsCatalogue.objectiveCompliance, labels), tally.compliance)
            samples.add(
                SeriesID(MetricsCatalogue.objectiveErrorBudget, labels),
                tally.errorBudgetRemaining(target: objective.target))
        }
        return samples
    }

    private func samples(of process: ProcessStatistics) -> Samples {
        var samples = Samples()
        samples.add(SeriesID(MetricsCatalogue.processCPU), process.cpuMilliseconds)
        samples.add(SeriesID(MetricsCatalogue.processResidentMemory), process.residentBytes)
        samples.add(SeriesID(MetricsCatalogue.processVirtualMemory), process.virtualBytes)
        samples.add(SeriesID(MetricsCatalogue.processOpenFiles), process.openFiles)
        samples.add(SeriesID(MetricsCatalogue.processMaxFiles), process.maxFiles)
        samples.add(SeriesID(MetricsCatalogue.processStartTime), process.startedAt?.milliseconds)
        return samples
    }
}
