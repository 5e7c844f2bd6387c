/// The tokens that Testing Farm's notifications may carry.
///
/// Contains only their digests, which have one length, so that comparing them reveals nothing about a token's.
public struct TokenSet: Sendable {
    private let digests: [SHA256Digest]

    /// - Throws: `SecretError` for an empty token, or if libcrypto has no SHA-256.
    public init(_ tokens: [String]) throws(SecretError) {
        var digests: [SHA256Digest] = []
        for token in tokens {
            guard !token.isEmpty else { throw .empty }
            guard let digest = Self.digest(of: token) else { throw .unavailable }
            digests.append(digest)
        }
        self.digests = digests
    }

    private init() {
        digests = []
    }

    /// Without tokens no token is valid.
    public static let none = TokenSet()

    public var isEmpty: Bool { digests.isEmpty }

    public var count: Int { digests.count }

    /// In constant time: compares all tokens, even after a match.
    public func contains(_ token: String) -> Bool {
        guard let claimed = Self.digest(of: token) else { return false }
        var fits = false
        for digest in digests where digest.isEqual(to: claimed) {
            fits = true
        }
        return fits
    }

    private static func digest(of token: String) -> SHA256Digest? {
        SHA256Digest(of: token, UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

/// Whether a token authenticates an unsigned delivery.
public enum TokenCheck: Equatable, Sendable {
    case valid
    /// The token is missing or unknown.
    case invalid
    /// A request document, which a token cannot authenticate.
    case documentNeedsSignature

    /// Why it is not authenticated, for the sender; `nil` if it is.
    public var problem: String? {
        switch self {
        case .valid: nil
        case .invalid: "it has neither a signature nor a valid token"
        case .documentNeedsSignature: "a request document needs a signature; a token authenticates notifications only"
        }
    }
}

extension TokenSet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { digests.count == 1 ? "1 token" : "\(digests.count) tokens" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["count": digests.count]) }
}
