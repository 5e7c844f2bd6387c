import Testing

@testable import SLOCore
@testable import SLOMetrics

/// Exemplars, as OpenMetrics has them.
@Suite struct ExemplarTests {
    private static let prod = Samples.prod
    private static let queued = Counter.runsQueued(.build, prod)
    private static let queuedLine = #"packit_builds_queued_total{deployment="prod"}"#

    static func decision(_ digit: Character, repository: RepositoryID = 1, at seconds: Double = 0) -> Decision {
        let id = "72d3162e-cc78-11e3-81ab-4c9367dc095\(digit)"
        return Decision(
            delivery: DeliveryID(id) ?? DeliveryID("72d3162e-cc78-11e3-81ab-4c9367dc0958")!, repository: repository,
            at: Samples.now + .milliseconds(Int64(seconds * 1000)))
    }

    private static func change(_ counter: Counter, _ amount: Int64 = 1, by decision: Decision?) -> MetricsChange {
        var effects = Effects()
        effects.increments = [counter: amount]
        effects.note(decision, on: counter)
        return MetricsChange(effects)
    }

    private static func change(_ histogram: Histogram, seconds: Int64, by decision: Decision?) -> MetricsChange {
        var effects = Effects()
        effects.observations = [HistogramObservation(histogram, .seconds(seconds), decision: decision)]
        return MetricsChange(effects)
    }

    /// Counters and buckets of several families, and what nobody is known to have decided.
    static func registry() -> MetricsRegistry {
        let registry = Samples.registry()
        registry.publish(change(queued, 3, by: decision("a", at: 0.25)))
        registry.publish(change(.runsFinished(.build, prod, .success), by: decision("b", at: 1)))
        registry.publish(change(.runDuration(.build, prod, .success), seconds: 90, by: decision("b", at: 1)))
        registry.publish(change(.initialStatusDuration(prod), seconds: 4, by: decision("c", at: 2)))
        registry.publish(change(.initialStatusDuration(prod), seconds: 9_000, by: decision("d", at: 3)))
        registry.publish(change(.initialStatusDuration(prod), seconds: 15, by: nil))
        registry.publish(change(.objectiveEvents(.initialStatus, prod, isGood: true), by: decision("c", at: 2)))
        registry.publish(change(.changesJudged(prod, .onTime, .learned), by: nil))
        return registry
    }

    private func exemplars(_ registry: MetricsRegistry, _ scope: ExpositionScope = .all) -> [String] {
        registry.text(.openMetrics, include: scope).split(separator: "\n").filter { $0.contains(" # ") }.map(
            String.init)
    }

