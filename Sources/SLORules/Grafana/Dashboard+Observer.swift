import SLOConditions

// The row about the observer itself.

extension Dashboard {
    static func observer(_ settings: RuleSettings) -> [Panel] {
        deliveries(settings) + machinery(settings)
    }

    private static func deliveries(_ settings: RuleSettings) -> [Panel] {
        let received = settings.series("packit_slo_deliveries_total")
        let last = settings.series("packit_slo_last_delivery_timestamp_seconds")
        let lag = settings.series("packit_slo_delivery_lag_seconds_bucket")
        return [
            Panel(
                title: "Deliveries, per hour", kind: .timeseries, unit: .count, width: 12,
                description: "Deliveries by result. All results except accepted, ignored, duplicate and "
                    + "conflicting are refusals or faults.",
                page: .deliveries,
                queries: [
                    .init(
                        expression: "sum by (source, result) (increase(\(received)[1h])) > 0",
                        legend: "{{source}} {{result}}")
                ], isStacked: true),
            Panel(
                title: "Silence", kind: .timeseries, unit: .seconds, width: 6,
                description: "Time since the last authentic delivery of each source.",
                page: .deliveries,
                queries: [.init(expression: "time() - max by (source) (\(last))", legend: "{{source}}")]),
            Panel(
                title: "Lag", kind: .timeseries, unit: .seconds, width: 6,
                description: "90th percentile of the time from the provider's time of an event to its receipt.",
                page: .deliveries,
                queries: [
                    .init(
                        expression: "histogram_quantile(0.9, sum by (le, source) (increase(\(lag)[6h])))",
                        legend: "{{source}}")
                ]),
        ]
    }

    private static func machinery(_ settings: RuleSettings) -> [Panel] {
        func quantile(_ histogram: String, _ legend: String) -> Panel.Query {
            let buckets = settings.series(histogram + "_bucket")
            return .init(
                expression: "histogram_quantile(0.99, sum by (le) (increase(\(buckets)[1h])))", legend: legend)
        }
        func sum(_ name: String, _ legend: String, by label: String? = nil) -> Panel.Query {
            let grouping = label.map { " by (\($0)) " } ?? ""
            return .init(expression: "sum\(grouping)(\(settings.series(name)))", legend: legend)
        }
        func hourly(_ name: String, _ legend: String) -> Panel.Query {
            .init(expression: "sum(increase(\(settings.series(name))[1h]))", legend: legend)
        }
        let memory = settings.ofProcess("process_resident_memory_bytes")
        let processor = settings.ofProcess("rate(process_cpu_seconds_total[5m])")
        return [
            Panel(
                title: "How fast it is", kind: .timeseries, unit: .seconds, width: 8,
                description: "99th percentile. GitHub gives up after 10 s.", page: .deliveries,
                queries: [
                    quantile("packit_slo_delivery_ack_duration_seconds", "acknowledging a delivery"),
                    quantile("packit_slo_journal_commit_duration_seconds", "committing the journal"),
                    quantile("packit_slo_deadline_lateness_seconds", "deciding a deadline"),
                ]),
            Panel(
                title: "Queue", kind: .timeseries, unit: .count, width: 8,
                description: "Deliveries that wait for the disk, of at most \(settings.queueCapacity).",
                page: .deliveries, queries: [sum("packit_slo_queue_deliveries", "deliveries")]),
            Panel(
                title: "Surprises, per hour", kind: .timeseries, unit: .count, width: 8,
                description: "Evidence after a verdict, outcomes that changed after they were counted, "
                    + "broken invariants, limits reached, payloads that could not be read.",
                page: .deliveries,
                queries: [
                    hourly("packit_slo_late_evidence_total", "late evidence"),
                    hourly("packit_slo_outcome_revised_total", "outcome revised"),
                    hourly("packit_slo_invariant_violations_total", "invariant broken"),
                    hourly("packit_slo_limit_reached_total", "limit reached"),
                    hourly("packit_slo_malformed_events_total", "malformed"),
                ]),
            Panel(
                title: "Blind, per hour", kind: .timeseries, unit: .seconds, width: 6,
                description: "Time in which deliveries may have been missed.", page: .overview,
                queries: [hourly("packit_slo_blind_seconds_total", "blind")]),
            Panel(
                title: "Kept in memory", kind: .timeseries, unit: .count, width: 6,
                description: "Tracked entities by kind, armed deadlines, and backend runs without a check.",
                page: .waiting,
                queries: [
                    sum("packit_slo_tracked", "{{kind}}", by: "kind"),
                    sum("packit_slo_deadlines_armed", "deadlines armed"),
                    sum("packit_slo_unjoined_runs", "unjoined runs"),
                ]),
            Panel(
                title: "Bytes", kind: .timeseries, unit: .bytes, width: 6,
                description: "The size of the database, and of bodies that wait to be stored.", page: .deliveries,
                queries: [
                    sum("packit_slo_database_bytes", "database"), sum("packit_slo_queue_bytes", "waiting bodies"),
                    .init(expression: "sum(\(memory))", legend: "resident memory"),
                ]),
            Panel(
                title: "Processor", kind: .timeseries, unit: .ratio, width: 4,
                description: "CPU time, as a share of one core.", page: .overview,
                queries: [.init(expression: "sum(\(processor))", legend: "used")]),
            Panel(
                title: "Version", kind: .stat, unit: .factor, width: 2,
                description: "The running version.", page: .overview,
                queries: [sum("packit_slo_build_info", "{{version}}", by: "version")], isName: true),
        ]
    }
}
