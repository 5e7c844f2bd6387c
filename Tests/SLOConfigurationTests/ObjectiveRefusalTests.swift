import SLOConfiguration
import SLOCore
import Testing

@Suite struct `What an objective is refused for` {
    private static let withGrace = "initial_status, all_statuses, command_answer"
    private static let indicators =
        "initial_status, all_statuses, builds, test_runs, jobs, build_start, test_run_start, build_report, "
        + "test_run_report, command_answer, app_deliveries"
    private static let keys =
        "indicator, target, deadline, grace, window, description, select.repositories, select.branches, "
        + "select.chroots, select.names, select.identifiers"

    @Test(arguments: [
        // What is missing.
        (
            "objectives:\n\n  fast:\n    description: x",
            [
                "slo.yaml:3: objectives.fast.indicator: is missing; choose one of \(indicators)",
                "slo.yaml:3: objectives.fast.target: is missing; a new objective needs one",
                "slo.yaml:3: objectives.fast.deadline: is missing; a new objective needs one",
            ]
        ),
        (
            "objectives:\n  fast: {}\n\nobjectives.fast.target: 0.5\nobjectives.fast.deadline: 1h",
            ["slo.yaml:2: objectives.fast.indicator: is missing; choose one of \(indicators)"]
        ),
        (
            "objectives.biulds: {target: 0.9, deadline: 1h}",
            [
                "slo.yaml:1: objectives.biulds.indicator: is missing; choose one of \(indicators); "
                    + "did you mean builds?"
            ]
        ),
        // What deliveries to an App do not have.
        (
            "objectives.endpoint: {indicator: app_deliveries, target: 0.9, deadline: 10s}",
            [
                "slo.yaml:1: objectives.endpoint.deadline: is not possible with app_deliveries, whose events are good or "
                    + "bad at once"
            ]
        ),
        (
            "objectives.endpoint: {indicator: app_deliveries, target: 0.9, select: {repositories: [a/b], branches: [c]}}",
            [
                "slo.yaml:1: objectives.endpoint.select.repositories: an event of app_deliveries has no repository",
                "slo.yaml:1: objectives.endpoint.select.branches: an event of app_deliveries has no branch",
            ]
        ),
        // Keys and names.
        (
            "objectives:\n  builds:\n    tagret: 0.9",
            ["slo.yaml:3: objectives.builds.tagret: is not a known key; an objective has \(keys); did you mean target?"]
        ),
        (
            "objectives:\n  builds:\n    select: {name: [a]}",
            [
                "slo.yaml:3: objectives.builds.select.name: is not a known key; an objective has \(keys); "
                    + "did you mean select.names?"
            ]
        ),
        (
            "objectives.builds.window: 90m",
            ["slo.yaml:1: objectives.builds.window: 90m is not a whole number of hours"]
        ),
        (
            "objectives:\n  Fast-Builds: {target: 0.9}",
            [
                "slo.yaml:2: objectives.Fast-Builds: 'Fast-Builds' cannot be an objective's name; a name has lower-case "
                    + "letters, digits and underscores, a letter first, at most 40, and is not window"
            ]
        ),
        (
            "objectives.window.target: 0.9",
            [
                "slo.yaml:1: objectives.window.target: 'window' cannot be an objective's name; a name has lower-case "
                    + "letters, digits and underscores, a letter first, at most 40, and is not window"
            ]
        ),
        (
            "objectives.windw: 28d",
            [
                "slo.yaml:1: objectives.windw: takes keys of an objective, or null to leave it out; "
                    + "did you mean window?"
            ]
        ),
        (
            "objectives:\n  builds: [target]",
            ["slo.yaml:2: objectives.builds: takes keys of an objective, or null to leave it out"]
        ),
        (
            "objectives:\n  builds: 'null'",
            ["slo.yaml:2: objectives.builds: takes keys of an objective, or null to leave it out"]
        ),
        (
            "objectives:\n  builds:\n    select: [a]",
            ["slo.yaml:3: objectives.builds.select: is a section and takes keys, not a value"]
        ),
        // Twice.
        (
            "objectives:\n  builds: {target: 0.9}\nobjectives.builds.target: 0.8",
            ["slo.yaml:3: objectives.builds.target: is set twice; first in line 2"]
        ),
        (
            "objectives:\n  builds: {}\n  builds: {}",
            ["slo.yaml:3: objectives.builds: is set twice; first in line 2"]
        ),
        (
            "objectives:\n  builds: null\nobjectives.builds: null",
            ["slo.yaml:3: objectives.builds: is set twice; first in line 2"]
        ),
        (
            "objectives:\n  builds: null\nobjectives.builds: {target: 0.9, deadline: 1h}",
            ["slo.yaml:3: objectives.builds: cannot be null and have keys at once"]
        ),
        (
            "objectives:\n  builds: {target: 0.9}\nobjectives.builds: null",
            ["slo.yaml:3: objectives.builds: cannot be null and have keys at once"]
        ),
        // Null.
        (
            "objectives:\n  build: null",
            [
                "slo.yaml:2: objectives.build: is null, but nothing configures such an objective; "
                    + "did you mean builds?"
            ]
        ),
    ])
    func `A wrong key is refused`(yaml: String, expected: [String]) throws {
        #expect(try complaints(yaml) == expected)
    }

