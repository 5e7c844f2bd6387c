internal import SLOCore

/// Texts that Packit posts on a check, and what they mean by the built-in rules.
struct CheckText {
    /// The state of a check run.
    let state: String
    let title: String
    /// The job that the details link names.
    let link: JobLink.Job?
    /// Whether the summary links a Testing Farm request.
    let linksRequest: Bool
    let asBuild: Step
    let asTestRun: Step
    let asJob: Step
    /// The state of a commit status with the same meaning, if there is one.
    let statusState: String?

    init(
        _ state: String, _ title: String, link: JobLink.Job? = nil, request: Bool = false, build: Step, test: Step,
        job: Step = .unclear, status: String? = nil
    ) {
        self.state = state
        self.title = title
        self.link = link
        linksRequest = request
        asBuild = build
        asTestRun = test
        asJob = job
        statusState = status ?? Self.statusStates[state]
    }

    private static let statusStates = [
        "queued": "pending", "in_progress": "pending", "success": "success", "failure": "failure",
    ]

    var isOpen: Bool { state == "queued" || state == "in_progress" }

    /// The same text with GitHub's own conclusion. A test that waited never ran.
    func ended(as state: String, _ outcome: Outcome, _ reason: OutcomeReason) -> CheckText {
        let hasWaited = asTestRun == .waiting || asTestRun == .accepted
        return CheckText(
            state, title, link: link, request: linksRequest, build: .finished(outcome, reason),
            test: hasWaited ? .endedByBuild : .finished(outcome, reason), job: .finished(outcome, reason))
    }
}

extension Step {
    fileprivate static let success = Step.finished(.success, .stated)
    fileprivate static let failure = Step.finished(.failure, .stated)
    fileprivate static let error = Step.finished(.error, .stated)
    fileprivate static let skipped = Step.finished(.skipped, .stated)
    fileprivate static let endedByBuild = Step.finished(.skipped, .build)
    fileprivate static let unknownFailure = Step.finished(.failure, .unclassified)
}

/// Texts of both kinds, and of builds as their tests show them.
extension CheckText {
    static let accepted = CheckText("queued", "The task was accepted.", build: .accepted, test: .accepted)
    static let notAllowed = CheckText(
        "neutral", "github.com/some/project.git not allowed!", build: .skipped, test: .skipped, status: "error")
    static let denied = CheckText("neutral", "User namespace denied!", build: .skipped, test: .skipped, status: "error")

    static let submissionRetried = CheckText(
        "queued", "Submit of the build failed due to a Copr error, the task will be retried in 1 minute.",
        build: .queued, test: .waiting)
    static let submissionFailed = CheckText(
        "failure", "Submit of the build failed: no space left on the backend.", build: .finished(.error, .submit),
        test: .endedByBuild,
        status: "error")
    static let sourceSubmitted = CheckText(
        "in_progress", "SRPM build in Copr was submitted...", link: .srpm, build: .queued, test: .waiting)
    static let sourceRunning = CheckText(
        "in_progress", "SRPM build is in progress...", link: .srpm, build: .queued, test: .waiting)
    static let sourceSucceeded = CheckText(
        "in_progress", "SRPM build succeeded. Waiting for RPM build to start...", link: .srpm, build: .queued,
        test: .waiting)
    static let sourceFailed = CheckText(
        "failure", "SRPM build failed, check the logs for details.", link: .srpm, build: .finished(.failure, .srpm),
        test: .endedByBuild)
    static let unsupportedTarget = CheckText(
        "failure", "Not supported target: fedora-99-x86_64", link: .srpm, build: .finished(.error, .config),
        test: .endedByBuild)
    static let mergeConflict = CheckText(
        "neutral", "Merge conflicts present", link: .srpm, build: .skipped, test: .endedByBuild, status: "error")
    static let starting = CheckText("in_progress", "Starting RPM build...", link: .copr, build: .queued, test: .waiting)
    static let building = CheckText(
        "in_progress", "RPM build is in progress...", link: .copr, build: .started, test: .waiting)
    static let built = CheckText(
        "success", "RPMs were built successfully.", link: .copr, build: .success, test: .endedByBuild)
    static let notBuilt = CheckText(
        "failure", "RPMs failed to be built.", link: .copr, build: .failure, test: .endedByBuild)
    static let notBuiltNeutral = CheckText(
        "neutral", "RPMs failed to be built.", link: .copr, build: .skipped, test: .endedByBuild)

