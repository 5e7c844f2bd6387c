import SLOCore
import Testing

@testable import SLOStore

/// What a search reads: runs by build and commit, changes by commit, deliveries by identity.
@Suite struct SearchTests {
    private static func run(_ number: Int64, sha: String?, backend: String?) -> RunRecord {
        RunRecord(
            run: EntityID(number), kind: .build, deployment: Deployment("prod"), repository: 1,
            repositoryName: "acme/rocket", sha: sha, pullRequest: 12, name: "rpm-build", chroot: nil,
            backendID: backend, queuedAt: nil, startedAt: nil, finishedAt: Timestamp(seconds: 100), outcome: .success,
            reason: .stated, revisedOutcome: nil, countedAt: Timestamp(seconds: 100), isCounted: true)
    }

    @Test(arguments: Backend.readable) func runsAreFoundByTheirBuildAndByTheBeginningOfTheirCommit(_ backend: Backend)
        throws
    {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.runs = [
            Self.run(1, sha: "abc123", backend: "9001"), Self.run(2, sha: "abc9", backend: "9001"),
            Self.run(3, sha: "abd", backend: "90011"), Self.run(4, sha: nil, backend: nil),
        ]
        batch.changes = [.sample(EntityID(5), judgedAt: Timestamp(seconds: 500))]
        try store.commit(batch)
        let reader = try place.reader()
        #expect(try reader.runs(ofBackend: "9001", atMost: 9).map(\.run.number) == [1, 2])
        #expect(try reader.runs(ofBackend: "9001", atMost: 1).map(\.run.number) == [1])
        #expect(try reader.runs(ofBackend: "900", atMost: 9).isEmpty)
        #expect(try reader.runs(ofCommit: "abc", atMost: 9).map(\.run.number) == [1, 2])
        #expect(try reader.runs(ofCommit: "abc9", atMost: 9).map(\.run.number) == [2])
        #expect(try reader.runs(ofCommit: "abc99", atMost: 9).isEmpty)
        let sha = batch.changes[0].headSHA
        #expect(try reader.changes(ofCommit: String(sha.prefix(6)), atMost: 9) == batch.changes)
        #expect(try reader.changes(ofCommit: sha + "0", atMost: 9).isEmpty)
    }

    private static let guid = "2d2fbf28-c8d8-11f0-8de9-0242ac120002"

    @Test(arguments: Backend.readable) func aDeliveryIsFoundByItsIdentityAmongMany(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        let identity = try #require(DeliveryIdentity(uuid: Self.guid))
        let targeted = try #require(identity.distinguished(by: Array(repeating: UInt8(7), count: 16)[...]))
        var batch = CommitBatch()
        batch.journal = (Int64(1)...9000).map { number in
            let own = number == 6000 ? identity : number == 6001 ? targeted : .numbered(Int(number))
            return JournalEntry(
                sequence: number, receivedAt: Timestamp(seconds: 1000 + number), kind: .delivery,
                delivery: JournalledDelivery(
                    source: .github, event: "push", identity: own, fingerprint: BodyFingerprint(bits: 1),
                    result: "accepted", bodyByteCount: 5, body: nil))
        }
        try store.commit(batch)
        let reader = try place.reader()
        let found = try reader.arrivals(of: identity.ofAllTargets, atMost: 9)
        #expect(Set(found.compactMap(\.delivery?.sequence)) == [6000, 6001])
        #expect(Set(found.map(\.seenAt)) == [Timestamp(seconds: 7000), Timestamp(seconds: 7001)])
        #expect(try reader.arrivals(of: identity...identity, atMost: 9).map(\.delivery?.sequence) == [6000])
        #expect(try reader.arrivals(of: identity.ofAllTargets, atMost: 1).count == 1)
        let other = try #require(DeliveryIdentity(uuid: "00000000-0000-11f0-8de9-0242ac120002"))
        #expect(try reader.arrivals(of: other.ofAllTargets, atMost: 9).isEmpty)
    }

    @Test(arguments: Backend.readable) func aDeliveryThatTheJournalHasNoMoreHasItsTimeAlone(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...1, from: Timestamp(seconds: 7)))
        _ = try place.run("DELETE FROM journal")
        let identity = DeliveryIdentity.numbered(1)
        let found = try place.reader().arrivals(of: identity...identity, atMost: 9)
        #expect(found == [Arrival(seenAt: Timestamp(milliseconds: 7000), delivery: nil)])
    }
}
