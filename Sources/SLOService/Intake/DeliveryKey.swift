package import SLOCore
package import SLOSources
package import SLOStore

/// What tells a delivery from others (docs/counting.md, rule 33).
package struct DeliveryKey: Equatable, Sendable {
    /// `nil` for a hint, which is never the same as another.
    package let identity: DeliveryIdentity?
    /// The identity without the hook's target; `nil` where the delivery names none.
    let untargetedIdentity: DeliveryIdentity?
    package let fingerprint: BodyFingerprint

    /// What a delivery repeats.
    package enum Repetition: Equatable, Sendable {
        /// The same identity and body came before.
        case duplicate
        /// The same identity came with another body, and this body did not. It is kept under an identity of its own.
        case conflicting(DeliveryIdentity)
    }

    init(identity: DeliveryIdentity?, fingerprint: BodyFingerprint) {
        self.identity = identity
        untargetedIdentity = nil
        self.fingerprint = fingerprint
    }

    package init(_ decoded: DecodedDelivery, from source: Source, body: UnsafeRawBufferPointer) {
        identity = decoded.identity.flatMap { DeliveryIdentity(source, $0) }
        let guid = source == .github ? decoded.identity.flatMap(GitHubIdentity.guid(ofTargeted:)) : nil
        untargetedIdentity = guid.flatMap { DeliveryIdentity(.github, $0) }
        fingerprint = BodyFingerprint(of: body)
    }

    /// - Parameter known: the body that came first under an identity.
    /// - Returns: `nil` for a delivery that repeats nothing.
    package func repetition(
        known: (DeliveryIdentity) throws -> BodyFingerprint?
    ) rethrows -> Repetition? {
        guard let identity else { return nil }
        guard let first = try known(identity) else {
            // Older versions kept every delivery without its target.
            return try untargetedIdentity.flatMap(known) == fingerprint ? .duplicate : nil
        }
        if first == fingerprint { return .duplicate }
        let own = identity.conflicting(with: fingerprint)
        return try known(own) == nil ? .conflicting(own) : .duplicate
    }
}

extension DeliveryIdentity {
    /// GitHub's GUID as it is, with what it was delivered to if that is named; other texts by their digest, each in the
    /// space of its source.
    package init?(_ source: Source, _ text: String) {
        if source == .github, let guid = DeliveryIdentity(uuid: text) {
            self = guid
            return
        }
        let guid =
            source == .github ? GitHubIdentity.guid(ofTargeted: text).flatMap { DeliveryIdentity(uuid: $0) } : nil
        guard let digest = IdentityDigest.sha256(source, guid == nil ? text : text.lowercased()) else { return nil }
        guard let guid else {
            self.init(digest: digest[...])
            return
        }
        guard let identity = guid.distinguished(by: digest[...]) else { return nil }
        self = identity
    }
}
