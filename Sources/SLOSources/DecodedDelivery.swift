public import SLOCore

/// The result of decoding a delivery.
public struct DecodedDelivery: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
        /// The delivery's observations. Never empty.
        case observed([Observation])
        /// An event, action, App or user that is not measured (docs/counting.md, rule 25).
        case ignored
        /// GitHub's test of the webhook URL.
        case ping
        /// Valid JSON without fields that its event needs: it is stored, and may be a new format.
        case malformed(reason: String)
        /// The body is not JSON, or the headers are invalid: 400.
        case rejected(reason: String)
        /// 415
        case unsupportedMediaType(reason: String)
    }

    /// The event's name for labels and the journal: one of `KnownEvents.of(_:)`.
    public let event: String
    /// Identifies repetitions. `nil` for a delivery without identity (a Testing Farm notification, which is only a
    /// hint), and for one that was rejected before it had one.
    public let identity: String?
    public let outcome: Outcome
    /// The repository in an authentic event without observations: its name and whether it is private still matter
    /// (docs/counting.md, rule 37).
    public let repository: Repository?
    /// What to store instead of a body that contains a token: the body without it. `nil` to store the body itself.
    public let keptBody: [UInt8]?

    /// The delivery's observations.
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
    /// The delivery's outcome, unless it repeats another or cannot be stored.
    public var deliveryOutcome: DeliveryOutcome {
        switch self {
        case .observed: .accepted
        case .ignored, .ping: .ignored
        case .malformed, .rejected: .malformed
        case .unsupportedMediaType: .unsupportedMediaType
        }
    }
}

/// The values of `DecodedDelivery.event`, so that series exist before the first delivery.
public enum KnownEvents {
    public static let other = "other"
    /// A repository was renamed, transferred, made private or public.
    public static let repository = "repository"

    public static func of(_ source: Source) -> [String] {
        SourceEntry.of(source).events + [other]
    }
}
