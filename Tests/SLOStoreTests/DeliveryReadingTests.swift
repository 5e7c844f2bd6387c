import SLOCore
import Testing

@testable import SLOStore

/// What is read of single deliveries.
@Suite struct DeliveryReadingTests {
    private static func entry(_ sequence: Int64, event: String = "push", observation: String) -> JournalEntry {
        let body = Array("{\"number\":\(sequence)}".utf8)
        return JournalEntry(
            sequence: sequence, receivedAt: Timestamp(seconds: 1000 + sequence), kind: .delivery,
            delivery: JournalledDelivery(
                source: .github, event: event, identity: .numbered(Int(sequence)),
                fingerprint: BodyFingerprint(of: body), result: "accepted", bodyByteCount: body.count,
                body: KeptBody(headers: "{}", compressed: CompressedBody(compressing: body))),
            observation: Array(observation.utf8))
    }

    private static func reader(_ backend: Backend) throws -> any StoreReading {
        let place = try StorePlace(backend)
        var batch = CommitBatch()
        batch.journal = [
            entry(1, observation: "\u{4}acme/rocket\u{1}"), entry(2, observation: "acme/other"),
            entry(3, event: "release", observation: "acme/rocket"),
            JournalEntry(sequence: 4, receivedAt: Timestamp(seconds: 1004), kind: .stop),
            .delivery(5, at: Timestamp(seconds: 1005), body: nil),
        ]
        try place.open().commit(batch)
        return try place.reader()
    }

    @Test(arguments: Backend.readable) func deliveriesAreFoundByWhatTheirObservationsContain(_ backend: Backend) throws
    {
        let reader = try Self.reader(backend)
        let name = Array("acme/rocket".utf8)
        let found = try reader.deliveries(before: nil, JournalFilter(containing: name), atMost: 9)
        #expect(found.deliveries.map(\.sequence) == [3, 1])
        #expect(found.deliveries.first?.observation == name)
        let pushes = try reader.deliveries(before: nil, JournalFilter(event: "push", containing: name), atMost: 9)
        #expect(pushes.deliveries.map(\.sequence) == [1])
    }

    @Test(arguments: Backend.readable) func oneDeliveryIsReadByItsNumber(_ backend: Backend) throws {
        let reader = try Self.reader(backend)
        #expect(try reader.delivery(3)?.delivery?.event == "release")
        // No delivery, or no entry.
        for number in [4, 6, 0, -1, Int64.max] { #expect(try reader.delivery(number) == nil) }
        let bodies = try reader.bodies(of: [3, 1, 5, 77])
        #expect(bodies.map(\.sequence) == [3, 1])
        #expect(bodies.map { String(decoding: $0.body, as: UTF8.self) } == ["{\"number\":3}", "{\"number\":1}"])
    }

    @Test(arguments: Backend.readable) func aPlaceInTheJournalIsFoundByTime(_ backend: Backend) throws {
        let reader = try Self.reader(backend)
        #expect(try reader.firstEntry(receivedFrom: Timestamp(seconds: 1)) == 1)
        #expect(try reader.firstEntry(receivedFrom: Timestamp(seconds: 1002)) == 2)
        #expect(try reader.firstEntry(receivedFrom: Timestamp(milliseconds: 1_002_001)) == 3)
        // Behind the last entry.
        #expect(try reader.firstEntry(receivedFrom: Timestamp(seconds: 5000)) >= 6)
    }
}
