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

/// Rule 33: GitHub gives one event one GUID, to whichever hooks it is delivered.
@Suite struct DeliveryTargetTests {
    private static let guid = "0b989ba4-242f-11e5-81e1-c7b6966d2516"

    @Test func rule33WhatIsDeliveredToTwoAppsIsTwoDeliveries() throws {
        let identities = try ["", "@12345", "@67890"].map { try #require(DeliveryIdentity(.github, Self.guid + $0)) }
        #expect(Set(identities).count == 3)
        #expect(identities[1] == DeliveryIdentity(.github, Self.guid.uppercased() + "@12345"))
        // They lie side by side in the index.
        #expect(Set(identities.map { $0.bytes.prefix(8) }).count == 1)
    }

    @Test func rule33AnIdentityOfAnOlderVersionStaysWhatItWas() {
        #expect(DeliveryIdentity(.github, Self.guid) == DeliveryIdentity(uuid: Self.guid))
    }

    @Test func rule33OtherTokensAreToldApartByTheirTargets() {
        #expect(DeliveryIdentity(.github, "X-1") != DeliveryIdentity(.github, "X-1@12345"))
    }
}
