import SLOCore
internal import CLibcrypto

/// 32 bytes, compared in constant time.
struct SHA256Digest: Sendable {
    static let size = 32

    private var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// `nil` if `fill` returns `false` because it failed.
    init?(_ fill: (UnsafeMutablePointer<UInt8>) -> Bool) {
        let isFilled = withUnsafeMutableBytes(of: &bytes) { raw in
            guard let start = raw.baseAddress else { return false }
            return fill(start.assumingMemoryBound(to: UInt8.self))
        }
        guard isFilled else { return nil }
    }

    /// The digest of a prefix and a message. `nil` if memory ran out.
    init?(of prefix: String = "", _ message: UnsafeRawBufferPointer) {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var prefix = prefix
        guard EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1,
            prefix.withUTF8({ EVP_DigestUpdate(context, $0.baseAddress, $0.count) }) == 1,
            EVP_DigestUpdate(context, message.baseAddress, message.count) == 1
        else { return nil }
        self.init { bytes in
            var written: UInt32 = 0
            return EVP_DigestFinal_ex(context, bytes, &written) == 1 && written == UInt32(Self.size)
        }
    }

    /// Fetched once, because libcrypto would otherwise fetch it for each digest. `nil` if libcrypto has none.
    ///
    /// Proof of sendability: nothing writes to it after its creation. Never freed.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    /// The 32 bytes.
    var array: [UInt8] {
        withUnsafeBytes(of: bytes) { Array($0) }
    }

    /// Takes the same time wherever the two differ.
    func isEqual(to other: SHA256Digest) -> Bool {
        withUnsafeBytes(of: bytes) { left in
            withUnsafeBytes(of: other.bytes) { right in
                CRYPTO_memcmp(left.baseAddress, right.baseAddress, Self.size) == 0
            }
        }
    }

    /// 64 lower-case digits.
    var hex: String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: Self.size * 2) { text in
            withUnsafeBytes(of: bytes) { raw in
                for (index, byte) in raw.enumerated() {
                    text[index * 2] = digits.utf8Start[Int(byte >> 4)]
                    text[index * 2 + 1] = digits.utf8Start[Int(byte & 15)]
                }
            }
            return Self.size * 2
        }
    }
}

/// The text form of a signature.
enum SignatureHeader {
    static let prefix = "sha256="

    /// Strict: the prefix in lower case and exactly 64 hexadecimal digits, of either case.
    static func parse(_ text: String) -> Result<SHA256Digest, SignatureProblem> {
        var text = text
        let digest = text.withUTF8 { utf8 -> SHA256Digest? in
            let start = prefix.utf8.count
            guard utf8.count == start + SHA256Digest.size * 2, utf8.prefix(start).elementsEqual(prefix.utf8) else {
                return nil
            }
            return SHA256Digest { bytes in
                for index in 0..<SHA256Digest.size {
                    guard let high = PercentEncoding.hexDigit(utf8[start + index * 2]),
                        let low = PercentEncoding.hexDigit(utf8[start + index * 2 + 1])
                    else { return false }
                    bytes[index] = high << 4 | low
                }
                return true
            }
        }
        return digest.map { .success($0) } ?? .failure(.malformed)
    }
}
