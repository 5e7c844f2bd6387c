import SLOCore
import SLOStore
import Testing

@testable import SLOService

/// What the decider's tracker makes of the intervals in which a cluster's nodes refused deliveries.
@Suite struct ToldBlindIntervalTests {
    private static func at(_ seconds: Double) -> Moment {
        Moment(virtual: Timestamp(milliseconds: 1_000_000_000 + Int64(seconds * 1000)))
    }

    private static func identity(_ number: UInt8) -> DeliveryIdentity? {
        DeliveryIdentity(digest: [UInt8](repeating: number, count: 16)[...])
    }

    private let times = BlindIntervalTracker(longestWait: .seconds(15), startedAt: at(0))

    private func told(_ from: Double, _ to: Double, _ missing: UInt8...) -> BlindIntervalTracker.Interval {
        .init(
            from: Self.at(from).wall, to: Self.at(to).wall, cause: .refused,
            missing: Set(missing.compactMap(Self.identity)))
    }

    private func place(_ stream: Int64, _ position: Int64) -> InboxPlace { InboxPlace(StreamID(stream), position) }

    @Test func whatANodeTellsIsAddedOnceAndExtended() {
        times.add(told(100, 115, 1), of: place(1, 4))
        times.add(told(100, 115, 1), of: place(1, 4))
        #expect(times.takeUpdate(at: Self.at(116)).intervals.map(\.added) == [15_000])
        times.add(told(100, 120, 1, 2), of: place(1, 7))
        let longer = times.takeUpdate(at: Self.at(121)).intervals
        #expect(longer.map(\.added) == [5000])
        #expect(longer.map(\.interval) == [told(100, 120, 1, 2)])
    }

    /// What has arrived through another node is not missing again when its interval becomes longer.
    @Test func whatHasArrivedElsewhereStaysArrived() {
        times.add(told(100, 115, 1), of: place(1, 1))
        times.stored([Self.identity(1)].compactMap(\.self))
        _ = times.takeUpdate(at: Self.at(116))
        times.add(told(100, 120, 1, 2), of: place(1, 2))
        times.stored([Self.identity(2)].compactMap(\.self))
        #expect(times.takeUpdate(at: Self.at(121)).caughtUp == [Self.at(100).wall])
    }

    @Test func theIntervalsOfTwoNodesStayApart() {
        times.add(told(100, 115, 1), of: place(1, 1))
        times.add(told(100, 115, 2), of: place(2, 1))
        #expect(
            times.takeUpdate(at: Self.at(116)).intervals.map(\.interval)
                == [told(100, 115, 1), told(100.001, 115, 2)])
    }

    @Test func anIntervalIsReadAsItWasWritten() throws {
        for interval in [
            told(100, 115, 1, 2), told(1, 2),
            .init(from: Self.at(1).wall, to: Self.at(2).wall, cause: .unverified, missing: nil),
        ] {
            #expect(try BlindIntervalTracker.Interval(stored: interval.stored) == interval)
        }
    }
}
