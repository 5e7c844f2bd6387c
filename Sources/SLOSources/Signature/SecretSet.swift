internal import CLibcrypto

/// The secrets that a source's deliveries may be signed with. Several, so that one can be replaced without a gap.
///
/// A value: replacing the set is replacing the secrets. It holds keyed HMAC contexts instead of the secrets' text, and
/// nothing that prints it can show more than how many there are.
public struct SecretSet: Sendable {
    private let keys: [HMACKey]

    /// - Throws: `SecretError` for an empty secret, or when libcrypto offers no HMAC-SHA256.
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

    /// No secret: nothing is believed.
    public static let none = SecretSet()

    public var isEmpty: Bool { keys.isEmpty }

    public var count: Int { keys.count }

    /// Checks an `X-Hub-Signature-256` against the raw body.
    ///
    /// Every secret is tried, whichever fits, so that the time taken tells nothing about which one it was.
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

    /// What a sender puts into `X-Hub-Signature-256`.
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
    /// libcrypto could not make what signing needs.
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

/// Why a signature is not believed. The text is for the sender and never holds a secret, nor what was sent.
public enum SignatureProblem: String, Error, CaseIterable, Equatable, Sendable, CustomStringConvertible {
    case noSecret = "no secret is configured to check it with"
    case missing = "X-Hub-Signature-256 is missing"
    case malformed = "X-Hub-Signature-256 is not `sha256=` and 64 hexadecimal digits"
    case mismatch = "the signature does not fit the body"

    public var description: String { rawValue }
}

/// A keyed HMAC-SHA256 that has not seen a message yet.
///
/// Safe to share: after `init` the context is only duplicated, which reads it and counts references atomically.
final class HMACKey: @unchecked Sendable {
    private let context: OpaquePointer

    init(_ secret: [UInt8]) throws(SecretError) {
        guard let context = clibcrypto_hmac_sha256_new(secret, secret.count) else { throw .unavailable }
        self.context = context
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// `nil` when memory ran out.
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