    /// A text that no rule knows.
    static let buildingInNewWords = CheckText(
        "in_progress", "The packages are being made", link: .copr, build: .queued, test: .waiting)
    static let builtInNewWords = CheckText(
        "success", "The packages are there", link: .copr, build: .success, test: .endedByBuild)
    static let notBuiltInNewWords = CheckText(
        "failure", "The packages are not there", link: .copr, build: .unknownFailure, test: .endedByBuild)
}

/// Texts of tests only.
extension CheckText {
    static let packagesReady = CheckText(
        "queued", "RPMs were built successfully.", link: .copr, build: .queued, test: .waiting)
    static let waitsForLatest = CheckText(
        "queued", "The latest build has not finished yet, waiting until it finishes before running tests for it.",
        link: .copr, build: .queued, test: .waiting)
    static let latestNotFinished = CheckText(
        "neutral", "The latest build has not finished yet. Please retrigger the tests once it has finished.",
        link: .copr, build: .skipped, test: .skipped)
    static let submitting = CheckText(
        "in_progress", "Build succeeded. Submitting the tests ...", build: .unclear, test: .queued)
    static let testSubmissionRetried = CheckText(
        "queued", "Failed to submit tests. The task will be retried in 1 minute.", build: .unclear, test: .queued)
    static let testSubmissionFailed = CheckText(
        "failure", "Failed to submit tests: Bad Gateway.", build: .unclear, test: .error)
    static let composesUnknown = CheckText(
        "failure", "We were not able to get the available TF composes.", build: .unclear, test: .error)
    static let composeMissing = CheckText(
        "failure", "The compose Fedora-99 is not available in the public Testing Farm infrastructure.",
        build: .unclear, test: .finished(.error, .config))
    static let otherBuildMissing = CheckText(
        "failure", "No latest successful Copr build from the other PR(s) found.", build: .unclear, test: .skipped)
    static let noBuildsOfOther = CheckText(
        "failure", "We were not able to get any Copr builds for the given additional PR(s): a/b#7", build: .unclear,
        test: .skipped, status: "error")
    static let composeNotYet = CheckText(
        "neutral", "Compose not yet available for fedora-99. Skipping.", build: .unclear, test: .skipped,
        status: "error")
    static let internalDisabled = CheckText(
        "neutral", "Testing in internal Testing Farm is temporarily disabled.", build: .unclear, test: .skipped,
        status: "error")
    static let internalOnly = CheckText(
        "neutral", "Internal TF not allowed for this project. Let us know.", build: .skipped, test: .skipped,
        status: "error")
    static let submitted = CheckText(
        "in_progress", "Tests have been submitted ...", link: .testingFarm, build: .unclear, test: .queued)
    static let testing = CheckText(
        "in_progress", "Tests are running ...", link: .testingFarm, request: true, build: .unclear, test: .started)
    static let passed = CheckText(
        "success", "Tests passed ...", link: .testingFarm, request: true, build: .unclear, test: .success)
    static let failed = CheckText(
        "failure", "Tests failed ...", link: .testingFarm, request: true, build: .unclear, test: .failure)
    static let erred = CheckText(
        "failure", "Error ...", link: .testingFarm, request: true, build: .unclear, test: .error, status: "error")
    static let canceled = CheckText(
        "neutral", "Tests canceled ...", link: .testingFarm, request: true, build: .unclear,
        test: .finished(.canceled, .stated), status: "error")
    static let testingInNewWords = CheckText(
        "in_progress", "Machines are being prepared", link: .testingFarm, build: .queued, test: .queued)
    static let passedInNewWords = CheckText(
        "success", "All is well", link: .testingFarm, request: true, build: .success, test: .success)
    /// Testing Farm's own summary, which does not distinguish failure and error.
    static let failedInNewWords = CheckText(
        "failure", "Test environment installation failed: reason unknown, please escalate", link: .testingFarm,
        request: true, build: .unknownFailure, test: .unknownFailure)
}
