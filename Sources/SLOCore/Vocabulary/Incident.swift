/// A time in which a condition held: something that an alert is about.
public struct Incident: Equatable, Sendable {
    public enum Severity: String, CaseIterable, Sendable {
        /// Act now.
        case critical
        /// Act within a working day.
        case warning
    }

    /// Whose part of the way is affected.
    public enum Party: String, CaseIterable, Sendable {
        case github, packit, copr
        case testingFarm = "testing-farm"
        case fedoraMessaging = "fedora-messaging"
        case observer = "packit-slo"

        /// For people.
        public var title: String {
            switch self {
            case .github: "GitHub"
            case .packit: "Packit"
            case .copr: "Copr"
            case .testingFarm: "Testing Farm"
            case .fedoraMessaging: "Fedora Messaging"
            case .observer: "packit-slo"
            }
        }
    }

    /// What tells it from all others.
    public struct Key: Hashable, Sendable {
        /// Since when the condition's expression held.
        public let beganAt: Timestamp
        /// The condition's name.
        public let condition: String
        /// The labels that tell which of several: `deployment="prod",objective="builds"`.
        public let subject: String

        public init(beganAt: Timestamp, condition: String, subject: String) {
            self.beganAt = beganAt
            self.condition = condition
            self.subject = subject
        }
    }

    public let key: Key
    public let severity: Severity
    public var party: Party
    /// As it was last told.
    public var summary: String
    /// Since when it was so, as far as is known: an expression that looks back holds later.
    public let since: Timestamp
    /// When the alert fired; `nil` if the expression has not held long enough.
    public var firedAt: Timestamp?
    /// `nil` while it holds.
    public var endedAt: Timestamp?

    public var beganAt: Timestamp { key.beganAt }
    public var condition: String { key.condition }
    public var subject: String { key.subject }

    public init(
        key: Key, severity: Severity, party: Party, summary: String, since: Timestamp, firedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil
    ) {
        self.key = key
        self.severity = severity
        self.party = party
        self.summary = summary
        self.since = since
        self.firedAt = firedAt
        self.endedAt = endedAt
    }
}
