/// Every family that is exposed, in the order of exposition. The names are the product's public face: never renamed.
public enum MetricsCatalogue {
    // Bounds, in seconds.
    private static let runBounds: [Double] = [60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400]
    private static let initialStatusBounds: [Double] = [1, 2, 5, 10, 15, 20, 25, 30, 60, 120, 300, 600]
    private static let workBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let answerBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    private static let latenessBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600]
    private static let lagBounds: [Double] = [1, 2, 5, 10, 15, 30, 60, 300, 900, 3600, 21600, 86400]

    // MARK: Builds and test runs

    static let buildsQueued = MetricFamily.counter(
        "packit_builds_queued_total", ["deployment"],
        "Builds that were queued.")
    static let testRunsQueued = MetricFamily.counter(
        "packit_test_runs_queued_total", ["deployment"],
        "Test runs that were queued.")
    static let buildsStarted = MetricFamily.counter(
        "packit_builds_started_total", ["deployment"],
        "Builds that were started.")
    static let testRunsStarted = MetricFamily.counter(
        "packit_test_runs_started_total", ["deployment"],
        "Test runs that were started.")
    static let buildsFinished = MetricFamily.counter(
        "packit_builds_finished_total", ["deployment", "outcome"],
        "Builds that were finished, by outcome.")
    static let testRunsFinished = MetricFamily.counter(
        "packit_test_runs_finished_total", ["deployment", "outcome"],
        "Test runs that were finished, by outcome.")
    static let buildDuration = MetricFamily.histogram(
        "packit_build_duration_seconds", ["deployment", "outcome"], bounds: runBounds,
        "Time from queued to finished of builds, by outcome.")
    static let testRunDuration = MetricFamily.histogram(
        "packit_test_run_duration_seconds", ["deployment", "outcome"], bounds: runBounds,
        "Time from queued to finished of test runs, by outcome.")
    static let buildsUnfinished = MetricFamily.gauge(
        "packit_builds_unfinished", ["deployment"],
        "Builds that are queued and not finished now.")
    static let testRunsUnfinished = MetricFamily.gauge(
        "packit_test_runs_unfinished", ["deployment"],
        "Test runs that are queued and not finished now.")
    static let buildsOverdue = MetricFamily.gauge(
        "packit_builds_overdue", ["deployment"],
        "Builds that are unfinished now and were queued longer ago than their objective's deadline.")
    static let testRunsOverdue = MetricFamily.gauge(
        "packit_test_runs_overdue", ["deployment"],
        "Test runs that are unfinished now and were queued longer ago than their objective's deadline.")
    static let runsSettling = MetricFamily.gauge(
        "packit_runs_settling", ["deployment", "kind"],
        "Runs that have ended and whose outcome is not final yet, by kind.")

    static let testRunsWaiting = MetricFamily.gauge(
        "packit_test_runs_waiting", ["deployment"],
        "Tests that Packit accepted and has neither submitted nor ended. They are no test runs yet.")

    // MARK: Initial status

    static let pullRequestsWithoutStatus = MetricFamily.gauge(
        "packit_pull_requests_without_status", ["deployment", "eligibility"],
        "Pull requests that have waited for a first status for longer than the deadline, now.")
    static let initialStatusDeadlinesMissed = MetricFamily.counter(
        "packit_initial_status_deadlines_missed_total", ["deployment", "eligibility"],
        "Deadlines of the initial status that passed without an answer: at once, provisional, never taken back.")
    static let pullRequestChangesSeen = MetricFamily.counter(
        "packit_pull_request_changes_seen_total", ["deployment"],
        "Changes of pull requests (opened, reopened, pushed to) that are the deployment's to answer.")
    static let pullRequestChangesOpen = MetricFamily.gauge(
        "packit_pull_request_changes_open", ["deployment"],
        "Changes of pull requests whose verdict on their initial status is not given yet.")
    static let pullRequestChanges = MetricFamily.counter(
        "packit_pull_request_changes_total", ["deployment", "verdict", "eligibility"],
        "Changes of pull requests (opened, reopened, pushed to), by the final verdict on their initial status.")
    static let initialStatusDuration = MetricFamily.histogram(
        "packit_initial_status_duration_seconds", ["deployment"], bounds: initialStatusBounds,
        "Time from a change of a pull request to its first status.")

    // MARK: Objectives

    static let objectiveEvents = MetricFamily.counter(
        "packit_objective_events_total", ["deployment", "objective", "verdict"],
        "Events of an objective, good and bad.")
    static let objectiveTarget = MetricFamily.gauge(
        "packit_objective_target_ratio", ["deployment", "objective"],
        "The ratio of good events that the objective asks for.")
    static let objectiveDeadline = MetricFamily.gauge(
        "packit_objective_deadline_seconds", ["deployment", "objective"], scale: .thousandths,
        "The time within which an event of the objective is good.")
    static let objectiveWindow = MetricFamily.gauge(
        "packit_objective_window_seconds", ["deployment", "objective"], scale: .thousandths,
        "The rolling window over which compliance and error budget are taken.")
    static let objectiveCompliance = MetricFamily.gauge(
        "packit_objective_compliance_ratio", ["deployment", "objective"],
        "The ratio of good events over the window; absent while there is nothing to judge.")
    static let objectiveErrorBudget = MetricFamily.gauge(
        "packit_objective_error_budget_remaining_ratio", ["deployment", "objective"],
        "The part of the error budget that is left over the window, negative when overspent; "
            + "absent while there is nothing to judge.")

    // MARK: The observer itself

    static let deliveries = MetricFamily.counter(
        "packit_slo_deliveries_total", ["source", "result"],
        "Deliveries received, by what became of them.")
    static let events = MetricFamily.counter(
        "packit_slo_events_total", ["source", "event"],
        "Deliveries taken in, by the event that their source calls them.")
    static let malformedEvents = MetricFamily.counter(
        "packit_slo_malformed_events_total", ["source", "event"],
        "Deliveries that were signed but lack what their event needs.")
    static let deliveryAckDuration = MetricFamily.histogram(
        "packit_slo_delivery_ack_duration_seconds", [], bounds: workBounds, scale: .millionths, ofThisHost: true,
        "Time from the first byte of a delivery to its answer.")
    static let deliveryLag = MetricFamily.histogram(
        "packit_slo_delivery_lag_seconds", ["source"], bounds: lagBounds, scale: .thousandths,
        "Time from the provider's own time of an event to its receipt here, at least 0.")
    static let lastDeliveryTimestamp = MetricFamily.gauge(
        "packit_slo_last_delivery_timestamp_seconds", ["source"], scale: .thousandths,
        "When the last authentic delivery was received; absent until there is one.")
    static let journalCommitDuration = MetricFamily.histogram(
        "packit_slo_journal_commit_duration_seconds", [], bounds: workBounds, scale: .millionths, ofThisHost: true,
        "Time that one commit of the journal took, the disk's share included.")
    static let queueDeliveries = MetricFamily.gauge(
        "packit_slo_queue_deliveries", [], ofThisHost: true,
        "Deliveries that wait to be written.")
    static let queueBytes = MetricFamily.gauge(
        "packit_slo_queue_bytes", [], ofThisHost: true,
        "Bytes of bodies that are reserved or wait to be written.")
    static let databaseBytes = MetricFamily.gauge(
        "packit_slo_database_bytes", [], ofThisHost: true,
        "Size of the database on disk, its log included; absent without one.")
    static let tracked = MetricFamily.gauge(
        "packit_slo_tracked", ["kind"],
        "What is kept in memory, by kind.")
    static let trackedBytes = MetricFamily.gauge(
        "packit_slo_tracked_bytes", [],
        "What all that is tracked takes in memory, as an estimate.")
    static let limitReached = MetricFamily.counter(
        "packit_slo_limit_reached_total", ["kind"],
        "What a limit pushed out of memory or left out, by kind; `candidate`: searches for a check's run that left some out."
    )
    static let futureTimes = MetricFamily.counter(
        "packit_slo_future_times_total", ["source"],
        "Provider times more than ten minutes ahead of their receipt, which stands for them.")
    static let deadlinesArmed = MetricFamily.gauge(
        "packit_slo_deadlines_armed", [],
        "Deadlines that are waited for.")
    static let deadlineLateness = MetricFamily.histogram(
        "packit_slo_deadline_lateness_seconds", [], bounds: latenessBounds, scale: .millionths, ofThisHost: true,
        "Time from when a deadline was due to when it was decided.")
    static let unjoinedRuns = MetricFamily.gauge(
        "packit_slo_unjoined_runs", [],
        "Runs known to a backend alone that are not final, those included that wait for their check.")
    static let joins = MetricFamily.counter(
        "packit_slo_joins_total", ["proof"],
        "Runs at a backend that were taken for those of checks, by what that rests on. One that is proven later counts "
            + "again.")
    static let joinConflicts = MetricFamily.counter(
        "packit_slo_join_conflicts_total", [],
        "Proposed joins whose check and backend say different outcomes; the check's is counted.")
    static let unclassifiedChecks = MetricFamily.gauge(
        "packit_slo_unclassified_checks", [],
        "Checks whose names no rule knows and that have not shown yet whether they are a build's or a test's.")
    static let lateEvidence = MetricFamily.counter(
        "packit_slo_late_evidence_total", ["verdict"],
        "Verdicts that evidence received later would have changed, by the verdict that it would have given.")
    static let outcomeRevised = MetricFamily.counter(
        "packit_slo_outcome_revised_total", [],
        "Runs whose outcome later evidence contradicts.")
    static let blindTime = MetricFamily.counter(
        "packit_slo_blind_seconds_total", [], scale: .thousandths,
        "Time in which deliveries may have been missed: the process was down, refused them, or is known not to hold "
            + "them.")
    static let busConnected = MetricFamily.gauge(
        "packit_slo_fedora_messaging_connected", [], ofThisHost: true,
        "Whether Copr's messages can come from Fedora Messaging now; absent where that is not configured.")
    static let busDisconnections = MetricFamily.counter(
        "packit_slo_fedora_messaging_disconnections_total", ["reason"], ofThisHost: true,
        "Connections to Fedora Messaging that ended or did not come about, by reason.")
    static let busQueueLosses = MetricFamily.counter(
        "packit_slo_fedora_messaging_queue_losses_total", [], ofThisHost: true,
        "Times that the queue was gone and had to be made anew, with whatever was in it.")
    static let busGapTime = MetricFamily.counter(
        "packit_slo_fedora_messaging_gap_seconds_total", [], scale: .thousandths, ofThisHost: true,
        "Time, at most, of which Copr's messages may be missing because there was no queue to hold them.")
    static let deliveriesChecked = MetricFamily.counter(
        "packit_slo_deliveries_checked_total", ["source"], ofThisHost: true,
        "Deliveries of used events that their source lists as sent, each once; absent where no list is read.")
    static let deliveriesMissed = MetricFamily.counter(
        "packit_slo_deliveries_missed_total", ["source", "reason"], ofThisHost: true,
        "Deliveries that their source lists as sent and that were not held when that was seen"
            + "; absent for what is not configured.")
    static let deliveriesRecovered = MetricFamily.counter(
        "packit_slo_deliveries_recovered_total", ["source"], ofThisHost: true,
        "Missed deliveries that came later; absent for what is not configured.")
    static let deliveriesGivenUp = MetricFamily.counter(
        "packit_slo_deliveries_given_up_total", ["source"], ofThisHost: true,
        "Missed deliveries that nobody can send again any more, or that are too many to be remembered"
            + "; absent for what is not configured.")
    static let redeliveries = MetricFamily.counter(
        "packit_slo_redeliveries_requested_total", ["source"], ofThisHost: true,
        "Times that a source was asked to send a missed delivery again; absent for what is not configured.")
    static let deliveryCompleteness = MetricFamily.gauge(
        "packit_slo_delivery_completeness_ratio", ["source"], scale: .millionths, ofThisHost: true,
        "How much of what its source sent over three days is held; absent until it has been compared.")
    static let missNotice = MetricFamily.histogram(
        "packit_slo_delivery_miss_notice_seconds", ["source"], bounds: lagBounds, scale: .thousandths,
        ofThisHost: true,
        "Time from when a missed delivery was sent to when it was noticed; absent for what is not configured.")
    static let upstreamRequests = MetricFamily.counter(
        "packit_slo_upstream_requests_total", ["upstream", "result"], ofThisHost: true,
        "Requests to an upstream's API, by what came of them; absent for what is not configured.")
    static let upstreamRequestDuration = MetricFamily.histogram(
        "packit_slo_upstream_request_duration_seconds", ["upstream"], bounds: answerBounds, scale: .thousandths,
        ofThisHost: true,
        "Time from sending a request to an upstream's API to the end of its answer; absent for what is not configured.")
    static let upstreamBreakerOpen = MetricFamily.gauge(
        "packit_slo_upstream_breaker_open", ["upstream"], ofThisHost: true,
        "1 while an upstream is left alone because it failed repeatedly; absent for what is not configured.")
    static let lookups = MetricFamily.counter(
        "packit_slo_lookups_total", ["upstream", "result"], ofThisHost: true,
        "Times that an upstream was asked about an open run, by what came of it; absent for what is not configured.")
    static let lookupsWatched = MetricFamily.gauge(
        "packit_slo_lookups_watched", ["upstream"], ofThisHost: true,
        "Open runs about which an upstream is asked, now; absent for what is not configured.")
    static let lookupsLeftOut = MetricFamily.counter(
        "packit_slo_lookups_left_out_total", ["upstream"], ofThisHost: true,
        "Times that an open run was not among those about which an upstream is asked, since there were too many"
            + "; absent for what is not configured.")
    static let invariantViolations = MetricFamily.counter(
        "packit_slo_invariant_violations_total", ["invariant"],
        "Times that a number contradicted another one it must agree with. A defect, except for step_order: the times of "
            + "providers may contradict each other.")
    static let buildInfo = MetricFamily.info(
        "packit_slo_build_info", ["version"],
        "The running version.")

    // MARK: The process

    static let processCPU = MetricFamily.counter(
        "process_cpu_seconds_total", [], scale: .thousandths, ofThisHost: true,
        "Total user and system CPU time spent in seconds.")
    static let processResidentMemory = MetricFamily.gauge(
        "process_resident_memory_bytes", [], ofThisHost: true,
        "Resident memory size in bytes.")
    static let processVirtualMemory = MetricFamily.gauge(
        "process_virtual_memory_bytes", [], ofThisHost: true,
        "Virtual memory size in bytes.")
    static let processOpenFiles = MetricFamily.gauge(
        "process_open_fds", [], ofThisHost: true,
        "Number of open file descriptors.")
    static let processMaxFiles = MetricFamily.gauge(
        "process_max_fds", [], ofThisHost: true,
        "Maximum number of open file descriptors.")
    static let processStartTime = MetricFamily.gauge(
        "process_start_time_seconds", [], scale: .thousandths, ofThisHost: true,
        "Start time of the process since unix epoch in seconds.")

    public static let all: [MetricFamily] = [
        buildsQueued, testRunsQueued, buildsStarted, testRunsStarted, buildsFinished, testRunsFinished,
        buildDuration, testRunDuration, buildsUnfinished, testRunsUnfinished, buildsOverdue, testRunsOverdue,
        runsSettling, testRunsWaiting,
        pullRequestsWithoutStatus, initialStatusDeadlinesMissed, pullRequestChangesSeen, pullRequestChangesOpen,
        pullRequestChanges, initialStatusDuration, objectiveEvents, objectiveTarget, objectiveDeadline, objectiveWindow,
        objectiveCompliance,
        objectiveErrorBudget,
        deliveries, events, malformedEvents, deliveryAckDuration, deliveryLag, lastDeliveryTimestamp,
        journalCommitDuration, queueDeliveries, queueBytes, databaseBytes, tracked, trackedBytes,
        limitReached, futureTimes, deadlinesArmed,
        deadlineLateness, unjoinedRuns, joins, joinConflicts, unclassifiedChecks, lateEvidence, outcomeRevised,
        blindTime, busConnected, busDisconnections,
        busQueueLosses, busGapTime, deliveriesChecked, deliveriesMissed, deliveriesRecovered, deliveriesGivenUp,
        redeliveries, deliveryCompleteness, missNotice, upstreamRequests, upstreamRequestDuration, upstreamBreakerOpen,
        lookups, lookupsWatched, lookupsLeftOut,
        invariantViolations, buildInfo,
        processCPU, processResidentMemory, processVirtualMemory, processOpenFiles, processMaxFiles, processStartTime,
    ]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
