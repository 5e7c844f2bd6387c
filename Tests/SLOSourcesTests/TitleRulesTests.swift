import SLOCore
import SLOSources
import Testing

@Suite("What titles and states say")
struct TitleRulesTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let state: String
        let title: String
        var link: JobLink.Job?
        var hasRequest = false
        let build: Step?
        let test: Step?

        init(
            _ state: String, _ title: String, link: JobLink.Job? = nil, request: Bool = false, build: Step? = nil,
            test: Step? = nil
        ) {
            self.state = state
            self.title = title
            self.link = link
            hasRequest = request
            self.build = build
            self.test = test
        }

        var testDescription: String { "\(state) \(title)" }
    }

    private func check(_ row: Row) throws {
        let rules = try RuleBook()
        for (kind, expected) in [(RunKind.build, row.build), (.testRun, row.test)] {
            guard let expected else { continue }
            let step = rules.step(
                kind, state: row.state, title: row.title, link: row.link, hasRequest: row.hasRequest)
            #expect(step == expected, "as \(kind)")
        }
    }

    static let skippedByBuild = Step.finished(.skipped, .build)

    @Test(
        "while a build is under way: a build is queued, then started; a test only waits",
        arguments: [
            Row("queued", "The task was accepted.", build: .accepted, test: .accepted),
            Row("in_progress", "SRPM build in Copr was submitted...", link: .srpm, build: .queued, test: .waiting),
            Row("in_progress", "SRPM build is in progress...", link: .srpm, build: .queued, test: .waiting),
            Row(
                "in_progress", "SRPM build succeeded. Waiting for RPM build to start...", link: .srpm,
                build: .queued, test: .waiting),
            Row("in_progress", "Starting RPM build...", link: .copr, build: .queued, test: .waiting),
            Row("in_progress", "RPM build is in progress...", link: .copr, build: .started, test: .waiting),
            Row(
                "queued", "Submit of the build failed due to a Copr error, the task will be retried in 2 minutes.",
                build: .queued, test: .waiting),
            Row("queued", "RPMs were built successfully.", link: .copr, test: .waiting),
            Row("queued", "Waiting for RPMs to be built...", link: .srpm, test: .waiting),
            Row(
                "queued",
                "The latest build has not finished yet, waiting until it finishes before running tests for it.",
                link: .copr, test: .waiting),
        ])
    func building(row: Row) throws { try check(row) }

    @Test(
        "while a test is under way: queued once it is submitted, started once it runs",
        arguments: [
            Row("in_progress", "Build succeeded. Submitting the tests ...", build: .unclear, test: .queued),
            Row("in_progress", "Submitting the tests ...", build: .unclear, test: .queued),
            Row(
                "in_progress", "Tests have been submitted ...", link: .testingFarm, build: .unclear, test: .queued),
            Row(
                "queued", "Failed to submit tests. The task will be retried in 1 minute.", build: .unclear,
                test: .queued),
            Row(
                "in_progress", "Tests are running ...", link: .testingFarm, request: true, build: .unclear,
                test: .started),
        ])
    func testing(row: Row) throws { try check(row) }

    @Test(
        "when a build ends: the build by its title; a test that saw only that never ran",
        arguments: [
            Row(
                "success", "RPMs were built successfully.", link: .copr, build: .finished(.success, .stated),
                test: skippedByBuild),
            Row(
                "failure", "RPMs failed to be built.", link: .copr, build: .finished(.failure, .stated),
                test: skippedByBuild),
            Row(
                "failure", "SRPM build failed, check the logs for details.", link: .srpm,
                build: .finished(.failure, .srpm), test: skippedByBuild),
            Row(
                "failure", "Submit of the build failed: no space left", build: .finished(.error, .submit),
                test: skippedByBuild),
            Row(
                "failure", "Not supported target: fedora-99-x86_64", link: .srpm, build: .finished(.error, .config),
                test: skippedByBuild),
            Row(
                "neutral", "Merge conflicts present", link: .srpm, build: .finished(.skipped, .stated),
                test: skippedByBuild),
            Row(
                "neutral", "RPMs failed to be built.", build: .finished(.skipped, .stated), test: skippedByBuild),
            Row("failure", "Some new words for a failed build", link: .copr, test: skippedByBuild),
        ])
    func built(row: Row) throws { try check(row) }

    @Test(
        "when a test ends",
        arguments: [
            Row("success", "Tests passed ...", link: .testingFarm, test: .finished(.success, .stated)),
            Row("success", "A summary of Testing Farm's", request: true, test: .finished(.success, .stated)),
            Row("failure", "Tests failed ...", link: .testingFarm, test: .finished(.failure, .stated)),
            Row("failure", "Error ...", link: .testingFarm, test: .finished(.error, .stated)),
            Row(
                "failure", "Test environment installation failed: reason unknown, please escalate",
                link: .testingFarm, request: true, test: .finished(.failure, .unclassified)),
            Row("failure", "Failed to submit tests: Bad Gateway.", test: .finished(.error, .stated)),
            Row("failure", "Failed to post request to testing farm API.", test: .finished(.error, .stated)),
            Row("failure", "We were not able to get the available TF composes.", test: .finished(.error, .stated)),
            Row(
                "failure", "The compose Fedora-99 is not available in the public Testing Farm infrastructure.",
                test: .finished(.error, .config)),
            Row(
                "failure", "The architecture mips is not available in the public Testing Farm infrastructure.",
                test: .finished(.error, .config)),
            Row(
                "failure", "No build defined for the target 'fedora-99-x86_64'.", test: .finished(.error, .config)),
            Row(
                "failure", "No latest successful Copr build from the other PR(s) found.",
                test: .finished(.skipped, .stated)),
            Row(
                "neutral", "Tests canceled ...", link: .testingFarm, request: true,
                test: .finished(.canceled, .stated)),
            Row("neutral", "Tests canceled ...", link: .testingFarm, test: .finished(.canceled, .stated)),
            Row("neutral", "A summary", link: .testingFarm, request: true, test: .finished(.canceled, .stated)),
            Row("neutral", "Tests canceled ...", test: .finished(.skipped, .stated)),
            Row(
                "neutral", "Internal TF not allowed for this project. Let us know.",
                test: .finished(.skipped, .stated)),
            Row(
                "neutral",
                "The latest build has not finished yet. Please retrigger the tests once it has finished.",
                link: .copr, test: .finished(.skipped, .stated)),
        ])
    func tested(row: Row) throws { try check(row) }

    /// Whatever carries them, and wherever a description was cut (docs/counting.md, rule 42).
    @Test(
        "when a test ends without having been submitted",
        arguments: ["failure", "neutral", "error"].flatMap { state in
            [
                "No latest successful Copr build from the other PR(s) found.",
                "We were not able to get any Copr builds for the given additional PR(s): ns/repo#7. ",
                "Compose not yet available for fedora-44. Skipping.", "Compose not yet available",
                "Testing in internal Testing Farm is temporarily disabled",
            ].map { Row(state, $0, build: .unclear, test: .finished(.skipped, .stated)) }
        })
    func neverSubmitted(row: Row) throws { try check(row) }

    @Test(
        "when a run ends in GitHub's own words, whatever its kind",
        arguments: [
            Row("stale", "", build: .finished(.error, .timeout), test: .finished(.error, .timeout)),
            Row("timed_out", "", build: .finished(.error, .timeout), test: .finished(.error, .timeout)),
            Row(
                "stale", "The task was accepted.", build: .finished(.error, .timeout), test: .finished(.skipped, .build)
            ),
            Row(
                "stale", "RPM build is in progress...", link: .copr, build: .finished(.error, .timeout),
                test: .finished(.skipped, .build)),
            Row(
                "timed_out", "Waiting for RPMs", build: .finished(.error, .timeout), test: .finished(.skipped, .build)),
            Row(
                "cancelled", "SRPM build is in progress...", link: .srpm, build: .finished(.canceled, .stated),
                test: .finished(.skipped, .build)),
            Row(
                "skipped", "Words that no rule knows", link: .copr, build: .finished(.skipped, .stated),
                test: .finished(.skipped, .build)),
            Row(
                "stale", "Tests are running ...", link: .testingFarm, request: true, build: .finished(.error, .timeout),
                test: .finished(.error, .timeout)),
            Row(
                "timed_out", "Build succeeded. Submitting the tests ...", link: .copr,
                build: .finished(.error, .timeout), test: .finished(.error, .timeout)),
            Row(
                "cancelled", "Tests have been submitted ...", link: .copr, build: .finished(.canceled, .stated),
                test: .finished(.canceled, .stated)),
            Row("cancelled", "x", build: .finished(.canceled, .stated), test: .finished(.canceled, .stated)),
            Row("skipped", "x", build: .finished(.skipped, .stated), test: .finished(.skipped, .stated)),
            Row("startup_failure", "x", build: .finished(.error, .stated), test: .finished(.error, .stated)),
            Row(
                "action_required", "x", build: .finished(.failure, .unclassified),
                test: .finished(.failure, .unclassified)),
            Row("neutral", "github.com/x/y not allowed!", build: .finished(.skipped, .stated)),
            Row("success", "New words", build: .finished(.success, .stated), test: .finished(.success, .stated)),
            Row(
                "failure", "New words", build: .finished(.failure, .unclassified),
                test: .finished(.failure, .unclassified)),
            Row("something_new", "New words", build: .unclear, test: .unclear),
        ])
    func conclusions(row: Row) throws { try check(row) }

    @Test(
        "under way with unknown words: a start is never guessed, except from a link to the running request",
        arguments: [
            Row("queued", "New words", build: .queued, test: .waiting),
            Row("in_progress", "New words", build: .queued, test: .waiting),
            Row("in_progress", "New words", link: .copr, build: .queued, test: .waiting),
            Row("in_progress", "New words", link: .srpm, build: .queued, test: .waiting),
            Row("in_progress", "New words", link: .testingFarm, test: .queued),
            Row("in_progress", "New words", link: .testingFarm, request: true, test: .started),
            Row("queued", "New words", link: .testingFarm, test: .waiting),
        ])
    func unknownTitles(row: Row) throws { try check(row) }

    @Test(
        "as commit statuses, where Packit may not create checks",
        arguments: [
            Row("pending", "The task was accepted.", build: .accepted, test: .accepted),
            Row("pending", "SRPM build is in progress...", link: .srpm, build: .queued, test: .waiting),
            Row("pending", "RPM build is in progress...", link: .copr, build: .started, test: .waiting),
            Row("pending", "Tests have been submitted ...", link: .testingFarm, test: .queued),
            Row("pending", "Tests are running ...", link: .testingFarm, test: .started),
            Row("pending", "New words", build: .queued, test: .waiting),
            Row("success", "RPMs were built successfully.", link: .copr, build: .finished(.success, .stated)),
            Row("failure", "Tests failed ...", link: .testingFarm, test: .finished(.failure, .stated)),
            Row("failure", "RPMs failed to be built.", build: .finished(.failure, .stated), test: skippedByBuild),
            Row("error", "Error ...", link: .testingFarm, test: .finished(.error, .stated)),
            Row("error", "Submit of the build failed: x", build: .finished(.error, .submit), test: skippedByBuild),
            Row("error", "New words", build: .finished(.error, .stated), test: .finished(.error, .stated)),
            Row("error", "Tests canceled ...", link: .testingFarm, test: .finished(.canceled, .stated)),
            Row("error", "Merge conflicts present", build: .finished(.skipped, .stated), test: skippedByBuild),
            Row("error", "User namespace denied!", build: .finished(.skipped, .stated)),
            Row("error", "Project or its namespace denied!", build: .finished(.skipped, .stated)),
            Row("error", "User cannot trigger!", test: .finished(.skipped, .stated)),
            Row("error", "github.com/packit/hello-world.git not allowed!", build: .finished(.skipped, .stated)),
            Row("error", "Not allowed to build in @x/y Copr project.", build: .finished(.skipped, .stated)),
            Row("error", "someone can't run tests (and builds) internally", build: .finished(.skipped, .stated)),
            Row("error", "someone can't run tests internally", test: .finished(.skipped, .stated)),
        ])
    func commitStatuses(row: Row) throws { try check(row) }

    @Test("are matched in their own case, and a `*` stands for nothing too")
    func matching() throws {
        let rules = try RuleBook(files: [
            RuleFile(
                name: "own.yaml",
                text: """
                    titles:
                      - {kind: build, state: failure, title: "Disk * full*", step: error}
                      - {kind: build, state: failure, title: ["a*b*c", "*"], link: copr, step: canceled}
                    """)
        ])
        func step(_ title: String, link: JobLink.Job? = nil) -> Step {
            rules.step(.build, state: "failure", title: title, link: link)
        }
        #expect(step("Disk is full") == .finished(.error, .stated))
        #expect(step("Disk  full") == .finished(.error, .stated))
        #expect(step("disk is full") == .finished(.failure, .unclassified))
        #expect(step("Disk full") == .finished(.failure, .unclassified))
        #expect(step("anything", link: .copr) == .finished(.canceled, .stated))
        #expect(step("anything", link: .srpm) == .finished(.failure, .unclassified))
    }
}
