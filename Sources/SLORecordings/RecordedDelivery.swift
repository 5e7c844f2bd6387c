public import SLOCore

/// One delivery as it was received: a line of a recording.
public struct RecordedDelivery: Equatable, Sendable {
    public var receivedAt: Timestamp
    public var source: Source
    public var headers: RecordedHeaders
    /// The exact bytes.
    public var body: [UInt8]

    public init(receivedAt: Timestamp, source: Source, headers: RecordedHeaders = RecordedHeaders(), body: [UInt8]) {
        self.receivedAt = receivedAt
        self.source = source
        self.headers = headers
        self.body = body
    }
}

/// The headers of a recorded delivery, in order; names are case-insensitive.
public struct RecordedHeaders: Equatable, Sendable, Sequence {
    public struct Field: Equatable, Sendable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private(set) var fields: [Field] = []

    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// The first value of that name. Setting it replaces all headers of that name; `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            let index = fields.firstIndex { Self.isSame($0.name, name) } ?? fields.endIndex
            fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { fields.insert(Field(name: name, value: newValue), at: Swift.min(index, fields.endIndex)) }
        }
    }

    public mutating func append(_ field: Field) {
        fields.append(field)
    }

    public func makeIterator() -> IndexingIterator<[Field]> {
        fields.makeIterator()
    }

    /// Header names are ASCII and case-insensitive.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

/// Why a recording cannot be read.
public struct RecordingError: Error, Equatable, CustomStringConvertible {
    public let file: String
    /// From 1; `nil` for an error of the whole file.
    public let line: Int?
    public let reason: String

    public init(file: String, line: Int?, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String {
        (line.map { "\(file):\($0): " } ?? "\(file): ") + reason
    }
}

extension RecordedDelivery {
    /// Whether the body is a form, as GitHub can send it.
    var isForm: Bool {
        headers["Content-Type"]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
    }
}
