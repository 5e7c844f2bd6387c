import SLOCore
import SLOSources
import SLOStore
import Testing

@testable import SLOService

@Suite struct DeliveryKeyTests {
    private static func key(_ body: UInt64, identity: String? = "0b989ba4-242f-11e5-81e1-c7b6966d2516") -> DeliveryKey {
        DeliveryKey(
            identity: identity.flatMap { DeliveryIdentity(.github, $0) }, fingerprint: BodyFingerprint(bits: body))
    }

    @Test func rule33AConflictingBodyIsStoredOnce() throws {
        var known: [DeliveryIdentity: BodyFingerprint] = [:]
        let first = Self.key(1)
        #expect(first.repetition { known[$0] } == nil)
        known[try #require(first.identity)] = first.fingerprint
        #expect(first.repetition { known[$0] } == .duplicate)
        let second = Self.key(2)
        guard case .conflicting(let own) = second.repetition(known: { known[$0] }) else {
            Issue.record("another body is no repetition of the first")
            return
        }
        known[own] = second.fingerprint
        #expect(second.repetition { known[$0] } == .duplicate)
        #expect(first.repetition { known[$0] } == .duplicate)
    }

    @Test func aHintRepeatsNothing() {
        #expect(Self.key(1, identity: nil).repetition { _ in BodyFingerprint(bits: 1) } == nil)
    }
}

/// Rule 33: GitHub gives one event one GUID, to whichever hooks it is delivered.
@Suite struct DeliveryTargetTests {
    private static let guid = "0b989ba4-242f-11e5-81e1-c7b6966d2516"

    @Test func rule33DeliveriesToTwoAppsAreTwo() throws {
        let identities = try ["", "@12345", "@67890"].map { try #require(DeliveryIdentity(.github, Self.guid + $0)) }
        #expect(Set(identities).count == 3)
        #expect(identities[1] == DeliveryIdentity(.github, Self.guid.uppercased() + "@12345"))
        // They lie side by side in the index.
        #expect(Set(identities.map { $0.bytes.prefix(8) }).count == 1)
    }

    @Test func rule33AnIdentityOfAnOlderVersionIsRecognised() {
        #expect(DeliveryIdentity(.github, Self.guid) == DeliveryIdentity(uuid: Self.guid))
    }

    @Test func rule33OtherIdentifiersAreDistinguishedByTarget() {
        #expect(DeliveryIdentity(.github, "X-1") != DeliveryIdentity(.github, "X-1@12345"))
    }
}
