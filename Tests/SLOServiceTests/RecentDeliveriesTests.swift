import SLOCore
import SLOStore
import Testing

@testable import SLOService

@Suite struct RecentDeliveriesTests {
    private static let body = BodyFingerprint(bits: 1)
    private static let other = BodyFingerprint(bits: 2)

    private static func identity(_ number: UInt8) throws -> DeliveryIdentity {
        try #require(DeliveryIdentity(digest: [UInt8](repeating: number, count: 16)[...]))
    }

    private static func day(_ number: Double) -> Timestamp { Timestamp(milliseconds: Int64(number * 86_400_000)) }

    @Test func theFirstBodyIsTheOneThatIsKnown() throws {
        var recent = RecentDeliveries(keep: .days(30))
        #expect(recent.first(of: try Self.identity(1), Self.body, at: Self.day(1)) == nil)
        #expect(recent.first(of: try Self.identity(1), Self.other, at: Self.day(2)) == Self.body)
        #expect(recent.first(of: try Self.identity(1), Self.body, at: Self.day(3)) == Self.body)
    }

    /// Whatever the pace at which others come in between.
    @Test(arguments: [0.01, 1, 7, 14.9, 20, 31])
    func itIsKnownForAsLongAsItIsToBeAndForgottenInTheEnd(pace: Double) throws {
        var recent = RecentDeliveries(keep: .days(30))
        _ = recent.first(of: try Self.identity(0), Self.other, at: Self.day(0))
        #expect(recent.first(of: try Self.identity(1), Self.body, at: Self.day(3)) == nil)
        var now = 3.0
        while now + pace < 33 {
            now += pace
            _ = recent.first(of: try Self.identity(2), Self.other, at: Self.day(now))
        }
        #expect(recent.first(of: try Self.identity(1), Self.body, at: Self.day(33)) == Self.body)
        for step in 0...4 {
            _ = recent.first(of: try Self.identity(3), Self.body, at: Self.day(33 + Double(step) * 11.25))
        }
        #expect(recent.first(of: try Self.identity(1), Self.other, at: Self.day(78)) == nil)
    }
}
