import CZlib
import CZstd
import SLOStore

/// Compression of bodies: the product's, and alternatives.
struct CodecSteps {
    private let body: [UInt8]
    private let dictionary: [UInt8]

    init(_ bodies: Bodies) throws {
        body = bodies.pullRequest
        dictionary = bodies.otherPullRequest
    }

    var all: [Step] {
        get throws {
            [lz4] + [try zstd(level: 1), try zstd(level: 3), try zstdWithDictionary(), try zlib(level: 1)]
        }
    }

    private var lz4: Step {
        Step(name: "compress 23.7 KB, LZ4", outputBytes: CompressedBody(compressing: body).bytes.count) { [body] in
            consume(CompressedBody(compressing: body))
        }
    }

    private func zstd(level: Int32) throws -> Step {
        guard let context = ZSTD_createCCtx() else { throw Self.noMemory }
        return step("zstd level \(level)", room: ZSTD_compressBound(body.count)) { room in
            ZSTD_compressCCtx(context, room.baseAddress, room.count, body, body.count, level)
        }
    }

    private func zstdWithDictionary() throws -> Step {
        guard let context = ZSTD_createCCtx(), let dictionary = ZSTD_createCDict(dictionary, dictionary.count, 1)
        else { throw Self.noMemory }
        return step("zstd level 1 with another body as its dictionary", room: ZSTD_compressBound(body.count)) { room in
            ZSTD_compress_usingCDict(context, room.baseAddress, room.count, body, body.count, dictionary)
        }
    }

    private func zlib(level: Int32) throws -> Step {
        let room = compressBound(UInt(body.count))
        return step("zlib level \(level)", room: Int(room)) { room in
            var written = UInt(room.count)
            compress2(
                room.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, body, UInt(body.count), level)
            return Int(written)
        }
    }

    /// Like the product: compresses into a scratch buffer, then copies to an array of exactly the size.
    private func step(
        _ name: String, room: Int, _ compress: @escaping (UnsafeMutableRawBufferPointer) -> Int
    ) -> Step {
        let compressed = {
            withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { [UInt8]($0[..<compress($0)]) }
        }
        return Step(name: "compress 23.7 KB, \(name)", outputBytes: compressed().count) { consume(compressed()) }
    }

    private static let noMemory = MeasurementError(description: "zstd got no memory")
}
