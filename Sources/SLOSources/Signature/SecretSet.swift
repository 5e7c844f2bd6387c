internal import CLibcrypto

/// The secrets that a source's deliveries may be signed with. Several, so that one can be rotated without a gap.
///
/// A value: replacing the set replaces the secrets. It contains keyed HMAC contexts and not the secrets, so that
/// printing it shows no more than their number.
public struct SecretSet: Sendable {
    private let keys: [HMACKey]

    /// - Throws: `SecretError` for an empty secret, or if libcrypto has no HMAC-SHA256.
    public init(_ secrets: [String]) throws(SecretError) {
        var keys: [HMACKey] = []
        for secret in secrets {
            guard !secret.isEmpty else { throw .empty }
            keys.append(try HMACKey(Array(secret.utf8)))
        }
        self.keys = keys
    }

    private init() {
        keys = []
    }

    /// Without secrets no signature is valid.
    public static let none = SecretSet()

    public var isEmpty: Bool { keys.isEmpty }

    public var count: Int { keys.count }

    /// Checks an `X-Hub-Signature-256` against the raw body.
    ///
    /// Tries every secret, even after a match, so that the time does not reveal which one matched.
    public func check(signature: String?, body: UnsafeRawBufferPointer) -> SignatureCheck {
        guard !keys.isEmpty else { return .invalid(.noSecret) }
        guard let signature else { return .invalid(.missing) }
        switch SignatureHeader.parse(signature) {
        case .failure(let problem): return .invalid(problem)
        case .success(let claimed):
            var fits = false
            for key in keys where key.authenticate(body)?.isEqual(to: claimed) == true {
                fits = true
            }
            return fits ? .valid : .invalid(.mismatch)
        }
    }

    /// The value of `X-Hub-Signature-256` for a body.
    /// - Throws: `SecretError` as `init` does.
    public static func sign(body: UnsafeRawBufferPointer, secret: String) throws(SecretError) -> String {
        guard !secret.isEmpty else { throw .empty }
        guard let code = try HMACKey(Array(secret.utf8)).authenticate(body) else { throw .unavailable }
        return SignatureHeader.prefix + code.hex
    }
}

extension SecretSet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { keys.count == 1 ? "1 secret" : "\(keys.count) secrets" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["count": keys.count]) }
}

public enum SecretError: Error, Equatable, CustomStringConvertible {
    case empty
    /// libcrypto has no HMAC-SHA256.
    case unavailable

    public var description: String {
        switch self {
        case .empty: "a secret must not be empty"
        case .unavailable: "libcrypto offers no HMAC-SHA256"
        }
    }
}

public enum SignatureCheck: Equatable, Sendable {
    case valid
    case invalid(SignatureProblem)
}

/// Why a signature is invalid. The text is for the sender and contains neither a secret nor anything of the request.
public enum SignatureProblem: String, Error, CaseIterable, Equatable, Sendable, CustomStringConvertible {
    case noSecret = "no secret is configured to verify it"
    case missing = "X-Hub-Signature-256 is missing"
    case malformed = "X-Hub-Signature-256 is not `sha256=` and 64 hexadecimal digits"
    case mismatch = "the signature does not match the body"

    public var description: String { rawValue }
}

/// A keyed HMAC-SHA256 context without a message.
///
/// Proof of sendability: after `init` the context is only duplicated, which reads it and counts references atomically.
final class HMACKey: @unchecked Sendable {
    private let context: OpaquePointer

    init(_ secret: [UInt8]) throws(SecretError) {
        guard let context = clibcrypto_hmac_sha256_new(secret, secret.count) else { throw .unavailable }
        self.context = context
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// `nil` if memory ran out.
    func authenticate(_ message: UnsafeRawBufferPointer) -> SHA256Digest? {
        guard let running = EVP_MAC_CTX_dup(context) else { return nil }
        defer { EVP_MAC_CTX_free(running) }
        if let start = message.baseAddress, !message.isEmpty {
            guard EVP_MAC_update(running, start, message.count) == 1 else { return nil }
        }
        return SHA256Digest { bytes in
            var written = 0
            return EVP_MAC_final(running, bytes, &written, SHA256Digest.size) == 1 && written == SHA256Digest.size
        }
    }
}
