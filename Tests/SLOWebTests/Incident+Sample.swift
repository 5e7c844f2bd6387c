import SLOConditions
import SLOCore

extension Incident {
    /// Began five hours before the fake pages' now.
    static func sample(
        _ condition: String = "PackitRunsStalled", severity: Severity = .critical, party: Party = .testingFarm,
        summary: String = "Test runs of Packit prod: none finishes", fired: Bool = true, ended: Timestamp? = nil
    ) -> Incident {
        let since = FakePages.now - .hours(5)
        return Incident(
            key: Key(
                beganAt: since + .hours(3), condition: condition,
                subject: #"deployment="prod",objective="test_runs""#),
            severity: severity, party: party, summary: summary, since: since,
            firedAt: fired ? since + .minutes(210) : nil, endedAt: ended)
    }
}

extension ConditionsNow {
    static func holding(_ incidents: Incident...) -> ConditionsNow {
        var now = ConditionsNow()
        now.at = FakePages.now - .seconds(20)
        now.samplesSince = FakePages.now - .days(7)
        now.holding = incidents.map {
            HoldingCondition(
                incident: $0, description: "Check at which hop tests wait or fail.", waiting: 7, page: .waiting,
                firesAt: $0.firedAt ?? FakePages.now + .minutes(10))
        }
        return now
    }
}
