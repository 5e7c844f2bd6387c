/// Bytes that no log line, error or debugger summary shows.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself, for signing and comparing.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    public init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    /// The secret as text, for libraries that want text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// What stands for any secret wherever one would be printed.
    static let mask = "********"

    public var description: String { Self.mask }
    public var debugDescription: String { Self.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Secrets of one purpose: any of them may match, so that one can be replaced without a gap.
public struct SecretList: Equatable, Sendable {
    /// Those that the configuration itself holds.
    public var inline: [Secret] = []
    /// The file that holds more, one in a line.
    public var file: String?
    /// What that file held when it was read last.
    public var fromFile: [Secret] = []

    public init(inline: [Secret] = [], file: String? = nil, fromFile: [Secret] = []) {
        self.inline = inline
        self.file = file
        self.fromFile = fromFile
    }

    /// The configuration's first, then the file's.
    public var all: [Secret] { inline + fromFile }
}
