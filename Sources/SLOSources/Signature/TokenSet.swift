/// The tokens that Testing Farm's notifications may carry.
///
/// Holds their digests only. Digests have one length, so comparing them tells nothing about a token's.
public struct TokenSet: Sendable {
    private let digests: [SHA256Digest]

    /// - Throws: `SecretError` for an empty token, or when libcrypto offers no SHA-256.
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

    /// No token: nothing is believed.
    public static let none = TokenSet()

    public var isEmpty: Bool { digests.isEmpty }

    public var count: Int { digests.count }

    /// In constant time: all tokens are compared, whichever fits.
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

/// What a token is worth for an unsigned delivery.
public enum TokenCheck: Equatable, Sendable {
    case valid
    /// There is no token, or none of ours.
    case invalid
    /// Whatever its token.
    case documentNeedsSignature

    /// Why it is not believed, for its sender; `nil` where it is.
    public var problem: String? {
        switch self {
        case .valid: nil
        case .invalid: "neither a signature nor a valid token came with it"
        case .documentNeedsSignature: "a request document needs a signature; a token serves for notifications only"
        }
    }
}

extension TokenSet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { digests.count == 1 ? "1 token" : "\(digests.count) tokens" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["count": digests.count]) }
}
