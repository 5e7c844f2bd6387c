import SLOConfiguration
import SLOCore
import Testing

@Suite struct `Objectives in a configuration` {
    private static let fast = """
        objectives:
          fast_builds:
            indicator: build_start
            target: 0.9
            deadline: 10m
            window: 7d
            description: "Builds: of Fedora"
            select:
              chroots: [fedora-*, "epel-?"]
              repositories: [acme/*]

        """

    private func names(_ loaded: LoadedConfiguration) -> [String] {
        loaded.configuration.objectives.list.map(\.name.rawValue)
    }

    private func objective(_ name: String, _ loaded: LoadedConfiguration) throws -> Objective {
        try #require(loaded.configuration.objectives.list.first { $0.name.rawValue == name })
    }

    @Test func `A file adds objectives after the defaults`() throws {
        let loaded = try load(Self.fast)
        let selection = ObjectiveSelection(repositories: ["acme/*"], chroots: ["fedora-*", "epel-?"])
        let name = try #require(Objective.Name(rawValue: "fast_builds"))
        #expect(
            loaded.configuration.ledgerSettings.objectives == Objective.defaults + [
                Objective(
                    name, .buildStart, target: 0.9, deadline: .minutes(10), selection: selection, window: .days(7),
                    description: "Builds: of Fedora")
            ])
        #expect(loaded.warnings == [])
    }

    @Test(arguments: [
        "objectives.quick.indicator: builds\nobjectives.quick: {target: 0.5}\nobjectives.quick.deadline: 1h",
        "objectives:\n  quick.indicator: builds\n  quick: {target: 0.5, deadline: 1h, select: {}}",
        "objectives: {quick: {deadline: 1h}, quick.target: 0.5}\nobjectives.quick: {indicator: builds, select: ~}",
    ])
    func `Its keys may be nested or written with dots`(yaml: String) throws {
        let quick = try objective("quick", load(yaml))
        #expect(quick == Objective(quick.name, .builds, target: 0.5, deadline: .hours(1)))
    }

    @Test func `Sources change single keys`() throws {
        let environment = [
            "PACKIT_SLO_OBJECTIVES_FAST_BUILDS_TARGET": "0.8", "PACKIT_SLO_OBJECTIVES_FAST_BUILDS_DEADLINE": "20m",
            "PACKIT_SLO_OBJECTIVES_FAST_BUILDS_SELECT_REPOSITORIES": "",
            "PACKIT_SLO_OBJECTIVES_FAST_BUILDS_SELECT_NAMES": "rpm-build:*, b",
            "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": "1m",
        ]
        let set = ["objectives.fast_builds.deadline=30m", "objectives.builds.target=0.5"]
        let loaded = try load(Self.fast, environment: environment, set: set)
        let fast = try objective("fast_builds", loaded)
        #expect(
            fast
                == Objective(
                    fast.name, .buildStart, target: 0.8, deadline: .minutes(30),
                    selection: ObjectiveSelection(chroots: ["fedora-*", "epel-?"], names: ["rpm-build:*", "b"]),
                    window: .days(7), description: "Builds: of Fedora"))
        #expect(try objective("builds", loaded).target == 0.5)
        #expect(try objective("builds", loaded).deadline == .hours(12))
        #expect(try objective("initial_status", loaded).grace == .minutes(1))
        #expect(loaded.warnings == [])
    }

    @Test func `Their order is that of the defaults, then of the file, then of the names`() throws {
        func keys(_ name: String) -> [String] {
            ["indicator=builds", "target=0.5", "deadline=1h"].map { "objectives.\(name).\($0)" }
        }
        let file = (keys("z") + keys("y")).map { $0.replacing("=", with: ": ") }.joined(separator: "\n")
        let loaded = try load(
            file + "\nobjectives.test_runs.target: 0.5\n",
            environment: [
                "PACKIT_SLO_OBJECTIVES_X_INDICATOR": "builds", "PACKIT_SLO_OBJECTIVES_X_TARGET": "0.5",
                "PACKIT_SLO_OBJECTIVES_X_DEADLINE": "1h",
            ], set: keys("w") + keys("a") + ["objectives.y.target=0.6", "objectives.builds.target=0.6"])
        #expect(names(loaded) == ["initial_status", "builds", "test_runs", "z", "y", "a", "w", "x"])
    }

    @Test(arguments: ["null", "~", "", "Null"])
    func `Null in the file leaves one out`(null: String) throws {
        #expect(names(try load("objectives:\n  builds: \(null)\n")) == ["initial_status", "test_runs"])
        #expect(names(try load("objectives.builds: \(null)\n")) == ["initial_status", "test_runs"])
    }

    @Test func `Null in a variable or option leaves one out`() throws {
        let environment = [
            "PACKIT_SLO_OBJECTIVES_FAST_BUILDS": "null", "PACKIT_SLO_OBJECTIVES_TEST_RUNS": "null",
        ]
        let loaded = try load(Self.fast, environment: environment, set: ["objectives.builds=null"])
        #expect(names(loaded) == ["initial_status"])
        #expect(loaded.warnings == [])
    }

    @Test func `All of them may be left out`() throws {
        let loaded = try load("objectives: {initial_status: , builds: , test_runs: }")
        #expect(loaded.configuration.ledgerSettings.objectives == [])
    }

    @Test func `A later source brings one back, with what earlier ones say`() throws {
        let environment = ["PACKIT_SLO_OBJECTIVES_FAST_BUILDS": "null"]
        let loaded = try load(
            Self.fast + "  builds: null\n", environment: environment,
            set: ["objectives.fast_builds.target=0.7", "objectives.builds.deadline=6h"])
        #expect(try objective("fast_builds", loaded).target == 0.7)
        #expect(try objective("fast_builds", loaded).deadline == .minutes(10))
        #expect(try objective("builds", loaded) == Objective(.builds, .builds, target: 0.98, deadline: .hours(6)))
        let set = ["objectives.builds=null", "objectives.builds.target=0.5", "objectives.builds=null"]
        #expect(names(try load("", set: set)) == ["initial_status", "test_runs"])
    }

    @Test func `The name in a variable is what stands before the key`() throws {
        let environment = [
            "PACKIT_SLO_OBJECTIVES_MY_TARGET_INDICATOR": "builds", "PACKIT_SLO_OBJECTIVES_MY_TARGET_TARGET": "0.5",
            "PACKIT_SLO_OBJECTIVES_MY_TARGET_DEADLINE": "1h",
            "PACKIT_SLO_OBJECTIVES_X_SELECT_INDICATOR": "builds", "PACKIT_SLO_OBJECTIVES_X_SELECT_TARGET": "0.5",
            "PACKIT_SLO_OBJECTIVES_X_SELECT_DEADLINE": "1h", "PACKIT_SLO_OBJECTIVES_X_SELECT_SELECT_NAMES": "a",
            "PACKIT_SLO_OBJECTIVES_WINDOW": "7d",
        ]
        let loaded = try load("", environment: environment)
        #expect(names(loaded).suffix(2) == ["my_target", "x_select"])
        #expect(try objective("x_select", loaded).selection.names == ["a"])
        #expect(loaded.configuration.objectives.window == .days(7))
        #expect(loaded.warnings == [])
    }

    @Test(arguments: [
        ("BUILDS", "0.9"), ("BUILDS", ""), ("BUILDS", "~"), ("SERVICE_PORT", "80"), ("NO_SUCH", "null"),
        ("TARGET", "0.5"), ("_TARGET", "0.5"), ("1_TARGET", "0.5"), ("builds_TARGET", "0.5"), ("WINDOW_TARGET", "0.5"),
        ("WINDOW_WINDOW", "7d"),
        ("\(String(repeating: "A", count: 41))_TARGET", "0.5"), ("BUILDS_SELECT", "a"),
    ])
    func `A variable of no key of an objective only warns`(ending: String, value: String) throws {
        let variable = "PACKIT_SLO_OBJECTIVES_\(ending)"
        let loaded = try load("", environment: [variable: value])
        #expect(loaded.configuration == Configuration())
        #expect(loaded.warnings == ["\(variable) is not the variable of a known key and is ignored"])
    }

    @Test func `The effective configuration reads as the same configuration again`() throws {
        let yaml =
            Self.fast + """
                  quick:
                    {indicator: initial_status, target: 0.5, deadline: 30s, grace: 0s, select: {branches: [main]}}
                  null: {indicator: builds, target: 0.5, deadline: 1s}
                  all_keys:
                    indicator: test_runs
                    target: 0.123456789
                    deadline: 30d
                    description: "null"
                    select: {repositories: ["*"], branches: [a b], chroots: [a], names: ["a:b#c"], identifiers: ["~"]}
                jobs.horizon: 31d
                """
        let configuration = try load(yaml, set: ["objectives.builds.target=0.5", "objectives.builds=null"])
            .configuration
        #expect(try load(configuration.effectiveYAML).configuration == configuration)
        #expect(
            configuration.effectiveYAML.contains(
                """
                objectives:
                  window: 28d
                  initial_status:
                    indicator: initial_status
                    target: 0.99
                    deadline: 15s
                    grace: 5m
                  test_runs:
                    indicator: test_runs
                    target: 0.95
                    deadline: 12h
                  fast_builds:
                    indicator: build_start
                    target: 0.9
                    deadline: 10m
                    window: 7d
                    description: "Builds: of Fedora"
                    select:
                      repositories: [acme/*]
                      chroots: [fedora-*, "epel-?"]
                  quick:
                    indicator: initial_status
                    target: 0.5
                    deadline: 30s
                    grace: 0s
                    select:
                      branches: [main]
                """))
        #expect(configuration.effectiveYAML.contains("\n  builds: null\njobs:\n"))
    }
}
