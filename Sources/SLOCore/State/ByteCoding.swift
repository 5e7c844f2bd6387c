/// Writes values to bytes, one after the other: the compact format of the ledger's state and the journal's
/// observations. Integers have variable length, so that small ones take one byte.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    package mutating func write(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    package mutating func write(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            write(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    fileprivate mutating func write(_ value: [UInt8]) {
        write(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func write(_ value: some ByteCodable) {
        value.write(to: &self)
    }

    /// Writes a number so that bytes sort like numbers: their count, then the bytes, the highest first.
    package mutating func writeOrdered(_ value: Int64) {
        let magnitude = UInt64(bitPattern: value < 0 ? ~value : value)
        let count = (UInt64.bitWidth - magnitude.leadingZeroBitCount + 7) / 8
        let flipped: UInt8 = value < 0 ? 0xff : 0
        bytes.append(UInt8(0x80 + count) ^ flipped)
        for place in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: magnitude >> UInt64(8 * place)) ^ flipped)
        }
    }
}

/// Why stored bytes could not be read: another version wrote them, or they are damaged.
public struct ByteCodingError: Error, Equatable, Sendable {
    public let message: String

    package init(message: String) {
        self.message = message
    }
}

/// Reads what `ByteWriter` wrote. Never reads past the end.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public var isAtEnd: Bool { position == bytes.count }

    package mutating func readUInt64() throws(ByteCodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < bytes.count, shift < 64 else { throw ByteCodingError(message: "a number is cut off") }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    package mutating func readString() throws(ByteCodingError) -> String {
        let count = try readUInt64()
        guard count <= UInt64(bytes.count - position) else { throw ByteCodingError(message: "a text is cut off") }
        defer { position += Int(count) }
        return String(decoding: bytes[position..<(position + Int(count))], as: UTF8.self)
    }

    fileprivate mutating func readBytes() throws(ByteCodingError) -> [UInt8] {
        let count = try readUInt64()
        guard count <= UInt64(bytes.count - position) else { throw ByteCodingError(message: "bytes are cut off") }
        defer { position += Int(count) }
        return Array(bytes[position..<(position + Int(count))])
    }

    package mutating func readOrdered() throws(ByteCodingError) -> Int64 {
        guard position < bytes.count else { throw ByteCodingError(message: "a number is cut off") }
        let isNegative = bytes[position] < 0x80
        let flipped: UInt8 = isNegative ? 0xff : 0
        let count = Int(bytes[position] ^ flipped) - 0x80
        guard count <= 8, count <= bytes.count - position - 1 else {
            throw ByteCodingError(message: "a number is cut off")
        }
        let magnitude = bytes[(position + 1)...].prefix(count).reduce(UInt64(0)) { $0 << 8 | UInt64($1 ^ flipped) }
        guard magnitude <= UInt64(Int64.max) else { throw ByteCodingError(message: "a number is too large") }
        position += 1 + count
        return isNegative ? ~Int64(magnitude) : Int64(magnitude)
    }

    /// Fields at the end of a row are absent in rows of older versions.
    package mutating func readIfPresent<Value: ByteCodable>(_ type: Value.Type) throws(ByteCodingError) -> Value? {
        isAtEnd ? nil : try read(Value.self)
    }

    package mutating func read<Value: ByteCodable>(_ type: Value.Type = Value.self) throws(ByteCodingError) -> Value {
        try Value(from: &self)
    }
}

/// A value with a compact stored form.
public protocol ByteCodable {
    func write(to writer: inout ByteWriter)
    init(from reader: inout ByteReader) throws(ByteCodingError)
}

extension ByteCodable {
    /// The stored form of this value alone.
    public var stored: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads a stored form completely.
    public init(stored bytes: [UInt8]) throws(ByteCodingError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw ByteCodingError(message: "bytes are left over") }
    }
}

/// Bytes of any kind, with their number.
package struct Blob: ByteCodable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func write(to writer: inout ByteWriter) { writer.write(bytes) }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        bytes = try reader.readBytes()
    }
}

extension Int64: ByteCodable {
    /// Zigzag encoding keeps small negative numbers short.
    public func write(to writer: inout ByteWriter) {
        writer.write(UInt64(bitPattern: (self << 1) ^ (self >> 63)))
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let raw = try reader.readUInt64()
        self = Int64(bitPattern: (raw >> 1) ^ (0 &- (raw & 1)))
    }
}

extension Int: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(Int64(self))
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self = Int(try reader.read(Int64.self))
    }
}

extension Bool: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(self ? UInt64(1) : 0)
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self = try reader.readUInt64() != 0
    }
}

extension String: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(self)
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self = try reader.readString()
    }
}

extension Optional: ByteCodable where Wrapped: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(self != nil)
        if let self { writer.write(self) }
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self = try reader.read(Bool.self) ? try reader.read(Wrapped.self) : nil
    }
}

extension Array: ByteCodable where Element: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(UInt64(count))
        for element in self { writer.write(element) }
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let count = try reader.readUInt64()
        self = []
        for _ in 0..<count { append(try reader.read(Element.self)) }
    }
}

/// Words are stored as text, so that a new case changes no stored row.
extension ByteCodable where Self: RawRepresentable, RawValue == String {
    public func write(to writer: inout ByteWriter) {
        writer.write(rawValue)
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let text = try reader.readString()
        guard let value = Self(rawValue: text) else {
            throw ByteCodingError(message: "'\(text)' is not a \(Self.self) that this version knows")
        }
        self = value
    }
}

extension Source: ByteCodable {}
extension RunKind: ByteCodable {}
extension Outcome: ByteCodable {}
extension JoinProof: ByteCodable {}
extension OutcomeReason: ByteCodable {}
extension Verdict: ByteCodable {}
extension Exclusion: ByteCodable {}
extension Eligibility: ByteCodable {}
extension ChangePushed.Action: ByteCodable {}
extension CheckName.Subject: ByteCodable {}
extension JobLink.Job: ByteCodable {}
extension BuildReported.Event: ByteCodable {}
