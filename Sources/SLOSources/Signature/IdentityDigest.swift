public import SLOCore

/// The digest of an identifier: 32 bytes of SHA-256 over its source and text.
public enum IdentityDigest {
    /// `nil` if memory ran out.
    public static func sha256(_ source: Source, _ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { utf8 in
            SHA256Digest(of: source.rawValue + ":", UnsafeRawBufferPointer(utf8)).map(\.array)
        }
    }

    /// The digest of an upstream's reply. `nil` if memory ran out.
    public static func sha256(_ upstream: Upstream, _ answer: [UInt8]) -> [UInt8]? {
        answer.withUnsafeBytes { SHA256Digest(of: "answer of \(upstream.rawValue):", $0)?.array }
    }
}
