import Foundation
import SLOCore
import Testing

@testable import SLOStore

@Suite struct SpoolTests {
    private let scratch = try? Scratch()
    private let now = Timestamp(seconds: 1_795_341_600)

    private func path() throws -> String { try #require(scratch).path("spool") }

    private func open(maxBytes: Int64 = 1 << 20) throws -> Spool {
        try Spool(path: path(), maxBytes: maxBytes, at: now)
    }

    private func entry(_ position: Int64, of stream: Int64 = 1, bytes: Int = 40) -> InboxEntry {
        InboxEntry(
            place: InboxPlace(StreamID(stream), position), receivedAt: now + .milliseconds(position),
            content: .delivery(
                JournalledDelivery(
                    source: .github, event: "check_run", identity: DeliveryIdentity(high: 1, low: UInt64(position)),
                    fingerprint: BodyFingerprint(of: [UInt8(truncatingIfNeeded: position)]), result: "accepted",
                    bodyByteCount: bytes,
                    body: KeptBody(
                        headers: #"{"X-GitHub-Event":"check_run"}"#,
                        compressed: CompressedBody(compressing: [UInt8](repeating: 7, count: bytes))))),
            untargetedIdentity: DeliveryIdentity(high: 2, low: 2), observation: [1, 2, 3])
    }

    private func all(_ spool: Spool) throws -> [InboxEntry] {
        var entries: [InboxEntry] = []
        while let batch = try spool.next(atMost: 2, bytes: 1 << 20) {
            entries += batch.entries
            try spool.didForward(batch)
        }
        return entries
    }

    /// Every kind of entry is read by the next process as it was written.
    @Test func whatIsAppendedIsThereAfterACrash() throws {
        let entries = [
            entry(1), entry(2, bytes: 0),
            InboxEntry(
                place: InboxPlace(StreamID(1), 3), receivedAt: now,
                content: .answer(
                    JournalledAnswer(
                        upstream: .testingFarm, identity: DeliveryIdentity(high: 3, low: 3),
                        fingerprint: BodyFingerprint(of: [9]))), untargetedIdentity: nil, observation: [4]),
            InboxEntry(
                place: InboxPlace(StreamID(1), 4), receivedAt: now,
                content: .blindInterval(DeliveryIdentity(high: 4, low: 4)), untargetedIdentity: nil, observation: []),
        ]
        do {
            let spool = try open()
            try spool.append(Array(entries.prefix(1)))
            try spool.append(Array(entries.dropFirst()))
            #expect(spool.count == 4)
        }
        let again = try open()
        #expect(again.damage == nil)
        #expect(again.count == 4)
        #expect(try all(again) == entries)
    }

    @Test func theFileIsEmptyOnceAllIsForwarded() throws {
        let spool = try open()
        try spool.append((1...5).map { entry($0) })
        let first = try #require(try spool.next(atMost: 3, bytes: 1 << 20))
        #expect(!first.isRest)
        try spool.didForward(first)
        #expect(spool.count == 2)
        #expect(try File.size(path()) != 0)
        try spool.append([entry(6)])
        #expect(try all(spool).map(\.place.position) == [4, 5, 6])
        #expect(spool.count == 0)
        #expect(try File.size(path()) == 0)
        try spool.append([entry(7)])
        #expect(try all(spool).map(\.place.position) == [7])
    }

    /// What was forwarded is forwarded again after a crash: its place makes that harmless.
    @Test func aBatchIsOfOneStreamAndNoMoreThanItsLimit() throws {
        let spool = try open()
        try spool.append([entry(8, of: 1), entry(9, of: 1), entry(1, of: 2)])
        let first = try #require(try spool.next(atMost: 9, bytes: 1 << 20))
        #expect(first.entries.map(\.place.position) == [8, 9])
        #expect(!first.isRest)
        try spool.didForward(first)
        #expect(try spool.next(atMost: 9, bytes: 1 << 20)?.isRest == true)
        #expect(try spool.next(atMost: 9, bytes: 1)?.entries.count == 1)
    }

    /// Wherever a file ends, or is damaged, what is before that is used, and the file is kept.
    @Test func aDamagedFileIsReadUpToTheDamage() throws {
        try open().append((1...3).map { entry($0) })
        let whole = try Data(contentsOf: URL(filePath: path()))
        let record = SpoolRecord.bytes(of: entry(1)).count
        for (place, left) in [(0, 0), (record - 1, 0), (record, 1), (record + 9, 1), (2 * record + 4, 2)] {
            for isCut in [true, false] where !(isCut && place % record == 0) {
                var bytes = isCut ? whole.prefix(place) : whole
                if !isCut { bytes[place] ^= 0x40 }
                try bytes.write(to: URL(filePath: path()))
                let spool = try open()
                #expect(spool.count == left, "\(place), \(isCut)")
                let damage = try #require(spool.damage)
                let end = left * record
                #expect(damage.bytes == Int64(bytes.count - end))
                #expect(try Data(contentsOf: URL(filePath: #require(damage.copy))) == bytes.dropFirst(end))
                try spool.append([entry(9)])
                #expect(try all(spool).map(\.place.position) == Array((1...3).prefix(left)) + [9])
            }
        }
    }

    /// Nothing of it is cut off.
    @Test func aRecordOfAnotherVersionIsAnError() throws {
        let fields = Array("of another version".utf8)
        let sum = CRC32C.checksum(of: fields[...])
        let head = [UInt32(fields.count), sum].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        try Data(head + fields).write(to: URL(filePath: path()))
        let refused = #expect(throws: StoreError.self) { try open() }
        #expect(refused?.code == .newerVersion)
        #expect(try File.size(path()) == Int64(head.count + fields.count))
    }

    @Test func aFullSpoolTakesNothingAndStaysWhole() throws {
        let spool = try open(maxBytes: 300)
        try spool.append([entry(1)])
        let refused = #expect(throws: StoreError.self) { try spool.append([entry(2, bytes: 1), entry(3), entry(4)]) }
        #expect(refused?.code == .diskFull)
        #expect(refused?.message.contains("cluster.spool.max_bytes") == true)
        #expect(try all(spool).map(\.place.position) == [1])
    }

    @Test func twoProcessesCannotShareOne() throws {
        let first = try open()
        let refused = #expect(throws: StoreError.self) { try open() }
        #expect(refused?.code == .lockedByOther)
        #expect(first.count == 0)
    }

    @Test func theChecksumIsThatOfTheStandard() {
        #expect(CRC32C.checksum(of: Array("123456789".utf8)[...]) == 0xE306_9283)
    }
}
