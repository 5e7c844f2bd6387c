public import SLOCore

/// What goes wrong in the month, relative to its end.
public struct DemoIncidents: Sendable {
    /// Packit's workers stand: changes that come meanwhile are answered when they run again.
    public let packitSilent: Range<Timestamp>
    /// Copr has no builders of one architecture: its builds wait until there are some again.
    public let buildersGone: Range<Timestamp>
    public let architecture = "s390x"
    /// From then on Testing Farm takes requests, and starts and ends none.
    public let testingFarmStands: Timestamp

    init(before now: Timestamp) {
        var day = Self.midnight(of: now - .days(9))
        while !day.isWorkday { day = day - .days(1) }
        packitSilent = day + .hours(13)..<day + .hours(15)
        let gone = Self.midnight(of: now - .days(4)) + .hours(5)
        buildersGone = gone..<gone + .hours(20)
        testingFarmStands = now - .hours(7)
    }

    /// Changes that people open in an hour: more on workdays, and enough in each incident to see it.
    func storiesPerHour(at time: Timestamp) -> Double {
        if packitSilent.contains(time) { return 3.5 }
        let usual = time.isWorkday ? (7..<18).contains(time.hourOfDay) ? 2.2 : 0.7 : 0.5
        let isIncident = buildersGone.contains(time) || time >= testingFarmStands - .hours(1)
        return isIncident ? max(usual, 2.5) : usual
    }

    /// How often the conditions are worth a look: every minute in an incident and until it is over, seldom otherwise.
    /// So the month is made in seconds.
    public func sampling(at time: Timestamp) -> TimeSpan {
        let isIncident =
            time >= packitSilent.lowerBound - .minutes(30) && time < packitSilent.upperBound + .hours(2)
            || time >= buildersGone.lowerBound + .hours(11) && time < buildersGone.upperBound + .hours(2)
            || time >= testingFarmStands - .hours(1)
        return isIncident ? .minutes(1) : .minutes(15)
    }

    private static func midnight(of time: Timestamp) -> Timestamp {
        time - .milliseconds(time.milliseconds % 86_400_000)
    }
}

extension Timestamp {
    fileprivate var hourOfDay: Int64 { milliseconds / 3_600_000 % 24 }

    /// 1 January 1970 was a Thursday.
    fileprivate var isWorkday: Bool { (milliseconds / 86_400_000 + 3) % 7 < 5 }
}
