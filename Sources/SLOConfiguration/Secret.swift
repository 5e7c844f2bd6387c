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

    /// The secret as text, for libraries that need text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Printed in the place of a secret.
    static let mask = "********"

    public var description: String { Self.mask }
    public var debugDescription: String { Self.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The secrets of one purpose: any of them may match, so that one can be rotated without a gap.
public struct SecretList: Equatable, Sendable {
    /// The secrets in the configuration itself.
    public var inline: [Secret] = []
    /// A file with more, one per line.
    public var file: String?
    /// The content of that file when it was last read.
    public var fromFile: [Secret] = []

    public init(inline: [Secret] = [], file: String? = nil, fromFile: [Secret] = []) {
        self.inline = inline
        self.file = file
        self.fromFile = fromFile
    }

    /// The configuration's secrets first, then the file's.
    public var all: [Secret] { inline + fromFile }
}
