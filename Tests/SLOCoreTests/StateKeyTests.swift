import Testing

@testable import SLOCore

@Suite struct StateKeyTests {
    @Test func keysSortLikeTheirNumbers() throws {
        let numbers: [Int64] = [
            .min, -70_000, -257, -256, -2, -1, 0, 1, 127, 128, 255, 256, 65_535, 65_536, 9_000_000, .max,
        ]
        let keys = numbers.map { StateKey(.runs, EntityID($0)) }
        #expect(try keys.map { try EntityID($0).number } == numbers)
        for (smaller, greater) in zip(keys, keys.dropFirst()) {
            #expect(smaller.key.lexicographicallyPrecedes(greater.key))
        }
    }

    @Test func damagedKeysAreAnErrorAndNeverACrash() throws {
        let good = StateKey(.backends, BackendKey.copr(build: 9_000_000, chroot: "fedora-44-x86_64"))
        for length in 0..<good.key.count {
            let cut = StateKey(table: good.table, repository: 0, key: Array(good.key[..<length]))
            #expect(throws: ByteCodingError.self) { try BackendKey(cut) }
        }
        let tooLong: [UInt8] = [0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9]
        let tooLarge: [UInt8] = [0x88] + Array(repeating: 0xff, count: 8)
        for bytes in [[], [0x81], tooLong, tooLarge] {
            #expect(throws: ByteCodingError.self) { try EntityID(StateKey(table: 6, repository: 0, key: bytes)) }
        }
    }
}
