public import SLOCore

/// A time in which a condition held for one subject.
public struct Incident: Equatable, Sendable {
    /// The condition's name.
    public let condition: String
    /// The labels that tell which of several: `deployment="prod",objective="builds"`.
    public let subject: Labels
    public let severity: Condition.Severity
    public let party: Condition.Party
    /// As it was last told.
    public var summary: String
    /// Since when it was so, as far as the samples tell; an expression that looks back holds later.
    public let since: Timestamp
    /// Since when the expression held.
    public let beganAt: Timestamp
    /// When the alert fired; `nil` if the expression has not held long enough.
    public var firedAt: Timestamp?
    /// `nil` while it holds.
    public var endedAt: Timestamp?

    public init(
        condition: String, subject: Labels, severity: Condition.Severity, party: Condition.Party, summary: String,
        since: Timestamp, beganAt: Timestamp, firedAt: Timestamp? = nil, endedAt: Timestamp? = nil
    ) {
        self.condition = condition
        self.subject = subject
        self.severity = severity
        self.party = party
        self.summary = summary
        self.since = since
        self.beganAt = beganAt
        self.firedAt = firedAt
        self.endedAt = endedAt
    }
}

/// A condition that holds now.
public struct HoldingCondition: Sendable {
    public let incident: Incident
    /// What is wrong, and what to do.
    public let description: String
    /// How many wait for it; `nil` if that makes no sense.
    public let waiting: Int64?
    /// The page that shows more.
    public let page: Page
    /// When the alert fires, or fired, if it holds until then.
    public let firesAt: Timestamp

    public var isFiring: Bool { incident.firedAt != nil }
}

/// What holds now.
public struct ConditionsNow: Sendable {
    /// When it was evaluated; `nil` before the first time.
    public var at: Timestamp?
    /// Since when there are samples.
    public var samplesSince: Timestamp?
    /// The most urgent first.
    public var holding: [HoldingCondition] = []

    public init() {}
}