    private static let quick = "objectives:\n  quick:\n    indicator: builds\n    target: 0.5\n    deadline: 1h\n"
    private static let early =
        "objectives:\n  early:\n    indicator: initial_status\n    target: 0.5\n    deadline: 9s\n"

    @Test(arguments: [
        // Values of any objective.
        (
            "objectives:\n  fast:\n    indicator: build\n    target: 0.5\n    deadline: 1h",
            ["slo.yaml:3: objectives.fast.indicator: 'build' is not one of \(indicators)"]
        ),
        (
            "objectives:\n  fast:\n    indicator: builds\n    target: 99\n    deadline: soon",
            [
                "slo.yaml:4: objectives.fast.target: 99 is out of range; a target is more than 0 and less than 1",
                "slo.yaml:5: objectives.fast.deadline: 'soon' is not a duration; write for example 15s, 10m, 12h or 28d",
            ]
        ),
        (
            "objectives.builds.deadline:",
            ["slo.yaml:1: objectives.builds.deadline: has no value; leave the key out to keep its default"]
        ),
        (
            "objectives.builds.description: \"a\\nb\"",
            [
                "slo.yaml:1: objectives.builds.description: contains a control character, such as the end of a line"
            ]
        ),
        (
            "objectives.builds.description: \(String(repeating: "ä", count: 251))",
            ["slo.yaml:1: objectives.builds.description: has 502 bytes; at most 500 are allowed"]
        ),
        (
            quick + "    select:\n      repositories:\n        - a/b\n        - packit",
            [
                "slo.yaml:9: objectives.quick.select.repositories: 'packit' matches no repository; write owner/name, or "
                    + "owner/* for all of an owner's"
            ]
        ),
        (
            quick + "    select: {names: ['']}",
            ["slo.yaml:6: objectives.quick.select.names: an item of the list is empty; a glob is required"]
        ),
        (
            quick + "    select: {branches: main}",
            [
                "slo.yaml:6: objectives.quick.select.branches: takes a list; write [a, b], or a line '- a' for each"
            ]
        ),
        // What depends on the indicator.
        (
            "objectives.builds.indicator: build_start",
            [
                "slo.yaml:1: objectives.builds.indicator: is builds for this default objective; choose another name for "
                    + "an objective of build_start"
            ]
        ),
        (
            "objectives.initial_status.deadline: 61m",
            ["slo.yaml:1: objectives.initial_status.deadline: 61m is out of range; 1s to 1h is allowed"]
        ),
        (
            "objectives.early: {deadline: 0s, target: 0.5, indicator: initial_status}",
            ["slo.yaml:1: objectives.early.deadline: 0s is out of range; 1s to 1h is allowed"]
        ),
        (
            "objectives.builds.deadline: 31d\njobs.horizon: 90d",
            ["slo.yaml:1: objectives.builds.deadline: 31d is out of range; 1s to 30d is allowed"]
        ),
        (
            early + "    grace: 25h",
            ["slo.yaml:6: objectives.early.grace: 25h is out of range; 0s to 1d is allowed"]
        ),
        (
            quick + "    grace: 1m",
            ["slo.yaml:6: objectives.quick.grace: is not possible with builds, only with \(Self.withGrace)"]
        ),
        (
            "objectives.test_runs.grace: 1m",
            ["slo.yaml:1: objectives.test_runs.grace: is not possible with test_runs, only with \(Self.withGrace)"]
        ),
        (
            early + "    select:\n      chroots: [a]\n      names: [b]\n      identifiers: [c]\n      branches: [d]",
            [
                "slo.yaml:7: objectives.early.select.chroots: an event of initial_status has no chroot",
                "slo.yaml:8: objectives.early.select.names: an event of initial_status has no name of a check",
                "slo.yaml:9: objectives.early.select.identifiers: an event of initial_status has no identifier",
            ]
        ),
        // The horizon.
        (
            quick + "jobs.horizon: 12h",
            [
                "slo.yaml:6: jobs.horizon: 12h is not longer than objectives.builds.deadline, 12h",
                "slo.yaml:6: jobs.horizon: 12h is not longer than objectives.test_runs.deadline, 12h",
            ]
        ),
        (
            "objectives:\n  slow: {indicator: builds, target: 0.5, deadline: 8d}\n  test_runs: {deadline: 7d}",
            [
                "jobs.horizon: 7d is not longer than objectives.test_runs.deadline, 7d",
                "jobs.horizon: 7d is not longer than objectives.slow.deadline, 8d",
            ]
        ),
        (
            "jobs.horizon: 12h\nobjectives: {builds: null, test_runs: {deadline: 1h}}",
            ["slo.yaml:1: jobs.horizon: 12h is not longer than the default of objectives.builds.deadline, 12h"]
        ),
    ])
    func `A wrong value is refused`(yaml: String, expected: [String]) throws {
        #expect(try complaints(yaml) == expected)
    }

