import SLOCore
import SLOStore
import Testing

@testable import SLOReplay

@Suite struct RecentDeliveriesTests {
    private static let body = BodyFingerprint(bits: 1)
    private static let other = BodyFingerprint(bits: 2)

    private static func identity(_ number: UInt8) throws -> DeliveryIdentity {
        try #require(DeliveryIdentity(digest: [UInt8](repeating: number, count: 16)[...]))
    }

    private static func day(_ number: Double) -> Timestamp { Timestamp(milliseconds: Int64(number * 86_400_000)) }

    /// What was known of an identity; it is remembered if it was not.
    private static func first(
        _ number: UInt8, _ body: BodyFingerprint, on day: Double, in recent: inout RecentDeliveries
    ) throws -> BodyFingerprint? {
        let identity = try Self.identity(number)
        let first = recent.first(of: identity, at: Self.day(day))
        if first == nil { recent.remember(identity, body, at: Self.day(day)) }
        return first
    }

    @Test func theFirstBodyIsValid() throws {
        var recent = RecentDeliveries(keep: .days(30))
        #expect(try Self.first(1, Self.body, on: 1, in: &recent) == nil)
        #expect(try Self.first(1, Self.other, on: 2, in: &recent) == Self.body)
        #expect(try Self.first(1, Self.body, on: 3, in: &recent) == Self.body)
    }

    /// Whatever the pace at which others come in between.
    @Test(arguments: [0.01, 1, 7, 14.9, 20, 31])
    func itIsKnownForAsLongAsItIsToBeAndForgottenInTheEnd(pace: Double) throws {
        var recent = RecentDeliveries(keep: .days(30))
        _ = try Self.first(0, Self.other, on: 0, in: &recent)
        #expect(try Self.first(1, Self.body, on: 3, in: &recent) == nil)
        var now = 3.0
        while now + pace < 33 {
            now += pace
            _ = try Self.first(2, Self.other, on: now, in: &recent)
        }
        #expect(try Self.first(1, Self.body, on: 33, in: &recent) == Self.body)
        for step in 0...4 {
            _ = try Self.first(3, Self.body, on: 33 + Double(step) * 11.25, in: &recent)
        }
        #expect(try Self.first(1, Self.other, on: 78, in: &recent) == nil)
    }
}
