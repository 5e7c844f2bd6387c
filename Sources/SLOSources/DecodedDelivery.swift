public import SLOCore

/// What a delivery turned out to be.
public struct DecodedDelivery: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
        /// What the delivery says. Never empty.
        case observed([Observation])
        /// Nothing that is measured: an event, action, app or user that is of no interest (docs/counting.md, rule 25).
        case ignored
        /// GitHub's test of the address.
        case ping
        /// Legal JSON that lacks what its event needs: it is kept, and may be a new shape.
        case malformed(reason: String)
        /// Not the JSON, or not the headers, that it claims to be: 400.
        case rejected(reason: String)
        /// 415
        case unsupportedMediaType(reason: String)
    }

    /// The event's name for labels and the journal: one of `KnownEvents.of(_:)`.
    public let event: String
    /// What makes two deliveries the same one. `nil` for what has no identity (a notification of Testing Farm's, which
    /// is a hint to look) and for what was rejected before it had one.
    public let identity: String?
    public let outcome: Outcome
    /// The repository that a signed event carries of which nothing is observed: its name, and whether it is private,
    /// still count (docs/counting.md, rule 37).
    public let repository: Repository?
    /// What to keep instead of the body where that holds a token, with the token left out; `nil`: the body itself.
    public let keptBody: [UInt8]?

    /// What the delivery says.
    public var observations: [Observation] {
        if case .observed(let observations) = outcome { return observations }
        return repository.map { [.repositoryNamed($0)] } ?? []
    }

    public init(
        event: String, identity: String?, outcome: Outcome, repository: Repository? = nil, keptBody: [UInt8]? = nil
    ) {
        self.event = event
        self.identity = identity
        self.outcome = outcome
        self.repository = repository
        self.keptBody = keptBody
    }
}

extension DecodedDelivery.Outcome {
    /// What becomes of the delivery, unless it repeats another or cannot be stored.
    public var deliveryOutcome: DeliveryOutcome {
        switch self {
        case .observed: .accepted
        case .ignored, .ping: .ignored
        case .malformed, .rejected: .malformed
        case .unsupportedMediaType: .unsupportedMediaType
        }
    }
}

/// The names that `DecodedDelivery.event` can have, so that a series can exist before its first delivery.
public enum KnownEvents {
    public static let other = "other"
    /// A repository was renamed, transferred, made private or public.
    public static let repository = "repository"

    public static func of(_ source: Source) -> [String] {
        SourceEntry.of(source).events + [other]
    }
}
