public import SLOCore

/// What a delivery is recognised by, brought to one length: 32 bytes of SHA-256 over its source and a text.
public enum IdentityDigest {
    /// `nil` when memory ran out.
    public static func sha256(_ source: Source, _ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { utf8 in
            SHA256Digest(of: source.rawValue + ":", UnsafeRawBufferPointer(utf8)).map { Array($0.asBytes) }
        }
    }
}

extension SHA256Digest {
    fileprivate var asBytes: [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).map { place in
            (SignatureHeader.nibble(digits[place]) ?? 0) << 4 | (SignatureHeader.nibble(digits[place + 1]) ?? 0)
        }
    }
}
