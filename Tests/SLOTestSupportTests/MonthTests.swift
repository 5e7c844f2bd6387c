import LongComputations
import SLOCore
import SLOTestSupport
import Testing

/// A small month; `simulate try --kind month` runs whole ones.
@Suite("A month under twelve objectives", .computes)
struct MonthTests {
    private let month = MonthTrial(seed: 1, deliveries: 400)

    @Test("has an objective of each indicator")
    func indicators() {
        let objectives = month.trial.history.settings.objectives
        #expect(objectives.count == 12)
        #expect(Set(objectives.map(\.indicator)) == Set(Objective.Indicator.allCases))
    }

    @Test("ends in the same numbers in the ledger and in the model")
    func equality() {
        #expect(month.trial.difference(in: month.trial.history, under: month.trial.weather) == nil)
    }
}
