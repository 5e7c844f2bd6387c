import Testing

@testable import SLOStore

@Suite struct BodyFingerprintTests {
    /// Stored fingerprints are compared with those of later versions: these numbers never change.
    @Test(
        arguments: zip(
            [0, 1, 8, 31, 32, 33, 1000],
            [
                0x1520_0B2A_4FBD_53F4, 0x97B7_2162_365C_BADF, 0x70A4_9D3F_82CA_E416, 0x038B_B4E8_E46B_D74B,
                0xB22A_3281_7E26_00D9, 0x3E23_E334_4940_09E5, 0x5EE9_B0BE_6A09_CEE9,
            ] as [UInt64]))
    func staysTheSameInAllVersions(count: Int, bits: UInt64) {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
        #expect(BodyFingerprint(of: body).bits == bits)
    }

    @Test func bodiesThatDifferInOneBitAreDifferent() {
        var seen: Set<BodyFingerprint> = []
        let body = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
        for bit in 0..<800 {
            var other = body
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            seen.insert(BodyFingerprint(of: other))
        }
        seen.insert(BodyFingerprint(of: body))
        #expect(seen.count == 801)
    }

    @Test func bodiesOfZerosDifferByLength() {
        let fingerprints = Set((0..<300).map { BodyFingerprint(of: [UInt8](repeating: 0, count: $0)) })
        #expect(fingerprints.count == 300)
    }

    @Test func doesNotDependOnAlignment() {
        let body = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 11) }
        let shifted = [UInt8](repeating: 9, count: 3) + body
        let ofShifted = shifted.withUnsafeBytes {
            BodyFingerprint(of: UnsafeRawBufferPointer(rebasing: $0[3...]))
        }
        #expect(ofShifted == BodyFingerprint(of: body))
    }
}

@Suite struct CompressedBodyTests {
    @Test(arguments: [2, 3, 64, 4096, 23_700, 1 << 20])
    func aRepetitiveBodyComesBackByteForByte(count: Int) throws {
        let body = (0..<count).map { UInt8($0 % 50) }
        let compressed = CompressedBody(compressing: body)
        #expect(try compressed.decompressed() == body)
        if count > 64 {
            #expect(compressed.codec == .lz4WithDictionary)
            #expect(compressed.bytes.count < count / 4)
        }
    }

    @Test(arguments: [0, 1, 2, 100, 100_000])
    func aBodyThatDoesNotShrinkIsKeptAsItCame(count: Int) throws {
        let body = noise(count)
        let compressed = CompressedBody(compressing: body)
        #expect(compressed.codec == .raw)
        #expect(compressed.bytes == body)
        #expect(try compressed.decompressed() == body)
    }

    @Test func theDictionarySavesCommonText() throws {
        let text =
            #"{"action":"closed","repository":{"forks_url":"https://api.github.com/repos/some/where/forks","#
            + #""keys_url":"https://api.github.com/repos/some/where/keys{/key_id}","teams_url":"#
            + #""https://api.github.com/repos/some/where/teams"}}"#
        let body = Array(text.utf8)
        let compressed = CompressedBody(compressing: body)
        #expect(compressed.bytes.count < body.count / 2)
        #expect(try compressed.decompressed() == body)
    }

    @Test func theDictionaryNeverChanges() {
        let bytes = UnsafeRawBufferPointer(BodyDictionary.bytes)
        #expect(BodyFingerprint(of: bytes).bits == 0x4421_9BB4_6D20_E26C)
    }

    @Test func aBlockThatAnEarlierVersionStoredIsRead() throws {
        // A token that says "five literals", and they.
        let stored = CompressedBody(codec: .lz4, originalByteCount: 5, bytes: [0x50] + Array("hello".utf8))
        #expect(try stored.decompressed() == Array("hello".utf8))
    }

    @Test func damagedBytesAreRefusedAndNotReadBeyond() throws {
        let good = CompressedBody(compressing: [UInt8](repeating: 7, count: 5000))
        let damaged = [
            CompressedBody(codec: .lz4WithDictionary, originalByteCount: 5000, bytes: Array(good.bytes.dropLast(3))),
            CompressedBody(codec: .lz4WithDictionary, originalByteCount: 4999, bytes: good.bytes),
            CompressedBody(codec: .lz4WithDictionary, originalByteCount: 5001, bytes: good.bytes),
            CompressedBody(codec: .lz4WithDictionary, originalByteCount: .max, bytes: good.bytes),
            CompressedBody(codec: .lz4WithDictionary, originalByteCount: -1, bytes: good.bytes),
            CompressedBody(codec: .lz4WithDictionary, originalByteCount: 5000, bytes: []),
            CompressedBody(codec: .lz4, originalByteCount: 5, bytes: [0x50, 1, 2, 3, 4]),
            CompressedBody(codec: .raw, originalByteCount: 5, bytes: [1, 2]),
        ]
        for body in damaged {
            #expect(try storeError { _ = try body.decompressed() }.code == .damaged)
        }
    }
}

@Suite struct DeliveryIdentityTests {
    @Test func aUUIDReadsInEitherCase() {
        let lower = DeliveryIdentity(uuid: "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        #expect(lower != nil)
        #expect(lower == DeliveryIdentity(uuid: "72D3162E-CC78-11E3-81AB-4C9367DC0958"))
        #expect(lower != DeliveryIdentity(uuid: "72d3162e-cc78-11e3-81ab-4c9367dc0959"))
    }

    @Test(arguments: [
        "", "72d3162e", "72d3162e-cc78-11e3-81ab-4c9367dc09580", "72d3162e-cc78-11e3-81ab-4c9367dc095g",
        "72d3162e0cc78-11e3-81ab-4c9367dc0958", "72d3162e-cc78-11e3-81ab-4c9367dc095",
    ])
    func otherTextIsNoUUID(text: String) {
        #expect(DeliveryIdentity(uuid: text) == nil)
    }

    @Test func identifiersOfOneMomentAreNeighbours() throws {
        // The clock's low bits wrap between these two, its middle bits count on.
        let before = try #require(DeliveryIdentity(uuid: "ffffffff-cc78-11e3-81ab-4c9367dc0958"))
        let after = try #require(DeliveryIdentity(uuid: "00000000-cc79-11e3-81ab-4c9367dc0958"))
        #expect(before.bytes.lexicographicallyPrecedes(after.bytes))
        #expect(before.bytes.prefix(3) == after.bytes.prefix(3))
    }

    @Test func aDigestIsCutToSixteenBytes() {
        #expect(DeliveryIdentity(digest: (0..<32).map { UInt8($0) }[...])?.bytes == (0..<16).map { UInt8($0) })
        #expect(DeliveryIdentity(digest: [UInt8](repeating: 0, count: 15)[...]) == nil)
    }
}
