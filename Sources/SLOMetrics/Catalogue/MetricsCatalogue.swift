/// All exposed families, in the order of exposition. The names are public: never renamed.
public enum MetricsCatalogue {
    // Bounds, in seconds. A histogram whose bounds change starts again at 0 after the update.
    static let runBounds: [Double] = [60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400]
    static let startBounds: [Double] = [10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400]
    static let reportBounds: [Double] = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10800]
    private static let initialStatusBounds: [Double] = [1, 2, 5, 10, 15, 20, 25, 30, 60, 120, 300, 600]
    private static let workBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let answerBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    private static let latenessBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600]
    private static let lagBounds: [Double] = [1, 2, 5, 10, 15, 30, 60, 300, 900, 3600, 21600, 86400]

    // MARK: Builds and test runs

    static let runsSettling = MetricFamily.gauge(
        "packit_runs_settling", ["deployment", "kind"],
        "Runs that have ended and wait for better evidence of their outcome (jobs.settle), by kind.")

    static let buildsNotSubmitted = MetricFamily.counter(
        "packit_builds_not_submitted_total", ["deployment", "reason"],
        "Builds whose checks ended before Copr had them, by reason.")

    static let testRunsWaiting = MetricFamily.gauge(
        "packit_test_runs_waiting", ["deployment"],
        "Tests that Packit accepted and has neither submitted nor ended. They are not test runs yet.")

    // MARK: Initial status

    static let pullRequestsWithoutStatus = MetricFamily.gauge(
        "packit_pull_requests_without_status", ["deployment", "eligibility"],
        "Pull requests that wait for a first status for longer than the deadline.")
    static let initialStatusDeadlinesMissed = MetricFamily.counter(
        "packit_initial_status_deadlines_missed_total", ["deployment", "eligibility"],
        "Initial status deadlines that passed without an answer. Rises at the deadline; provisional; never taken "
            + "back.")
    static let pullRequestChangesSeen = MetricFamily.counter(
        "packit_pull_request_changes_seen_total", ["deployment"],
        "Pull request changes (opened, reopened, pushed to) that the deployment owns.")
    static let pullRequestChangesOpen = MetricFamily.gauge(
        "packit_pull_request_changes_open", ["deployment"],
        "Pull request changes without a final verdict on their initial status.")
    static let pullRequestChanges = MetricFamily.counter(
        "packit_pull_request_changes_total", ["deployment", "verdict", "eligibility"],
        "Pull request changes (opened, reopened, pushed to), by the final verdict on their initial status.")
    static let initialStatusDuration = MetricFamily.histogram(
        "packit_initial_status_duration_seconds", ["deployment"], bounds: initialStatusBounds,
        "Time from a pull request change to its first status.")

    static let allStatusesDuration = MetricFamily.histogram(
        "packit_all_statuses_duration_seconds", ["deployment"], bounds: initialStatusBounds,
        "Time from a pull request change to the first status of the last of its checks.")

    // MARK: Deliveries to the App

    static let appDeliveries = MetricFamily.counter(
        "packit_app_deliveries_total", ["deployment", "status"],
        "Attempts of GitHub to deliver to the App, by its endpoint's answer; 0 if github.app_keys does not have the App."
    )
    static let appDeliveryDuration = MetricFamily.histogram(
        "packit_app_delivery_duration_seconds", ["deployment"], bounds: answerBounds, scale: .thousandths,
        "Time that the App's endpoint took to answer an attempt of GitHub to deliver, as GitHub measured it.")

    // MARK: Commands

    static let commands = MetricFamily.counter(
        "packit_commands_total", ["deployment", "verdict", "eligibility"],
        "Commands that people gave in comments on pull requests, by the final verdict on their answer.")
    static let commandAnswerDuration = MetricFamily.histogram(
        "packit_command_answer_duration_seconds", ["deployment"], bounds: initialStatusBounds,
        "Time from a command in a comment to Packit's first answer.")

    // MARK: Objectives

    static let objectiveEvents = MetricFamily.counter(
        "packit_objective_events_total", ["deployment", "objective", "verdict"],
        "Good and bad events of an objective.")
    static let objectiveTarget = MetricFamily.gauge(
        "packit_objective_target_ratio", ["deployment", "objective"],
        "Target ratio of good events.")
    static let objectiveDeadline = MetricFamily.gauge(
        "packit_objective_deadline_seconds", ["deployment", "objective"], scale: .thousandths,
        "Deadline within which an event is good; absent if the indicator has none.")
    static let objectiveWindow = MetricFamily.gauge(
        "packit_objective_window_seconds", ["deployment", "objective"], scale: .thousandths,
        "Rolling window of compliance and error budget.")
    static let objectiveWindowEvents = MetricFamily.gauge(
        "packit_objective_window_events", ["deployment", "objective", "verdict"],
        "Good and bad events of an objective within its window; absent while they are being filled in.")
    static let objectiveCompliance = MetricFamily.gauge(
        "packit_objective_compliance_ratio", ["deployment", "objective"],
        "Ratio of good events over the window; absent while there is nothing to judge.")
    static let objectiveErrorBudget = MetricFamily.gauge(
        "packit_objective_error_budget_remaining_ratio", ["deployment", "objective"],
        "Remaining error budget over the window, negative when overspent; absent while there is nothing to judge.")

    // MARK: The observer itself

    static let deliveries = MetricFamily.counter(
        "packit_slo_deliveries_total", ["source", "result"],
        "Deliveries received, by result.")
    static let events = MetricFamily.counter(
        "packit_slo_events_total", ["source", "event"],
        "Deliveries accepted, by event name of the source.")
    static let malformedEvents = MetricFamily.counter(
        "packit_slo_malformed_events_total", ["source", "event"],
        "Signed deliveries that lack a field that their event needs.")
    static let deliveryAckDuration = MetricFamily.histogram(
        "packit_slo_delivery_ack_duration_seconds", [], bounds: workBounds, scale: .millionths, ofProcess: true,
        "Time from the first byte of a delivery to its acknowledgement.")
    static let deliveryLag = MetricFamily.histogram(
        "packit_slo_delivery_lag_seconds", ["source"], bounds: lagBounds, scale: .thousandths,
        "Time from the provider's time of an event to its receipt, at least 0.")
    static let lastDeliveryTimestamp = MetricFamily.gauge(
        "packit_slo_last_delivery_timestamp_seconds", ["source"], scale: .thousandths,
        "When the last authentic delivery was received; absent until there is one.")
    static let journalCommitDuration = MetricFamily.histogram(
        "packit_slo_journal_commit_duration_seconds", [], bounds: workBounds, scale: .millionths, ofThisHost: true,
        "Duration of one journal commit, including the disk.")
    static let queueDeliveries = MetricFamily.gauge(
        "packit_slo_queue_deliveries", [], ofProcess: true,
        "Deliveries in the queue.")
    static let queueBytes = MetricFamily.gauge(
        "packit_slo_queue_bytes", [], ofProcess: true,
        "Bytes of bodies, reserved or in the queue.")
    static let deciding = MetricFamily.gauge(
        "packit_slo_deciding", [], ofProcess: true,
        "1 while this node of a cluster decides, else 0; absent without a cluster.")
    static let leaseEpoch = MetricFamily.gauge(
        "packit_slo_lease_epoch", [], ofProcess: true,
        "Number of the last term of the cluster's decider that this node knows of; absent without a cluster.")
    static let spooledDeliveries = MetricFamily.gauge(
        "packit_slo_spooled_deliveries", [], ofProcess: true,
        "Deliveries in this node's spool, which the cluster's database does not have; absent without a spool.")
    static let databaseCopies = MetricFamily.gauge(
        "packit_slo_database_copies", [], ofProcess: true,
        "Copies of the cluster's database, the primary and its synchronous standbys, as this node last saw them; absent "
            + "if its user may not.")
    static let databaseBytes = MetricFamily.gauge(
        "packit_slo_database_bytes", [], ofThisHost: true,
        "Size of the database on disk, including its log; absent without one.")
    static let databaseFreeBytes = MetricFamily.gauge(
        "packit_slo_database_free_bytes", [], ofThisHost: true,
        "Free space on the file system of the database; absent if the database is elsewhere.")
    static let tracked = MetricFamily.gauge(
        "packit_slo_tracked", ["kind"],
        "Tracked entities, by kind.")
    static let trackedBytes = MetricFamily.gauge(
        "packit_slo_tracked_bytes", [],
        "Estimated memory of all tracked entities.")
    static let limitReached = MetricFamily.counter(
        "packit_slo_limit_reached_total", ["kind"],
        "Entities that a limit dropped or left out, by kind; `candidate`: searches for a check's run that left some "
            + "out."
    )
    static let futureTimes = MetricFamily.counter(
        "packit_slo_future_times_total", ["source"],
        "Provider times more than ten minutes ahead of their receipt; the receipt is used instead.")
    static let deadlinesArmed = MetricFamily.gauge(
        "packit_slo_deadlines_armed", [],
        "Armed deadlines.")
    static let deadlineLateness = MetricFamily.histogram(
        "packit_slo_deadline_lateness_seconds", [], bounds: latenessBounds, scale: .millionths, ofThisHost: true,
        "Delay between the time at which a deadline was due and its decision.")
    static let unjoinedRuns = MetricFamily.gauge(
        "packit_slo_unjoined_runs", [],
        "Runs that only a backend shows and that are not final, including those that wait for their check.")
    static let joins = MetricFamily.counter(
        "packit_slo_joins_total", ["proof"],
        "Backend runs joined with a check, by proof. A join that is proven later counts again.")
    static let joinConflicts = MetricFamily.counter(
        "packit_slo_join_conflicts_total", [],
        "Proposed joins whose check and backend report different outcomes; the check's outcome counts.")
    static let unclassifiedChecks = MetricFamily.gauge(
        "packit_slo_unclassified_checks", [],
        "Checks whose name no rule knows and that have not shown yet whether they are a build or a test.")
    static let lateEvidence = MetricFamily.counter(
        "packit_slo_late_evidence_total", ["verdict"],
        "Verdicts that later evidence would have changed, by the verdict that it would have given.")
    static let outcomeRevised = MetricFamily.counter(
        "packit_slo_outcome_revised_total", [],
        "Runs with a final outcome that later evidence contradicts.")
    static let blindSeconds = MetricFamily.counter(
        "packit_slo_blind_seconds_total", [], scale: .thousandths,
        "Blind interval, in which deliveries may have been missed: the process was down or suspended, refused "
            + "deliveries, or is known to miss some.")
    static let blind = MetricFamily.gauge(
        "packit_slo_blind", [], ofThisHost: true,
        "1 within a blind interval: deliveries were refused or missed, and changes that waited then may still be "
            + "waiting.")
    static let timeNotes = MetricFamily.gauge(
        "packit_slo_time_notes", ["kind"], ofThisHost: true,
        "Notes of people whose time contains the present, at most 100, by kind.")
    static let latestTimeNote = MetricFamily.gauge(
        "packit_slo_latest_time_note_timestamp_seconds", ["kind", "edge"], scale: .thousandths, ofThisHost: true,
        "When the time of the note that was written last begins and ends, by kind; absent until there is one.")
    static let busConnected = MetricFamily.gauge(
        "packit_slo_fedora_messaging_connected", [], ofThisHost: true,
        "1 while connected to Fedora Messaging, else 0; absent if not configured.")
    static let busDisconnections = MetricFamily.counter(
        "packit_slo_fedora_messaging_disconnections_total", ["reason"], ofThisHost: true,
        "Connections to Fedora Messaging that ended or failed, by reason.")
    static let busQueueLosses = MetricFamily.counter(
        "packit_slo_fedora_messaging_queue_losses_total", [], ofThisHost: true,
        "Times that the queue was lost, with its messages, and created again.")
    static let busGapTime = MetricFamily.counter(
        "packit_slo_fedora_messaging_gap_seconds_total", [], scale: .thousandths, ofThisHost: true,
        "Upper bound of the time in which Copr's messages may be missing because there was no queue.")
    static let deliveriesChecked = MetricFamily.counter(
        "packit_slo_deliveries_checked_total", ["source"], ofThisHost: true,
        "Deliveries of used events in the source's delivery log, each once; absent if no log is read.")
    static let deliveriesMissed = MetricFamily.counter(
        "packit_slo_deliveries_missed_total", ["source", "reason"], ofThisHost: true,
        "Deliveries in the source's delivery log that were missing when it was read"
            + "; absent for what is not configured.")
    static let deliveriesRecovered = MetricFamily.counter(
        "packit_slo_deliveries_recovered_total", ["source"], ofThisHost: true,
        "Missing deliveries that arrived later; absent for what is not configured.")
    static let deliveriesGivenUp = MetricFamily.counter(
        "packit_slo_deliveries_given_up_total", ["source"], ofThisHost: true,
        "Missing deliveries that can no longer be sent again, or that exceed the limit"
            + "; absent for what is not configured.")
    static let redeliveries = MetricFamily.counter(
        "packit_slo_redeliveries_requested_total", ["source"], ofThisHost: true,
        "Redeliveries requested; absent for what is not configured.")
    static let deliveryCompleteness = MetricFamily.gauge(
        "packit_slo_delivery_completeness_ratio", ["source"], scale: .millionths, ofThisHost: true,
        "Share of the deliveries of the last three days that have arrived; absent until the first comparison.")
    static let missNotice = MetricFamily.histogram(
        "packit_slo_delivery_miss_notice_seconds", ["source"], bounds: lagBounds, scale: .thousandths,
        ofThisHost: true,
        "Time from the sending of a missing delivery to its discovery; absent for what is not configured.")
    static let upstreamRequests = MetricFamily.counter(
        "packit_slo_upstream_requests_total", ["upstream", "result"], ofThisHost: true,
        "Requests to an upstream API, by result; absent for what is not configured.")
    static let upstreamRequestDuration = MetricFamily.histogram(
        "packit_slo_upstream_request_duration_seconds", ["upstream"], bounds: answerBounds, scale: .thousandths,
        ofThisHost: true,
        "Duration of requests to an upstream API, to the end of the reply; absent for what is not configured.")
    static let upstreamBreakerOpen = MetricFamily.gauge(
        "packit_slo_upstream_breaker_open", ["upstream"], ofThisHost: true,
        "1 while the circuit breaker of an upstream is open after repeated failures, else 0; absent for what is not "
            + "configured.")
    static let lookups = MetricFamily.counter(
        "packit_slo_lookups_total", ["upstream", "result"], ofThisHost: true,
        "Lookups of open runs at an upstream, by result; absent for what is not configured.")
    static let lookupsWatched = MetricFamily.gauge(
        "packit_slo_lookups_watched", ["upstream"], ofThisHost: true,
        "Open runs that are looked up at an upstream; absent for what is not configured.")
    static let lookupsLeftOut = MetricFamily.counter(
        "packit_slo_lookups_left_out_total", ["upstream"], ofThisHost: true,
        "Times that an open run was not looked up because of the limit"
            + "; absent for what is not configured.")
    static let invariantViolations = MetricFamily.counter(
        "packit_slo_invariant_violations_total", ["invariant"],
        "Metrics invariant violated. A defect, except for step_order, because providers' times may contradict each "
            + "other.")
    static let buildInfo = MetricFamily.info(
        "packit_slo_build_info", ["version"],
        "The running version.")
    static let settingsInfo = MetricFamily.info(
        "packit_slo_settings_info", ["digest"],
        "The settings in which the nodes of a cluster should agree: equal ones have one digest; absent without a "
            + "cluster.")

    // MARK: The process

    static let processCPU = MetricFamily.counter(
        "process_cpu_seconds_total", [], scale: .thousandths, ofProcess: true,
        "Total user and system CPU time spent in seconds.")
    static let processResidentMemory = MetricFamily.gauge(
        "process_resident_memory_bytes", [], ofProcess: true,
        "Resident memory size in bytes.")
    static let processVirtualMemory = MetricFamily.gauge(
        "process_virtual_memory_bytes", [], ofProcess: true,
        "Virtual memory size in bytes.")
    static let processOpenFiles = MetricFamily.gauge(
        "process_open_fds", [], ofProcess: true,
        "Number of open file descriptors.")
    static let processMaxFiles = MetricFamily.gauge(
        "process_max_fds", [], ofProcess: true,
        "Maximum number of open file descriptors.")
    static let processStartTime = MetricFamily.gauge(
        "process_start_time_seconds", [], scale: .thousandths, ofProcess: true,
        "Start time of the process since unix epoch in seconds.")

    public static let all: [MetricFamily] =
        RunFamilies.all + [
            runsSettling, buildsNotSubmitted, testRunsWaiting,
            pullRequestsWithoutStatus, initialStatusDeadlinesMissed, pullRequestChangesSeen, pullRequestChangesOpen,
            pullRequestChanges, initialStatusDuration, allStatusesDuration,
            commands, commandAnswerDuration,
            appDeliveries, appDeliveryDuration,
            objectiveEvents,
            objectiveTarget, objectiveDeadline,
            objectiveWindow,
            objectiveWindowEvents,
            objectiveCompliance,
            objectiveErrorBudget,
            deliveries, events, malformedEvents, deliveryAckDuration, deliveryLag, lastDeliveryTimestamp,
            journalCommitDuration, queueDeliveries, queueBytes, deciding, leaseEpoch, spooledDeliveries, databaseCopies,
            databaseBytes,
            databaseFreeBytes, tracked, trackedBytes,
            limitReached, futureTimes, deadlinesArmed,
            deadlineLateness, unjoinedRuns, joins, joinConflicts, unclassifiedChecks, lateEvidence, outcomeRevised,
            blindSeconds, blind, timeNotes, latestTimeNote, busConnected, busDisconnections,
            busQueueLosses, busGapTime, deliveriesChecked, deliveriesMissed, deliveriesRecovered, deliveriesGivenUp,
            redeliveries, deliveryCompleteness, missNotice, upstreamRequests, upstreamRequestDuration,
            upstreamBreakerOpen,
            lookups, lookupsWatched, lookupsLeftOut,
            invariantViolations, buildInfo, settingsInfo,
            processCPU, processResidentMemory, processVirtualMemory, processOpenFiles, processMaxFiles,
            processStartTime,
        ]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
