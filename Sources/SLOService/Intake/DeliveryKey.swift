package import SLOCore
package import SLOSources
package import SLOStore

/// Identifies a delivery (docs/counting.md, rule 33).
package struct DeliveryKey: Equatable, Sendable {
    /// `nil` for a hint, which repeats nothing.
    package let identity: DeliveryIdentity?
    /// The identity without the hook's target; `nil` if the delivery names no target.
    let untargetedIdentity: DeliveryIdentity?
    package let fingerprint: BodyFingerprint

    /// How a delivery repeats an earlier one.
    package enum Repetition: Equatable, Sendable {
        /// Same identity, same body.
        case duplicate
        /// Same identity, a body that is new under it. The payload is the identity under which it is stored.
        case conflicting(DeliveryIdentity)
    }

    init(
        identity: DeliveryIdentity?, untargetedIdentity: DeliveryIdentity? = nil, fingerprint: BodyFingerprint
    ) {
        self.identity = identity
        self.untargetedIdentity = untargetedIdentity
        self.fingerprint = fingerprint
    }

    package init(_ decoded: DecodedDelivery, from source: Source, body: UnsafeRawBufferPointer) {
        identity = decoded.identity.flatMap { DeliveryIdentity(source, $0) }
        let guid = source == .github ? decoded.identity.flatMap(GitHubIdentity.guid(ofTargeted:)) : nil
        untargetedIdentity = guid.flatMap { DeliveryIdentity(.github, $0) }
        fingerprint = BodyFingerprint(of: body)
    }

    /// - Parameter known: returns the first body of an identity.
    /// - Returns: `nil` for a delivery that repeats nothing.
    package func repetition(
        known: (DeliveryIdentity) throws -> BodyFingerprint?
    ) rethrows -> Repetition? {
        guard let identity else { return nil }
        guard let first = try known(identity) else {
            // Older versions stored deliveries without their target.
            return try untargetedIdentity.flatMap(known) == fingerprint ? .duplicate : nil
        }
        if first == fingerprint { return .duplicate }
        let own = identity.conflicting(with: fingerprint)
        return try known(own) == nil ? .conflicting(own) : .duplicate
    }
}

extension DeliveryIdentity {
    /// For GitHub the GUID, combined with the hook's target if it is named. For other sources a digest of source and
    /// text.
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
