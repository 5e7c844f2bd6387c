import CLZ4

/// A body as it is stored: LZ4, or uncompressed if compression gains nothing.
///
/// A pure value, so that the thread that received the body compresses it and not the writer's.
public struct CompressedBody: Equatable, Sendable {
    /// Stored numbers: never reused.
    public enum Codec: Int64, CaseIterable, Sendable {
        case raw = 0
        /// One LZ4 block without a frame, as earlier versions wrote it.
        case lz4 = 1
        /// One LZ4 block without a frame that refers to `BodyDictionary`.
        case lz4WithDictionary = 2
    }

    public let codec: Codec
    public let originalByteCount: Int
    public let bytes: [UInt8]

    public init(codec: Codec, originalByteCount: Int, bytes: [UInt8]) {
        self.codec = codec
        self.originalByteCount = originalByteCount
        self.bytes = bytes
    }

    public init(compressing body: UnsafeRawBufferPointer) {
        if let block = Self.lz4Block(of: body) {
            self.init(codec: .lz4WithDictionary, originalByteCount: body.count, bytes: block)
        } else {
            self.init(codec: .raw, originalByteCount: body.count, bytes: [UInt8](body))
        }
    }

    public init(compressing body: [UInt8]) {
        self = body.withUnsafeBytes { CompressedBody(compressing: $0) }
    }

    /// - Throws: `StoreError` with code `damaged` if the bytes cannot be decompressed to the stored size.
    public func decompressed() throws -> [UInt8] {
        switch codec {
        case .raw:
            guard bytes.count == originalByteCount else { throw Self.damaged }
            return bytes
        case .lz4: return try decompressed(with: UnsafeBufferPointer(start: nil, count: 0))
        case .lz4WithDictionary: return try decompressed(with: BodyDictionary.bytes)
        }
    }

    private func decompressed(with dictionary: UnsafeBufferPointer<CChar>) throws -> [UInt8] {
        // An LZ4 block grows at most 255-fold. Without the check a damaged size could request any amount of memory.
        guard originalByteCount > 0, originalByteCount <= bytes.count * 255, originalByteCount <= LZ4_MAX_INPUT_SIZE
        else { throw Self.damaged }
        let body = [UInt8](unsafeUninitializedCapacity: originalByteCount) { target, count in
            let written = bytes.withUnsafeBytes { source in
                LZ4_decompress_safe_usingDict(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
                    CInt(source.count), CInt(originalByteCount), dictionary.baseAddress, CInt(dictionary.count))
            }
            count = max(0, Int(written))
        }
        guard body.count == originalByteCount else { throw Self.damaged }
        return body
    }

    /// `nil` if the block is not shorter than the body, or LZ4 fails.
    private static func lz4Block(of body: UnsafeRawBufferPointer) -> [UInt8]? {
        guard body.count > 1, body.count <= LZ4_MAX_INPUT_SIZE, let state = BodyDictionary.state else { return nil }
        let room = body.count - 1
        return withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { scratch in
            let written = clz4_compress_after(
                state, body.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(body.count),
                scratch.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(room))
            guard written > 0 else { return nil }
            // An array of exactly this size: a queued body must not keep the larger scratch buffer alive.
            return [UInt8](scratch[..<Int(written)])
        }
    }

    private static var damaged: StoreError {
        StoreError(code: .damaged, message: "a stored body is damaged: restore a backup to get it back")
    }
}