    @Test func `Each source is named`() throws {
        let environment = [
            "PACKIT_SLO_OBJECTIVES_FAST_TARGET": "2", "PACKIT_SLO_OBJECTIVES_FAST_INDICATOR": "builds",
            "PACKIT_SLO_OBJECTIVES_TEST_RUNS": "null", "PACKIT_SLO_OBJECTIVES_TEST_RUNS_TARGET": "0.5",
        ]
        let set = [
            "objectives.builds.grace=1s", "objectives.late.target=0.5", "objectives.late.tagret=0.5",
            "objectives.builds=", "objectives.no_such=null", "objectives=null", "objectives.builds.select=a",
            "objectives.LATE.target=0.5",
        ]
        let name =
            "a name has lower-case letters, digits and underscores, a letter first, at most 40, and is not window"
        let found = try complaints(
            "objectives.builds.deadline: 40d\njobs.horizon: 60d", environment: environment, set: set)
        #expect(
            found == [
                "PACKIT_SLO_OBJECTIVES_FAST_TARGET: objectives.fast.target: 2 is out of range; a target is more than 0 "
                    + "and less than 1",
                "PACKIT_SLO_OBJECTIVES_TEST_RUNS_TARGET: objectives.test_runs: cannot be null and have keys at once",
                "--set: objectives.late.tagret: is not a known key; an objective has \(Self.keys); did you mean target?",
                "--set: objectives.builds: takes keys of an objective, or null to leave it out",
                "--set: objectives: is a section and takes keys, not a value",
                "--set: objectives.builds.select: is a section and takes keys, not a value",
                "--set: objectives.LATE.target: 'LATE' cannot be an objective's name; \(name)",
                "--set: objectives.no_such: is null, but nothing configures such an objective",
                "slo.yaml:1: objectives.builds.deadline: 40d is out of range; 1s to 30d is allowed",
                "--set: objectives.builds.grace: is not possible with builds, only with \(Self.withGrace)",
                "PACKIT_SLO_OBJECTIVES_FAST_INDICATOR: objectives.fast.deadline: is missing; a new objective needs one",
                "--set: objectives.late.indicator: is missing; choose one of \(Self.indicators)",
                "--set: objectives.late.deadline: is missing; a new objective needs one",
            ])
    }

    @Test func `At most a hundred objectives are possible`() throws {
        func yaml(_ count: Int) -> String {
            "objectives:\n"
                + (1...count).map { "  o\($0): {indicator: builds, target: 0.5, deadline: 1h}\n" }.joined()
        }
        #expect(try load(yaml(97)).configuration.objectives.list.count == 100)
        #expect(try load(yaml(98) + "  builds: null\n").configuration.objectives.list.count == 100)
        #expect(
            try complaints(yaml(99))
                == ["slo.yaml:99: objectives.o98: is one more than the 100 objectives that are possible"])
    }

    @Test func `A description may have 500 bytes, a name 40, a deadline a month and a grace a day`() throws {
        let name = String(repeating: "a", count: 40)
        let yaml = """
            objectives:
              \(name):
                indicator: test_run_start
                target: 0.5
                deadline: 30d
                description: \(String(repeating: "ä", count: 250))
              initial_status: {deadline: 1h, grace: 1d}
            jobs.horizon: 31d
            """
        #expect(try complaints(yaml) == [])
    }
}