    @Test func countersAndBucketsHaveTheDeliveryThatDecidedTheLatestOfThem() throws {
        #expect(
            exemplars(Self.registry()) == [
                #"packit_builds_queued_total{deployment="prod"} 3 "#
                    + ##"# {delivery="72d3162e-cc78-11e3-81ab-4c9367dc095a"} 1 1795342800.25"##,
                #"packit_builds_finished_total{deployment="prod",outcome="success"} 1 "#
                    + ##"# {delivery="72d3162e-cc78-11e3-81ab-4c9367dc095b"} 1 1795342801"##,
                #"packit_build_duration_seconds_bucket{deployment="prod",outcome="success",le="300.0"} 1 "#
                    + ##"# {delivery="72d3162e-cc78-11e3-81ab-4c9367dc095b"} 90 1795342801"##,
                #"packit_initial_status_duration_seconds_bucket{deployment="prod",le="5.0"} 1 "#
                    + ##"# {delivery="72d3162e-cc78-11e3-81ab-4c9367dc095c"} 4 1795342802"##,
                #"packit_initial_status_duration_seconds_bucket{deployment="prod",le="+Inf"} 3 "#
                    + ##"# {delivery="72d3162e-cc78-11e3-81ab-4c9367dc095d"} 9000 1795342803"##,
                #"packit_objective_events_total{deployment="prod",objective="initial_status",verdict="good"} 1 "#
                    + ##"# {delivery="72d3162e-cc78-11e3-81ab-4c9367dc095c"} 1 1795342802"##,
            ])
    }

    @Test func otherFormatsAndScopesHaveNone() {
        let registry = Self.registry()
        #expect(!registry.text(.text).contains(" # "))
        for scope in [ExpositionScope.cluster, .process, .deterministic] {
            #expect(exemplars(registry, scope).isEmpty)
        }
        let lines = { (text: String) in
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " # ")[0] }
        }
        #expect(lines(registry.text(.text)) == lines(registry.text(.openMetrics)))
    }

    @Test func theLatestReplacesIt() throws {
        let registry = Samples.registry()
        registry.publish(Self.change(Self.queued, by: Self.decision("a")))
        registry.publish(Self.change(Self.queued, by: Self.decision("b")))
        #expect(exemplars(registry).count == 1)
        #expect(exemplars(registry)[0].contains("095b"))
        // What nobody is known to have decided has none, and does not keep that of another.
        registry.publish(Self.change(Self.queued, by: nil))
        #expect(exemplars(registry).isEmpty)
        registry.publish(Self.change(.initialStatusDuration(Self.prod), seconds: 4, by: Self.decision("a")))
        registry.publish(Self.change(.initialStatusDuration(Self.prod), seconds: 9, by: nil))
        #expect(exemplars(registry).count == 1)
        registry.publish(Self.change(.initialStatusDuration(Self.prod), seconds: 3, by: nil))
        #expect(exemplars(registry).isEmpty)
    }

    @Test func theLatestOfACommitIsTheOneThatCounts() {
        var first = Effects()
        first.increments = [Self.queued: 2]
        first.note(Self.decision("a"), on: Self.queued)
        first.note(nil, on: Self.queued)
        #expect(first.decisions.isEmpty)
        first.note(Self.decision("b"), on: Self.queued)
        var change = MetricsChange(first)
        #expect(change.decisions[Self.queued] == Self.decision("b"))
        var second = Effects()
        second.increments = [Self.queued: 1]
        change.add(second)
        #expect(change.decisions.isEmpty)
    }

    @Test func whatMustNotBeShownAnyMoreIsDropped() {
        let registry = Samples.registry()
        registry.publish(Self.change(Self.queued, by: Self.decision("a", repository: 1)))
        registry.publish(Self.change(.runsStarted(.build, Self.prod), by: Self.decision("b", repository: 2)))
        let change = registry.resolve(
            Self.change(.runsFinished(.build, Self.prod, .error), by: Self.decision("c", repository: 1)))
        registry.publish(change) { $0.repository != 1 }
        #expect(exemplars(registry).count == 1)
        #expect(exemplars(registry)[0].contains("095b"))
        #expect(registry.value(of: .runsFinished(.build, Self.prod, .error)) == 1)
    }

    @Test func whatIsReadAgainHasNone() {
        let registry = Self.registry()
        _ = registry.reload(PersistentDeltas(counters: [Self.queuedLine: 5]), hours: [])
        #expect(exemplars(registry).isEmpty)
        #expect(registry.printed(Self.queuedLine) == "5")
    }

    @Test func thereIsAtMostOneForEachLineAndALimitForAll() {
        var table = ExemplarTable()
        let exemplar = Exemplar(decision: Self.decision("a"), value: 1)
        let series = (0..<ExemplarTable.limit + 5).map { _ in ScalarSeries(SeriesID(MetricsCatalogue.joins, ["x"])) }
        for series in series {
            table[.init(series)] = exemplar
            table[.init(series)] = exemplar
        }
        #expect(table.count == ExemplarTable.limit)
        let other = Exemplar(decision: Self.decision("b"), value: 1)
        table[.init(series[0])] = other
        #expect(table[.init(series[0])] == other)
        table[.init(series[0])] = nil
        table[.init(series[ExemplarTable.limit])] = other
        #expect(table[.init(series[ExemplarTable.limit])] == other)
    }
}
