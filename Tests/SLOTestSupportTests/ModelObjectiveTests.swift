import SLOCore
import SLOTestSupport
import Testing

@Suite("The reference model: objectives")
struct ModelObjectiveTests {
    private static let further = Objective.Name(rawValue: "further")!

    private func told(
        _ indicator: Objective.Indicator, _ deadline: TimeSpan, grace: TimeSpan = .zero,
        _ selection: ObjectiveSelection = ObjectiveSelection(), leavingOut: [Objective.Name] = []
    ) -> ManualHistory {
        var settings = LedgerSettings()
        settings.policy = .all
        for name in leavingOut { settings[name] = nil }
        settings.objectives.append(
            Objective(Self.further, indicator, target: 0.9, deadline: deadline, grace: grace, selection: selection))
        return ManualHistory(settings: settings)
    }

    private func events(_ told: ManualHistory, at seconds: Int64) -> [Bool: Int64] {
        let counters = told.counters(at: seconds)
        return [true, false].reduce(into: [:]) {
            $0[$1] = counters[.objectiveEvents(Self.further, .prod, isGood: $1)]
        }
    }

    @Test("A change is judged by each objective's own deadline and grace")
    func change() {
        var told = told(.initialStatus, .seconds(20), grace: .seconds(10))
        told.push(at: 0)
        #expect(events(told, at: 29).isEmpty)
        #expect(events(told, at: 30) == [false: 1])
        told.check(1, "accepted", at: 20)
        #expect(events(told, at: 20) == [true: 1])
        #expect(told.counters(at: 1000)[.objectiveEvents(.initialStatus, .prod, isGood: false)] == 1)
    }

    @Test("What was closed before an objective's own deadline is none of its events")
    func excluded() {
        var told = told(.initialStatus, .seconds(20))
        told.push(at: 0)
        told.close(1, at: 19)
        #expect(events(told, at: 1000).isEmpty)
        #expect(told.counters(at: 1000)[.changesJudged(.prod, .never, .assumed)] == 1)
    }

    @Test("A run is judged by each objective's own deadline, a settling later without an end")
    func run() {
        var told = told(.builds, .minutes(10))
        told.check(1, "accepted", at: 0)
        #expect(events(told, at: 719).isEmpty)
        #expect(events(told, at: 720) == [false: 1])
        told.check(2, "success", at: 600)
        #expect(events(told, at: 1000) == [true: 1])
    }

    @Test("A start in time is good at once, and one that is not known is bad a settling after the deadline")
    func start() {
        var told = told(.buildStart, .minutes(10))
        told.check(1, "accepted", at: 0)
        #expect(events(told, at: 720) == [false: 1])
        told.check(2, "started", at: 600)
        #expect(events(told, at: 600) == [true: 1])
    }

    @Test(
        "An end within the deadline shows a start, but an error does not",
        arguments: [("success", true), ("error", false)])
    func end(word: String, isGood: Bool) {
        var told = told(.buildStart, .minutes(10))
        told.check(1, "accepted", at: 0)
        told.check(2, word, at: 600)
        #expect(events(told, at: 5000) == (isGood ? [true: 1] : [:]))
    }

    @Test("An objective counts what it selects when it judges", arguments: [("main", true), ("stable", false)])
    func selection(branch: String, isSelected: Bool) {
        var told = told(.builds, .hours(1), ObjectiveSelection(repositories: ["A/*"], branches: [branch]))
        told.push(at: 0)
        told.check(1, "accepted", at: 5)
        told.check(2, "success", at: 60)
        #expect(events(told, at: 100) == (isSelected ? [true: 1] : [:]))
    }

    @Test("Without the default objective its deadline goes on, and nothing is judged by it")
    func leftOut() {
        var told = told(.initialStatus, .seconds(60), leavingOut: [.initialStatus])
        told.push(at: 0)
        told.check(1, "accepted", at: 20)
        let counters = told.counters(at: 1000)
        #expect(counters[.changesJudged(.prod, .late, .learned)] == 1)
        #expect(counters[.objectiveEvents(.initialStatus, .prod, isGood: false)] == nil)
        #expect(events(told, at: 1000) == [true: 1])
    }
}
