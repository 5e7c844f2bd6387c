public import SLOCore

/// An entry of the inbox as a spool's file holds it: its length, a checksum of what follows, and its fields.
enum SpoolRecord {
    static let headBytes = 8

    static func bytes(of entry: InboxEntry) -> [UInt8] {
        var writer = ByteWriter()
        entry.write(to: &writer)
        let fields = writer.bytes
        return word(UInt32(truncatingIfNeeded: fields.count)) + word(CRC32C.checksum(of: fields[...])) + fields
    }

    /// The length of the fields, and their checksum.
    static func head(_ bytes: ArraySlice<UInt8>) -> (count: Int, checksum: UInt32)? {
        guard bytes.count == headBytes else { return nil }
        return (Int(number(bytes.prefix(4))), number(bytes.suffix(4)))
    }

    /// - Returns: `nil` for damaged fields.
    /// - Throws: `ByteCodingError` for fields of another version.
    static func entry(_ fields: [UInt8], checksum: UInt32) throws(ByteCodingError) -> InboxEntry? {
        guard CRC32C.checksum(of: fields[...]) == checksum else { return nil }
        return try InboxEntry(stored: fields)
    }

    private static func word(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// The checksum of iSCSI, which finds every damage of up to 32 bits in a row.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    }
}

// MARK: - Fields

extension InboxEntry: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(place.stream.number)
        writer.write(place.position)
        writer.write(receivedAt)
        writer.write(Blob(untargetedIdentity?.bytes ?? []))
        writer.write(Blob(observation))
        switch content {
        case .delivery(let delivery):
            writer.write("delivery")
            writer.write(delivery)
        case .answer(let answer):
            writer.write("answer")
            writer.write(answer.upstream.rawValue)
            writer.write(Blob(answer.identity.bytes))
            writer.write(Int64(bitPattern: answer.fingerprint.bits))
        case .blindInterval(let identity):
            writer.write("blind_interval")
            writer.write(Blob(identity.bytes))
        }
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let place = InboxPlace(StreamID(try reader.read()), try reader.read())
        let receivedAt: Timestamp = try reader.read()
        let untargeted: Blob = try reader.read()
        let observation: Blob = try reader.read()
        let kind: String = try reader.read()
        let content: Content
        switch kind {
        case "delivery": content = .delivery(try reader.read())
        case "answer":
            content = .answer(
                JournalledAnswer(
                    upstream: try reader.readName(), identity: try reader.readIdentity(),
                    fingerprint: try reader.readFingerprint()))
        case "blind_interval": content = .blindInterval(try reader.readIdentity())
        default: throw ByteCodingError(message: "an entry of the spool is of another version")
        }
        self.init(
            place: place, receivedAt: receivedAt, content: content,
            untargetedIdentity: DeliveryIdentity(digest: untargeted.bytes[...]), observation: observation.bytes)
    }
}

extension JournalledDelivery: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        writer.write(event)
        writer.write(Blob(identity.bytes))
        writer.write(Int64(bitPattern: fingerprint.bits))
        writer.write(result)
        writer.write(bodyByteCount)
        writer.write(body.map { Int($0.compressed.codec.rawValue) })
        guard let body else { return }
        writer.write(body.headers)
        writer.write(body.compressed.originalByteCount)
        writer.write(Blob(body.compressed.bytes))
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let source: Source = try reader.readName()
        let event: String = try reader.read()
        let identity = try reader.readIdentity()
        let fingerprint = try reader.readFingerprint()
        let result: String = try reader.read()
        let bodyByteCount: Int = try reader.read()
        var body: KeptBody?
        if let number: Int = try reader.read() as Int? {
            guard let codec = CompressedBody.Codec(rawValue: Int64(number)) else {
                throw ByteCodingError(message: "a body of the spool is of another version")
            }
            let headers: String = try reader.read()
            let size: Int = try reader.read()
            let bytes: Blob = try reader.read()
            body = KeptBody(
                headers: headers,
                compressed: CompressedBody(codec: codec, originalByteCount: size, bytes: bytes.bytes))
        }
        self.init(
            source: source, event: event, identity: identity, fingerprint: fingerprint, result: result,
            bodyByteCount: bodyByteCount, body: body)
    }
}

extension ByteReader {
    fileprivate mutating func readName<Name: RawRepresentable>() throws(ByteCodingError) -> Name
    where Name.RawValue == String {
        let word: String = try read()
        guard let name = Name(rawValue: word) else {
            throw ByteCodingError(message: "the spool names \(word), which this version does not know")
        }
        return name
    }

    fileprivate mutating func readIdentity() throws(ByteCodingError) -> DeliveryIdentity {
        let bytes: Blob = try read()
        guard let identity = DeliveryIdentity(digest: bytes.bytes[...]) else {
            throw ByteCodingError(message: "an identity is cut off")
        }
        return identity
    }

    fileprivate mutating func readFingerprint() throws(ByteCodingError) -> BodyFingerprint {
        let bits: Int64 = try read()
        return BodyFingerprint(bits: UInt64(bitPattern: bits))
    }
}
