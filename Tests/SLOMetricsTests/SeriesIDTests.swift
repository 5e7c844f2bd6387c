import SLOCore
@testable import SLOMetrics
import Testing

@Suite struct SeriesIDTests {
    @Test(arguments: ["prod", "", "a\"b", "a\\", "\\n", "line\nbreak", "ü,}=\"{", "\r\n", "e\u{301}"])
    func `a key reads back as what it was made of`(_ label: String) throws {
        let series = Counter.runsFinished(.build, Deployment(label), .error).series
        let read = try #require(SeriesID(key: series.key))
        #expect(read.values.map { Array($0.utf8) } == series.values.map { Array($0.utf8) })
        #expect(read.family == series.family)
    }

    @Test(arguments: [
        "", "packit_nothing_total", "packit_builds_queued_total", #"packit_builds_queued_total{deployment="prod""#,
        #"packit_builds_queued_total{deployment="prod"}x"#, #"packit_builds_queued_total{deployment=prod}"#,
        #"packit_builds_queued_total{source="prod"}"#, #"packit_builds_queued_total{deployment="a",deployment="b"}"#,
        #"packit_builds_queued_total{deployment="a",}"#, #"packit_builds_queued_total{deployment="a\"#,
        #"packit_builds_unfinished{deployment="prod"}"#, "process_cpu_seconds_total",
        "packit_slo_outcome_revised_total{",
    ])
    func `a key that is no persistent series is refused`(_ key: String) {
        #expect(SeriesID(key: key) == nil)
    }

    @Test func `a series without labels has no braces`() {
        #expect(Counter.outcomesRevised.series.key == "packit_slo_outcome_revised_total")
        #expect(SeriesID(key: "packit_slo_outcome_revised_total") == Counter.outcomesRevised.series)
    }

    @Test func `label values are escaped in the exposition`() {
        let registry = Samples.registry { $0.deployments = [Deployment("a\"b\\c\nd")] }
        #expect(registry.printed(#"packit_builds_queued_total{deployment="a\"b\\c\nd"}"#) == "0")
    }

    @Test func `help is escaped as each format asks`() {
        let family = MetricFamily.gauge("x", [], "a\"b\\c\nd")
        #expect(ExpositionFormat.text.head(of: family).starts(with: Array(#"# HELP x a"b\\c\nd"#.utf8)))
        #expect(
            String(decoding: ExpositionFormat.openMetrics.head(of: family), as: UTF8.self)
                .hasSuffix("# HELP x a\\\"b\\\\c\\nd\n"))
    }
}

@Suite struct CatalogueTests {
    @Test func `names are unique, and so are their names in OpenMetrics`() {
        #expect(Set(MetricsCatalogue.all.map(\.name)).count == MetricsCatalogue.all.count)
        #expect(Set(MetricsCatalogue.all.map(\.openMetricsName)).count == MetricsCatalogue.all.count)
    }

    @Test func `only counters end in total`() {
        for family in MetricsCatalogue.all {
            #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
        }
    }

    @Test func `bounds ascend`() {
        for family in MetricsCatalogue.all {
            #expect(zip(family.bounds, family.bounds.dropFirst()).allSatisfy { $0 < $1 }, "\(family.name)")
            #expect(family.bounds.isEmpty == (family.kind != .histogram), "\(family.name)")
        }
    }

    @Test func `every family is exposed from the start, save what is not known yet`() {
        let text = Samples.registry().text()
        let absent = MetricsCatalogue.all.map(\.name).filter { !text.contains("# TYPE \($0) ") }
        #expect(
            absent == [
                "packit_job_duration_seconds",
                "packit_objective_compliance_ratio", "packit_objective_error_budget_remaining_ratio",
                "packit_slo_last_delivery_timestamp_seconds", "packit_slo_deciding", "packit_slo_lease_epoch",
                "packit_slo_spooled_deliveries", "packit_slo_database_copies", "packit_slo_database_bytes",
                "packit_slo_database_free_bytes", "packit_slo_latest_time_note_timestamp_seconds",
                "packit_slo_fedora_messaging_connected", "packit_slo_delivery_completeness_ratio",
                "packit_slo_settings_info",
            ])
        #expect(
            Samples.busy().text().split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.count
                == MetricsCatalogue.all.count)
    }

    @Test func `every series of the mission carries its deployment`() {
        let ofMission = MetricsCatalogue.all.filter {
            $0.name.hasPrefix("packit_") && !$0.name.hasPrefix("packit_slo_")
        }
        #expect(ofMission.allSatisfy { $0.labels.first == "deployment" })
    }

    @Test func `a family has as many labels as its series have values`() {
        let deployments = [Samples.prod, Samples.stg]
        let upstreams = Upstream.allCases
        let jobs = [JobKind("koji-build"), .other]
        let series =
            Counter.all(for: deployments, Objective.defaults, jobs: jobs).map(\.series)
            + Gauge.all(for: deployments, jobs: jobs).map(\.series)
            + Histogram.all(for: deployments).map(\.series)
            + ServiceCounter.all(events: [:], upstreams: upstreams, deliveryLogs: [.github]).map(\.series)
            + ServiceGauge.all(upstreams: upstreams, deliveryLogs: [.github]).map(\.series)
            + ServiceHistogram.all(upstreams: upstreams, deliveryLogs: [.github]).map(\.series)
        #expect(series.allSatisfy { $0.values.count == $0.family.labels.count })
        #expect(Set(series.map(\.key)).count == series.count)
    }

    @Test func `the process says something of itself where there is a proc`() throws {
        #if os(Linux)
        let process = ProcessStatistics.current()
        #expect(try #require(process.residentBytes) > 100_000)
        #expect(try #require(process.virtualBytes) >= (try #require(process.residentBytes)))
        #expect(try #require(process.openFiles) >= 3)
        #expect(try #require(process.cpuMilliseconds) >= 0)
        #expect(try #require(process.startedAt) > Timestamp(seconds: 1_700_000_000))
        #endif
    }
}
